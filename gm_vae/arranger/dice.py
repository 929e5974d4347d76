"""Random choices that repeat: the same seed gives the same choices on every platform and Python."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_SCALE = 1 << 32


class Dice:
    """A stream of choices from integer seeds.

    Only the raw PCG64 stream is used, which NumPy keeps the same in all versions; the methods of
    `numpy.random.Generator` may change between versions. All arithmetic is in integers, or in
    floats that every platform rounds the same way.
    """

    def __init__(self, *seeds: int) -> None:
        self._seeds = seeds
        self._bits = np.random.PCG64(np.random.SeedSequence(seeds))

    def split(self, *labels: str | int) -> Dice:
        """An independent stream for a part of the work, so that parts do not affect each other."""
        return Dice(*self._seeds, *(zlib.crc32(str(label).encode()) for label in labels))

    def below(self, limit: int) -> int:
        """A whole number in 0..limit-1."""
        return (int(self._bits.random_raw()) >> 32) * limit >> 32

    def between(self, low: int, high: int) -> int:
        """A whole number in low..high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self.below(_SCALE) < probability * _SCALE

    def pick(self, options: Sequence[T], weights: Sequence[int] | None = None) -> T:
        """One of the options, by whole-number weights if given."""
        if weights is None:
            return options[self.below(len(options))]
        roll = self.below(sum(weights))
        for option, weight in zip(options, weights):
            roll -= weight
            if roll < 0:
                return option
        raise AssertionError("unreachable: the roll is below the sum of the weights")

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """The options in a random order."""
        order = list(options)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def bell(self, spread: float) -> float:
        """A nearly normal deviate of the given standard deviation, at most 3.5 times as large."""
        total = sum(self.below(_SCALE) for _ in range(4)) - 2 * _SCALE
        return total / _SCALE * 1.75 * spread  # the sum of four uniforms has deviation 0.577
