"""Rhythms written as text, the way a drum machine shows them.

A pattern is one bar of cells, "x-x. ..x- x... x-..": a cell's letter starts a note, `-` holds it,
`.` is silence; blanks only help the eye and `|` separates bars. The number of cells sets the grid:
8 eighths, 16 sixteenths, 12 eighth triplets, 24 sixteenth triplets, 4 quarters, 32 and 48.
Drums, bass, chords and melody each define their letters. `?` in place of a letter is a note that is
sometimes played.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

BAR_STEPS = 96
HALF_BAR_STEPS = 48
BEAT_STEPS = 24

STRAIGHT, SWING_EIGHTHS, SWING_SIXTEENTHS = "straight", "swing eighths", "swing sixteenths"


class Hit(NamedTuple):
    """A note of a pattern: when it starts in the bar, how long it lasts, and its letter."""

    start_step: int
    length_steps: int
    letter: str


@functools.cache
def read(pattern: str, swing: str = STRAIGHT) -> tuple[tuple[Hit, ...], ...]:
    """The hits of each bar of a pattern.

    Binary grids (4, 8, 16, 32 cells) swing if asked; triplet grids already do.
    Raises ValueError for a bar whose number of cells does not divide 96.
    """
    bars = []
    for text in pattern.split("|"):
        cells = "".join(text.split())
        if not cells or BAR_STEPS % len(cells):
            raise ValueError(f"{text!r} has {len(cells)} cells; write 4, 8, 12, 16, 24, 32 or 48")
        width = BAR_STEPS // len(cells)
        swung = swing if len(cells) in (8, 16, 32) else STRAIGHT
        hits = []
        cell = 0
        while cell < len(cells):
            end = cell + 1
            if cells[cell] not in ".-":
                while end < len(cells) and cells[end] == "-":
                    end += 1
                start = swing_step(cell * width, swung)
                hits.append(Hit(start, swing_step(end * width, swung) - start, cells[cell]))
            cell = end
        bars.append(tuple(hits))
    return tuple(bars)


def swing_step(step: int, swing: str) -> int:
    """Where a step of a straight bar falls when swung two to one."""
    if swing == SWING_EIGHTHS:
        beat, inside = divmod(step, BEAT_STEPS)
        late = inside * 4 // 3 if inside <= 12 else 16 + (inside - 12) * 2 // 3
        return beat * BEAT_STEPS + late
    if swing == SWING_SIXTEENTHS:
        eighth, inside = divmod(step, 12)
        late = inside * 4 // 3 if inside <= 6 else 8 + (inside - 6) * 2 // 3
        return eighth * 12 + late
    return step


def accent_of(letter: str) -> int:
    """How much louder (in velocity) a letter is than its neighbours: `X` loud, `o` ghostly."""
    return {"X": 14, "o": -20}.get(letter, 0)
