"""The chord of each token inside a graph; the same rule as `gm_vae.music.measure.event_chords`."""

from __future__ import annotations

from typing import Any

from keras import ops

from gm_vae.music.chords import NO_CHORD
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import vocabulary


def event_chords(tokens: Any, lengths: Any, chords: Any, fmt: MeasureFormat) -> Any:
    """int32 [B, T, E] from tokens int32 [B, T, E], lengths [B, T] and labels int32 [B, C]."""
    table = ops.convert_to_tensor(vocabulary(fmt).shift_steps.astype("int32"))
    shifts = ops.take(table, tokens, axis=0)
    # the step at which each token happens; the axis from the front, as TensorFlow.js wants it
    start = ops.cumsum(shifts, 2) - shifts
    # the end repeats its predecessor: a token stands where the one before it began and moved on
    before = ops.concatenate([start[..., :1], start[..., :-1]], -1)
    position = ops.arange(fmt.max_track_length, dtype="int32")
    length = ops.expand_dims(lengths, -1)
    start = ops.where(position == length - 1, before, start)
    slots = ops.shape(chords)[-1]
    slot = ops.minimum(start * slots // fmt.steps_per_measure, slots - 1)  # [B, T, E]
    batch = ops.shape(tokens)[0]
    flat = ops.reshape(slot, (batch, fmt.max_tracks * fmt.max_track_length))
    found = ops.reshape(ops.take_along_axis(chords, flat, axis=1), ops.shape(tokens))
    inside = (position > 0) & (position < length)
    return ops.where(inside, found, NO_CHORD)
