"""Several measures as one piece: instruments joined from measure to measure, notes, chords."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Sequence

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.music.chord_lines import measure_chords
from gm_vae.music.chords import NO_CHORD_SYMBOL, tidy_symbol
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.parts import Part
from gm_vae.music.svg_roll import ROLL_DTYPE, svg_roll


@dataclasses.dataclass(frozen=True, eq=False)
class Arrangement:
    """Measures joined end to end. Notes are as in the measures: none crosses a bar line.

    Attributes:
        fmt: the format of all the measures.
        bars: number of measures.
        parts: the instruments, by program, drums last; a part without a note is not listed.
        notes: structured array of `ROLL_DTYPE`, by part, onset and pitch.
        chord_symbols: (step, symbol) wherever the chord changes; "no chord" is the state before
            the first, so a piece without chords has none.
    """

    fmt: MeasureFormat
    bars: int
    parts: tuple[Part, ...]
    notes: np.ndarray
    chord_symbols: tuple[tuple[int, str], ...]

    @classmethod
    def from_measures(
        cls, measures: Sequence[Measure], symbols: Sequence[str] | None = None
    ) -> Arrangement:
        """Join measures of one format.

        Args:
            measures: one or more.
            symbols: names of the chords of each measure, such as "Cmaj7" or "C/E|Gsus4"; their
                triads if None.

        Raises:
            UsageError: there are no measures, their formats differ, or the numbers of measures and
                symbols differ.
            ChordError: a symbol cannot be read.
        """
        Measure.require_all(measures, "an arrangement")
        if not measures:
            raise UsageError("There are no measures to put together; give at least one.")
        fmt = measures[0].fmt
        for bar, measure in enumerate(measures[1:], 2):
            fmt.require_equal(measure.fmt, "Measure 1", f"measure {bar}")
        pieces, owners = [], []  # notes of one track of one measure, and the part of each
        for bar, measure in enumerate(measures):
            notes_of_measure = measure.notes()
            seen: collections.Counter[int] = collections.Counter()
            for track in np.unique(notes_of_measure["track"]):
                mine = notes_of_measure[notes_of_measure["track"] == track]
                program = int(mine["program"][0])
                owners.append(Part(program, seen[program]))
                seen[program] += 1
                piece = np.zeros(len(mine), ROLL_DTYPE)
                piece["pitch"], piece["velocity"] = mine["pitch"], mine["velocity"]
                offset = bar * fmt.steps_per_measure
                piece["start_step"] = mine["start_step"].astype(np.int32) + offset
                piece["end_step"] = mine["end_step"].astype(np.int32) + offset
                pieces.append(piece)
        parts = tuple(sorted(set(owners)))
        for piece, owner in zip(pieces, owners):
            piece["part"] = parts.index(owner)
        notes = np.concatenate([np.zeros(0, ROLL_DTYPE), *pieces])
        order = np.lexsort((notes["pitch"], notes["start_step"], notes["part"]))
        return cls(fmt, len(measures), parts, notes[order], _chord_symbols(measures, symbols))

    @property
    def total_steps(self) -> int:
        """Length of the piece, up to its last bar line."""
        return self.bars * self.fmt.steps_per_measure

    def svg(self) -> str:
        """A piano roll as inline SVG with a legend in HTML, for notebooks and pages."""
        bar = self.fmt.beats_per_bar, self.fmt.steps_per_measure
        return svg_roll(self.notes, self.parts, self.chord_symbols, self.bars, *bar)

    @property
    def note_is_drum(self) -> np.ndarray:
        """bool [notes]: whether each note is a drum hit."""
        return np.array([part.is_drum for part in self.parts], bool)[self.notes["part"]]


def _chord_symbols(
    measures: Sequence[Measure], symbols: Sequence[str] | None
) -> tuple[tuple[int, str], ...]:
    if symbols is None:
        labels = [list(measure.chords) for measure in measures]
    elif len(symbols) == len(measures):
        labels = [list(map(tidy_symbol, measure_chords(symbol))) for symbol in symbols]
    else:
        raise UsageError(
            f"there are symbols for {len(symbols)} measures, not for {len(measures)}; give one for "
            "each."
        )
    steps = measures[0].fmt.steps_per_measure
    changes, current = [], NO_CHORD_SYMBOL
    for bar, chords in enumerate(labels):
        for label, symbol in enumerate(chords):
            if symbol != current:
                changes.append((bar * steps + label * steps // len(chords), symbol))
                current = symbol
    return tuple(changes)
