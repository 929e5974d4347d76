"""The order in which measures are read: arithmetic on the sizes of the shards, no files.

The measures of a split stand in a line without end, epoch after epoch, and a position in it fixes
everything: shard, place, transposition. So a run goes on anywhere without reading what came before.

A measure's shard, and its place there, come from a hash of its content: each shard is a random
sample of the corpus. An epoch takes the shards in random order, some at a time (a window), and the
measures of a window in random order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

_SHARDS, _MEASURES, _BATCHES, _SHIFTS = range(4)  # what random numbers are for


@dataclasses.dataclass(frozen=True)
class Window:
    """Some shards read together, and how to go through their n measures.

    Attributes:
        shards: int64 [G], which shards; their measures joined are 0..n-1.
        order: int64 [n], the measures in random order.
        ranks: int64 [m], m <= n: which of `order` come, one after the other. For buckets, `order`
            is to be sorted by length first (stably).
        shifts: int32 [m], semitones by which to move each.
    """

    shards: np.ndarray
    order: np.ndarray
    ranks: np.ndarray
    shifts: np.ndarray


@dataclasses.dataclass(frozen=True)
class Order:
    """The line of all epochs.

    Attributes:
        sizes: measures in each shard, at least one each.
        seed: None takes shards and measures as they come.
        window: at most so many measures are shuffled together (at least those of one shard).
        bucket: 0, or B: give batches of B measures of like length, in random order.
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
        """The windows from measure `start` of the line to `stop`, an epoch's end, or without end.

        Args:
            start: the first measure; epoch e begins at e * `measures`.
            stop: where to end, a multiple of `measures`.
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
        """The shards of each window of an epoch; of each epoch equally many."""
        count = len(self.sizes)
        if self.seed is None:
            return np.split(np.arange(count), count)
        at_once = max(1, self.window // max(self.sizes))
        return np.array_split(self._permutation(count, _SHARDS, epoch), -(-count // at_once))

    def _window(self, number: int, shards: np.ndarray, head: int, skip: int) -> Window:
        """Window `number` of the line without its first `skip` measures.

        The first `head` measures belong to the batch that the window before began.
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
            if number % 2:  # a batch across two windows has the longest of both, or the shortest
                ranks = size - 1 - ranks
        shifts = np.zeros(size, np.int32)
        if self.transpose:
            drawn = self._draw(size, _SHIFTS, number) % np.uint64(2 * self.transpose + 1)
            shifts = drawn.astype(np.int32) - self.transpose
        return Window(shards, order, ranks[skip:], shifts[skip:])

    def _permutation(self, count: int, purpose: int, number: int) -> np.ndarray:
        return np.argsort(self._draw(count, purpose, number), kind="stable")

    def _draw(self, count: int, purpose: int, number: int) -> np.ndarray:
        """uint64 [count], random bits that depend on nothing else, NumPy's version included."""
        key = np.array([(self.seed or 0) % 2**64, purpose], np.uint64)
        counter = np.array([0, number, 0, 0], np.uint64)
        return np.random.Philox(key=key, counter=counter).random_raw(count)
