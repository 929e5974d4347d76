"""From warmer places: bossa nova, reggae, salsa."""

from gm_vae.arranger.style import Part, Style

BOSSA_NOVA = Style(
    name="bossa_nova",
    tempo_qpm=(108, 148),
    forms=(
        "intro4 verse8 verse8 bridge8 verse8 outro4",
        "intro4 verse8 chorus8 verse8 chorus8 solo8 chorus8 outro4",
        "intro4 verse16 bridge8 verse16 outro4",
    ),
    book="jazz",
    minor=0.4,
    spice=0.08,
    human=0.7,
    grooves={
        "verse": (
            """
            hat   x.x. x.x. x.x. x.x.
            stick x..x ..x. ..x. ....
            kick  x... ..x. x... ..x.
            """,
            """
            ride  x.x. x.x. x.x. x.x.
            stick x... ..x. .... x...
            kick  x... ..x. x... ..x.
            """,
        ),
        "chorus": (
            """
            ride  x.x. x.x. x.x. x.x.
            rim   x... ..x. .... x...|.... x... ..x. ....
            kick  x... ..x. x... ..x.
            """,
        ),
    },
    fills=("rim .... .... ..x. x.x.", "high .... .... .... x.x."),
    percussion=(
        "shaker x.x. x.x. x.x. x.x.",
        "clave x..x ..x. ..x. x...",
        "cabasa ..x. ..x. ..x. ..x.",
    ),
    figures={
        "bass": (
            "R--- ..5- 5--- ..R-",
            "R--- --5- ---- --R-",
            "R--- ..R- 5--- ..a-",
        ),
        "comp": (
            "x--x --x- ..x- -x--",
            "x--- ..x- ..x- ....",
            "..x- x--- ..x- x---",
            "x--- --x- ---- ..>-",
            "x-.. x-.x --.. x-..",
        ),
        "arp": ("0--1 --2- 3--2 --1-", "0-2- 1-3- ..2- 1---"),
        "pad": ("x--- ---- ---- ----",),
        "counter": ("t--- ---- 1--- ----", ".... ..2- --1- ----"),
    },
    rhythms=(
        "x--- ..x- --x- x---",
        "..x- --x- --x- x---",
        "x--x --x- ..x- ....",
        "x--- x-x- --x- ----",
        "x-x- ..x- x--- ....",
    ),
    cadences=("x--- ---- ---- ....", "..x- --x- ---- ----", "x--x --x- ---- ...."),
    bands=(
        (
            Part("drums", "Brush Kit"),
            Part("bass", "Acoustic Bass"),
            Part("comp", "Nylon Guitar"),
            Part("lead", "Flute", solo="Vibraphone"),
            Part("pad", "String Ensemble 2"),
        ),
        (
            Part("drums", "Jazz Kit"),
            Part("percussion"),
            Part("bass", "Fretless Bass"),
            Part("comp", "Electric Piano 1"),
            Part("lead", "Tenor Sax"),
            Part("arp", "Nylon Guitar"),
        ),
        (
            Part("percussion"),
            Part("bass", "Acoustic Bass"),
            Part("comp", "Acoustic Grand Piano", voices=3),
            Part("lead", "Voice Oohs", solo="Clarinet"),
            Part("counter", "Muted Trumpet", voices=1),
        ),
    ),
)

REGGAE = Style(
    name="reggae",
    tempo_qpm=(66, 86),
    forms=(
        "intro4 verse8 chorus8 verse8 chorus8 bridge8 chorus8",
        "intro4 verse8 chorus8 verse8 chorus8 outro4",
        "intro4 verse8 verse8 chorus8 solo8 chorus8 outro4",
    ),
    book="pop",
    minor=0.45,
    human=0.6,
    grooves={
        "verse": (
            """
            hat   x.x. x.x. x.x. x.x.
            stick .... .... X... ....
            kick  .... .... X... ....
            """,
            """
            hat   ..x. ..x. ..x. ..x.
            stick .... ..?. X... ....
            kick  .... .... X... ....
            """,
        ),
        "chorus": (
            """
            hat   x.x. x.xx x.x. x.x.
            snare .... .... X... ....
            kick  X... X... X... X...
            """,
            """
            hat   x.x. x.x. x.x. x...
            open  .... .... .... ..x.
            snare .... .... X... ...?
            kick  X... .... X... ....
            """,
        ),
    },
    fills=(
        """
        timbale  .... .... .... xxx.
        timbale2 .... .... .... ...X
        """,
        "snare .... .... .... X.XX",
        "high .... .... ..xx x.x.",
    ),
    percussion=("shaker x.o. x.o. x.o. x.o.", "bongo ..x. .x.. ..x. x.x."),
    figures={
        "bass": (
            "R--- ..3- 5-.. ....",
            "R-.R -.3- 5-.. ....",
            "..R- R-.. 5-3- R-..",
            "R-R- .... ..5- 3-R-",
        ),
        "comp": (".... x... .... x...", "..x. ..x. ..x. ..x.", ".... xx.. .... xx.."),
        "arp": ("..0. 1.2. ..1. 2...", "0.1. 2... 0.1. 2..."),
        "pad": ("x--- ---- ---- ----", "x--- ---- x--- ----"),
        "counter": (".... .... .... X.x.", "t--- 2--- t--- ----", "..X. .... ..x. ...."),
    },
    rhythms=(
        "x-x- x--- ..x- x---",
        "..x- x-x- x--- ....",
        "x--- x-x- x-.. ....",
        "x-.x -.x- x--- ....",
        ".... x-x- x-x- x---",
    ),
    cadences=("x--- ---- .... ....", "x-x- x--- .... ....", "..x- x--- ---- ...."),
    bands=(
        (
            Part("drums"),
            Part("percussion"),
            Part("bass", "Finger Bass", level=6),
            Part("comp", "Clean Guitar"),
            Part("comp", "Drawbar Organ", figures=("..x. ..x. ..x. ..x.", "..xx ..xx ..xx ..xx")),
            Part("lead", "Voice Oohs", solo="Trombone"),
        ),
        (
            Part("drums", "Room Kit"),
            Part("bass", "Synth Bass 1"),
            Part("comp", "Muted Guitar"),
            Part("pad", "Percussive Organ"),
            Part("lead", "Harmonica"),
            Part("counter", "Brass Section"),
        ),
        (
            Part("drums"),
            Part("bass", "Fretless Bass"),
            Part("comp", "Acoustic Grand Piano"),
            Part("arp", "Steel Drums"),
            Part("lead", "Alto Sax"),
            Part("counter", "Trombone", voices=2),
        ),
    ),
)

SALSA = Style(
    name="salsa",
    tempo_qpm=(88, 108),
    forms=(
        "intro4 verse8 chorus8 verse8 chorus8 solo8 chorus8 outro4",
        "intro4 verse8 verse8 chorus8 bridge8 chorus8",
        "intro8 verse8 chorus8 solo8 chorus8 outro4",
    ),
    book="latin",
    minor=0.6,
    human=0.5,
    grooves={
        "verse": (
            """
            cowbell x... x... x... x...
            tumba   .... ..xx .... ..xx
            conga   .... x... .... x...
            """,
            """
            timbale x.x. xx.x .x.x x.x.
            kick    ..x. .... ..x. ....
            """,
        ),
        "chorus": (
            """
            bell  x.x. x.x. x.x. x.x.
            tumba .... ..xx .... ..xx
            conga .... x... .... x...
            """,
            """
            cowbell X.x. X.xx X.x. X.xx
            kick    ..x. ..x. ..x. ..x.
            """,
        ),
    },
    fills=(
        """
        timbale  .... .... xxx. xx..
        timbale2 .... .... .... ..xX
        """,
        "timbale .... .... .... XxXX",
    ),
    percussion=(
        "clave x..x ..x. ..x. x...",
        "clave ..x. x... x..x ..x.",
        "maraca x.x. x.x. x.x. x.x.",
        "guiro x--- x.x. x--- x.x.",
    ),
    figures={
        "bass": (
            "R--- ..5- ---- >---",
            "...R --5- --.. >---",
            "R--- ..5- .... 8---",
            "..R- --5- --8- ----",
        ),
        "comp": (
            "x.x. .x.x .x.x .x.x",
            "x..x ..x. .x.x ..x.",
            "x.x. x..x ..x. x..x",
        ),
        "arp": (
            "0.2. 1.20 .1.2 .0.1",
            "0..2 .1.2 .0.2 .1..",
            "2.0. 2..1 .2.0 ..1.",
        ),
        "pad": ("x--- ---- ---- ----",),
        "counter": ("X... ..X. .... ....", ".... .... X..x ..x.", "t--- ---- ..2- 1---"),
    },
    rhythms=(
        "x--x --x- ..x- x---",
        "..x- x--x --x- ....",
        "x-x- .x-- x-x- ....",
        "x--- ..x- x--x ----",
        ".... ..x- x-x- x---",
    ),
    cadences=("x--x --x- ---- ....", "x--- ---- .... ....", "x-x- x--- .... ...."),
    layers={
        "intro": (
            "drums percussion bass arp",
            "drums percussion bass comp",
            "drums percussion counter comp",
        )
    },
    bands=(
        (
            Part("drums"),
            Part("percussion"),
            Part("bass", "Acoustic Bass"),
            Part("comp", "Acoustic Grand Piano", voices=3),
            Part("lead", "Trumpet"),
            Part("counter", "Brass Section"),
        ),
        (
            Part("drums"),
            Part("bass", "Fretless Bass"),
            Part("arp", "Bright Acoustic Piano", voices=3),
            Part("lead", "Flute", solo="Trumpet"),
            Part("counter", "Trombone", voices=2),
            Part("pad", "String Ensemble 1"),
        ),
        (
            Part("drums"),
            Part("percussion"),
            Part("bass", "Finger Bass"),
            Part("arp", "Marimba", voices=3),
            Part("comp", "Nylon Guitar"),
            Part("lead", "Tango Accordion", solo="Muted Trumpet"),
        ),
    ),
)
