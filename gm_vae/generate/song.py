"""Songs: a form of sections, each with a style and chords, from first bar to last chord.

"A A B A" names the sections in the order in which they are heard; "A>B" is a section on the way
from one style to the other. Sections of one letter are played alike, a little changed each time
(`phrases`), and others exchange few instruments, so that it is one band that plays.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any, overload

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.generate import points
from gm_vae.generate.bands import band_masks, exchanged, first_tokens
from gm_vae.generate.gmvae import GMVAE, Decoding, chord_labels
from gm_vae.generate.html_player import html_player
from gm_vae.generate.instruments import Instruments
from gm_vae.generate.phrases import VARIATION, Phrasing, play
from gm_vae.json_values import brief
from gm_vae.music.chord_lines import chord_line
from gm_vae.music.chords import tidy_symbol
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import EventType, Vocabulary, vocabulary

CONTRAST = 0.5
EXCHANGED = 2  # instruments of the first section that another one may replace
MOST_SECTIONS = 100
ENDING = "Ending"
LAST_HITS = (36, 49)  # bass drum and crash cymbal, under the last chord
LETTER = r"[A-Za-z][A-Za-z0-9]{0,15}"


@dataclasses.dataclass(frozen=True)
class Section:
    """A part of a form.

    Attributes:
        name: as the form has it, "A" or "A>B".
        chords: a symbol for each of its bars, such as "C" or "C|G".
    """

    name: str
    chords: tuple[str, ...]

    @property
    def styles(self) -> tuple[str, str]:
        """The letters of its first and its last bar."""
        first, _, last = self.name.partition(">")
        return first, last or first


@dataclasses.dataclass(frozen=True)
class Song(Sequence[Measure]):
    """A piece of music: a sequence of measures, which a notebook shows as a roll with a player.

    It is taken wherever a list of measures is.

    Attributes:
        measures: one for each bar.
        sections: the number of its first bar, from 0, and the name of each section.
        qpm: the tempo of the player, in quarter notes per minute.

    >>> piece = Song(sample(model, 2, "C", seed=1), qpm=90)
    >>> len(piece), piece[0].chords
    (2, ('C', 'C'))
    """

    measures: Sequence[Measure]
    sections: tuple[tuple[int, str], ...] = ()
    qpm: float = 120.0

    def __len__(self) -> int:
        return len(self.measures)

    @overload
    def __getitem__(self, index: int) -> Measure: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Measure]: ...
    def __getitem__(self, index: int | slice) -> Measure | Sequence[Measure]:
        return self.measures[index]

    def _repr_html_(self) -> str:
        """A roll, a player where FluidSynth is there, and the MIDI file to download."""
        return html_player(self.measures, self.qpm, self.sections)


def read_form(form: str, chords: str, bars: int | None = None) -> list[Section]:
    """The sections of a song.

    Args:
        form: their names with spaces between, such as "A A B A" or "A A>B B".
        chords: those of each section, such as "A: C G Am F; B: F G Em Am"; some without a name are
            for all sections that have none of their own. They repeat.
        bars: how many bars there are in all, shared out evenly; None plays the chords of each
            section once.

    Raises:
        UsageError: a text cannot be read, a section has no chords, or the bars cannot be shared.
        ChordError: a chord cannot be read.
    """
    names = form.split()
    for name in names:
        if not re.fullmatch(f"{LETTER}(>{LETTER})?", name):
            raise UsageError(
                f'the form has a section {brief(name)!r}; write letters such as "A A B A", or A>B '
                "for a section from one to the other."
            )
    if not 1 <= len(names) <= MOST_SECTIONS:
        raise UsageError(f"a form has 1 to {MOST_SECTIONS} sections, not {len(names)}.")
    lines = _chords_of_sections(chords)
    unknown = set(lines) - {""} - set(names) - {part for name in names for part in name.split(">")}
    if unknown:
        raise UsageError(f"there are chords for {min(unknown)}, which the form does not have.")
    length = None
    if bars is not None:
        length, rest = divmod(bars, len(names))
        if rest or not length:
            raise UsageError(
                f"{bars} bars cannot be shared among {len(names)} sections; give a multiple of "
                f"{len(names)}, such as {max(round(bars / len(names)), 1) * len(names)}."
            )
    sections = []
    for name in names:
        line = lines.get(name) or lines.get(name.split(">")[0]) or lines.get("")
        if not line:
            raise UsageError(f'section {name} has no chords; write them as "{name}: C G Am F".')
        count = length or len(line)
        sections.append(Section(name, tuple(itertools.islice(itertools.cycle(line), count))))
    return sections


def _chords_of_sections(text: str) -> dict[str, list[str]]:
    """The chords that each name stands for; "" for those without a name."""
    lines: dict[str, list[str]] = {}
    for part in filter(str.strip, re.split(r"[;\n]", text)):
        named = re.match(rf"\s*({LETTER}(?:>{LETTER})?)\s*:(?!\w)(.*)", part, re.DOTALL)
        name, line = (named[1], named[2]) if named else ("", part)
        if name in lines:
            raise UsageError(f"there are chords for {name or 'all sections'} twice; leave one out.")
        lines[name] = ["|".join(map(tidy_symbol, measure)) for measure in chord_line(line)]
    return lines


def letters(sections: Sequence[Section]) -> list[str]:
    """The letters of the styles, in the order in which they are heard."""
    return list(dict.fromkeys(letter for section in sections for letter in section.styles))


def song(
    model: GMVAE,
    sections: Sequence[Section],
    styles: Mapping[str, np.ndarray] | np.ndarray,
    contrast: float = CONTRAST,
    vary: float = VARIATION,
    fills: bool = True,
    ending: bool = True,
    instruments: Instruments | None = None,
    **how: Any,
) -> Song:
    """Plays a form.

    Args:
        sections: as `read_form` gives them.
        styles: a point float [Z] for each letter; or one alone for the first letter, from which the
            others follow.
        contrast: how far the others are from it then: 0 is the same point, 1 any other.
        vary: the share of pitched tracks that change when a bar comes back, 0..1.
        fills: whether the last bar of four ends in a drum fill.
        ending: whether a last bar follows in which all strike the first chord once more.
        instruments: which of them play; a section may exchange `EXCHANGED` if None.
        how: temperature, drum_temperature, repeat_penalty and seed of `GMVAE.decode`.

    Raises:
        UsageError: a letter has no point, or an argument is out of its range.

    >>> form = read_form("A B", "A: C G; B: F Am")
    >>> piece = song(model, form, model.sample_points(1, seed=1)[0], seed=1)
    >>> len(piece.measures), piece.sections
    (5, ((0, 'A'), (2, 'B'), (4, 'Ending')))
    """
    if not 0 <= contrast <= 1:
        raise UsageError(f"contrast is {contrast}; give a number from 0 to 1.")
    decoding, fmt, names = Decoding(**how), model.format, letters(sections)
    is_one_style = not isinstance(styles, Mapping)
    if not isinstance(styles, Mapping):
        others = points.near(styles, 1 - contrast, len(names) - 1, decoding.seed)
        styles = dict(zip(names, [styles, *others]))
    missing = [name for name in names if name not in styles]
    if missing:
        raise UsageError(f"style {missing[0]} has no point; give one for each letter of the form.")
    ends = np.stack([np.asarray(styles[name], np.float32) for name in names])
    logits = model.numpy.program_logits(ends)
    masks = None if instruments is None else instruments.masks(logits)
    firsts = first_tokens(logits, decoding, fmt, masks)
    if is_one_style and instruments is None:
        firsts = np.stack([firsts[0], *(
            exchanged(logits[i], firsts[0], firsts[i], EXCHANGED) for i in range(1, len(names))
        )])  # fmt: skip

    played = list(sections)
    if ending:
        home, last = sections[0].chords[0].split("|")[0], sections[-1].styles[1]
        played.append(Section(last, (home,)))
    ways = [
        _way(model, len(section.chords), *(
            (ends[index], firsts[index]) for index in map(names.index, section.styles)
        ))
        for section in played
    ]  # fmt: skip
    z, masks = (np.concatenate(column) for column in zip(*ways))
    lengths = [len(section.chords) for section in played]
    numbers = np.repeat(np.arange(len(played)), lengths)
    symbols = [chord for section in played for chord in section.chords]
    labels = chord_labels(symbols, len(symbols), fmt)
    tracks = play(model, z, labels, numbers, decoding, Phrasing(vary, fills), masks)
    titles = [section.name for section in played]
    if ending:
        tracks.tokens[-1], tracks.lengths[-1] = _together(tracks.tokens[-1], fmt)
        titles[-1] = ENDING
    starts = np.cumsum([0, *lengths[:-1]]).tolist()
    return Song(tracks.measures(labels, fmt), tuple(zip(starts, titles)))


def _way(
    model: GMVAE,
    count: int,
    start: tuple[np.ndarray, np.ndarray],
    end: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """The points float32 [B, Z] and the masks bool [B, T, 130] of `count` bars of a section.

    Each end is a point [Z], and with which of the 130 each of its tracks begins [T].
    """
    if count == 1 or np.array_equal(start[0], end[0]):
        mask = np.eye(130, dtype=bool)[start[1]]
        return np.repeat(start[0][None], count, 0), np.repeat(mask[None], count, 0)
    z = points.interpolate(start[0], end[0], count)
    z[[0, -1]] = start[0], end[0]  # to the last bit, so that they are the same bars
    return z, band_masks(model.numpy.program_logits(z), start[1], end[1])


def _together(tokens: np.ndarray, fmt: MeasureFormat) -> tuple[np.ndarray, np.ndarray]:
    """Tracks [T, E] of a last bar: what each strikes first, on the first beat, held to the end.

    Returns:
        tokens int32 [T, E] and lengths int32 [T].
    """
    vocab = vocabulary(fmt)
    last = np.zeros_like(tokens)
    lengths = np.ones(len(tokens), np.int32)
    for row, track in enumerate(tokens):
        new = [int(track[0])]
        if track[0] != vocab.end:
            velocity, pitches = _first_onset(track, vocab)
            if track[0] == vocab.drums and 2 * len({*pitches, *LAST_HITS}) + 4 <= len(track):
                pitches = sorted({*pitches, *LAST_HITS})
            new += [velocity, *pitches, vocab.time_shift + fmt.steps_per_measure - 1]
            new += [vocab.note_off + pitch for pitch in pitches] + [vocab.end]
        last[row, : len(new)] = new
        lengths[row] = len(new)
    return last, lengths


def _first_onset(track: np.ndarray, vocab: Vocabulary) -> tuple[int, list[int]]:
    """The velocity token and the pitches, rising, of what a track with a note strikes first."""
    kinds = vocab.kinds[track]
    first = int((kinds == EventType.NOTE_ON).argmax())
    stop = first + int((kinds[first:] == EventType.TIME_SHIFT).argmax())
    velocity = int(track[:first][kinds[:first] == EventType.VELOCITY][-1])
    chosen = track[first:stop]
    return velocity, chosen[kinds[first:stop] == EventType.NOTE_ON].tolist()
