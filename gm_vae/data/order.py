"""The order in which measures are read, computed from the sizes of the shards alone.

The measures of a split form an endless sequence, epoch after epoch. A position in it determines
everything: shard, index, transposition. A run can therefore resume anywhere without reading earlier
measures.

A measure's shard and its index there come from a hash of its content: each shard is a random
sample of the corpus. An epoch reads the shards in random order, a few at a time (a window), and the
measures of a window in random order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

_SHARDS, _MEASURES, _BATCHES, _SHIFTS = range(4)  # purposes of random numbers


@dataclasses.dataclass(frozen=True)
class Window:
    """Shards that are read together, and the order of their n measures.

    Attributes:
        shards: int64 [G], the shards; their measures, concatenated, are 0..n-1.
        order: int64 [n], the measures in random order.
        ranks: int64 [m], m <= n: indices into `order`, in reading order. For buckets, `order` must
            first be sorted by length (stably).
        shifts: int32 [m], semitones to transpose each by.
    """

    shards: np.ndarray
    order: np.ndarray
    ranks: np.ndarray
    shifts: np.ndarray


@dataclasses.dataclass(frozen=True)
class Order:
    """The endless sequence of all epochs.

    Attributes:
        sizes: measures in each shard, at least one each.
        seed: None keeps shards and measures in their stored order.
        window: at most this many measures are shuffled together (at least one shard).
        bucket: 0, or B: batches of B measures of similar length, in random order.
        transpose: shifts are drawn from -transpose..transpose.
    """

    sizes: Sequence[int]
    seed: int | None = None
    window: int = 65_536
    bucket: int = 0
    transpose: int = 0

    @property
    def measures(self) -> int:
        """Measures in an epoch."""
        return sum(self.sizes)

    def windows(self, start: int, stop: int | None = None, origin: int = 0) -> Iterator[Window]:
        """The windows from measure `start` of the sequence to `stop`, or endless.

        Args:
            start: the first measure; epoch e begins at e * `measures`.
            stop: where to end, a multiple of `measures` (the end of an epoch).
            origin: a position at which a batch begins.
        """
        epoch = start // self.measures
        position = epoch * self.measures  # of the window
        while stop is None or position < stop:
            groups = self._groups(epoch)
            for number, shards in enumerate(groups, epoch * len(groups)):
                size = sum(self.sizes[shard] for shard in shards)
                if position + size > start:
                    head = (origin - position) % self.bucket if self.bucket else 0
                    yield self._window(number, shards, head, max(0, start - position))
                position += size
            epoch += 1

    def _groups(self, epoch: int) -> list[np.ndarray]:
        """The shards of each window of an epoch; every epoch has equally many windows."""
        count = len(self.sizes)
        if self.seed is None:
            return np.split(np.arange(count), count)
        at_once = max(1, self.window // max(self.sizes))
        return np.array_split(self._permutation(count, _SHARDS, epoch), -(-count // at_once))

    def _window(self, number: int, shards: np.ndarray, head: int, skip: int) -> Window:
        """Window `number` of the sequence without its first `skip` measures.

        The first `head` measures belong to a batch that began in the previous window.
        """
        size = sum(self.sizes[shard] for shard in shards)
        order = ranks = np.arange(size)
        if self.seed is not None:
            order = self._permutation(size, _MEASURES, number)
        if self.bucket:
            full = max(0, size - head) // self.bucket
            batches = ranks[head : head + full * self.bucket].reshape(full, self.bucket)
            batches = batches[self._permutation(full, _BATCHES, number)].reshape(-1)
            ranks = np.concatenate([ranks[:head], batches, ranks[head + batches.size :]])
            if number % 2:  # then a batch has the longest measures of both windows, or the shortest
                ranks = size - 1 - ranks
        shifts = np.zeros(size, np.int32)
        if self.transpose:
            drawn = self._draw(size, _SHIFTS, number) % np.uint64(2 * self.transpose + 1)
            shifts = drawn.astype(np.int32) - self.transpose
        return Window(shards, order, ranks[skip:], shifts[skip:])

    def _permutation(self, count: int, purpose: int, number: int) -> np.ndarray:
        return np.argsort(self._draw(count, purpose, number), kind="stable")

    def _draw(self, count: int, purpose: int, number: int) -> np.ndarray:
        """uint64 [count], random bits that depend on nothing else, not even on NumPy's version."""
        key = np.array([(self.seed or 0) % 2**64, purpose], np.uint64)
        counter = np.array([0, number, 0, 0], np.uint64)
        return np.random.Philox(key=key, counter=counter).random_raw(count)
