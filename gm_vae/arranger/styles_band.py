"""Songs for a band: pop, rock, ballad."""

from gm_vae.arranger.style import Part, Style

POP = Style(
    name="pop",
    tempo_qpm=(92, 126),
    forms=(
        "intro4 verse8 chorus8 verse8 chorus8 bridge8 chorus8 outro4",
        "intro4 verse8 chorus8 verse8 chorus8 outro4",
        "intro4 verse8 verse8 chorus8 bridge4 chorus8 outro4",
    ),
    book="pop",
    minor=0.3,
    grooves={
        "verse": (
            """
            hat   x.x. x.x. x.x. x.x.
            snare .... X... .... X...
            kick  X... ..?. X... ....
            """,
            """
            hat   x.x. x.x. x.x. x.x.
            stick .... x... .... x...
            kick  X... ...x ..x. ....
            """,
        ),
        "chorus": (
            """
            ride  x... x... x... x...
            hat   ..x. ..x. ..x. ..x.
            snare .... X... .... X..?
            kick  X... ..x. X.x. ....
            """,
            """
            open  ..x. ..x. ..x. ..x.
            snare .... X... .... X...
            kick  X... X... X... X...
            tamb  x... x... x... x...
            """,
        ),
        "bridge": (
            """
            ride  x... x... x... x...
            stick .... .... x... ....
            kick  X... .... ..x. ....
            """,
        ),
    },
    fills=(
        "snare .... .... .... X.xX",
        """
        snare .... .... x.x. ....
        high  .... .... .... x.x.
        """,
        """
        high  .... .... x.x. ....
        mid   .... .... .... x...
        floor .... .... .... ..x.
        """,
    ),
    percussion=(
        "tamb .... x... .... x...",
        "shaker x.o. x.o. x.o. x.o.",
        "conga ..x. ...x ..x. x...",
    ),
    figures={
        "bass": (
            "R-.R ..R. R-.R ..R.",
            "R--- ---- R--- 5---",
            "R-R- R-R- R-R- R-a-",
            "R--R --8- 5--- R---",
            "R--- ..R- --5- ..a.",
        ),
        "comp": (
            "x--- ---- x--- ----",
            "x--- x--- x--- x---",
            "x--. x-.x --x- ....",
            "..x- ..x- ..x- ..x-",
            "x--- ---- ..x- x---",
        ),
        "arp": (
            "0-1- 2-1- 0-1- 2-1-",
            "0--1 --2- 3--2 --1-",
            "2-1- 0-1- 2-3- 2-1-",
        ),
        "pad": ("x--- ---- ---- ----", "x--- ---- x--- ----"),
        "counter": (
            ".... .... 2--- 1---",
            "t--- ---- ---- ....",
            ".... ..t- 1--- 2---",
        ),
    },
    rhythms=(
        "x-x- x--- x-x- x---",
        "..x- x-x- x--- ....",
        "x--x --x- x--- ....",
        "x--- x-x- ..x- x---",
        "x-x- x-x- x--- x---",
        ".... x-x- x--x --x-",
    ),
    cadences=("x--- ---- .... ....", "x-x- x--- ---- ....", "..x- x--- ---- ---."),
    bands=(
        (
            Part("drums"),
            Part("percussion"),
            Part("bass", "Finger Bass"),
            Part("comp", "Acoustic Grand Piano", pedal=True),
            Part("arp", "Clean Guitar"),
            Part("pad", "String Ensemble 1"),
            Part("lead", "Voice Oohs", solo="Tenor Sax"),
        ),
        (
            Part("drums", "Room Kit"),
            Part("bass", "Pick Bass"),
            Part("comp", "Steel Guitar", strum=True, voices=4),
            Part("pad", "Warm Pad"),
            Part("lead", "Charang Lead"),
            Part("counter", "Glockenspiel", voices=1),
        ),
        (
            Part("drums", "Electronic Kit"),
            Part("bass", "Synth Bass 1"),
            Part("comp", "Electric Piano 2"),
            Part("arp", "Polysynth Pad"),
            Part("pad", "Synth Strings 1"),
            Part("lead", "Sawtooth Lead", solo="Flute"),
        ),
        (
            Part("drums"),
            Part("percussion"),
            Part("bass", "Fretless Bass"),
            Part("comp", "Bright Acoustic Piano"),
            Part("lead", "Clarinet"),
            Part("counter", "Brass Section"),
        ),
    ),
)

ROCK = Style(
    name="rock",
    tempo_qpm=(108, 152),
    forms=(
        "intro4 verse8 chorus8 verse8 chorus8 solo8 chorus8 outro4",
        "intro8 verse8 chorus8 verse8 bridge8 chorus8 outro4",
        "intro4 verse8 chorus8 solo8 chorus8",
    ),
    book="rock",
    minor=0.45,
    grooves={
        "verse": (
            """
            hat   x.x. x.x. x.x. x.x.
            snare .... X... .... X...
            kick  X.x. .... ..X. ....
            """,
            """
            hat   X.x. X.x. X.x. X.x.
            snare .... X... .... X...
            kick  X... ..x. X.x. ..?.
            """,
        ),
        "chorus": (
            """
            crash X... .... .... ....
            ride  ..x. x.x. x.x. x.x.
            snare .... X... .... X...
            kick  X... ..X. X.X. ....
            """,
            """
            open  x... x... x... x...
            snare .... X... .... X...
            kick  X.x. ..x. X.x. ....
            """,
        ),
        "bridge": (
            """
            floor x.x. x.x. x.x. x.x.
            kick  X... .... X... ....
            snare .... .... X... ....
            """,
        ),
    },
    fills=(
        "snare .... .... XxXx XxXx",
        """
        snare .... .... X.x. ....
        high  .... .... .... Xx..
        floor .... .... .... ..Xx
        """,
        """
        snare X.X. .... .... ....
        high  .... X.X. .... ....
        mid   .... .... X.X. ....
        floor .... .... .... X.X.
        """,
    ),
    figures={
        "bass": (
            "R-R- R-R- R-R- R-R-",
            "R-R- R-R- R-R- R-a-",
            "R--- R-R- ..R- R-5-",
            "R--R ..R- R--R ..a-",
        ),
        "comp": (
            "X--- ---- x--- ----",
            "x-x- x--- x-x- x---",
            "x-.x ..x- ..x- x---",
            "X--- ..x- --x- ....",
            "x-x- ..x- x-x- ..x-",
        ),
        "arp": ("0-1- 2-1- 3-1- 2-1-", "0-2- 1-2- 0-2- 1-2-"),
        "pad": ("x--- ---- ---- ----",),
        "counter": ("t--- ---- ---- ----", ".... .... t-2- 1-2-", "t-.. t-.. t-.. t-.."),
    },
    rhythms=(
        "x-x- x-x- x--- ....",
        "x--- x--- x-x- x---",
        "..x- x-x- ..x- x---",
        "x-.x -.x- x--- x---",
        "x--- ---- x-x- x-x-",
        "x-x- .x-- x-x- x---",
    ),
    cadences=("x--- ---- ---- ....", "x-x- X--- ---- ....", "x-x- x-x- X--- ----"),
    bands=(
        (
            Part("drums", "Power Kit"),
            Part("bass", "Pick Bass"),
            Part("comp", "Overdriven Guitar", strum=True),
            Part("arp", "Clean Guitar"),
            Part("lead", "Distortion Guitar"),
        ),
        (
            Part("drums", "Room Kit"),
            Part("bass", "Finger Bass"),
            Part("comp", "Distortion Guitar", voices=3),
            Part("pad", "Rock Organ"),
            Part("lead", "Alto Sax", solo="Overdriven Guitar"),
            Part("counter", "Acoustic Grand Piano", voices=1),
        ),
        (
            Part("drums"),
            Part("percussion", figures=("cowbell x... x... x... x...", "tamb ..x. ..x. ..x. ..x.")),
            Part("bass", "Slap Bass 1"),
            Part("comp", "Muted Guitar"),
            Part("comp", "Drawbar Organ", voices=3, level=-10),
            Part("lead", "Fifths Lead", solo="Distortion Guitar"),
        ),
    ),
    human=0.6,
)

BALLAD = Style(
    name="ballad",
    tempo_qpm=(58, 78),
    forms=(
        "intro4 verse8 chorus8 verse8 chorus8 outro4",
        "intro4 verse8 verse8 chorus8 bridge8 chorus8 outro4",
        "intro2 verse8 chorus8 bridge4 chorus8 outro2",
    ),
    book="ballad",
    minor=0.4,
    spice=0.1,
    human=0.9,
    grooves={
        "verse": (
            """
            hat   x.x. x.x. x.x. x.x.
            stick .... .... x... ....
            kick  x... .... ..x. ....
            """,
            """
            pedal .... x... .... x...
            ride  x.x. x.x. x.x. x.x.
            kick  x... .... .... ..x.
            """,
        ),
        "chorus": (
            """
            ride  x.x. x.x. x.x. x.x.
            snare .... .... X... ....
            kick  X... ..x. .... ..x.
            """,
            """
            hat   x.x. x.x. x.x. x.x.
            snare .... X... .... X...
            kick  X... .... x.x. ....
            """,
        ),
    },
    fills=(
        """
        high  .... .... .... x...
        floor .... .... .... ..x.
        """,
        "snare .... .... .... oxxX",
        """
        high  .... .... x.x. ....
        mid   .... .... .... x.x.
        """,
    ),
    percussion=("triangle x... .... x... ....", "shaker x.o. x.o. x.o. x.o."),
    figures={
        "bass": (
            "R--- ---- R--- ----",
            "R--- --5- 8--- 5---",
            "R--- ---- 5--- --a-",
            "R--- --R- R--- ----",
        ),
        "comp": (
            "x--- ---- x--- ----",
            "x--- x--- x--- x---",
            "x--- ---- ..x- x---",
        ),
        "arp": (
            "0-1- 2-3- 4-3- 2-1-",
            "0-1- 2-1- 3-2- 1-2-",
            "0-1-2-3-2-1- 0-1-2-3-2-1-",
            "0-2- 1-2- 3-2- 1-2-",
        ),
        "pad": ("x--- ---- ---- ----",),
        "counter": (
            "t--- ---- 1--- ----",
            ".... 2--- ---- 1---",
            "1--- ---- ---- 2---",
        ),
    },
    rhythms=(
        "x--- --x- x--- x---",
        "x--- x--- x--- ----",
        "..x- x-x- x--- ----",
        "x--x x--- x--- ....",
        "x--- ..x- x-x- x---",
        "x-x- x--- ---- ..x-",
    ),
    cadences=("x--- ---- ---- ....", "x--- x--- ---- ----", "x-x- x--- ---- ---."),
    layers={
        "intro": ("arp pad", "comp bass pad", "arp lead", "bass arp pad", "comp counter"),
        "verse": ("bass arp lead", "drums bass comp lead", "drums bass arp pad lead"),
    },
    bands=(
        (
            Part("drums", "Room Kit"),
            Part("bass", "Fretless Bass"),
            Part("arp", "Acoustic Grand Piano", voices=3, pedal=True),
            Part("comp", "Electric Piano 1"),
            Part("pad", "String Ensemble 1", spread=True),
            Part("lead", "Oboe", solo="Soprano Sax"),
            Part("counter", "French Horn", voices=1),
        ),
        (
            Part("drums", "Brush Kit"),
            Part("percussion"),
            Part("bass", "Acoustic Bass"),
            Part("arp", "Nylon Guitar", voices=4),
            Part("comp", "Acoustic Grand Piano", pedal=True, voices=4),
            Part("pad", "String Ensemble 2"),
            Part("lead", "Flute"),
        ),
        (
            Part("drums"),
            Part("bass", "Finger Bass"),
            Part("arp", "Electric Piano 2", pedal=True),
            Part("comp", "Steel Guitar", strum=True, voices=4),
            Part("pad", "Choir Aahs"),
            Part("lead", "Harmonica"),
            Part("counter", "Cello", voices=1),
        ),
        (
            Part("bass", "Contrabass"),
            Part("arp", "Orchestral Harp"),
            Part("comp", "Celesta"),
            Part("pad", "Synth Strings 2"),
            Part("lead", "Violin", solo="English Horn"),
            Part("counter", "Viola", voices=1),
        ),
    ),
)
