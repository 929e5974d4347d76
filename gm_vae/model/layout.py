"""Sequences of unequal length as one flat list of entries, step by step.

A layout lists P (row, step) entries, all rows of step 0 first. Packed: rows are sorted by falling
length and only real steps are listed, so P is the number of real tokens (a measure has some 78
out of 8 x 64). Dense: every row has every step and P = S * N, the shapes are static (XLA, TPU,
JAX) and `weights` is 0 on padding. Everything that is not recurrent works on the P entries alike.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
from keras import ops


@dataclasses.dataclass(frozen=True)
class Layout:
    """See the module; build it with `Layout.packed_rows` or `Layout.dense`.

    Attributes:
        packed: whether only real steps are listed (the rows must be sorted by falling length).
        num_rows, num_steps: N and S.
        rows, steps: int32 [P], the row and the step of each entry.
        live: int32 [S], rows listed at each step.
        offsets: int32 [S], the first entry of each step.
    """

    packed: bool
    num_rows: Any
    num_steps: int
    rows: Any
    steps: Any
    live: Any
    offsets: Any

    @classmethod
    def dense(cls, num_rows: Any, num_steps: int, packed: bool = False) -> Layout:
        """Every row has every step. `packed` only says which time loop may run it."""
        entries = ops.arange(num_rows * num_steps, dtype="int32")
        steps = ops.arange(num_steps, dtype="int32")
        live = ops.zeros_like(steps) + num_rows
        return cls(
            packed, num_rows, num_steps, entries % num_rows, entries // num_rows, live,
            steps * num_rows,
        )  # fmt: skip

    @classmethod
    def packed_rows(cls, lengths: Any, num_steps: int) -> Layout:
        """Only real steps of rows with falling `lengths` int32 [N] >= 1 (dynamic shapes)."""
        steps = ops.arange(num_steps, dtype="int32")
        live = ops.sum(ops.cast(lengths[:, None] > steps, "int32"), 0)  # [N, S] -> [S]
        offsets = ops.cumsum(live) - live
        entry_steps = ops.repeat(steps, live)
        total = ops.shape(entry_steps)[0]
        rows = ops.arange(total, dtype="int32") - ops.take(offsets, entry_steps, axis=0)
        return cls(True, ops.shape(lengths)[0], num_steps, rows, entry_steps, live, offsets)

    def entry(self, rows: Any, steps: Any) -> Any:
        """int32 index of the entries (row, step), any equal shapes."""
        return ops.take(self.offsets, steps, axis=0) + rows

    def weights(self, lengths: Any) -> Any:
        """float32 [P]: 1 where the step is within the row's length int32 [N], else 0."""
        return ops.cast(self.steps < ops.take(lengths, self.rows, axis=0), "float32")


@dataclasses.dataclass(frozen=True)
class Tracks:
    """All N = B * T tracks of a batch as rows, longest first where packed.

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
    def of_batch(cls, tokens: Any, lengths: Any, chords: Any, *, packed: bool) -> Tracks:
        """From tokens, chords int [B, T, E] and lengths int [B, T] >= 1."""
        steps = tokens.shape[-1]
        tokens = ops.reshape(ops.cast(tokens, "int32"), (-1, steps))  # [B, T, E] -> [N, E]
        chords = ops.reshape(ops.cast(chords, "int32"), (-1, steps))
        lengths = ops.reshape(ops.cast(lengths, "int32"), (-1,))  # [B, T] -> [N]
        if not packed:
            count = ops.shape(lengths)[0]
            order = ops.arange(count, dtype="int32")
            return cls(tokens, chords, lengths, order, Layout.dense(count, steps))
        order = ops.cast(ops.argsort(-lengths), "int32")
        tokens, chords, lengths = (ops.take(x, order, axis=0) for x in (tokens, chords, lengths))
        return cls(tokens, chords, lengths, order, Layout.packed_rows(lengths, steps))

    def at(self, values: Any, steps: Any) -> Any:
        """Entries of [N, S]: the value of each entry's row at `steps` int32 [P]."""
        width = values.shape[-1]
        return ops.take(ops.reshape(values, (-1,)), self.layout.rows * width + steps, axis=0)

    def last(self, outputs: Any) -> Any:
        """[P, H] -> [B * T, H]: the outputs at the last real step, in batch order b * T + t."""
        rows = ops.arange(ops.shape(self.lengths)[0], dtype="int32")
        entries = self.layout.entry(rows, self.lengths - 1)
        return ops.take(outputs, ops.take(entries, ops.argsort(self.order), axis=0), axis=0)


def packs_by_default() -> bool:
    """Whether the backend computes with dynamic shapes."""
    return keras.backend.backend() == "tensorflow"
