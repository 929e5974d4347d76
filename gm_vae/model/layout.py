"""Sequences of unequal length as one flat list of entries, step by step.

A layout lists P (row, step) entries, all rows of step 0 first. Packed: rows are sorted by falling
length and only real steps are listed, so P is the number of real tokens (a measure has some 78
out of 8 x 64). Dense: every row has every step and P = S * N, the shapes are static (XLA, TPU,
JAX). Stairs lie between: static shapes that fit almost any batch of a dataset, because many rows
together are of much the same lengths. In both of these `weights` is 0 on padding. Everything that
is not recurrent works on the P entries alike.
"""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops


class Flight(NamedTuple):
    """Successive steps of which equally many rows are listed.

    Attributes:
        start, stop: the steps start..stop - 1.
        rows: the first `rows` of the rows, longest first.
    """

    start: int
    stop: int
    rows: int


Stairs = tuple[Flight, ...]  # from step 0 to the last, with fewer and fewer rows


@dataclasses.dataclass(frozen=True)
class Layout:
    """See the module; build it with `Layout.packed_rows`, `Layout.dense` or `Layout.on_stairs`.

    Attributes:
        packed: whether only real steps are listed (the rows must be sorted by falling length).
        num_rows, num_steps: N and S.
        rows, steps: int32 [P], the row and the step of each entry.
        live: int32 [S], rows listed at each step.
        offsets: int32 [S], the first entry of each step.
        flights: the steps in parts of static shape; of one if dense, unused if packed.
    """

    packed: bool
    num_rows: Any
    num_steps: int
    rows: Any
    steps: Any
    live: Any
    offsets: Any
    flights: tuple[tuple[int, int, Any], ...] = ()

    @classmethod
    def dense(cls, num_rows: Any, num_steps: int, packed: bool = False) -> Layout:
        """Every row has every step. `packed` only says which time loop may run it."""
        entries = ops.arange(num_rows * num_steps, dtype="int32")
        steps = ops.arange(num_steps, dtype="int32")
        live = ops.zeros_like(steps) + num_rows
        return cls(
            packed, num_rows, num_steps, entries % num_rows, entries // num_rows, live,
            steps * num_rows, (Flight(0, num_steps, num_rows),),
        )  # fmt: skip

    @classmethod
    def on_stairs(cls, stairs: Stairs) -> Layout:
        """Rows of falling length, longer than a flight's start only within its rows."""
        live = np.repeat([f.rows for f in stairs], [f.stop - f.start for f in stairs])
        steps = np.repeat(np.arange(len(live)), live)
        offsets = np.cumsum(live) - live
        rows = np.arange(len(steps)) - offsets[steps]
        arrays = (array.astype(np.int32) for array in (rows, steps, live, offsets))
        return cls(False, stairs[0].rows, len(live), *arrays, stairs)

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

    def spread(self, values: Any) -> Any:
        """[N, D] -> [P, D]: the value of each entry's row."""
        if self.packed:
            return ops.take(values, self.rows, axis=0)
        width = values.shape[-1]
        parts = [
            ops.reshape(
                ops.broadcast_to(values[None, :rows], (stop - start, rows, width)), (-1, width)
            )
            for start, stop, rows in self.flights
        ]
        return ops.concatenate(parts, 0) if len(parts) > 1 else parts[0]

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
    def of_batch(
        cls, tokens: Any, lengths: Any, chords: Any, *, packed: bool, stairs: Stairs | None = None
    ) -> Tracks:
        """From tokens, chords int [B, T, E] and lengths int [B, T] >= 1; `stairs` for B * T rows
        only if they fit (`fits`).
        """
        steps = tokens.shape[-1]
        tokens = ops.reshape(ops.cast(tokens, "int32"), (-1, steps))  # [B, T, E] -> [N, E]
        chords = ops.reshape(ops.cast(chords, "int32"), (-1, steps))
        lengths = ops.reshape(ops.cast(lengths, "int32"), (-1,))  # [B, T] -> [N]
        if not packed and not stairs:
            count = ops.shape(lengths)[0]
            order = ops.arange(count, dtype="int32")
            return cls(tokens, chords, lengths, order, Layout.dense(count, steps))
        order = ops.cast(ops.argsort(-lengths), "int32")
        tokens, chords, lengths = (ops.take(x, order, axis=0) for x in (tokens, chords, lengths))
        layout = Layout.on_stairs(stairs) if stairs else Layout.packed_rows(lengths, steps)
        return cls(tokens, chords, lengths, order, layout)

    def at(self, values: Any, steps: Any) -> Any:
        """Entries of [N, S]: the value of each entry's row at `steps` int32 [P]."""
        width = values.shape[-1]
        return ops.take(ops.reshape(values, (-1,)), self.layout.rows * width + steps, axis=0)

    def last(self, outputs: Any) -> Any:
        """[P, H] -> [B * T, H]: the outputs at the last real step, in batch order b * T + t."""
        rows = ops.arange(ops.shape(self.lengths)[0], dtype="int32")
        entries = self.layout.entry(rows, self.lengths - 1)
        return ops.take(outputs, ops.take(entries, ops.argsort(self.order), axis=0), axis=0)


def stairs_for(lengths: np.ndarray, batch_size: int, flights: int = 6) -> Stairs:
    """Stairs on which almost any batch of measures like these fits.

    A flight has room for the rows to be expected and six standard deviations more. Where flights
    begin is found by dynamic programming: the fewest entries with so many flights.

    Args:
        lengths: int [M, T], tokens of each track of many measures.
        batch_size: B, measures a batch.
    """
    steps = int(lengths.max())
    longer = np.stack([(lengths > step).sum(1) for step in range(steps)])  # [S, M]
    room = batch_size * longer.mean(1) + 6 * np.sqrt(batch_size) * longer.std(1)
    room = np.minimum(-(-room // 8) * 8, batch_size * lengths.shape[1]).astype(int)
    nothing = {0: (0, ())}
    best = nothing  # step -> fewest entries before it, and the flights that give them
    for _ in range(min(flights, steps)):
        best = nothing | {
            stop: min(
                (entries + (stop - start) * int(room[start]), (*taken, (start, stop)))
                for start, (entries, taken) in best.items()
                if start < stop
            )
            for stop in range(1, steps + 1)
        }
    return tuple(Flight(start, stop, int(room[start])) for start, stop in best[steps][1])


def fits(lengths: np.ndarray, stairs: Stairs) -> bool:
    """Whether the tracks of a batch, int [B, T], can be laid out on stairs."""
    longest = int(lengths.max())
    return longest <= stairs[-1].stop and all(
        int((lengths > flight.start).sum()) <= flight.rows for flight in stairs
    )


def packs_by_default() -> bool:
    """Whether the backend computes with dynamic shapes."""
    return keras.backend.backend() == "tensorflow"
