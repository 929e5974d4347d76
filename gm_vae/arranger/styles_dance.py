"""For dancing: funk, disco, house."""

from gm_vae.arranger.patterns import SWING_SIXTEENTHS
from gm_vae.arranger.style import Part, Style

FUNK = Style(
    name="funk",
    tempo_qpm=(92, 116),
    swing=SWING_SIXTEENTHS,
    forms=(
        "intro4 verse8 chorus8 verse8 chorus8 bridge8 chorus8",
        "intro4 verse8 verse8 chorus8 solo8 chorus8 outro4",
        "intro4 verse8 chorus8 solo8 verse8 chorus8 outro4",
    ),
    book="loop",
    minor=0.7,
    human=0.7,
    grooves={
        "verse": (
            """
            hat   x.x. x.x. x.x. x.x.
            snare .... X..o .o.. X...
            kick  X..x .... ..x. ....
            """,
            """
            hat   x.x. x.x. x.x. x.x.
            snare .... X... .o.. X..?
            kick  X.x. .... ..X. .x..
            """,
        ),
        "chorus": (
            """
            hat   x.x. x.x. x.x. x...
            open  .... .... .... ..x.
            snare .... X..o .... X...
            kick  X..x ..x. .x.. ....
            """,
            """
            ride  x.x. x.x. x.x. x.x.
            snare .... X... .o.. X...
            kick  X.x. .... x.x. ....
            """,
        ),
    },
    fills=(
        "snare .... .... .... XoxX",
        """
        snare .... .... X.oX ....
        kick  .... .... .x.. x...
        high  .... .... .... .xx.
        """,
    ),
    percussion=(
        "conga ..x. .x.. ..x. x...",
        "cowbell x... x... x... x...",
        "cabasa x.xo x.xo x.xo x.xo",
    ),
    figures={
        "bass": (
            "R..8 .R.. 5.7. 8..a",
            "R.R. ..8. .R5. 7.8.",
            "R--. ..R. ..8. 7.5.",
            "R..R ..5. 7.8. ..a.",
        ),
        "comp": (
            "..x. ..x. .x.. ..x.",
            "x... .x.. ..x. ....",
            ".... x..x .... x...",
            "x--. ...x ..x- ....",
        ),
        "arp": ("0..2 ..1. 0..2 ..3.", "..2. 1..0 ..2. 1...", "0.1. .2.. 0.1. .3.."),
        "pad": ("x--- ---- ---- ----", "x--- ---- x--- ----"),
        "counter": ("X... .... .... ..xX", ".... ..X. .x.. ....", ".... .... X-.. X-.."),
    },
    rhythms=(
        "x-.x -.x- .... ....",
        "..x- .x-. x-x- ....",
        "x..x ..x- x--- ....",
        ".... x-x- .x-- x---",
        "x-x- x..x --.. ....",
    ),
    cadences=("x--- ---- .... ....", "x-.x -.x- ---- ....", "xxx- .... .... ...."),
    bands=(
        (
            Part("drums"),
            Part("percussion"),
            Part("bass", "Slap Bass 1"),
            Part("comp", "Clavinet"),
            Part("lead", "Tenor Sax"),
            Part("counter", "Brass Section"),
        ),
        (
            Part("drums", "Room Kit"),
            Part("bass", "Finger Bass"),
            Part("comp", "Muted Guitar"),
            Part("arp", "Clavinet"),
            Part("pad", "Percussive Organ"),
            Part("lead", "Alto Sax", solo="Clean Guitar"),
            Part("counter", "Trumpet", voices=2),
        ),
        (
            Part("drums", "Electronic Kit"),
            Part("bass", "Synth Bass 2"),
            Part("comp", "Electric Piano 1"),
            Part("arp", "Jazz Guitar"),
            Part("lead", "Calliope Lead"),
            Part("counter", "Synth Brass 1"),
        ),
    ),
)

DISCO = Style(
    name="disco",
    tempo_qpm=(108, 124),
    forms=(
        "intro4 verse8 chorus8 verse8 chorus8 bridge8 chorus8 outro4",
        "intro8 verse8 chorus8 verse8 chorus8 outro4",
    ),
    book="pop",
    minor=0.6,
    human=0.3,
    grooves={
        "verse": (
            """
            kick  X... X... X... X...
            hat   ..x. ..x. ..x. ..x.
            snare .... X... .... X...
            """,
            """
            kick  X... X... X... X...
            open  ..x. ..x. ..x. ..x.
            clap  .... x... .... x...
            """,
        ),
        "chorus": (
            """
            kick  X... X... X... X...
            open  ..X. ..X. ..X. ..X.
            snare .... X... .... X..?
            """,
            """
            kick  X... X... X... X...
            hat   x.x. x.x. x.x. x.x.
            snare .... X... .... X.x.
            """,
        ),
    },
    fills=("snare .... .... .... xxxx", "high .... .... .... x.xx", "snare .... .... x.x. xxX."),
    percussion=(
        "tamb ..x. x.x. ..x. x.x.",
        "conga ..xx .x.. ..xx .x..",
        "agogo x..x ..x. ..x. x...",
    ),
    figures={
        "bass": (
            "R.8. R.8. R.8. R.8.",
            "R--- ..R. 8.R. 5.a.",
            "R.R8 .R8. R.R8 .a..",
            "R--. R.8. R--. 5.8.",
        ),
        "comp": (
            "..x. ..x. ..x. ..x.",
            "x..x ..x. x..x ..x.",
            "x--- ---- x--- ----",
            ".x.. x... .x.. x...",
        ),
        "arp": ("0.2. 1.2. 3.2. 1.2.", "0..1 ..2. 3..2 ..1."),
        "pad": ("x--- ---- ---- ----", "x--- ---- ..x- ----"),
        "counter": ("t-2- t--- ---- ....", ".... .... 0-1- 2-t-", "X... ..x. .... ...."),
    },
    rhythms=(
        "x-x- x--- x-x- ....",
        "..x- x--x --x- x---",
        "x--- x-x- x--- ....",
        "x--x --x- x-x- x---",
    ),
    cadences=("x--- ---- ---- ....", "x-x- x--- .... ....", "x--x --x- ---- ----"),
    bands=(
        (
            Part("drums"),
            Part("percussion"),
            Part("bass", "Finger Bass"),
            Part("comp", "Clean Guitar"),
            Part("pad", "String Ensemble 1"),
            Part("lead", "Voice Oohs"),
            Part("counter", "Brass Section"),
        ),
        (
            Part("drums", "Electronic Kit"),
            Part("bass", "Synth Bass 2"),
            Part("arp", "Clavinet"),
            Part("comp", "Electric Piano 2"),
            Part("pad", "Synth Strings 1"),
            Part("lead", "Synth Voice"),
        ),
        (
            Part("drums"),
            Part("bass", "Slap Bass 2"),
            Part("comp", "Acoustic Grand Piano"),
            Part("pad", "Tremolo Strings", level=6),
            Part("lead", "Soprano Sax", solo="Flute"),
            Part("counter", "Trumpet", voices=2),
        ),
    ),
)

HOUSE = Style(
    name="house",
    tempo_qpm=(118, 130),
    forms=(
        "intro8 verse8 chorus16 bridge8 chorus16 outro4",
        "intro8 verse8 chorus8 bridge8 chorus16",
        "intro4 verse8 chorus8 verse8 chorus8 outro8",
    ),
    book="loop",
    minor=0.75,
    human=0.05,
    spice=0.02,
    grooves={
        "verse": (
            """
            kick X... X... X... X...
            open ..x. ..x. ..x. ..x.
            """,
            """
            kick X... X... X... X...
            hat  ..x. ..x. ..x. ..xx
            clap .... x... .... x...
            """,
        ),
        "chorus": (
            """
            kick X... X... X... X...
            open ..x. ..x. ..x. ..x.
            clap .... X... .... X..?
            """,
            """
            kick X... X... X... X.x.
            hat  x.x. x.x. x.x. x.x.
            clap .... X... .... X...
            """,
        ),
        "bridge": ("clap .... x... .... x...", "hat ..x. ..x. ..x. ..x."),
    },
    fills=("clap .... .... .... x.xx", "snare .... .... xxxx xxxx", "snare .... .... x.x. xxxx"),
    percussion=(
        "shaker xoxo xoxo xoxo xoxo",
        "conga ..x. .x.. ..xx .x..",
        "block ..x. ..x. .x.. x...",
    ),
    figures={
        "bass": (
            "..R- ..R- ..R- ..R-",
            ".R.R .R.R .R.R .R.8",
            "R--R --R- ..R- 8---",
            "R.R. .R.. R.R. .8..",
        ),
        "comp": (
            "x..x ..x. .x.. x...",
            "..x. ..x. ..x. ..x.",
            "x--. x--. x--. x--.",
            "x..x ..x. ..x. ....",
        ),
        "arp": (
            "0.1. 2.3. 2.1. 0.1.",
            "0123 ..12 01.3 ..1.",
            "2..1 ..0. 2..1 ..3.",
            "0.2. .1.2 .0.2 .1..",
        ),
        "pad": ("x--- ---- ---- ----",),
        "counter": ("t..t ..t. ..t. ....", "2--- ---- t--- ----", ".... ..t. .t.. ...."),
    },
    rhythms=(
        "x..x ..x. ..x. ....",
        "x--- ..x- ..x- ....",
        "..x- x-.x -.x- ....",
        "x-x- .x-- x--- ....",
    ),
    cadences=("x--- ---- .... ....", "x..x ..x- ---- ...."),
    layers={
        "intro": (
            "drums arp",
            "drums bass percussion",
            "drums pad",
            "drums",
            "drums comp percussion",
        ),
        "verse": ("drums bass comp", "drums bass arp lead", "drums bass pad lead"),
        "chorus": ("drums percussion bass comp arp lead", "drums bass comp pad lead counter"),
        "bridge": ("pad lead", "comp arp pad", "drums pad arp", "pad arp lead"),
        "outro": ("drums bass arp", "drums comp pad"),
    },
    bands=(
        (
            Part("drums", "808 Kit"),
            Part("percussion"),
            Part("bass", "Synth Bass 1"),
            Part("comp", "Acoustic Grand Piano"),
            Part("pad", "Sweep Pad"),
            Part("lead", "Synth Voice"),
        ),
        (
            Part("drums", "Electronic Kit"),
            Part("bass", "Synth Bass 2"),
            Part("comp", "Drawbar Organ"),
            Part("arp", "Sawtooth Lead"),
            Part("pad", "Synth Strings 2"),
            Part("lead", "Voice Lead"),
        ),
        (
            Part("drums", "808 Kit"),
            Part("bass", "Bass + Lead"),
            Part("comp", "Synth Brass 2"),
            Part("arp", "Brightness"),
            Part("pad", "Halo Pad"),
            Part("counter", "Kalimba", voices=1),
        ),
    ),
)
