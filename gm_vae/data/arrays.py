"""Many measures in memory, and batches of them."""

from __future__ import annotations

import dataclasses
import itertools
import os
from collections.abc import Sequence

import numpy as np

from gm_vae.data import dataset as dataset_lib
from gm_vae.data import examples
from gm_vae.music.chords import NO_CHORD, transpose_chord
from gm_vae.music.event_chords import chord_slot
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import PITCHES, vocabulary

Batch = dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class MeasureArrays:
    """M measures; about 170 bytes each.

    Attributes:
        tokens: uint16 [N], the real tokens of all tracks, joined.
        lengths: unsigned [M, T], tokens of each track.
        chords: uint8 [M, C], evenly spaced chord ids.
        fmt: their format.
    """

    tokens: np.ndarray
    lengths: np.ndarray
    chords: np.ndarray
    fmt: MeasureFormat
    starts: np.ndarray = dataclasses.field(init=False, repr=False)  # int64 [M * T]

    def __post_init__(self) -> None:
        ends = np.cumsum(self.lengths.reshape(-1), dtype=np.int64)
        object.__setattr__(self, "starts", ends - self.lengths.reshape(-1))

    @classmethod
    def load(
        cls, directory: str | os.PathLike[str], split: str, limit: int | None = None
    ) -> MeasureArrays:
        """A split of a finished dataset, or its first `limit` measures.

        Raises UserError as `Dataset.records`.
        """
        dataset = dataset_lib.load(directory)
        records = itertools.islice(dataset.records(split), limit)
        return cls(*dataset.decoded(examples.columns, records), dataset.fmt)

    def __len__(self) -> int:
        """How many measures there are."""
        return len(self.lengths)

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""
        return sum(x.nbytes for x in (self.tokens, self.lengths, self.chords, self.starts))

    def batch(self, index: np.ndarray, shifts: np.ndarray | None = None) -> Batch:
        """Measures as arguments of `HierarchicalVAE.score`.

        Args:
            index: int [B], which measures.
            shifts: int [B], semitones to transpose each by; a measure whose pitches would leave the
                format's range is not transposed.

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
        position = np.arange(len(row)) - first[row]
        tokens = self.tokens[starts[row] + position].astype(np.int32)
        labels = self.chords[index].astype(np.int32)  # [B, C]
        if shifts is not None:
            drums = (tokens[first] == vocab.drums)[row]
            tokens, labels = self._transpose(tokens, labels, row // T, drums, shifts)
        time = start_steps(tokens, first, row, self.fmt)
        # the end repeats the chord before it; an absent track is only an end
        end = position == counts[row] - 1
        time = np.where(end & (position > 0), np.roll(time, 1), time)
        slot = chord_slot(time, C, self.fmt.steps_per_measure)
        chords = np.where(position > 0, labels[row // T, slot], NO_CHORD)

        def spread(values: np.ndarray) -> np.ndarray:
            spread = np.zeros((len(counts), E), np.int32)
            spread[row, position] = values
            return spread.reshape(-1, T, E)

        return {"tokens": spread(tokens), "lengths": lengths, "chords": spread(chords)}

    def _transpose(
        self,
        tokens: np.ndarray,
        labels: np.ndarray,
        measure: np.ndarray,
        drums: np.ndarray,
        shifts: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Transposed tokens [N] and chord ids [B, C]; per token, `measure` int and `drums` bool."""
        pitched = (tokens < 2 * PITCHES) & ~drums  # note-ons and note-offs
        moved = tokens % PITCHES + shifts[measure]
        outside = pitched & ((moved < self.fmt.min_pitch) | (moved > self.fmt.max_pitch))
        shifts = shifts.copy()
        shifts[measure[outside]] = 0
        tokens = np.where(pitched, tokens + shifts[measure], tokens)
        return tokens, transpose_chord(labels, shifts[:, None])


def joined(shards: Sequence[MeasureArrays]) -> MeasureArrays:
    """The measures of all shards, at least one, in order."""
    if len(shards) == 1:
        return shards[0]
    tokens, lengths, chords = (
        np.concatenate([getattr(shard, name) for shard in shards])
        for name in ("tokens", "lengths", "chords")
    )
    return MeasureArrays(tokens, lengths, chords, shards[0].fmt)


def start_steps(
    tokens: np.ndarray, first: np.ndarray, row: np.ndarray, fmt: MeasureFormat
) -> np.ndarray:
    """The time of each token of joined tracks, int64 [N], in steps from the start of its measure.

    Args:
        tokens: int [N].
        first: int [R], where each track begins in `tokens`.
        row: int [N], the track of each token.
    """
    steps = vocabulary(fmt).shift_steps.astype(np.int64)[tokens]
    before = np.cumsum(steps) - steps
    return before - before[first][row]
