"""Batches of measures from a dataset, for any backend.

`gm_vae.data.order` computes the order; this module reads. A window of shards is in memory, and the
shards of smaller datasets stay there once they are read (about 170 bytes per measure).
"""

from __future__ import annotations

import collections
import itertools
import os
from collections.abc import Iterator

import numpy as np

from gm_vae.data import dataset as dataset_lib
from gm_vae.data import examples, shards
from gm_vae.data.arrays import Batch, MeasureArrays, joined
from gm_vae.data.order import Order
from gm_vae.errors import UsageError

_KEPT_BYTES = 1 << 30  # bytes of shards that may be needed again


class MeasureBatches:
    """What `measure_batches` returns: an iterable of batches."""

    def __init__(
        self,
        dataset: dataset_lib.Dataset,
        files: list[shards.Shard],
        batch_size: int,
        order: Order,
        *,
        repeat: bool,
        drop_remainder: bool,
        first_batch: int,
        share: tuple[int, int],
    ) -> None:
        self._dataset, self._files = dataset, files
        self._batch_size, self._order = batch_size, order
        self._repeat, self._drop_remainder = repeat, drop_remainder
        self._first_batch, self._share = first_batch, share
        self._epochs = itertools.count()  # read so far
        self._kept: collections.OrderedDict[int, MeasureArrays] = collections.OrderedDict()

    def __iter__(self) -> Iterator[Batch]:
        """Batches of one more epoch, or without end."""
        size = self._batch_size // self._share[1]
        # of a batch that continues in the next window
        begun: list[Batch] = []
        for measures, index, shifts in self._windows():
            start = 0
            while start < len(index):
                missing = size - sum(len(batch["lengths"]) for batch in begun)
                rows = slice(start, start + missing)
                moves = shifts[rows] if self._order.transpose else None
                begun.append(measures.batch(index[rows], moves))
                start += missing
                if start <= len(index):
                    yield _concatenated(begun)
                    begun = []
        if begun and not self._drop_remainder:
            yield _concatenated(begun)

    def lengths(self, most: int) -> np.ndarray:
        """int32 [M, T]: tokens of each track of the first `most` measures, in file order."""
        lengths: list[np.ndarray] = []
        for number in range(len(self._files)):
            if sum(map(len, lengths)) >= most:
                break
            lengths.append(self._shard(number).lengths)
        return np.concatenate(lengths)[:most].astype(np.int32)

    def _windows(self) -> Iterator[tuple[MeasureArrays, np.ndarray, np.ndarray]]:
        """The measures of each window, their order, and their shifts."""
        order, (number, count) = self._order, self._share
        origin = 0 if self._repeat else next(self._epochs) * order.measures
        stop = None if self._repeat else origin + order.measures
        passed = 0  # measures, since the beginning of a batch
        begin = origin + self._first_batch * self._batch_size
        for window in order.windows(begin, stop, origin):
            places = passed + np.arange(len(window.ranks))
            passed += len(window.ranks)
            mine = places % self._batch_size // (self._batch_size // count) == number
            if not mine.any():
                continue
            measures = joined([self._shard(int(shard)) for shard in window.shards])
            line = window.order
            if order.bucket:
                longest = measures.lengths.max(1)[line]
                line = line[np.argsort(longest, kind="stable")]
            yield measures, line[window.ranks[mine]], window.shifts[mine]

    def _shard(self, number: int) -> MeasureArrays:
        kept = self._kept
        if number not in kept:
            shard, dataset = self._files[number], self._dataset
            records = shards.read(dataset.path(shard.name))
            columns = dataset.decoded(examples.columns, records)
            if len(columns.lengths) != shard.measures:
                raise shards.damaged(dataset.path(shard.name), "has changed while it was read")
            kept[number] = MeasureArrays(*columns, dataset.fmt)
        kept.move_to_end(number)
        while len(kept) > 1 and sum(measures.nbytes for measures in kept.values()) > _KEPT_BYTES:
            kept.popitem(last=False)
        return kept[number]


def measure_batches(
    dataset_dir: str | os.PathLike[str],
    split: str,
    batch_size: int,
    *,
    shuffle_seed: int | None = None,
    repeat: bool = False,
    drop_remainder: bool = False,
    transpose: int = 0,
    bucket: bool = False,
    first_batch: int = 0,
    window: int = 65_536,
    share: tuple[int, int] = (0, 1),
) -> MeasureBatches:
    """The measures of a split in batches.

    A batch depends only on the arguments and its number, and starting at a late batch costs no more
    than starting at the first.

    Args:
        dataset_dir: folder of a finished dataset.
        split: "train", "validation" or "test".
        batch_size: B, measures in a batch.
        shuffle_seed: None keeps the order of the files. A number shuffles shards and measures,
            differently in each epoch; the same number gives the same batches.
        repeat: endless epochs, with each measure once per epoch; batches may span two epochs.
            Otherwise each iteration is one epoch, first the first, then the next.
        drop_remainder: leave out a last batch of fewer than B measures (static shapes).
        transpose: transpose the notes and chords of each measure, but not drums, by
            -transpose..transpose semitones, drawn in each epoch. A measure in which a pitch would
            leave the format's range (0..127 by default) is not transposed.
        bucket: batches of measures whose longest tracks are about equally long, in random order
            (needs a seed). Batches then need fewer recurrent steps, but differ in length.
        first_batch: number of the first batch.
        window: whole shards of at most this many measures (at least one shard) are shuffled or
            bucketed together.
        share: (i, n) keeps the i-th of n equal parts of each batch, for n processes that train
            together: B becomes B / n. Needs `repeat`, since a last batch may not divide.

    Returns:
        An iterable of dicts: "tokens" int32 [B, T, E] zero-padded, "lengths" int32 [B, T], "chords"
        int32 [B, T, E] the chord id of each token (as `Measure.event_chords`).

    Raises:
        UserError: the dataset does not exist, is damaged, has an empty split, or, with
            `drop_remainder`, fewer measures than a batch. While it is read: a file has disappeared
            or changed.
    """
    if batch_size < 1:
        raise UsageError(f"batch_size is {batch_size}; give a whole number of 1 or more.")
    if first_batch < 0:
        raise UsageError(f"first_batch is {first_batch}; give a whole number of 0 or more.")
    if not 0 <= transpose < 12:
        raise UsageError(f"transpose is {transpose}; give 0..11 semitones.")
    if batch_size % share[1] or (share[1] > 1 and not repeat):
        raise UsageError(
            f"a batch of {batch_size} cannot be shared equally by {share[1]} workers; choose a "
            "multiple."
        )
    if bucket and shuffle_seed is None:
        raise UsageError("bucket=True changes the order of the measures; give a shuffle_seed.")
    dataset = dataset_lib.load(dataset_dir)
    info = dataset.split(split)
    if drop_remainder and info.measures < batch_size:
        raise UsageError(
            f"The {split} split of {dataset_dir} has {info.measures} measures, fewer than a batch "
            f"of {batch_size}; choose a smaller batch size or preprocess more songs."
        )
    files = [shard for shard in info.shards if shard.measures]
    for shard in files:
        shards.verify(dataset.path(shard.name), shard)
    sizes = [shard.measures for shard in files]
    order = Order(sizes, shuffle_seed, window, batch_size if bucket else 0, transpose)
    return MeasureBatches(
        dataset,
        files,
        batch_size,
        order,
        repeat=repeat,
        drop_remainder=drop_remainder,
        first_batch=first_batch,
        share=share,
    )


def _concatenated(batches: list[Batch]) -> Batch:
    if len(batches) == 1:
        return batches[0]
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
