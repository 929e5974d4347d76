"""The General MIDI instruments: names, numbers and comfortable ranges."""

from __future__ import annotations

NAMES = tuple(
    name.strip()
    for family in (
        # pianos, mallets, organs, guitars
        "Acoustic Grand Piano, Bright Piano, Electric Grand, Honky-Tonk Piano, Electric Piano 1,"
        "Electric Piano 2, Harpsichord, Clavinet",
        "Celesta, Glockenspiel, Music Box, Vibraphone, Marimba, Xylophone, Tubular Bells, Dulcimer",
        "Drawbar Organ, Percussive Organ, Rock Organ, Church Organ, Reed Organ, Accordion,"
        "Harmonica, Bandoneon",
        "Nylon Guitar, Steel Guitar, Jazz Guitar, Clean Guitar, Muted Guitar, Overdriven Guitar,"
        "Distortion Guitar, Guitar Harmonics",
        # basses, strings, ensembles, brass
        "Acoustic Bass, Fingered Bass, Picked Bass, Fretless Bass, Slap Bass 1, Slap Bass 2,"
        "Synth Bass 1, Synth Bass 2",
        "Violin, Viola, Cello, Contrabass, Tremolo Strings, Pizzicato Strings, Harp, Timpani",
        "String Ensemble 1, String Ensemble 2, Synth Strings 1, Synth Strings 2, Choir Aahs,"
        "Voice Oohs, Synth Voice, Orchestra Hit",
        "Trumpet, Trombone, Tuba, Muted Trumpet, French Horn, Brass Section, Synth Brass 1,"
        "Synth Brass 2",
        # reeds, pipes
        "Soprano Sax, Alto Sax, Tenor Sax, Baritone Sax, Oboe, English Horn, Bassoon, Clarinet",
        "Piccolo, Flute, Recorder, Pan Flute, Blown Bottle, Shakuhachi, Whistle, Ocarina",
        # synthesisers
        "Square Lead, Saw Lead, Calliope Lead, Chiff Lead, Charang Lead, Voice Lead, Fifths Lead,"
        "Bass Lead",
        "New Age Pad, Warm Pad, Polysynth Pad, Choir Pad, Bowed Pad, Metallic Pad, Halo Pad,"
        "Sweep Pad",
        "Rain, Soundtrack, Crystal, Atmosphere, Brightness, Goblins, Echoes, Sci-Fi",
        # ethnic, percussive, effects
        "Sitar, Banjo, Shamisen, Koto, Kalimba, Bagpipe, Fiddle, Shanai",
        "Tinkle Bell, Agogo, Steel Drums, Woodblock, Taiko, Melodic Tom, Synth Drum,Reverse Cymbal",
        "Fret Noise, Breath Noise, Seashore, Bird Tweet, Telephone, Helicopter, Applause, Gunshot",
    )
    for name in family.split(",")
)

_NUMBERS = {name: number for number, name in enumerate(NAMES)}

_FAMILY_RANGES = (
    (36, 96), (60, 96), (40, 88), (40, 83),
    (26, 55), (48, 88), (43, 84), (48, 82),
    (50, 82), (62, 91), (48, 88), (40, 84),
    (43, 84), (50, 80), (60, 84), (36, 84),
)  # fmt: skip

_RANGES = {
    "Music Box": (60, 96), "Marimba": (45, 91), "Vibraphone": (53, 89), "Dulcimer": (48, 84),
    "Harmonica": (60, 88), "Accordion": (53, 89), "Bandoneon": (48, 84),
    "Acoustic Bass": (28, 55), "Synth Bass 1": (24, 55), "Synth Bass 2": (24, 55),
    "Violin": (55, 93), "Viola": (48, 82), "Cello": (36, 76), "Contrabass": (28, 55),
    "Harp": (36, 96), "Timpani": (36, 57), "Pizzicato Strings": (36, 84),
    "Choir Aahs": (45, 79), "Voice Oohs": (48, 79),
    "Trumpet": (55, 82), "Trombone": (40, 70), "Tuba": (28, 53), "Muted Trumpet": (55, 82),
    "French Horn": (41, 74), "Brass Section": (46, 80),
    "Soprano Sax": (58, 86), "Alto Sax": (50, 80), "Tenor Sax": (45, 75),
    "Baritone Sax": (37, 68), "Oboe": (58, 89), "English Horn": (52, 81), "Bassoon": (36, 70),
    "Clarinet": (50, 86), "Piccolo": (74, 98), "Flute": (60, 93), "Recorder": (65, 91),
    "Whistle": (67, 94), "Pan Flute": (60, 89), "Shakuhachi": (57, 86),
    "Bass Lead": (30, 72), "Banjo": (50, 86), "Fiddle": (55, 91), "Sitar": (48, 78),
    "Koto": (50, 84), "Steel Drums": (55, 88),
}  # fmt: skip


def number(name: str) -> int:
    """The program number 0..127 of an instrument. Raises KeyError for an unknown name."""
    return _NUMBERS[name]


def pitch_range(name: str) -> tuple[int, int]:
    """The lowest and highest pitch that suit an instrument."""
    return _RANGES.get(name) or _FAMILY_RANGES[number(name) // 8]
