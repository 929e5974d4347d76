"""Names of the General MIDI 1 sounds: 128 programs in 16 families, and the drums of channel 10."""

from __future__ import annotations

from gm_vae.music.vocabulary import DRUMS, PROGRAMS

DRUM_CHANNEL = 9  # counting from 0; musicians call it channel 10
DRUMS_NAME = "Drums"

# Eight programs per family, in program order.
_FAMILIES: dict[str, tuple[str, ...]] = {
    "Piano": (
        "Acoustic Grand Piano",
        "Bright Acoustic Piano",
        "Electric Grand Piano",
        "Honky-tonk Piano",
        "Electric Piano 1",
        "Electric Piano 2",
        "Harpsichord",
        "Clavinet",
    ),
    "Chromatic Percussion": (
        "Celesta",
        "Glockenspiel",
        "Music Box",
        "Vibraphone",
        "Marimba",
        "Xylophone",
        "Tubular Bells",
        "Dulcimer",
    ),
    "Organ": (
        "Drawbar Organ",
        "Percussive Organ",
        "Rock Organ",
        "Church Organ",
        "Reed Organ",
        "Accordion",
        "Harmonica",
        "Tango Accordion",
    ),
    "Guitar": (
        "Nylon Guitar",
        "Steel Guitar",
        "Jazz Guitar",
        "Clean Guitar",
        "Muted Guitar",
        "Overdriven Guitar",
        "Distortion Guitar",
        "Guitar Harmonics",
    ),
    "Bass": (
        "Acoustic Bass",
        "Finger Bass",
        "Pick Bass",
        "Fretless Bass",
        "Slap Bass 1",
        "Slap Bass 2",
        "Synth Bass 1",
        "Synth Bass 2",
    ),
    "Strings": (
        "Violin",
        "Viola",
        "Cello",
        "Contrabass",
        "Tremolo Strings",
        "Pizzicato Strings",
        "Orchestral Harp",
        "Timpani",
    ),
    "Ensemble": (
        "String Ensemble 1",
        "String Ensemble 2",
        "Synth Strings 1",
        "Synth Strings 2",
        "Choir Aahs",
        "Voice Oohs",
        "Synth Voice",
        "Orchestra Hit",
    ),
    "Brass": (
        "Trumpet",
        "Trombone",
        "Tuba",
        "Muted Trumpet",
        "French Horn",
        "Brass Section",
        "Synth Brass 1",
        "Synth Brass 2",
    ),
    "Reed": (
        "Soprano Sax",
        "Alto Sax",
        "Tenor Sax",
        "Baritone Sax",
        "Oboe",
        "English Horn",
        "Bassoon",
        "Clarinet",
    ),
    "Pipe": (
        "Piccolo",
        "Flute",
        "Recorder",
        "Pan Flute",
        "Blown Bottle",
        "Shakuhachi",
        "Whistle",
        "Ocarina",
    ),
    "Synth Lead": (
        "Square Lead",
        "Sawtooth Lead",
        "Calliope Lead",
        "Chiff Lead",
        "Charang Lead",
        "Voice Lead",
        "Fifths Lead",
        "Bass + Lead",
    ),
    "Synth Pad": (
        "New Age Pad",
        "Warm Pad",
        "Polysynth Pad",
        "Choir Pad",
        "Bowed Pad",
        "Metallic Pad",
        "Halo Pad",
        "Sweep Pad",
    ),
    "Synth Effects": (
        "Rain",
        "Soundtrack",
        "Crystal",
        "Atmosphere",
        "Brightness",
        "Goblins",
        "Echoes",
        "Sci-fi",
    ),
    "Ethnic": (
        "Sitar",
        "Banjo",
        "Shamisen",
        "Koto",
        "Kalimba",
        "Bagpipe",
        "Fiddle",
        "Shanai",
    ),
    "Percussive": (
        "Tinkle Bell",
        "Agogo",
        "Steel Drums",
        "Woodblock",
        "Taiko Drum",
        "Melodic Tom",
        "Synth Drum",
        "Reverse Cymbal",
    ),
    "Sound Effects": (
        "Guitar Fret Noise",
        "Breath Noise",
        "Seashore",
        "Bird Tweet",
        "Telephone Ring",
        "Helicopter",
        "Applause",
        "Gunshot",
    ),
}

FAMILIES = tuple(_FAMILIES)
INSTRUMENTS = tuple(name for names in _FAMILIES.values() for name in names)

_FIRST_DRUM = 27
_DRUMS = (
    "High Q",  # to 34 and from 82: General MIDI 2
    "Slap",
    "Scratch Push",
    "Scratch Pull",
    "Sticks",
    "Square Click",
    "Metronome Click",
    "Metronome Bell",
    "Acoustic Bass Drum",
    "Bass Drum",
    "Side Stick",
    "Snare",
    "Hand Clap",
    "Electric Snare",
    "Low Floor Tom",
    "Closed Hi-hat",
    "High Floor Tom",
    "Pedal Hi-hat",
    "Low Tom",
    "Open Hi-hat",
    "Low-mid Tom",
    "High-mid Tom",
    "Crash Cymbal",
    "High Tom",
    "Ride Cymbal",
    "Chinese Cymbal",
    "Ride Bell",
    "Tambourine",
    "Splash Cymbal",
    "Cowbell",
    "Crash Cymbal 2",
    "Vibraslap",
    "Ride Cymbal 2",
    "High Bongo",
    "Low Bongo",
    "Mute High Conga",
    "Open High Conga",
    "Low Conga",
    "High Timbale",
    "Low Timbale",
    "High Agogo",
    "Low Agogo",
    "Cabasa",
    "Maracas",
    "Short Whistle",
    "Long Whistle",
    "Short Guiro",
    "Long Guiro",
    "Claves",
    "High Woodblock",
    "Low Woodblock",
    "Mute Cuica",
    "Open Cuica",
    "Mute Triangle",
    "Open Triangle",
    "Shaker",
    "Jingle Bell",
    "Bell Tree",
    "Castanets",
    "Mute Surdo",
    "Open Surdo",
)


def instrument_name(program: int) -> str:
    """The name of a program 0..127, "Drums" for 128; ValueError outside."""
    if program == DRUMS:
        return DRUMS_NAME
    if not 0 <= program < PROGRAMS:
        raise ValueError(f"program {program} is outside 0..{DRUMS}")
    return INSTRUMENTS[program]


def family(program: int) -> str:
    """The family of a program 0..127 such as "Bass"; "Drums" for 128; ValueError outside."""
    if program == DRUMS:
        return DRUMS_NAME
    if not 0 <= program < PROGRAMS:
        raise ValueError(f"program {program} is outside 0..{DRUMS}")
    return FAMILIES[program // 8]


def drum_name(pitch: int) -> str:
    """The drum on a key of the drum channel; "Drum 20" for a key without one in General MIDI."""
    if _FIRST_DRUM <= pitch < _FIRST_DRUM + len(_DRUMS):
        return _DRUMS[pitch - _FIRST_DRUM]
    return f"Drum {pitch}"
