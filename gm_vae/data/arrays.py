"""A split in memory, and batches of it, with NumPy alone: for training without TensorFlow.

The order, the transpositions and so the batches are those of `gm_vae.data.reader`.
"""

from __future__ import annotations

import dataclasses
import itertools
import pathlib
from collections.abc import Iterator

import numpy as np

from gm_vae.data import dataset as dataset_lib
from gm_vae.data import examples
from gm_vae.data.order import Order
from gm_vae.errors import UsageError
from gm_vae.music.chords import NO_CHORD
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import PITCHES, vocabulary

Batch = dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class MeasureArrays:
    """M measures; some 170 bytes each.

    Attributes:
        tokens: uint16 [N], the real tokens of all tracks, joined.
        lengths: unsigned [M, T], tokens of each track.
        chords: uint8 [M, C], evenly spaced chord ids.
        shards: measures of each shard of the dataset, in order.
        fmt: their format.
    """

    tokens: np.ndarray
    lengths: np.ndarray
    chords: np.ndarray
    shards: tuple[int, ...]
    fmt: MeasureFormat
    starts: np.ndarray = dataclasses.field(init=False, repr=False)  # int64 [M * T]

    def __post_init__(self) -> None:
        ends = np.cumsum(self.lengths.reshape(-1), dtype=np.int64)
        object.__setattr__(self, "starts", ends - self.lengths.reshape(-1))

    @classmethod
    def load(
        cls, directory: str | pathlib.Path, split: str, limit: int | None = None
    ) -> MeasureArrays:
        """A split of a finished dataset, or its first `limit` measures as if they were one shard.

        Raises UserError as `Dataset.records`.
        """
        dataset = dataset_lib.load(directory)
        records = itertools.islice(dataset.records(split), limit)
        found = dataset.decoded(examples.columns, records)
        sizes = tuple(s.measures for s in dataset.split(split).shards if s.measures)
        if limit is not None:
            sizes = (len(found.lengths),)
        return cls(found.tokens, found.lengths, found.chord_ids, sizes, dataset.fmt)

    def batch(self, index: np.ndarray, shifts: np.ndarray | None = None) -> Batch:
        """Measures as `HierarchicalVAE.score` takes them.

        Args:
            index: int [B], which measures.
            shifts: int [B], semitones to move each by; one whose pitches would leave the format's
                range stays.

        Returns:
            "tokens", "chords" int32 [B, T, E] and "lengths" int32 [B, T].
        """
        T, E, C = self.fmt.max_tracks, self.fmt.max_track_length, self.fmt.chords_per_measure
        vocab = vocabulary(self.fmt)
        lengths = self.lengths[index].astype(np.int32)  # [B, T]
        counts = lengths.reshape(-1)
        starts = self.starts.reshape(-1, T)[index].reshape(-1)  # [B * T]
        first = np.cumsum(counts) - counts
        row = np.repeat(np.arange(len(counts)), counts)  # [N] of the batch
        place = np.arange(len(row)) - first[row]
        tokens = self.tokens[starts[row] + place].astype(np.int32)
        labels = self.chords[index].astype(np.int32)  # [B, C]
        if shifts is not None:
            drums = (tokens[first] == vocab.drums)[row]
            tokens, labels = self._transpose(tokens, labels, row // T, drums, shifts)
        time = start_steps(tokens, first, row, self.fmt)
        # the end repeats its predecessor; an absent track is an end without one
        end = place == counts[row] - 1
        time = np.where(end & (place > 0), np.roll(time, 1), time)
        slot = np.minimum(time * C // self.fmt.steps_per_measure, C - 1)
        chords = np.where(place > 0, labels[row // T, slot], NO_CHORD)

        def spread(values: np.ndarray) -> np.ndarray:
            spread = np.zeros((len(counts), E), np.int32)
            spread[row, place] = values
            return spread.reshape(-1, T, E)

        return {"tokens": spread(tokens), "lengths": lengths, "chords": spread(chords)}

    def batches(self, batch_size: int) -> Iterator[Batch]:
        """All measures in file order; the last batch may be smaller."""
        count = len(self.lengths)
        for start in range(0, count, batch_size):
            yield self.batch(np.arange(start, min(start + batch_size, count)))

    def shuffled(
        self,
        batch_size: int,
        seed: int,
        transpose: int = 0,
        first_batch: int = 0,
        window: int = 65_536,
    ) -> Iterator[Batch]:
        """Batches without end: those of `measure_batches(shuffle_seed=seed, repeat=True)`.

        Raises:
            UsageError: there are fewer measures than a batch has.
        """
        if len(self.lengths) < batch_size:
            raise UsageError(
                f"The split has {len(self.lengths)} measures, fewer than a batch of {batch_size}; "
                "choose a smaller batch size or preprocess more songs."
            )
        offsets = np.cumsum(self.shards) - self.shards
        order = Order(self.shards, seed, window, 0, transpose)
        indices, shifts = np.zeros(0, np.int64), np.zeros(0, np.int32)
        for found in order.windows(first_batch * batch_size):
            places = np.concatenate(
                [np.arange(self.shards[shard]) + offsets[shard] for shard in found.shards]
            )
            indices = np.concatenate([indices, places[found.order][found.ranks]])
            shifts = np.concatenate([shifts, found.shifts])
            whole = len(indices) // batch_size * batch_size
            for start in range(0, whole, batch_size):
                part = slice(start, start + batch_size)
                yield self.batch(indices[part], shifts[part] if transpose else None)
            indices, shifts = indices[whole:], shifts[whole:]

    def _transpose(
        self,
        tokens: np.ndarray,
        labels: np.ndarray,
        measure: np.ndarray,
        drums: np.ndarray,
        shifts: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Moved tokens [N] and chord ids [B, C]; `measure` int [N], `drums` bool [N] of a token."""
        pitched = (tokens < 2 * PITCHES) & ~drums  # note-ons and note-offs
        moved = tokens % PITCHES + shifts[measure]
        outside = pitched & ((moved < self.fmt.min_pitch) | (moved > self.fmt.max_pitch))
        shifts = shifts.copy()
        shifts[measure[outside]] = 0
        tokens = np.where(pitched, tokens + shifts[measure], tokens)
        kind = (labels - 1) // 12 * 12
        moved_labels = 1 + kind + (labels - 1 - kind + shifts[:, None]) % 12
        return tokens, np.where(labels > 0, moved_labels, labels)


def start_steps(
    tokens: np.ndarray, first: np.ndarray, row: np.ndarray, fmt: MeasureFormat
) -> np.ndarray:
    """When each token of joined tracks comes, int64 [N] in steps since its measure began.

    Args:
        tokens: int [N].
        first: int [R], where each track begins in `tokens`.
        row: int [N], the track of each token.
    """
    steps = vocabulary(fmt).shift_steps.astype(np.int64)[tokens]
    before = np.cumsum(steps) - steps
    return before - before[first][row]
