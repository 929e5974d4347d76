"""The chord at a time of a measure, and so at each token: one rule for all programs.

`ops` is the array module: `numpy_ops`, or `keras.ops` in a graph.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from gm_vae import numpy_ops
from gm_vae.music.chords import NO_CHORD
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import vocabulary


def chord_slot(step: Any, slots: Any, steps_per_measure: int, ops: ModuleType = numpy_ops) -> Any:
    """Which of `slots` evenly spaced chords sounds at each `step`, integers of any shape.

    Steps past the bar line get the last chord.
    """
    return ops.minimum(step * slots // steps_per_measure, slots - 1)


def event_chords(
    tokens: Any, lengths: Any, chord_ids: Any, fmt: MeasureFormat, ops: ModuleType = numpy_ops
) -> Any:
    """The chord id of each token; see `Measure.event_chords`.

    Args:
        tokens: integers [B, T, E].
        lengths: integers [B, T].
        chord_ids: integers [B, C], the evenly spaced labels of each measure.
        fmt: the measure format; C may differ from its `chords_per_measure` but divides the steps.

    Returns:
        int32 [B, T, E].
    """
    table = ops.convert_to_tensor(vocabulary(fmt).shift_steps.astype("int32"))
    shifts = ops.take(table, ops.cast(tokens, "int32"), axis=0)
    # the step of each token; the axis counts from the front, as TensorFlow.js requires
    start = ops.cumsum(shifts, 2) - shifts
    # the end repeats its predecessor; the step of a token is the step of the previous one plus its
    # shift
    before = ops.concatenate([start[..., :1], start[..., :-1]], -1)
    position = ops.arange(fmt.max_track_length, dtype="int32")
    length = ops.expand_dims(ops.cast(lengths, "int32"), -1)
    start = ops.where(position == length - 1, before, start)
    slot = chord_slot(start, ops.shape(chord_ids)[-1], fmt.steps_per_measure, ops)  # [B, T, E]
    flat = ops.reshape(slot, (ops.shape(tokens)[0], fmt.max_tracks * fmt.max_track_length))
    labels = ops.take_along_axis(ops.cast(chord_ids, "int32"), flat, axis=1)
    inside = (position > 0) & (position < length)
    return ops.where(inside, ops.reshape(labels, ops.shape(tokens)), NO_CHORD)
