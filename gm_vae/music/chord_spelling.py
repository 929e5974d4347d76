"""How people write a chord: a symbol -> its root, and the third and the fifth that it calls for.

The tables below are the only ones: the page's engine has the same (`packages/engine/tables.py`), so
their patterns keep to what regular expressions of Python and of JavaScript have in common.

What is read, besides the symbols of note_seq and magenta.js:

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

from gm_vae.errors import UsageError

NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
NOTE = r"([A-Ga-g])(#+|b+|x|)"
NO_CHORD_SPELLINGS = ("N.C", "NC", "N", "NO_CHORD")  # in any case, with or without a full stop

# Signs that mean the same. What is left is brought to Unicode's form NFKC: superscripts and
# full-width signs become plain ones.
SIGNS = {
    "♯": "#", "♭": "b", "♮": "", "𝄪": "##", "𝄫": "bb",
    "°": "o", "º": "o", "˚": "o", "∘": "o", "○": "o",
    "∆": "Δ", "△": "Δ", "▵": "Δ", "Ø": "ø", "∅": "ø", "⌀": "ø",
    "−": "-", "–": "-", "‐": "-", "‑": "-", "—": "--", "→": ",", ";": ",",
    "‖": "||", "│": "|", "\u200b": "", "\ufeff": "", "\u2028": "\n", "\u2029": "\n",
    "\r": "\n", "\t": " ", "\v": "\n", "\f": "\n", "\x85": "\n",
}  # fmt: skip

# Words that are the same in any case. "ma" is none in Cmadd9 and CMalt.
WORDS = (
    "half-?diminished|half-?dim|hdim|diminished|dim|dominant|dom|augmented|aug|major|maj|"
    "ma(?!dd|lt|ug)|minor|min|mi|omit|add|alt|sus|ped|no"
)

_NUMBER = "(?:6/9|69|6|7|9|11|13)?"
_MAJOR = r"(?:Δ|\^|major|maj|ma|M|j)"
_MINOR = "(?:minor|min|mi|m|-(?!5))"
_SEVENTH = rf"(?:[/(]?7?{_MAJOR}{_NUMBER}\)?)?"  # a major one: "m(maj7)", "m(7M)", "+M7"

# What may follow the root, with the third and the fifth that it calls for: in semitones from the
# major third and the perfect fifth, or None for a chord without. The first kind wins that leaves
# nothing but modifications.
KINDS = (
    (rf"{_MINOR}{_NUMBER}{_SEVENTH}", -1, 0),
    (rf"(?:diminished|dim|o|0(?![0-689]))5?{_NUMBER}{_SEVENTH}", -1, -1),
    (rf"(?:half-?diminished|half-?dim|hdim|h|/?ø|/o){_NUMBER}", -1, -1),
    (rf"(?:augmented|aug|\+)5?{_NUMBER}{_SEVENTH}", 0, 1),
    (rf"{_MAJOR}?(?:7|9|11|13)\+(?![0-9])", 0, 1),
    (rf"{_MAJOR}{_NUMBER}", 0, 0),
    (rf"(?:dominant|dom)?{_NUMBER}{_SEVENTH}", 0, 0),
    ("2", 0, 0),
    ("4", None, 0),
    ("5", None, 0),
    ("ped", None, None),
)
# Groups: how a degree changes, and the degree; "sus"; a degree that is only added, which stands
# after a sign: "7(9)", "7/9".
MODIFICATION = (
    r"[(/, ]*(?:(add#|addb|add|no|omit|\*[#b]?|#|b|\+|-) ?([0-9]+)(?:rd|th)?"
    rf"|(sus)(?:24|42|2/4|4/2|2|4|b2|#4)?{_NUMBER}|alt)(?: *\))*"
    rf"|[(/, ]+(?:(2|3|4|5|6|7|9|11|13)(?![0-9])|{_MAJOR}7)(?: *\))*"
)
CHANGES = {"add#": 1, "#": 1, "+": 1, "addb": -1, "b": -1, "-": -1, "add": 0}  # others: left out

HARTE_BASS = "/[#b]*[0-9]+$"
HARTE_DEGREE = "([#b]*)([0-9]+)"

_EXAMPLES = "write a root A-G and a kind, such as C, F#m, Bb7, G+, Bdim, or N.C. for no chord."


_SIGNS = str.maketrans(SIGNS)


class ChordError(UsageError):
    """A chord symbol that cannot be read, or one that has no triad; a line of chords likewise."""


Degree = int | None


def plain(text: str) -> str:
    """Text with one sign for each meaning; the same again for what is plain already."""
    return unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS)


def bare(symbol: str) -> str:
    """A symbol in plain signs, without spaces or brackets around it."""
    text = plain(symbol).strip(" \n")
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


@functools.lru_cache(maxsize=4096)
def read_chord(symbol: str) -> tuple[str, Degree, Degree]:
    """(root, third, fifth) of a symbol, the latter two as in `KINDS`; root "" for "no chord".

    Raises:
        ChordError: the symbol cannot be read.
    """
    text = bare(symbol)
    if not text:
        raise ChordError(f"A chord is missing here; {_EXAMPLES}")
    if text.upper().rstrip(".") in NO_CHORD_SPELLINGS:
        return "", None, None
    match = re.match(NOTE, text)
    if not match:
        hint = "the German H is B in English; " if text[0] in "Hh" else ""
        raise ChordError(f"{symbol!r} is not a chord symbol; {hint}{_EXAMPLES}")
    rest = text[match.end() :]
    triad = _read_harte(rest[1:]) if rest.startswith(":") else _read_kind(_without_bass(rest))
    if not triad:
        raise ChordError(f"{symbol!r} is not a chord symbol (no meaning for {rest!r}); {_EXAMPLES}")
    return match[1].upper() + match[2], *triad


def pitch_class(note: str) -> int:
    """0..11 of a note name such as "C", "F#", "Bbb". Raises ChordError if it is none."""
    match = re.fullmatch(NOTE, note)
    if not match:
        raise ChordError(f"{note!r} is not a note name; write A-G with # or b, such as Eb.")
    semitones = match[2].count("#") + 2 * match[2].count("x") - match[2].count("b")
    return (NATURALS[match[1].upper()] + semitones) % 12


def _without_bass(text: str) -> str:
    kind, slash, bass = text.rpartition("/")
    return kind if slash and re.fullmatch(NOTE, bass) else text  # no bass in 6/9


def _read_harte(text: str) -> tuple[Degree, Degree] | None:
    """As `_read_kind`, of what follows a colon: a kind, or all degrees in brackets."""
    text = re.sub(HARTE_BASS, "", _without_bass(text))
    if text.startswith("(") and text.endswith(")"):
        degrees: dict[str, Degree] = {"3": None, "5": None}
        for degree in text[1:-1].split(","):
            match = re.fullmatch(HARTE_DEGREE, degree.strip(" "))
            if not match:
                return None
            degrees[match[2]] = match[1].count("#") - match[1].count("b")
        return degrees["3"], degrees["5"] or 0
    if text == "1":
        return None, None
    return _read_kind(text) if text else None


def _read_kind(text: str) -> tuple[Degree, Degree] | None:
    """The third and the fifth, as in `KINDS`, of what stands between root and bass; or None."""
    text = re.sub(WORDS, lambda match: match[0].lower(), text, flags=re.IGNORECASE)
    for pattern, third, fifth in KINDS:
        match = re.match(pattern, text)
        if match and (triad := _modified(text[match.end() :], third, fifth)):
            return triad
    return None


def _modified(text: str, third: Degree, fifth: Degree) -> tuple[Degree, Degree] | None:
    """Third and fifth after modifications such as "b5" and "(no3)"; None if the text has others."""
    degrees = {"3": third, "5": fifth}
    position = 0
    while position < len(text):
        match = re.compile(MODIFICATION).match(text, position)
        if not match:
            return None
        position = match.end()
        change, degree, suspended, added = match.groups()
        if suspended or added == "4":
            degrees["3"] = None
        elif degree in degrees and change in CHANGES:
            degrees[degree] = (degrees[degree] or 0) + CHANGES[change]
        elif degree in degrees:
            degrees[degree] = None
    return degrees["3"], degrees["5"] or 0  # a missing fifth is heard as a perfect one
