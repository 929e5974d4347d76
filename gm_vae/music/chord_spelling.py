"""Chord spellings: a symbol -> its root and the degrees above it.

The tables below are the only ones: the page's engine has the same (`packages/engine/tables.py`), so
their patterns use only syntax that Python and JavaScript share.

Spellings that are read, besides the symbols of note_seq and magenta.js:

- signs that look alike (U+2206 for Δ, U+02DA for °), full-width and superscript ones; ^ and h as
  in iReal Pro; C0; Brazil's C7M, C7(9), C7/9; words in any case (CMA7, CSUS4, CDim7), but M is
  major and m is minor
- Harte's syntax of chord corpora: C:maj7, C:min7/b3, C:hdim7, C:(1,b3,5)
- a lower-case root as the same note in upper case: notation programs do so when a user types "am",
  and "c am f g" has no other meaning. Some songbooks write "a" for Am instead; a line that mixes
  both cases is refused (`chord_lines`). So "c" is C and "bb" is Bb.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple

from gm_vae.errors import UsageError

NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
NOTE = r"([A-Ga-g])(#+|b+|x|)"
NO_CHORD_SPELLINGS = ("N.C", "NC", "N", "NO_CHORD")  # in any case, with or without a full stop

# Signs with the same meaning. All others are normalised to Unicode NFKC: superscripts and
# full-width signs become plain ones.
SIGNS = {
    "♯": "#", "♭": "b", "♮": "", "𝄪": "##", "𝄫": "bb",
    "°": "o", "º": "o", "˚": "o", "∘": "o", "○": "o",
    "∆": "Δ", "△": "Δ", "▵": "Δ", "Ø": "ø", "∅": "ø", "⌀": "ø",
    "−": "-", "–": "-", "‐": "-", "‑": "-", "—": "--", "→": ",", ";": ",",
    "‖": "||", "│": "|", "\u200b": "", "\ufeff": "", "\u2028": "\n", "\u2029": "\n",
    "\r": "\n", "\t": " ", "\v": "\n", "\f": "\n", "\x85": "\n",
}  # fmt: skip

# Words that are case-insensitive. "ma" is not one in Cmadd9 and CMalt.
WORDS = (
    "half-?diminished|half-?dim|hdim|diminished|dim|dominant|dom|augmented|aug|major|maj|"
    "ma(?!dd|lt|ug)|minor|min|mi|omit|add|alt|sus|ped|no"
)

_NUMBERS = "6/9|69|6|7|9|11|13"
_NUMBER = f"({_NUMBERS})?"
_MAJOR = r"(?:Δ|\^|major|maj|ma|M|j)"
_MINOR = "(?:minor|min|mi|m|-(?!5))"
_SEVENTH = rf"([/(]?7?{_MAJOR}(?:{_NUMBERS})?\)?)?"  # a major one: "m(maj7)", "m(7M)", "+M7"

# Kinds that may follow the root. Groups: a number, and a spelt-out major seventh. Each has
# - its third and fifth, in semitones from the major third and the perfect fifth, or None for a
#   chord without; a suspension takes the place of the third
# - its seventh, in semitones above the root: without a number, and with one
# The first kind that leaves only modifications is used.
KINDS = (
    (rf"{_MINOR}{_NUMBER}{_SEVENTH}", -1, 0, None, 10),
    (rf"(?:diminished|dim|o|0(?![0-689]))5?{_NUMBER}{_SEVENTH}", -1, -1, None, 9),
    (rf"(?:half-?diminished|half-?dim|hdim|h|/?ø|/o){_NUMBER}", -1, -1, 10, 10),
    (rf"(?:augmented|aug|\+)5?{_NUMBER}{_SEVENTH}", 0, 1, None, 10),
    (r"(7|9|11|13)\+(?![0-9])", 0, 1, None, 10),
    (rf"{_MAJOR}(7|9|11|13)\+(?![0-9])", 0, 1, None, 11),
    (rf"(?:Δ|\^){_NUMBER}", 0, 0, 11, 11),
    (rf"{_MAJOR}{_NUMBER}", 0, 0, None, 11),
    (rf"(?:dominant|dom)?{_NUMBER}{_SEVENTH}", 0, 0, None, 10),
    ("2", 0, 0, None, None),
    ("4", 1, 0, None, None),
    ("5", None, 0, None, None),
    ("ped", None, None, None, None),
)
SIXTHS = ("6", "69", "6/9")  # numbers that mean a sixth instead of a seventh
MAJOR_THIRD, FIFTH, SIXTH, MINOR_SEVENTH, MAJOR_SEVENTH = 4, 7, 9, 10, 11
SCALE = (0, 2, MAJOR_THIRD, 5, FIFTH, SIXTH, MAJOR_SEVENTH)  # degrees 1 to 7
# Groups: the change of a degree, and the degree; "sus", the suspended degree, and a number; "alt";
# a degree that is only added, after a sign, as in "7(9)" and "7/9"; a major seventh.
MODIFICATION = (
    r"[(/, ]*(?:(add#|addb|add|no|omit|\*[#b]?|#|b|\+|-) ?([0-9]+)(?:rd|th)?"
    rf"|(sus)(24|42|2/4|4/2|2|4|b2|#4)?{_NUMBER}|(alt))(?: *\))*"
    rf"|[(/, ]+(?:(2|3|4|5|6|7|9|11|13)(?![0-9])|({_MAJOR}7))(?: *\))*"
)
SUSPENSIONS = {"2": -2, "b2": -3, "#4": 2}  # from the major third; others: the fourth, 1
CHANGES = {"add#": 1, "#": 1, "+": 1, "addb": -1, "b": -1, "-": -1, "add": 0}  # others: left out

HARTE_BASS = "/([#b]*)([0-9]+)$"
HARTE_DEGREE = "([#b]*)([0-9]+)"

_EXAMPLES = "write a root A-G and a kind, such as C, F#m, Bb7, G+, Bdim, or N.C. for no chord."


_SIGNS = str.maketrans(SIGNS)


class ChordError(UsageError):
    """A chord symbol that cannot be read or has no triad, or an unreadable line of chords."""


Degree = int | None


class Chord(NamedTuple):
    """A chord as read from a symbol.

    Attributes:
        root: a note name; "" for "no chord".
        third, fifth: as in `KINDS`; a missing fifth counts as perfect.
        seventh: in semitones above the root; the sixth of a chord without a seventh; or None.
        bass: the lowest note, in semitones 0..11 above the root.
    """

    root: str
    third: Degree = None
    fifth: Degree = 0
    seventh: Degree = None
    bass: int = 0


def plain(text: str) -> str:
    """Text with one sign for each meaning; plain text is unchanged."""
    return unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS)


def bare(symbol: str) -> str:
    """A symbol in plain signs, without spaces or brackets around it."""
    text = plain(symbol).strip(" \n")
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


@functools.lru_cache(maxsize=4096)
def read_chord(symbol: str) -> Chord:
    """A chord as read from a symbol.

    Raises:
        ChordError: the symbol cannot be read.
    """
    text = bare(symbol)
    if not text:
        raise ChordError(f"A chord is missing here; {_EXAMPLES}")
    if text.upper().rstrip(".") in NO_CHORD_SPELLINGS:
        return Chord("")
    match = re.match(NOTE, text)
    if not match:
        hint = "the German H is B in English; " if text[0] in "Hh" else ""
        raise ChordError(f"{symbol!r} is not a chord symbol; {hint}{_EXAMPLES}")
    rest = text[match.end() :]
    kind, bass = _at_bass(rest)
    chord = _read_harte(kind[1:]) if rest.startswith(":") else _read_kind(kind)
    if not chord:
        raise ChordError(f"{symbol!r} is not a chord symbol (no meaning for {rest!r}); {_EXAMPLES}")
    root = match[1].upper() + match[2]
    if bass:
        chord = chord._replace(bass=(pitch_class(bass) - pitch_class(root)) % 12)
    return chord._replace(root=root)


def pitch_class(note: str) -> int:
    """0..11 of a note name such as "C", "F#", "Bbb". Raises ChordError for other text."""
    match = re.fullmatch(NOTE, note)
    if not match:
        raise ChordError(f"{note!r} is not a note name; write A-G with # or b, such as Eb.")
    semitones = match[2].count("#") + 2 * match[2].count("x") - match[2].count("b")
    return (NATURALS[match[1].upper()] + semitones) % 12


def _at_bass(text: str) -> tuple[str, str]:
    """The text before the slash of a bass note, and the note; "" if there is none."""
    kind, slash, bass = text.rpartition("/")
    return (kind, bass) if slash and re.fullmatch(NOTE, bass) else (text, "")  # not the 9 of 6/9


def _read_harte(text: str) -> Chord | None:
    """Like `_read_kind`, for the text after a colon: a kind, or all degrees in brackets."""
    bass = re.search(HARTE_BASS, text)
    kind = text[: bass.start()] if bass else text
    if kind.startswith("(") and kind.endswith(")"):
        chord = _of_degrees(kind[1:-1])
    elif kind == "1":
        chord = Chord("")
    else:
        chord = _read_kind(kind) if kind else None
    return chord._replace(bass=_semitones(bass) % 12) if chord and bass else chord


def _of_degrees(text: str) -> Chord | None:
    """The chord of Harte's degrees such as "1,b3,5"; None for other text."""
    degrees: dict[str, int] = {}
    for degree in text.split(","):
        match = re.fullmatch(HARTE_DEGREE, degree.strip(" "))
        if not match:
            return None
        degrees[match[2]] = _semitones(match)
    third = degrees.get("3", degrees.get("4", degrees.get("2")))
    return Chord(
        "",
        None if third is None else third - MAJOR_THIRD,
        degrees.get("5", FIFTH) - FIFTH,
        degrees.get("7", degrees.get("6")),
    )


def _semitones(degree: re.Match) -> int:
    """Semitones of a degree above the root, from its accidentals and its number."""
    octave, step = divmod(int(degree[2]) - 1, len(SCALE))
    return 12 * octave + SCALE[step] + degree[1].count("#") - degree[1].count("b")


def _read_kind(text: str) -> Chord | None:
    """The chord of the text between root and bass; None if it has no meaning."""
    text = re.sub(WORDS, lambda match: match[0].lower(), text, flags=re.IGNORECASE)
    for pattern, third, fifth, seventh, numbered in KINDS:
        match = re.match(pattern, text)
        if not match:
            continue
        number, major = (*match.groups(), None, None)[:2]
        if number:
            seventh = SIXTH if number in SIXTHS else numbered
        if major:
            seventh = MAJOR_SEVENTH
        if chord := _modified(text[match.end() :], third, fifth, seventh):
            return chord
    return None


def _modified(text: str, third: Degree, fifth: Degree, seventh: Degree) -> Chord | None:
    """A chord after modifications such as "b5" and "(no3)"; None for unknown ones."""
    degrees = {"3": third, "5": fifth}
    suspension = None
    position = 0
    while position < len(text):
        match = re.compile(MODIFICATION).match(text, position)
        if not match:
            return None
        position = match.end()
        change, degree, sus, suspended, _, _, added, _ = match.groups()
        shift = CHANGES.get(change)
        if sus or added == "4":
            degrees["3"], suspension = None, SUSPENSIONS.get(suspended, 1)
        elif degree == "3":
            suspension = None
        if degree in degrees:
            degrees[degree] = None if shift is None else (degrees[degree] or 0) + shift
        seventh = _modified_seventh(seventh, match)
    return Chord("", degrees["3"] if suspension is None else suspension, degrees["5"] or 0, seventh)


def _modified_seventh(seventh: Degree, modification: re.Match) -> Degree:
    change, degree, _, _, number, altered, added, major = modification.groups()
    shift = CHANGES.get(change)
    if major:
        return MAJOR_SEVENTH
    if degree == "7":
        return None if shift is None else MAJOR_SEVENTH if shift > 0 else MINOR_SEVENTH
    if added == "7" or (number and number not in SIXTHS):
        return MINOR_SEVENTH
    if seventh is None and altered:
        return MINOR_SEVENTH
    if seventh is None and (number or added == "6" or (degree == "6" and shift == 0)):
        return SIXTH
    return seventh
