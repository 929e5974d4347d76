"""Token id <-> event. The published multitrack vocabulary: 490 tokens under the default format.

note-on pitch   0..127        velocity bin     1..8   at 352..359
note-off pitch  128..255      program          0..127 at 360..487
time-shift      1..96 steps   drums            488
                at 256..351   end              489
"""

from __future__ import annotations

import dataclasses
import enum
import functools

import numpy as np

from gm_vae.music.measure_format import MeasureFormat

PITCHES = 128
PROGRAMS = 128
DRUMS = 128  # the "program" of a drum track, one past the last General MIDI program


class EventType(enum.IntEnum):
    """The type of a token."""

    NOTE_ON = 0
    NOTE_OFF = 1
    TIME_SHIFT = 2
    VELOCITY = 3
    PROGRAM = 4
    END = 5


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """Token ids of one measure format. Build it with `vocabulary(fmt)`, which caches.

    `value` of an event is: pitch 0..127 (note-on, note-off), steps >= 1 (time-shift),
    bin >= 1 (velocity), program 0..128 with 128 for drums (program), 0 (end).
    """

    max_shift_steps: int
    velocity_bins: int

    note_on = 0
    note_off = PITCHES
    time_shift = 2 * PITCHES

    @property
    def velocity(self) -> int:
        """Id of velocity bin 1."""
        return self.time_shift + self.max_shift_steps

    @property
    def program(self) -> int:
        """Id of program 0."""
        return self.velocity + self.velocity_bins

    @property
    def drums(self) -> int:
        """Id of the drum program."""
        return self.program + PROGRAMS

    @property
    def end(self) -> int:
        """Id of the token that ends a track (or stands for an absent one)."""
        return self.drums + 1

    @property
    def size(self) -> int:
        """V, the number of tokens."""
        return self.end + 1

    def encode(self, kind: EventType, value: int = 0) -> int:
        """The token id of an event. Raises ValueError if the value is out of range."""
        offset, first, count = self._ranges[kind]
        if not first <= value < first + count:
            raise ValueError(f"{kind.name} has no value {value}: {first}..{first + count - 1}")
        return offset + value - first

    def decode(self, token: int) -> tuple[EventType, int]:
        """The event of a token id. Raises ValueError outside 0..V-1."""
        for kind, (offset, first, count) in self._ranges.items():
            if offset <= token < offset + count:
                return kind, int(token) - offset + first
        raise ValueError(f"token {token} is outside 0..{self.size - 1}")

    @functools.cached_property
    def kinds(self) -> np.ndarray:
        """int8 [V]: the `EventType` of each token."""
        table = np.empty(self.size, np.int8)
        for kind, (offset, _, count) in self._ranges.items():
            table[offset : offset + count] = kind
        return table

    @functools.cached_property
    def shift_steps(self) -> np.ndarray:
        """int16 [V]: steps by which a token moves time; 0 for all but time-shifts."""
        table = np.zeros(self.size, np.int16)
        table[self.time_shift : self.velocity] = np.arange(1, self.max_shift_steps + 1)
        return table

    @functools.cached_property
    def _ranges(self) -> dict[EventType, tuple[int, int, int]]:
        # kind -> (first id, first value, number of values)
        return {
            EventType.NOTE_ON: (self.note_on, 0, PITCHES),
            EventType.NOTE_OFF: (self.note_off, 0, PITCHES),
            EventType.TIME_SHIFT: (self.time_shift, 1, self.max_shift_steps),
            EventType.VELOCITY: (self.velocity, 1, self.velocity_bins),
            EventType.PROGRAM: (self.program, 0, PROGRAMS + 1),
            EventType.END: (self.end, 0, 1),
        }


@functools.lru_cache
def vocabulary(fmt: MeasureFormat) -> Vocabulary:
    """The vocabulary of a measure format."""
    return Vocabulary(max_shift_steps=fmt.steps_per_measure, velocity_bins=fmt.velocity_bins)
