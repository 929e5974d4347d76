"""The sustain and sostenuto pedals of MIDI channels, from their controllers."""

from __future__ import annotations

import dataclasses

import numpy as np

SUSTAIN, SOSTENUTO = 64, 66  # controllers
SOUND_OFF, RESET_CONTROLLERS = 120, 121
CONTROLLERS = (SUSTAIN, SOSTENUTO, SOUND_OFF, RESET_CONTROLLERS)
DOWN = 64  # from this controller value on


@dataclasses.dataclass(frozen=True, eq=False)
class Pedal:
    """Columns [P]: the changes of one kind of pedal, by channel and then in their order.

    Attributes:
        channel: int64.
        tick: int64.
        down: bool, whether the pedal is then down.
        releases: bool, whether the notes that it holds end: when it is lifted, and at CC120.
    """

    channel: np.ndarray
    tick: np.ndarray
    down: np.ndarray
    releases: np.ndarray

    def __len__(self) -> int:
        return len(self.tick)

    @classmethod
    def untouched(cls) -> Pedal:
        """A pedal without changes."""
        return cls(
            np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, bool), np.zeros(0, bool)
        )

    @classmethod
    def of(
        cls,
        pedal: int,
        channel: np.ndarray,
        tick: np.ndarray,
        controller: np.ndarray,
        value: np.ndarray,
    ) -> Pedal:
        """A pedal from controller messages; without changes if it is never pressed.

        Args:
            pedal: `SUSTAIN` or `SOSTENUTO`.
            channel, tick, controller, value: integers [N], by channel and then in their order.
        """
        presses = (controller == pedal) & (value >= DOWN)
        moves = (controller == pedal) | (controller == RESET_CONTROLLERS)
        sound_off = controller == SOUND_OFF
        used = np.flatnonzero((moves | sound_off) & presses.any())
        channel, tick, down, moves = channel[used], tick[used], presses[used], moves[used]
        # All sound off ends the held notes but does not move the pedal.
        mover = np.maximum.accumulate(np.where(moves, np.arange(len(used)), 0))
        stays = down[mover] & (channel[mover] == channel)
        return cls(channel, tick, stays, ~down)
