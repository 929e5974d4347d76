"""Older roots: swing jazz, blues, country, march."""

from gm_vae.arranger.patterns import SWING_EIGHTHS
from gm_vae.arranger.style import Part, Style

SWING = Style(
    name="swing",
    tempo_qpm=(112, 208),
    swing=SWING_EIGHTHS,
    forms=(
        "intro4 verse8 verse8 bridge8 verse8 solo8 verse8 outro4",
        "intro4 verse8 verse8 bridge8 verse8 outro4",
        "verse8 verse8 bridge8 verse8 solo16 bridge8 verse8",
    ),
    book="jazz",
    minor=0.35,
    spice=0.12,
    human=0.9,
    grooves={
        "verse": (
            """
            ride  x... x.x. x... x.x.
            pedal .... x... .... x...
            """,
            """
            hat   x... x.x. x... x.x.
            stick .... .... .... x...
            kick  x... .... .... ..?.
            """,
        ),
        "chorus": (
            """
            ride  X... x.x. X... x.x.
            pedal .... x... .... x...
            snare .... ..?. .... ..o.
            kick  .... .... ..?. ....
            """,
            """
            ride  x... X.x. x... X.x.
            pedal .... x... .... x...
            kick  x... .... x... ....
            """,
        ),
    },
    fills=(
        "snare .... .... x.x. x.X.",
        """
        snare ... ... xxx ...
        high  ... ... ... xx.
        floor ... ... ... ..x
        """,
    ),
    figures={
        "bass": (
            "R--- w--- w--- a---",
            "R--- 3--- 5--- a---",
            "R--- w--- 5--- a---",
            "R--- 5--- 3--- a-a-",
            "R--- ---- 5--- ----",
        ),
        "comp": (
            "x--- ..x- .... ....",
            "..x. .... ..x- ....",
            "x--. .... ..x. x---",
            ".... x--- .... x---",
            "x-.. x-.. x-.. x-..",
        ),
        "arp": (".... 0-1- 2-1- ....", "..0- 1-2- ..1- 2---"),
        "pad": ("x--- ---- ---- ----", "x--- ---- x--- ----"),
        "counter": (
            ".... .... .... ..X.",
            "X-.. .... ..x- ....",
            ".... ..x- --.. ....",
            "t--- ---- 1--- ----",
        ),
    },
    rhythms=(
        "x-x- x-x- x--- ....",
        "..x- x-x- ..x- x---",
        "x--- x-x- x-x- ....",
        "xxx x-. x-x x--",
        "x-x x-x x-- ...",
        ".... x-x- x-x- x-x-",
        "x-x- ..x- --x- ....",
        "..x x-x xxx x--",
    ),
    cadences=("x--- ---- .... ....", "x-x- x--- .... ....", "x-x x-- --- ..."),
    bands=(
        (
            Part("drums", "Jazz Kit"),
            Part("bass", "Acoustic Bass"),
            Part("comp", "Acoustic Grand Piano", voices=3),
            Part("lead", "Tenor Sax", solo="Trumpet"),
            Part("counter", "Brass Section"),
        ),
        (
            Part("drums", "Brush Kit"),
            Part("bass", "Acoustic Bass"),
            Part("comp", "Jazz Guitar", strum=True),
            Part("lead", "Vibraphone"),
            Part("pad", "Drawbar Organ"),
        ),
        (
            Part("drums", "Jazz Kit"),
            Part("bass", "Acoustic Bass"),
            Part("comp", "Bright Acoustic Piano"),
            Part("lead", "Clarinet", solo="Muted Trumpet"),
            Part("counter", "Trombone", voices=1),
            Part("pad", "Baritone Sax", voices=1, level=6),
        ),
        (
            Part("drums", "Jazz Kit"),
            Part("bass", "Contrabass"),
            Part("comp", "Electric Piano 1"),
            Part("arp", "Vibraphone"),
            Part("lead", "Alto Sax", solo="Jazz Guitar"),
        ),
    ),
)

BLUES = Style(
    name="blues",
    tempo_qpm=(84, 132),
    swing=SWING_EIGHTHS,
    forms=(
        "intro4 verse12 verse12 solo12 chorus12",
        "verse12 chorus12 solo12 chorus12",
        "intro4 verse12 chorus12 verse12 chorus12 outro4",
    ),
    book="blues",
    minor=0.2,
    human=0.8,
    grooves={
        "verse": (
            """
            hat   x.x x.x x.x x.x
            snare ... X.. ... X..
            kick  X.. ..x X.. ...
            """,
            """
            ride  x.x x.x x.x x.x
            stick ... x.. ... x..
            kick  X.. ... x.x ...
            """,
        ),
        "chorus": (
            """
            ride  X.x x.x X.x x.x
            snare ... X.. ... X.?
            kick  X.. ..x X.x ...
            """,
            """
            hat   xxx xxx xxx xxx
            snare ... X.. ... X..
            kick  X.. ..x X.. ...
            """,
        ),
    },
    fills=(
        "snare ... ... ... xxX",
        """
        snare ... ... xxx ...
        high  ... ... ... xx.
        floor ... ... ... ..x
        """,
    ),
    figures={
        "bass": (
            "R--- 3--- 5--- 6---",
            "R-R R-R R-R R-a",
            "R--- R-R- 5--- R-a-",
            "R--- 3--- 5--- a---",
            "R--- 8--- 7--- 5---",
        ),
        "comp": (
            "x-. ..x .x- ...",
            "... x.. ... x..",
            "x-- ..x --. ...",
            "x-x x-x x-x x-x",
            "x-- --- x-- ..x",
        ),
        "arp": ("0-1 2-1 0-1 2-1", "012 345 432 1.."),
        "pad": ("x--- ---- ---- ----",),
        "counter": ("... ..X ... ...", ".... .... x--- ----", "... ... ..x X--"),
    },
    rhythms=(
        "x-x x-. ... ...",
        "..x x-x x-- ...",
        "x-- x-x x-x ...",
        "xxx x-x x-- ...",
        "... x-x xxx x--",
        "x-x x-x x-- --.",
    ),
    cadences=("x-- --- ... ...", "x-x x-- ... ...", "xxx x-- --- ..."),
    layers={"outro": ("drums bass comp lead", "drums bass comp arp")},
    bands=(
        (
            Part("drums", "Room Kit"),
            Part("bass", "Finger Bass"),
            Part("comp", "Honky-tonk Piano"),
            Part("lead", "Overdriven Guitar"),
            Part("counter", "Brass Section"),
        ),
        (
            Part("drums"),
            Part("bass", "Acoustic Bass"),
            Part("comp", "Steel Guitar", strum=True),
            Part("lead", "Harmonica"),
            Part("pad", "Percussive Organ"),
        ),
        (
            Part("drums", "Jazz Kit"),
            Part("bass", "Pick Bass"),
            Part("comp", "Percussive Organ"),
            Part("lead", "Jazz Guitar", solo="Tenor Sax"),
            Part("counter", "Baritone Sax", voices=1),
        ),
    ),
)

COUNTRY = Style(
    name="country",
    tempo_qpm=(88, 126),
    forms=(
        "intro4 verse16 chorus8 verse16 chorus8 outro4",
        "intro4 verse8 chorus8 verse8 chorus8 solo8 chorus8 outro4",
        "intro4 verse8 chorus8 verse8 bridge8 chorus8",
    ),
    book="folk",
    minor=0.1,
    human=0.7,
    grooves={
        "verse": (
            """
            hat   ..x. ..x. ..x. ..x.
            kick  X... .... X... ....
            stick .... x... .... x...
            """,
            """
            snare ..o. X.o. ..o. X.o.
            kick  X... .... X... ....
            """,
        ),
        "chorus": (
            """
            hat   x.x. x.x. x.x. x.x.
            snare .... X... .... X...
            kick  X... .... X.x. ....
            """,
            """
            snare o.o. X.oo o.o. X.o.
            kick  X... .... X... ....
            """,
        ),
    },
    fills=("snare .... .... .... xxxX", "snare .... .... x.xx X..."),
    percussion=("tamb .... x... .... x...", "shaker ..x. ..x. ..x. ..x."),
    figures={
        "bass": (
            "R--- .... 5--- ....",
            "R--- .... 5--- ..a-",
            "R--- 5--- R--- 5---",
            "R--- ..R- 5--- a---",
        ),
        "comp": (
            ".... x... .... x...",
            "..x. x.x. ..x. x.x.",
            "x--- x-x- x--- x-x-",
            "x--- ---- x--- ----",
        ),
        "arp": (
            "0-2- 1-2- 0-2- 1-2-",
            "0-1- 2-3- 1-2- 3-2-",
            "2-0- 1-3- 2-0- 1-3-",
        ),
        "pad": ("x--- ---- ---- ----",),
        "counter": (".... .... t-2- 1---", "t--- ---- ---- ----", ".... ..1- 2-t- ...."),
    },
    rhythms=(
        "x--- x-x- x--- x---",
        "x-x- x--- x-x- x---",
        "..x- x-x- x--- ....",
        "x--- x--- x-x- x-x-",
        "x--x x-x- x--- ....",
    ),
    cadences=("x--- ---- .... ....", "x-x- x--- ---- ....", "x--- x--- ---- ...."),
    bands=(
        (
            Part("drums"),
            Part("bass", "Acoustic Bass"),
            Part("comp", "Steel Guitar", strum=True),
            Part("arp", "Banjo"),
            Part("lead", "Fiddle"),
            Part("pad", "Reed Organ"),
        ),
        (
            Part("drums", "Room Kit"),
            Part("percussion"),
            Part("bass", "Pick Bass"),
            Part("comp", "Acoustic Grand Piano"),
            Part("arp", "Clean Guitar"),
            Part("lead", "Harmonica", solo="Steel Guitar"),
        ),
        (
            Part("drums", "Brush Kit"),
            Part("bass", "Finger Bass"),
            Part("comp", "Nylon Guitar", strum=True),
            Part("lead", "Accordion"),
            Part("counter", "Dulcimer", voices=1),
            Part("pad", "String Ensemble 2"),
        ),
    ),
)

MARCH = Style(
    name="march",
    tempo_qpm=(104, 124),
    forms=(
        "intro4 verse16 chorus8 bridge8 chorus8",
        "intro4 verse8 verse8 chorus8 bridge8 chorus8 outro4",
        "intro4 verse8 chorus8 verse8 chorus8 outro2",
    ),
    book="folk",
    minor=0.25,
    human=0.3,
    spice=0.08,
    grooves={
        "verse": (
            """
            snare ..x. x.xx ..x. x...
            kick  X... .... X... ....
            """,
            """
            snare x..x x.x. x..x x.x.
            kick  X... X... X... X...
            """,
        ),
        "chorus": (
            """
            crash X... .... X... ....
            snare ..x. x.xx ..x. x.xx
            kick  X... X... X... X...
            """,
            """
            snare x.xx x.x. x.xx X...
            kick  X... .... X... ....
            crash .... .... .... X...
            """,
        ),
    },
    fills=("snare .... .... xxxx X...", "snare .... .... x.xx xxxX"),
    percussion=("triangle x... x... x... x...", "tamb ..x. ..x. ..x. ..x."),
    figures={
        "bass": (
            "R-.. 5-.. R-.. 5-..",
            "R--- .... 5--- ....",
            "R-.. R-.. 5-.. a-..",
        ),
        "comp": ("..x. ..x. ..x. ..x.", ".... x-.. .... x-..", "..x. ..x. ..x. x-.."),
        "arp": ("0.1. 2.1. 0.1. 2.1.", "0... 2.1. 0... 2.1."),
        "pad": ("x--- ---- ---- ----", "x--- ---- x--- ----"),
        "counter": (
            "1--- 2--- t--- ----",
            "t--- ---- 2--- 1---",
            ".... .... 0-1- 2-t-",
            "t--- 2--- 1--- 2---",
        ),
    },
    rhythms=(
        "x--- x--- x-x- x---",
        "x--x x--- x--x x---",
        "x--- x--x x--- x---",
        "x-x- x-x- x--- x---",
        "xxx x-- xxx x--",
        "x--- ---- x--- x-x-",
    ),
    cadences=("x--- x--- x--- ....", "x--- ---- x--. ....", "x--x x--- x--- ...."),
    bands=(
        (
            Part("drums", "Orchestra Kit"),
            Part("bass", "Tuba"),
            Part("comp", "French Horn"),
            Part("pad", "Trombone", voices=2),
            Part("lead", "Trumpet", solo="Flute"),
            Part("counter", "Clarinet", voices=1),
        ),
        (
            Part("drums", "Orchestra Kit"),
            Part("percussion"),
            Part("bass", "Bassoon"),
            Part("comp", "Brass Section"),
            Part("arp", "Xylophone"),
            Part("lead", "Piccolo", solo="Glockenspiel"),
            Part("counter", "Baritone Sax", voices=1),
        ),
        (
            Part("drums", "Orchestra Kit"),
            Part("bass", "Tuba"),
            Part("comp", "Trombone"),
            Part("pad", "French Horn"),
            Part("lead", "Whistle"),
            Part("lead", "Trumpet", level=-8),
            Part("counter", "Oboe", voices=1),
            Part("arp", "Glockenspiel"),
            Part("percussion"),
        ),
        (
            Part("drums", "Orchestra Kit"),
            Part("bass", "Contrabass"),
            Part("comp", "Accordion"),
            Part("lead", "Bagpipe"),
            Part("counter", "Fiddle", voices=1),
        ),
    ),
)
