"""A line of chords as typed -> the chords of each measure.

Without bar lines each chord is a measure. `|` between two chords, without spaces, puts both into
one measure:

    C Am F G        C, Am, F, G        C - Am - F - G        C-Am-F-G        C|G Am F|G

With bar lines, the chords between two of them form a measure, evenly spaced:

    | C | Am F | G |        |C|Am F|G|        C | Am F | G        |: C | Am :| x3 F | G |]

`|` is a bar line if there is a space beside it. If a line begins or ends with `|`, all are bar
lines. A line that mixes both is refused. Between bar lines `/` and `.` are beats that hold the
previous chord, as in | C / G / |. `%` repeats the previous measure, `%%` the previous two. Measures
between `|:` and `:|` are played twice, or as often as an `x3` after it states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gm_vae.music.chord_spelling import ChordError, plain, read_chord

BAR_LINE = r":?\|[|:\]]*"
# A chord. Its brackets may contain spaces and commas: "C7(b9, #11)".
WORD = r"-*(?:[^ \n,|:]|:(?!\|))(?:\([^()|\n]*\)|[^ \n,|:]|:(?!\|))*"
LONE_DASH = r"([ \n,|]|^)(-+)(?=[ \n,|]|$)"
TIMES = "[x×]([0-9]+)|([0-9]+)[x×]"
MOST_TIMES = 99
MOST_DASHES = 6  # parts of a chord that dashes divide, such as C-7-5
_TOKEN = re.compile(rf"({BAR_LINE})|(\n)|({WORD})")

Symbols = tuple[str, ...]


def chord_line(text: str) -> list[Symbols]:
    """The chord symbols of each measure, all of which are readable; none if the text is empty.

    Raises:
        ChordError: a chord cannot be read, or the line is ambiguous.
    """
    text = plain(text).replace("->", ",")
    spaced = re.sub(LONE_DASH, lambda dash: dash[1] + "," * len(dash[2]), text)
    bars = list(re.finditer(BAR_LINE, spaced))
    inner = [bar for bar in bars if not _ends_line(spaced, bar)]
    tight = [bar for bar in inner if _is_tight(spaced, bar)]
    if tight and len(tight) < len(inner):
        word = _around(text, tight[0].start())
        raise ChordError(
            f"{word!r} has a '|' without spaces beside bar lines with spaces; write '| C | G |' "
            "for two measures, or 'C|G' without any bar lines for two chords in one measure."
        )
    has_bar_lines = len(tight) < len(bars)
    measures = _between_bar_lines(text) if has_bar_lines else _without_bar_lines(spaced)
    require_one_case(symbol for measure in measures for symbol in measure)
    return measures


def measure_chords(symbol: str) -> list[str]:
    """The chord symbols of one measure, such as "C" or "C|G", which need not be readable.

    Raises:
        ChordError: there is no chord before or after a "|".
    """
    chords = [chord.strip() for chord in symbol.split("|")]
    if len(chords) > 1 and not all(chords):
        raise ChordError(f"{symbol!r} lacks a chord beside a '|'; write for example C or C|G.")
    return chords


def require_one_case(symbols: Iterable[str]) -> None:
    """Refuse a lower-case root beside upper-case roots, since it may mean a minor chord.

    Raises:
        ChordError: there is one, or a symbol cannot be read.
    """
    chords = [(plain(symbol).lstrip(" ("), read_chord(symbol)) for symbol in symbols]
    chords = [(symbol, chord) for symbol, chord in chords if chord.root]
    if not any(symbol[0].isupper() for symbol, _ in chords):
        return
    for symbol, (root, third, *_) in chords:
        if symbol[0].islower() and third != -1:
            raise ChordError(
                f"{symbol!r} in lower case may mean {root} or {root}m beside chords in upper case; "
                f"write {symbol[0].upper() + symbol[1:]} or {root}m."
            )


def _ends_line(text: str, bar: re.Match) -> bool:
    before, after = text[: bar.start()].rstrip(" ,"), text[bar.end() :].lstrip(" ,")
    return before[-1:] in ("", "\n") or after[:1] in ("", "\n")


def _is_tight(text: str, bar: re.Match) -> bool:
    beside = text[bar.start() - 1] + text[bar.end()]
    return bar[0] == "|" and not set(beside) & set(" ,\n")


def _around(text: str, position: int) -> str:
    """The word of a text that a position is in."""
    start = max(text.rfind(space, 0, position) for space in " \n") + 1
    return re.split("[ \n]", text[start:], maxsplit=1)[0]


def _without_bar_lines(text: str) -> list[Symbols]:
    groups: list[list[str]] = []
    is_joined = False
    for bar, _, word in _TOKEN.findall(text):
        for symbol in _at_dashes(word):
            if symbol in ("/", "."):
                raise ChordError(
                    f"{symbol!r} is a beat between bar lines, as in '| C / G / |'; without them "
                    "write spaces between measures."
                )
            if is_joined:
                groups[-1].append(symbol)
            else:
                groups.append([symbol])
            is_joined = False
        is_joined = bool(bar) or (is_joined and not word)
    measures: list[Symbols] = []
    for group in groups:
        _add(measures, group)
    return measures


def _between_bar_lines(text: str) -> list[Symbols]:
    measures: list[Symbols] = []
    words: list[str] = []
    section: list[Symbols] = []  # what was repeated just now
    start = 0  # first measure that the next ":|" repeats
    before = ""  # the previous bar line, if on the same line
    for bar, _, word in [*_TOKEN.findall(text), ("", "\n", "")]:
        if word:
            times = re.fullmatch(TIMES, word)
            if section and times:
                measures += section * (_count(word, times) - 2)
                start = len(measures)
            else:
                words += _at_dashes(word)
            section = []
            continue
        if words:
            _add(measures, _held(words))
        elif before == bar == "|":
            raise ChordError(
                "There is no chord between two bar lines; write N.C., or % for the measure before."
            )
        words, before = [], bar
        section = measures[start:] if bar.startswith(":") else []
        measures += section
        if ":" in bar:
            start = len(measures)
    return measures


def _count(word: str, times: re.Match) -> int:
    count = int(times[1] or times[2])
    if not 2 <= count <= MOST_TIMES:
        raise ChordError(f"{word!r} is not supported; a repeat is played 2 to {MOST_TIMES} times.")
    return count


def _add(measures: list[Symbols], words: list[str]) -> None:
    """Append a measure, or the measures that its "%" repeats."""
    if words in (["%"], ["%%"]):
        count = len(words[0])
        if len(measures) < count:
            raise ChordError(
                f"{words[0]!r} repeats {'a measure' if count == 1 else 'two measures'} before it, "
                "which the line lacks; write the chords instead."
            )
        measures += measures[-count:]
        return
    if "%" in words or "%%" in words:
        raise ChordError(f"{' '.join(words)!r} is unclear; '%' stands for a whole measure.")
    for word in words:
        read_chord(word)
    measures.append(tuple(words))


def _held(words: list[str]) -> list[str]:
    """The chords between two bar lines, of equal length, from chords, beats and dashes."""
    chords: list[str] = []
    for index, word in enumerate(words):
        if word in ("/", "."):
            if not chords:
                raise ChordError(f"A measure begins with {word!r}; write the chord that it holds.")
            chords.append(chords[-1])
        elif word != "-":
            chords.append(word)
        elif not chords or words[index + 1 : index + 2] in ([], ["-"]):
            raise ChordError(
                "'-' stands between two chords; write '/' for a beat, as in | C / G / |."
            )
    beats = len(chords)
    if not {"/", "."} & set(words):
        return chords
    for length in range(beats, 0, -1):  # as few chords as possible
        groups = [chords[i : i + length] for i in range(0, beats, length)]
        if beats % length == 0 and all(len(set(group)) == 1 for group in groups):
            return chords[::length]
    return chords


def _at_dashes(word: str) -> list[str]:
    """A word split at the dashes that do not belong to a chord: "C-7-F7" is C-7 and F7."""
    if word and not word.strip("-"):
        return ["-"]
    symbols = []
    for run in filter(None, re.split("--+", word)):
        rest = run.strip("-") if run[0] == "-" else run
        while rest:
            end = len("-".join(rest.split("-", MOST_DASHES)[:MOST_DASHES]))
            while end > 0 and not _is_readable(rest[:end]):
                end = rest.rfind("-", 0, end)
            if end <= 0:
                return [word]
            symbols.append(rest[:end])
            rest = rest[end:].lstrip("-")
    return symbols


def _is_readable(word: str) -> bool:
    try:
        read_chord(word)
    except ChordError:
        return word in ("%", "%%")
    return True
