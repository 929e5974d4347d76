"""For screens and headphones: lo-fi, chiptune, ambient, cinematic."""

from gm_vae.arranger.patterns import SWING_SIXTEENTHS
from gm_vae.arranger.style import Part, Style

LOFI = Style(
    name="lofi",
    tempo_qpm=(70, 88),
    swing=SWING_SIXTEENTHS,
    forms=(
        "intro4 verse8 chorus8 verse8 chorus8 outro4",
        "intro4 verse8 chorus8 bridge4 chorus8 outro4",
        "verse8 chorus8 verse8 chorus8",
    ),
    book="loop",
    minor=0.5,
    human=0.9,
    spice=0.1,
    grooves={
        "verse": (
            """
            hat   x.x. x.x. x.x. x.x.
            snare .... X... .... X...
            kick  X..? .... ..x. ....
            """,
            """
            hat   x.x. x.x. x.xo x.x.
            stick .... x... .... x...
            kick  X... ..x. .x.. ....
            """,
        ),
        "chorus": (
            """
            hat   x.x. x.xo x.x. x.x.
            snare .... X... .... X...
            kick  X.x. .... ..x. ....
            """,
            """
            ride  x.x. x.x. x.x. x.x.
            snare .... X... .... X..o
            kick  X... ...x ..x. ....
            """,
        ),
    },
    fills=("snare .... .... .... x.ox", "kick .... .... .... x.xx"),
    percussion=("shaker ..x. ..x. ..x. ..x.", "block .... ..x. .... x..."),
    figures={
        "bass": ("R--- ---. ..R- 5---", "R--- ..R- ---- ----", "R-.R --.. 5--- a---"),
        "comp": (
            "x--- ---- ---- ----",
            "x--- ---- ..x- ----",
            "..x- ---- ..x- ----",
            "x--- --x- ---- x---",
        ),
        "arp": ("0--1 --2- 3--- ----", "..0- 1-2- 3-2- ....", "3-2- 1-0- .... ...."),
        "pad": ("x--- ---- ---- ----",),
        "counter": ("t--- ---- ---- ----", ".... ..2- 1--- ----"),
    },
    rhythms=(
        "..x- x-x- x--- ....",
        "x--- --x- x--- ....",
        "x-x- x--- .... ....",
        ".... x-x- --x- x---",
        "..xx x-x- x--- ....",
    ),
    cadences=("x--- ---- .... ....", "..x- x--- ---- ...."),
    bands=(
        (
            Part("drums", "808 Kit"),
            Part("bass", "Fretless Bass"),
            Part("comp", "Electric Piano 1", voices=4),
            Part("lead", "Vibraphone"),
            Part("pad", "Warm Pad"),
        ),
        (
            Part("drums", "Room Kit"),
            Part("percussion"),
            Part("bass", "Acoustic Bass"),
            Part("comp", "Jazz Guitar", strum=True, voices=4),
            Part("arp", "Music Box"),
            Part("lead", "Shakuhachi"),
        ),
        (
            Part("drums", "Electronic Kit"),
            Part("bass", "Synth Bass 2"),
            Part("comp", "Acoustic Grand Piano", voices=4, pedal=True),
            Part("arp", "Kalimba"),
            Part("lead", "Alto Sax"),
            Part("pad", "Halo Pad"),
        ),
    ),
)

CHIPTUNE = Style(
    name="chiptune",
    tempo_qpm=(120, 168),
    forms=(
        "intro4 verse8 chorus8 verse8 chorus8 bridge8 chorus8",
        "intro2 verse8 chorus8 bridge4 verse8 chorus8",
        "verse8 chorus8 bridge8 verse8 chorus8 outro4",
    ),
    book="modal",
    minor=0.5,
    human=0.0,
    grooves={
        "verse": (
            """
            hat   x.x. x.x. x.x. x.x.
            snare .... X... .... X...
            kick  X... .... X.x. ....
            """,
            """
            kick  X... ..X. .... ....
            snare .... X... .... X.x.
            """,
        ),
        "chorus": (
            """
            kick  X... X... X... X...
            snare .... X... .... X...
            hat   ..x. ..x. ..x. ..x.
            """,
            """
            kick  X.X. .... X.X. ....
            snare .... X... .... X..X
            """,
        ),
    },
    fills=("snare .... .... xxxx xxxx", "snare .... .... X.X. XXXX"),
    figures={
        "bass": (
            "R.8. R.8. R.8. R.8.",
            "R.R. R.R. R.R. R.8.",
            "R--- R-8- 5--- 8---",
            "R.5. 8.5. R.5. 8.a.",
        ),
        "comp": ("x... x... x... x...", "x.x. ..x. x.x. ..x."),
        "arp": (
            "0.1. 2.1. 0.1. 2.1.",
            "0123 0123 0123 0123",
            "012. 012. 012. 012.",
            "012 012 012 012",
            "0.2. 1.2. 0.2. 1.3.",
        ),
        "pad": ("x--- ---- ---- ----",),
        "counter": ("t-2- 1-2- t--- ----", ".... t.t. .... 2.2.", "t--- 2--- 1--- 2---"),
    },
    rhythms=(
        "x.x. x--- x.x. x---",
        "x-xx x-x- x--- ....",
        "x--- x-x- x-x- x---",
        "xxx x-- x-x x--",
        "x.xx .xx. x-x- x---",
        "x-x- x-x- x-x- x---",
    ),
    cadences=("x--- ---- .... ....", "x.x. x--- ---- ....", "xxx x-- --- ..."),
    bands=(
        (
            Part("drums", "Electronic Kit"),
            Part("bass", "Synth Bass 1"),
            Part("arp", "Square Lead", voices=3, level=-6),
            Part("lead", "Square Lead", solo="Sawtooth Lead"),
        ),
        (
            Part("drums", "808 Kit"),
            Part("bass", "Bass + Lead"),
            Part("arp", "Sawtooth Lead"),
            Part("lead", "Calliope Lead"),
            Part("counter", "Ocarina", voices=1),
        ),
        (
            Part("drums", "Electronic Kit"),
            Part("bass", "Synth Bass 2"),
            Part("arp", "Chiff Lead"),
            Part("comp", "Crystal"),
            Part("lead", "Square Lead"),
            Part("counter", "Tinkle Bell", voices=1),
        ),
    ),
)

AMBIENT = Style(
    name="ambient",
    tempo_qpm=(60, 84),
    forms=(
        "intro4 verse8 chorus8 bridge8 chorus8 outro4",
        "intro8 verse8 chorus8 verse8 outro8",
        "intro4 verse8 bridge8 verse8 outro4",
    ),
    book="modal",
    minor=0.45,
    human=0.4,
    grooves={
        "verse": (
            """
            kick   x... .... .... ....
            shaker ..x. ..x. ..x. ..x.
            """,
            """
            kick  x... .... ..x. ....
            stick .... .... x... ....
            """,
        ),
        "chorus": (
            """
            kick  x... .... ..x. ....
            snare .... .... x... ....
            hat   x.x. x.x. x.x. x.x.
            """,
        ),
    },
    percussion=("triangle .... x... .... ....", "block .... .... ..x. ...."),
    figures={
        "bass": ("R--- ---- ---- ----", "R--- ---- 5--- ----", "R--- --8- ---- ----"),
        "comp": ("x--- ---- ---- ----", "..x- ---- ---- ----", "x--- ---- ---- x---"),
        "arp": (
            "0--- 1--- 2--- 3---",
            "0-1- 2-3- 4-3- 2-1-",
            "0--1 --2- -3-- 2---",
            "0-- 1-- 2-3 2--",
            "3--- 2--- 1--- ----",
        ),
        "pad": ("x--- ---- ---- ----",),
        "counter": ("t--- ---- ---- ----", ".... .... 2--- ----", ".... 1--- ---- 2---"),
    },
    rhythms=(
        "x--- ---- x--- ----",
        "..x- ---- x--- ----",
        "x--- ---- ---- x---",
        ".... x--- ---- ----",
        "x-- --- x-x x--",
    ),
    cadences=("x--- ---- ---- ----", ".... .... .... ....", "x--- ---- ---- ...."),
    layers={
        "intro": ("pad arp", "arp bass", "pad counter arp", "pad"),
        "verse": ("bass pad arp", "bass pad lead arp", "drums bass pad arp", "pad comp lead"),
        "chorus": (
            "drums bass pad arp lead",
            "drums bass comp pad lead counter",
            "bass arp pad lead",
        ),
        "bridge": ("pad lead", "arp pad counter", "bass pad counter comp"),
        "outro": ("pad arp", "pad lead bass", "pad comp"),
    },
    bands=(
        (
            Part("drums", "808 Kit"),
            Part("bass", "Synth Bass 2"),
            Part("arp", "Crystal"),
            Part("pad", "New Age Pad", spread=True),
            Part("lead", "Shakuhachi"),
            Part("counter", "Bowed Pad", voices=1),
        ),
        (
            Part("bass", "Fretless Bass"),
            Part("arp", "Orchestral Harp"),
            Part("comp", "Atmosphere"),
            Part("pad", "Choir Pad"),
            Part("lead", "Pan Flute"),
            Part("counter", "Cello", voices=1),
        ),
        (
            Part("drums", "Electronic Kit"),
            Part("percussion"),
            Part("bass", "Bass + Lead"),
            Part("arp", "Guitar Harmonics"),
            Part("pad", "Soundtrack", spread=True),
            Part("comp", "Metallic Pad"),
            Part("lead", "Voice Lead"),
        ),
        (
            Part("bass", "Acoustic Bass"),
            Part("arp", "Koto"),
            Part("pad", "Bowed Pad"),
            Part("comp", "Music Box"),
            Part("lead", "Recorder", solo="Shanai"),
        ),
    ),
)

CINEMATIC = Style(
    name="cinematic",
    tempo_qpm=(76, 132),
    forms=(
        "intro4 verse8 chorus8 bridge8 verse8 chorus8 outro4",
        "intro4 verse8 verse8 chorus8 chorus8 outro4",
        "intro8 verse8 chorus8 bridge8 chorus8",
    ),
    book="modal",
    minor=0.7,
    human=0.5,
    spice=0.08,
    grooves={
        "verse": (
            """
            kick  X... .... x... ....
            floor .... ..x. .... ..x.
            """,
            """
            snare x.xx x... x.xx x...
            kick  X... .... .... ....
            """,
        ),
        "chorus": (
            """
            kick  X... ..X. X... ....
            snare ..x. x.xx ..x. x.xx
            """,
            """
            crash X... .... .... ....
            floor X.x. X.x. X.x. X.x.
            kick  X... .... X... ....
            """,
        ),
    },
    fills=("snare .... .... xxxx xxxx", "floor .... .... X.X. XxXX"),
    figures={
        "bass": (
            "R--- ---- ---- ----",
            "R-R- R-R- R-R- R-R-",
            "R--- R--- R--- 5---",
            "R--- ---- 5--- R---",
        ),
        "comp": (
            "x-x- x-x- x-x- x-x-",
            "x--- x--- x--- x---",
            "X--- ---- ..x- x---",
            "x..x ..x. x..x ..x.",
        ),
        "arp": (
            "0-1- 2-1- 0-1- 2-1-",
            "012 321 012 321",
            "0.2. 1.2. 0.2. 1.2.",
            "0123 4321 0123 4321",
        ),
        "pad": ("x--- ---- ---- ----", "x--- ---- x--- ----"),
        "counter": ("t--- ---- 2--- 1---", "1--- 2--- t--- ----", "X--- ---- x--- ----"),
    },
    rhythms=(
        "x--- ---- x--- x---",
        "x--- --x- x--- ----",
        "x--- x--- x-x- x---",
        "x--x x--- x--- ----",
        "x-- x-x x-- ---",
    ),
    cadences=("x--- ---- ---- ----", "x--- ---- ---- ....", "x--- x--- ---- ----"),
    bands=(
        (
            Part("drums", "Orchestra Kit"),
            Part("bass", "Contrabass"),
            Part("comp", "Pizzicato Strings"),
            Part("arp", "Orchestral Harp"),
            Part("pad", "String Ensemble 1", spread=True),
            Part("lead", "French Horn", solo="Oboe"),
            Part("counter", "Trumpet", voices=1),
        ),
        (
            Part("drums", "Power Kit"),
            Part("bass", "Cello"),
            Part("comp", "Brass Section"),
            Part("arp", "Marimba"),
            Part("pad", "Choir Aahs"),
            Part("lead", "Violin"),
            Part("lead", "Flute", level=-10),
            Part("counter", "Bassoon", voices=1),
            Part("pad", "Church Organ", level=-4),
        ),
        (
            Part("drums", "Orchestra Kit"),
            Part("bass", "Synth Bass 2"),
            Part("comp", "Tremolo Strings"),
            Part("arp", "Harpsichord"),
            Part("pad", "Synth Strings 1"),
            Part("lead", "English Horn"),
            Part("counter", "Tubular Bells", voices=1),
        ),
    ),
)
