"""Searches events at ticks on several timelines at once."""

from __future__ import annotations

from typing import Literal

import numpy as np


class Moments:
    """M events on timelines: channels, or pitches of channels.

    Args:
        line, tick: int64 [M], sorted by line and then by tick; both under 2**40, and the product of
            the greatest of each under 2**62.
    """

    def __init__(self, line: np.ndarray, tick: np.ndarray) -> None:
        self._line = line
        self._span = int(tick.max(initial=0)) + 2
        self._moment = line * self._span + tick

    def last(self, line: np.ndarray, tick: np.ndarray, including: bool = True) -> np.ndarray:
        """int64 [N]: the last event of each line up to a tick, or -1."""
        index = self._search(line, tick, "right" if including else "left") - 1
        if not len(self._line):
            return index
        return np.where((index >= 0) & (self._line[index] == line), index, -1)

    def first(self, line: np.ndarray, tick: np.ndarray, including: bool = False) -> np.ndarray:
        """int64 [N]: the first event of each line after a tick, or M if there is none."""
        index = self._search(line, tick, "left" if including else "right")
        count = len(self._line)
        if not count:
            return index
        same = self._line[np.minimum(index, count - 1)] == line
        return np.where((index < count) & same, index, count)

    def _search(
        self, line: np.ndarray, tick: np.ndarray, side: Literal["left", "right"]
    ) -> np.ndarray:
        # ticks do not reach into the next line
        moment = line * self._span + np.minimum(tick, self._span - 1)
        return np.searchsorted(self._moment, moment, side)
