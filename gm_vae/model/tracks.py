"""The tracks of a batch as rows: sorted by length where shapes may be dynamic."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
from keras import ops

from gm_vae.model.lstm import Rows


@dataclasses.dataclass(frozen=True)
class TrackRows:
    """All N = B * T tracks of a batch, longest first if `rows.live` is given.

    Attributes:
        tokens, chords: int32 [N, E].
        rows: lengths and live counts for the time loops.
        order: int32 [N], the index b * T + t of each row; None if rows stand in that order.
    """

    tokens: Any
    chords: Any
    rows: Rows
    order: Any | None

    def sort(self, values: Any) -> Any:
        """[B * T, ...] in batch order -> in row order."""
        return values if self.order is None else ops.take(values, self.order, axis=0)

    def unsort(self, values: Any) -> Any:
        """[N, ...] in row order -> in batch order b * T + t."""
        if self.order is None:
            return values
        return ops.take(values, ops.argsort(self.order), axis=0)


def track_rows(tokens: Any, lengths: Any, chords: Any, *, packed: bool) -> TrackRows:
    """The rows of a batch.

    Args:
        tokens, chords: int [B, T, E].
        lengths: int [B, T], at least 1.
        packed: sort by length, so that each step computes only living rows (needs dynamic shapes).
    """
    steps = tokens.shape[-1]
    tokens = ops.reshape(ops.cast(tokens, "int32"), (-1, steps))  # [B, T, E] -> [N, E]
    chords = ops.reshape(ops.cast(chords, "int32"), (-1, steps))
    lengths = ops.reshape(ops.cast(lengths, "int32"), (-1,))  # [B, T] -> [N]
    if not packed:
        return TrackRows(tokens, chords, Rows(lengths, None), None)
    order = ops.argsort(-lengths)
    tokens, chords, lengths = (ops.take(x, order, axis=0) for x in (tokens, chords, lengths))
    live = [ops.sum(ops.cast(lengths > step, "int32")) for step in range(steps)]
    return TrackRows(tokens, chords, Rows(lengths, live), order)


def packed_by_default() -> bool:
    """Whether the backend computes with dynamic shapes."""
    return keras.backend.backend() == "tensorflow"
