"""The lines into which a piano roll of many measures is broken."""

from __future__ import annotations

from collections.abc import Sequence

BARS_PER_LINE = 8


def line_count(bars: int) -> int:
    """How many lines there are."""
    return -(-bars // BARS_PER_LINE)


def steps_of_line(line: int, bars: int, steps_per_bar: int) -> range:
    """The steps of a line, counted from the start of the piece."""
    first = line * BARS_PER_LINE
    return range(first * steps_per_bar, min(first + BARS_PER_LINE, bars) * steps_per_bar)


def chords_of_line(changes: Sequence[tuple[int, str]], steps: range) -> list[tuple[int, str]]:
    """The chord changes of a line, beginning with the chord that already sounds at its start.

    Args:
        changes: (step, symbol) of the piece, in order.
        steps: the steps of the line.
    """
    before = [symbol for step, symbol in changes if step <= steps.start][-1:]
    later = [change for change in changes if steps.start < change[0] < steps.stop]
    return [*((steps.start, symbol) for symbol in before), *later]
