"""Input of the performance: notes on the step grid, and the chords under them."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

from gm_vae.arranger.patterns import BAR_STEPS, HALF_BAR_STEPS
from gm_vae.arranger.theory import Chord, Key


class Note(NamedTuple):
    """A note in steps (24 to a quarter) from the first full bar; `accent` is added to velocity.

    `order` is the position of a note in a strummed chord: 0 is the first string.
    """

    start_step: int
    length_steps: int
    pitch: int
    accent: int = 0
    order: int = 0


@dataclasses.dataclass(frozen=True)
class Changes:
    """The chords and keys of a song, one of each per half bar."""

    chords: tuple[Chord, ...]
    keys: tuple[Key, ...]

    def at(self, step: int) -> Chord:
        """The chord at a step; the first or last chord outside the song."""
        return self.chords[self._index(step)]

    def key_at(self, step: int) -> Key:
        """The key at a step."""
        return self.keys[self._index(step)]

    def next_change(self, step: int, limit_step: int) -> int:
        """The first half bar after `step` with another chord, at most `limit_step`."""
        half = step // HALF_BAR_STEPS + 1
        while half * HALF_BAR_STEPS < limit_step:
            if not self.at(half * HALF_BAR_STEPS).same_sound(self.at(step)):
                return half * HALF_BAR_STEPS
            half += 1
        return limit_step

    @property
    def bars(self) -> int:
        """Measures of the song."""
        return len(self.chords) * HALF_BAR_STEPS // BAR_STEPS

    def _index(self, step: int) -> int:
        return max(0, min(step // HALF_BAR_STEPS, len(self.chords) - 1))
