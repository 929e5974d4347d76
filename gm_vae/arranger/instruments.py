"""Which pitches suit each General MIDI instrument, by the names in `general_midi`."""

from __future__ import annotations

from gm_vae.music.general_midi import INSTRUMENTS

_NUMBERS = {name: number for number, name in enumerate(INSTRUMENTS)}

# Lowest and highest comfortable pitch of each family of eight programs.
_FAMILY_RANGES = (
    (36, 96), (60, 96), (40, 88), (40, 83),
    (26, 55), (48, 88), (43, 84), (48, 82),
    (50, 82), (62, 91), (48, 88), (40, 84),
    (43, 84), (50, 80), (60, 84), (36, 84),
)  # fmt: skip

_RANGES = {
    "Music Box": (60, 96), "Marimba": (45, 91), "Vibraphone": (53, 89), "Dulcimer": (48, 84),
    "Harmonica": (60, 88), "Accordion": (53, 89), "Tango Accordion": (48, 84),
    "Acoustic Bass": (28, 55), "Synth Bass 1": (24, 55), "Synth Bass 2": (24, 55),
    "Violin": (55, 93), "Viola": (48, 82), "Cello": (36, 76), "Contrabass": (28, 55),
    "Orchestral Harp": (36, 96), "Timpani": (36, 57), "Pizzicato Strings": (36, 84),
    "Choir Aahs": (45, 79), "Voice Oohs": (48, 79),
    "Trumpet": (55, 82), "Trombone": (40, 70), "Tuba": (28, 53), "Muted Trumpet": (55, 82),
    "French Horn": (41, 74), "Brass Section": (46, 80),
    "Soprano Sax": (58, 86), "Alto Sax": (50, 80), "Tenor Sax": (45, 75),
    "Baritone Sax": (37, 68), "Oboe": (58, 89), "English Horn": (52, 81), "Bassoon": (36, 70),
    "Clarinet": (50, 86), "Piccolo": (74, 98), "Flute": (60, 93), "Recorder": (65, 91),
    "Whistle": (67, 94), "Pan Flute": (60, 89), "Shakuhachi": (57, 86),
    "Bass + Lead": (30, 72), "Banjo": (50, 86), "Fiddle": (55, 91), "Sitar": (48, 78),
    "Koto": (50, 84), "Steel Drums": (55, 88),
}  # fmt: skip


def number(name: str) -> int:
    """The program number 0..127 of an instrument. Raises KeyError for an unknown name."""
    return _NUMBERS[name]


def pitch_range(name: str) -> tuple[int, int]:
    """The lowest and highest pitch that suit an instrument."""
    return _RANGES.get(name) or _FAMILY_RANGES[number(name) // 8]
