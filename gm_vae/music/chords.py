"""Chord symbol <-> id 0..48: "no chord", then 12 roots of each of four triads.

    id = 1 + 12 * quality + root, quality: major 0, minor 1, augmented 2, diminished 3; root: C = 0

Sevenths, sixths, ninths and slash chords fold into their triad. A chord without a triad
(suspended, power, flat five over a major third) is an error that suggests a replacement, or becomes
the nearest triad where music is generated (`nearest_chord_id`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

import numpy as np

from gm_vae.music.chord_spelling import (
    NOTE,
    ChordError,
    Degree,
    bare,
    pitch_class,
    read_chord,
)

NO_CHORD = 0
NO_CHORD_SYMBOL = "N.C."
QUALITIES = ("major", "minor", "augmented", "diminished")
NUM_CHORDS = 1 + 12 * len(QUALITIES)
ROOTS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
SUFFIXES = ("", "m", "+", "dim")  # one spelling per triad, all understood by magenta.js
TRIADS = ((0, 4, 7), (0, 3, 7), (0, 4, 8), (0, 3, 6))


@functools.lru_cache(maxsize=4096)
def chord_id(symbol: str) -> int:
    """The id (0..48) of a chord symbol such as "C", "F#m7b5", "Bb/D", "Db°", "C+" or "N.C.".

    Raises:
        ChordError: the symbol cannot be read, or the chord has no major, minor, augmented or
            diminished triad.
    """
    root, third, fifth, *_ = read_chord(symbol)
    if not root:
        return NO_CHORD
    if (third, fifth) not in _QUALITY:
        raise ChordError(
            f"{symbol!r} has no major, minor, augmented or diminished triad; "
            f"write {root} or {root}m instead."
        )
    return 1 + 12 * _QUALITY[third, fifth] + pitch_class(root)


def nearest_chord_id(symbol: str) -> int:
    """Like `chord_id`, but a chord without a triad gets the nearest one on its root.

    Its third decides between major and minor, and counts as major where there is none (suspended
    and power chords); an odd fifth counts as perfect.

    Raises:
        ChordError: the symbol cannot be read.
    """
    root, third, fifth, *_ = read_chord(symbol)
    if not root:
        return NO_CHORD
    if (third, fifth) not in _QUALITY:
        third = -1 if third == -1 else 0
        fifth = fifth if (third, fifth) in _QUALITY else 0
    return 1 + 12 * _QUALITY[third, fifth] + pitch_class(root)


def has_triad(symbol: str) -> bool:
    """Whether `chord_id` and `nearest_chord_id` agree. Raises ChordError like the latter."""
    root, third, fifth, *_ = read_chord(symbol)
    return not root or (third, fifth) in _QUALITY


def chord_symbol(index: int) -> str:
    """The symbol of a chord id: "N.C.", "C", "Cm", "C+", "Cdim"; ValueError outside 0..48."""
    if not 0 <= index < NUM_CHORDS:
        raise ValueError(f"chord id {index} is outside 0..{NUM_CHORDS - 1}")
    if index == NO_CHORD:
        return NO_CHORD_SYMBOL
    quality, root = divmod(int(index) - 1, 12)
    return ROOTS[root] + SUFFIXES[quality]


def tidy_symbol(symbol: str) -> str:
    """A symbol for display: as typed, with its notes in upper case.

    "cmaj7/e" is Cmaj7/E, "(G7)" is G7, "nc" is N.C. The chord is the same, even within a line.

    Raises:
        ChordError: the symbol cannot be read.
    """
    if not read_chord(symbol).root:
        return NO_CHORD_SYMBOL
    text = bare(symbol)
    chord, slash, bass = text.rpartition("/")
    if slash and re.fullmatch(NOTE, bass):
        text = chord + slash + bass[0].upper() + bass[1:]
    return text[0].upper() + text[1:]


def chord_ids(symbols: Sequence[str]) -> np.ndarray:
    """uint8 ids of several chord symbols. Raises ChordError like `chord_id`."""
    return np.array([chord_id(symbol) for symbol in symbols], np.uint8)


def chord_pitch_classes(index: int) -> frozenset[int]:
    """The three pitch classes (C = 0) of a chord id; none for "no chord"."""
    if index == NO_CHORD:
        return frozenset()
    quality, root = divmod(int(index) - 1, 12)
    return frozenset((root + interval) % 12 for interval in TRIADS[quality])


def transpose_chord(ids: np.ndarray | int, semitones: np.ndarray | int) -> np.ndarray:
    """The ids of chords transposed up by `semitones`; "no chord" is unchanged.

    Integers of any shapes that broadcast.
    """
    quality, root = np.divmod(np.asarray(ids, np.int32) - 1, 12)
    return np.where(np.equal(ids, NO_CHORD), NO_CHORD, 1 + 12 * quality + (root + semitones) % 12)


_QUALITY: dict[tuple[Degree, Degree], int] = {(0, 0): 0, (-1, 0): 1, (0, 1): 2, (-1, -1): 3}
