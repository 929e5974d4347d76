"""Drawing a token from logits, repeatably on every machine and in every language.

Each draw uses one uniform number, hashed from (seed, measure, track, position): the same seed
gives the same music whatever the batch size, and a page in JavaScript can compute the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from gm_vae.model.grammar import NEVER


def uniforms(seed: Any, measures: Any, tracks: Any, position: Any) -> Any:
    """float32 in (0, 1) for int32 `measures` [N], `tracks` [N] and a scalar `position`.

    Four rounds of a 32-bit mix (the "lowbias32" constants) over the four numbers in turn.
    """
    state = _mix(ops.zeros_like(ops.cast(measures, "uint32")) + ops.cast(seed, "uint32"))
    for part in (measures, tracks, position):
        state = _mix(state ^ ops.cast(part, "uint32"))
    # 23 bits, moved to the middle of their interval: never 0, never 1
    return (ops.cast(ops.right_shift(state, np.uint32(9)), "float32") + 0.5) * 2.0**-23


def _mix(x: Any) -> Any:
    x = x + np.uint32(0x9E3779B9)
    x = (x ^ ops.right_shift(x, np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ ops.right_shift(x, np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ ops.right_shift(x, np.uint32(16))


def choose(logits: Any, temperature: Any, uniform: Any) -> Any:
    """int32 [N]: a token per row of `logits` [N, V].

    Args:
        temperature: scalar >= 0; 0 takes the likeliest token.
        uniform: [N] in (0, 1), decides the draw by the inverse of the distribution function.
    """
    logits = ops.cast(logits, "float32")
    best = ops.cast(ops.argmax(logits, -1), "int32")
    scaled = (logits - ops.max(logits, -1, keepdims=True)) / ops.maximum(temperature, 1e-6)
    # whatever the temperature, what cannot come weighs nothing
    weights = ops.where(logits > NEVER / 2, ops.exp(scaled), 0.0)
    total = ops.cumsum(weights, -1)
    # a hair below the whole sum, so that rounding never points past the last possible token
    goal = uniform[:, None] * total[:, -1:] * (1 - 1e-6)
    drawn = ops.cast(ops.argmax(ops.cast(total > goal, "int32"), -1), "int32")
    return ops.where(temperature > 0, drawn, best)
