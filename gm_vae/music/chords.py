"""Chord symbol <-> id 0..48: "no chord", then 12 roots of each of four triads.

    id = 1 + 12 * quality + root, quality: major 0, minor 1, augmented 2, diminished 3; root: C = 0

Sevenths, sixths, ninths and slash chords fold into their triad. A chord without a triad
(suspended, power, flat five over a major third) is an error that says what to write instead.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

import numpy as np

from gm_vae.errors import UsageError

NO_CHORD = 0
NO_CHORD_SYMBOL = "N.C."
QUALITIES = ("major", "minor", "augmented", "diminished")
NUM_CHORDS = 1 + 12 * len(QUALITIES)
ROOTS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

_SUFFIXES = ("", "m", "+", "dim")  # one spelling of each triad, all understood by magenta.js
_TRIADS = ((0, 4, 7), (0, 3, 7), (0, 4, 8), (0, 3, 6))
_NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

_NOTE = re.compile(r"([A-G])((?:##|bb|#|b)?)")
_SPELLINGS = str.maketrans({"♯": "#", "♭": "b", "°": "dim", "º": "dim", "−": "-", "–": "-"})
# What may follow the root. First match wins; each piece sets the third, the fifth, or neither.
_PIECES = (
    (re.compile(r"Δ7?|[Mm]aj(?:or)?(?:7|9|11|13)?|ma(?:7|9|11|13)?|M(?:7|9|11|13)?"), None, None),
    (re.compile(r"ø7?|(?:min|mi|m|-)7?(?:b5|-5|\(b5\))"), "minor", "flat"),
    (re.compile(r"dim(?:7|9|11)?|o7?"), "minor", "flat"),
    (re.compile(r"minor|min|mi|m(?!a)|-(?!5)"), "minor", None),
    (re.compile(r"aug|\+5|\+|#5"), None, "sharp"),
    (re.compile(r"sus(?:2|4|24|b2)?|sus"), "none", None),
    (re.compile(r"b5|-5"), None, "flat"),
    (re.compile(r"(?:add|no|omit)(?:3)"), "none", None),
    (re.compile(r"add(?:b|#)?(?:2|4|6|9|11|13)|no5|omit5|no1|omit1"), None, None),
    (re.compile(r"alt"), None, None),
    (re.compile(r"(?:b|#|\+|-)(?:9|11|13)"), None, None),
    (re.compile(r"6/9|69|6|7|9|11|13|2|4"), None, None),
    (re.compile(r"[(),\s]"), None, None),
)


class ChordError(UsageError):
    """A chord symbol that cannot be read, or one that has no triad."""


@functools.lru_cache(maxsize=4096)
def chord_id(symbol: str) -> int:
    """The id (0..48) of a chord symbol such as "C", "F#m7b5", "Bb/D", "Db°", "C+" or "N.C.".

    Raises:
        ChordError: the symbol cannot be read, or the chord has no major, minor, augmented or
            diminished triad.
    """
    text = symbol.strip().translate(_SPELLINGS)
    if text.upper().rstrip(".") in ("N.C", "NC", "N", "NO_CHORD"):
        return NO_CHORD
    match = _NOTE.match(text)
    if not match:
        raise ChordError(
            f"{symbol!r} is not a chord symbol; write a root A-G and a kind, such as C, F#m, Bb7, "
            "G+, Bdim, or N.C. for no chord."
        )
    root = pitch_class(match.group())
    third, fifth = _third_and_fifth(symbol, text[match.end() :])
    if (third, fifth) not in _QUALITY:
        raise ChordError(
            f"{symbol!r} has no major, minor, augmented or diminished triad; "
            f"write {match.group()} or {match.group()}m instead."
        )
    return 1 + 12 * _QUALITY[third, fifth] + root


def chord_symbol(index: int) -> str:
    """The symbol of a chord id: "N.C.", "C", "Cm", "C+", "Cdim"; ValueError outside 0..48."""
    if not 0 <= index < NUM_CHORDS:
        raise ValueError(f"chord id {index} is outside 0..{NUM_CHORDS - 1}")
    if index == NO_CHORD:
        return NO_CHORD_SYMBOL
    quality, root = divmod(int(index) - 1, 12)
    return ROOTS[root] + _SUFFIXES[quality]


def chord_ids(symbols: Sequence[str]) -> np.ndarray:
    """uint8 ids of several chord symbols. Raises ChordError like `chord_id`."""
    return np.array([chord_id(symbol) for symbol in symbols], np.uint8)


def chord_pitch_classes(index: int) -> frozenset[int]:
    """The three pitch classes (C = 0) of a chord id; none for "no chord"."""
    if index == NO_CHORD:
        return frozenset()
    quality, root = divmod(int(index) - 1, 12)
    return frozenset((root + interval) % 12 for interval in _TRIADS[quality])


def transpose_chord(index: int, semitones: int) -> int:
    """The id of the same kind of chord on a root `semitones` higher; "no chord" stays."""
    if index == NO_CHORD:
        return NO_CHORD
    quality, root = divmod(int(index) - 1, 12)
    return 1 + 12 * quality + (root + semitones) % 12


def pitch_class(note: str) -> int:
    """0..11 of a note name such as "C", "F#", "Bbb". Raises ChordError if it is none."""
    match = _NOTE.fullmatch(note)
    if not match:
        raise ChordError(f"{note!r} is not a note name; write A-G with # or b, such as Eb.")
    return (_NATURALS[match[1]] + match[2].count("#") - match[2].count("b")) % 12


_QUALITY = {
    ("major", "perfect"): 0,
    ("minor", "perfect"): 1,
    ("major", "sharp"): 2,
    ("minor", "flat"): 3,
}


def _third_and_fifth(symbol: str, kind: str) -> tuple[str, str]:
    third, fifth = "major", "perfect"
    slash = re.search(r"/([A-G].*)$", kind)
    if slash:
        pitch_class(slash[1])  # the bass must be a note, though the triad ignores it
        kind = kind[: slash.start()]
    if kind == "5":
        return "none", "perfect"
    position = 0
    while position < len(kind):
        for pattern, new_third, new_fifth in _PIECES:
            match = pattern.match(kind, position)
            if match and match.end() > position:
                third, fifth = new_third or third, new_fifth or fifth
                position = match.end()
                break
        else:
            raise ChordError(
                f"{symbol!r} is not a chord symbol (no meaning for {kind[position:]!r}); "
                "write for example C, F#m, Bb7, G+, Bdim or N.C."
            )
    return third, fifth
