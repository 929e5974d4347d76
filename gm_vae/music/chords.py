"""Chord symbol <-> id 0..48: "no chord", then 12 roots of each of four triads.

    id = 1 + 12 * quality + root, quality: major 0, minor 1, augmented 2, diminished 3; root: C = 0

Sevenths, sixths, ninths and slash chords fold into their triad. A chord without a triad
(suspended, power, flat five over a major third) is an error that says what to write instead, or
counts as the nearest triad where music is asked for (`nearest_chord_id`).
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

_NOTE = re.compile(r"([A-G])(#+|b+|)")
_SPELLINGS = str.maketrans({"♯": "#", "♭": "b", "°": "o", "º": "o", "△": "Δ", "−": "-", "–": "-"})

# What may follow the root, with the third and the fifth that it calls for: in semitones from the
# major third and the perfect fifth, or None for a chord without. The first kind wins that leaves
# nothing but modifications.
_NUMBER = r"(?:6/9|69|6|7|9|11|13)?"
_MAJOR, _MINOR = r"(?:Δ|[Mm]ajor|[Mm]aj|ma|M)", r"(?:minor|min|mi|m|-(?!5))"
_KINDS = tuple(
    (re.compile(pattern), third, fifth)
    for pattern, third, fifth in (
        (rf"{_MINOR}\(?{_MAJOR}{_NUMBER}\)?", -1, 0),
        (rf"{_MINOR}{_NUMBER}", -1, 0),
        (rf"(?:dim|o){_NUMBER}", -1, -1),
        (r"/?ø7?|/o7?", -1, -1),
        (rf"(?:aug|\+){_NUMBER}", 0, 1),
        (rf"{_MAJOR}?{_NUMBER}sus(?:24|2|4|b2)?{_NUMBER}", None, 0),
        (r"7?alt", 0, 0),
        (rf"{_MAJOR}?{_NUMBER}", 0, 0),
        (r"7\+", 0, 1),
        (r"2", 0, 0),
        (r"4", None, 0),
        (r"5", None, 0),
        (r"ped", None, None),
    )
)
_MODIFICATION = re.compile(r"[(\s,]*(add#|addb|add|no|omit|#|b|\+|-)(\d+)[)\s]*")
_ALTERATION = {"add#": 1, "#": 1, "+": 1, "addb": -1, "b": -1, "-": -1, "add": 0}


class ChordError(UsageError):
    """A chord symbol that cannot be read, or one that has no triad."""


@functools.lru_cache(maxsize=4096)
def chord_id(symbol: str) -> int:
    """The id (0..48) of a chord symbol such as "C", "F#m7b5", "Bb/D", "Db°", "C+" or "N.C.".

    Raises:
        ChordError: the symbol cannot be read, or the chord has no major, minor, augmented or
            diminished triad.
    """
    root, third, fifth = _read(symbol)
    if not root:
        return NO_CHORD
    if (third, fifth) not in _QUALITY:
        raise ChordError(
            f"{symbol!r} has no major, minor, augmented or diminished triad; "
            f"write {root} or {root}m instead."
        )
    return 1 + 12 * _QUALITY[third, fifth] + pitch_class(root)


def nearest_chord_id(symbol: str) -> int:
    """As `chord_id`, but a chord without a triad gets the nearest one on its root.

    Its third decides between major and minor, and counts as major where there is none (suspended
    and power chords); an odd fifth counts as perfect.

    Raises:
        ChordError: the symbol cannot be read.
    """
    root, third, fifth = _read(symbol)
    if not root:
        return NO_CHORD
    if (third, fifth) not in _QUALITY:
        third = -1 if third == -1 else 0
        fifth = fifth if (third, fifth) in _QUALITY else 0
    return 1 + 12 * _QUALITY[third, fifth] + pitch_class(root)


def has_triad(symbol: str) -> bool:
    """Whether `chord_id` and `nearest_chord_id` agree. Raises ChordError as the latter does."""
    root, third, fifth = _read(symbol)
    return not root or (third, fifth) in _QUALITY


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


_QUALITY = {(0, 0): 0, (-1, 0): 1, (0, 1): 2, (-1, -1): 3}


def _read(symbol: str) -> tuple[str, int | None, int | None]:
    """(root, third, fifth) of a symbol, the latter two as in `_KINDS`; root "" for "no chord"."""
    text = symbol.strip().translate(_SPELLINGS)
    if text.upper().rstrip(".") in ("N.C", "NC", "N", "NO_CHORD"):
        return "", None, None
    match = _NOTE.match(text)
    if not match:
        raise ChordError(
            f"{symbol!r} is not a chord symbol; write a root A-G and a kind, such as C, F#m, Bb7, "
            "G+, Bdim, or N.C. for no chord."
        )
    kind, slash, bass = text[match.end() :].rpartition("/")
    if not slash or not _NOTE.fullmatch(bass):  # none, or as in 6/9
        kind = text[match.end() :]
    return match.group(), *_third_and_fifth(symbol, kind)


def _third_and_fifth(symbol: str, kind: str) -> tuple[int | None, int | None]:
    """The third and the fifth, as in `_KINDS`, of what stands between root and bass."""
    for pattern, third, fifth in _KINDS:
        match = pattern.match(kind)
        if match and (found := _modified(kind[match.end() :], third, fifth)):
            return found
    raise ChordError(
        f"{symbol!r} is not a chord symbol (no meaning for {kind!r}); "
        "write for example C, F#m, Bb7, G+, Bdim or N.C."
    )


def _modified(
    text: str, third: int | None, fifth: int | None
) -> tuple[int | None, int | None] | None:
    """Third and fifth after modifications such as "b5" and "(no3)"; None if the text has others."""
    degrees = {3: third, 5: fifth}
    position = 0
    while position < len(text):
        match = _MODIFICATION.match(text, position)
        if not match:
            return None
        position = match.end()
        change, degree = match[1], int(match[2])
        if degree not in degrees:
            continue
        if change in ("no", "omit"):
            degrees[degree] = None
        else:
            degrees[degree] = (degrees[degree] or 0) + _ALTERATION[change]
    return degrees[3], degrees[5] or 0  # a missing fifth is heard as a perfect one
