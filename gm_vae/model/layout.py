"""Sequences of different lengths as one flat list of entries, step by step.

A layout lists P (row, step) entries, all rows of step 0 first. Ragged: rows are sorted by
descending length and only real steps are listed, so P is the number of real tokens (a measure has
about 78 out of 8 x 64). Dense: every row has every step and P = S * N; the shapes are static (XLA,
TPU, JAX). Segmented is in between: static shapes that fit almost any batch of a dataset, because
lengths vary little over many rows. For dense and segmented layouts, `weights` is 0 on padding. All
operations that are not recurrent treat the P entries equally.
"""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import numpy as np
from keras import ops


class Segment(NamedTuple):
    """Successive steps with the same number of rows.

    Attributes:
        start, stop: the steps start..stop - 1.
        rows: the number of rows, longest first.
    """

    start: int
    stop: int
    rows: int


Segments = tuple[Segment, ...]  # from step 0 to the last, with a decreasing number of rows


@dataclasses.dataclass(frozen=True)
class Layout:
    """A layout (see the module); built by `Layout.ragged`, `Layout.dense` or `Layout.segmented`.

    Attributes:
        num_rows, num_steps: N and S.
        rows, steps: int32 [P], the row and the step of each entry.
        active: int32 [S], rows listed at each step.
        offsets: int32 [S], the first entry of each step.
        segments: parts of static shape; one if dense, none if ragged.
    """

    num_rows: Any
    num_steps: int
    rows: Any
    steps: Any
    active: Any
    offsets: Any
    segments: Segments = ()

    @classmethod
    def dense(cls, num_rows: Any, num_steps: int) -> Layout:
        """Every row has every step."""
        entries = ops.arange(num_rows * num_steps, dtype="int32")
        steps = ops.arange(num_steps, dtype="int32")
        active = ops.zeros_like(steps) + num_rows
        return cls(
            num_rows, num_steps, entries % num_rows, entries // num_rows, active,
            steps * num_rows, (Segment(0, num_steps, num_rows),),
        )  # fmt: skip

    @classmethod
    def segmented(cls, segments: Segments) -> Layout:
        """Rows of descending length; only the rows of a segment are longer than its start."""
        active = np.repeat([s.rows for s in segments], [s.stop - s.start for s in segments])
        steps = np.repeat(np.arange(len(active)), active)
        offsets = np.cumsum(active) - active
        rows = np.arange(len(steps)) - offsets[steps]

        def int32(array: np.ndarray) -> np.ndarray:
            return array.astype(np.int32)

        return cls(
            segments[0].rows, len(active), int32(rows), int32(steps), int32(active),
            int32(offsets), segments,
        )  # fmt: skip

    @classmethod
    def ragged(cls, lengths: Any, num_steps: int) -> Layout:
        """Only real steps of rows with descending `lengths` int32 [N] >= 1 (dynamic shapes)."""
        steps = ops.arange(num_steps, dtype="int32")
        active = ops.sum(ops.cast(lengths[:, None] > steps, "int32"), 0)  # [N, S] -> [S]
        offsets = ops.cumsum(active) - active
        entry_steps = ops.repeat(steps, active)
        total = ops.shape(entry_steps)[0]
        rows = ops.arange(total, dtype="int32") - ops.take(offsets, entry_steps, axis=0)
        return cls(ops.shape(lengths)[0], num_steps, rows, entry_steps, active, offsets)

    def entry(self, rows: Any, steps: Any) -> Any:
        """int32 index of the entries (row, step), of any equal shapes."""
        return ops.take(self.offsets, steps, axis=0) + rows

    def broadcast_rows(self, values: Any) -> Any:
        """[N, D] -> [P, D]: the value of each entry's row."""
        if not self.segments:
            return ops.take(values, self.rows, axis=0)
        width = values.shape[-1]
        parts = [
            ops.reshape(
                ops.broadcast_to(values[None, :rows], (stop - start, rows, width)), (-1, width)
            )
            for start, stop, rows in self.segments
        ]
        return ops.concatenate(parts, 0) if len(parts) > 1 else parts[0]

    def weights(self, lengths: Any) -> Any:
        """float32 [P]: 1 where the step is within the row's length int32 [N], else 0."""
        return ops.cast(self.steps < ops.take(lengths, self.rows, axis=0), "float32")


@dataclasses.dataclass(frozen=True)
class Tracks:
    """All N = B * T tracks of a batch as rows, longest first unless the layout is dense.

    Attributes:
        tokens, chords: int32 [N, S].
        lengths: int32 [N].
        order: int32 [N], the track b * T + t of each row.
        layout: the entries of the rows.
    """

    tokens: Any
    chords: Any
    lengths: Any
    order: Any
    layout: Layout

    @classmethod
    def of_batch(
        cls,
        tokens: Any,
        lengths: Any,
        chords: Any,
        *,
        ragged: bool,
        segments: Segments | None = None,
    ) -> Tracks:
        """From tokens, chords int [B, T, E] and lengths int [B, T] >= 1.

        `segments`, for B * T rows, must fit the batch (`fits`); without them the layout is ragged
        or dense.
        """
        steps = tokens.shape[-1]
        tokens = ops.reshape(ops.cast(tokens, "int32"), (-1, steps))  # [B, T, E] -> [N, E]
        chords = ops.reshape(ops.cast(chords, "int32"), (-1, steps))
        lengths = ops.reshape(ops.cast(lengths, "int32"), (-1,))  # [B, T] -> [N]
        if not ragged and not segments:
            count = ops.shape(lengths)[0]
            order = ops.arange(count, dtype="int32")
            return cls(tokens, chords, lengths, order, Layout.dense(count, steps))
        order = ops.cast(ops.argsort(-lengths), "int32")
        tokens, chords, lengths = (ops.take(x, order, axis=0) for x in (tokens, chords, lengths))
        layout = Layout.segmented(segments) if segments else Layout.ragged(lengths, steps)
        return cls(tokens, chords, lengths, order, layout)

    def at(self, values: Any, steps: Any) -> Any:
        """Entries of [N, S]: the value of each entry's row at `steps` int32 [P]."""
        width = values.shape[-1]
        return ops.take(ops.reshape(values, (-1,)), self.layout.rows * width + steps, axis=0)

    def last(self) -> Any:
        """int [B * T]: the entry of each row's last real step, in batch order b * T + t."""
        rows = ops.arange(ops.shape(self.lengths)[0], dtype="int32")
        entries = self.layout.entry(rows, self.lengths - 1)
        return ops.take(entries, ops.argsort(self.order), axis=0)


def segments_for(lengths: np.ndarray, batch_size: int, count: int = 6) -> Segments:
    """Segments that fit almost any batch of similar measures.

    A segment has room for the expected number of rows plus six standard deviations. Dynamic
    programming finds the segments with the fewest entries, at most `count` segments.

    Args:
        lengths: int [M, T], tokens of each track of many measures.
        batch_size: B, measures per batch.
    """
    steps = int(lengths.max())
    longer = np.stack([(lengths > step).sum(1) for step in range(steps)])  # [S, M]
    room = batch_size * longer.mean(1) + 6 * np.sqrt(batch_size) * longer.std(1)
    room = np.minimum(-(-room // 8) * 8, batch_size * lengths.shape[1]).astype(int)
    # step -> fewest entries before it, and their segments
    nothing: dict[int, tuple[int, tuple[tuple[int, int], ...]]] = {0: (0, ())}
    best = nothing
    for _ in range(min(count, steps)):
        best = nothing | {
            stop: min(
                (entries + (stop - start) * int(room[start]), (*taken, (start, stop)))
                for start, (entries, taken) in best.items()
                if start < stop
            )
            for stop in range(1, steps + 1)
        }
    return tuple(Segment(start, stop, int(room[start])) for start, stop in best[steps][1])


def fits(lengths: np.ndarray, segments: Segments) -> bool:
    """Whether the tracks of a batch, int [B, T], can be laid out in these segments."""
    longest = int(lengths.max())
    return longest <= segments[-1].stop and all(
        int((lengths > segment.start).sum()) <= segment.rows for segment in segments
    )
