"""Draws tokens from logits, reproducibly on every machine and in every language.

Each draw uses one uniform number, hashed from (seed, measure, track, position): the same seed gives
the same music whatever the batch size, and JavaScript can compute the same.
"""

from __future__ import annotations

import functools
import math
from types import ModuleType
from typing import Any

import numpy as np

from gm_vae import numpy_ops

_NEARLY = 1 - 1e-6


def uniforms(
    seed: Any, measures: Any, tracks: Any, position: Any, ops: ModuleType = numpy_ops
) -> Any:
    """float32 in (0, 1) for int32 `measures` [N], `tracks` [N] and a scalar `position`.

    Four rounds of a 32-bit mix (the "lowbias32" constants) over the four numbers in turn. `ops` is
    as in `Grammar`.
    """
    state = _mix(ops.zeros_like(ops.cast(measures, "uint32")) + ops.cast(seed, "uint32"), ops)
    for number in (measures, tracks, position):
        state = _mix(state ^ ops.cast(number, "uint32"), ops)
    # 23 bits, moved to the middle of their interval: never 0, never 1
    return (ops.cast(ops.right_shift(state, np.uint32(9)), "float32") + 0.5) * 2.0**-23


def _mix(x: Any, ops: ModuleType) -> Any:
    x = x + np.uint32(0x9E3779B9)
    x = (x ^ ops.right_shift(x, np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ ops.right_shift(x, np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ ops.right_shift(x, np.uint32(16))


def sample_token(logits: Any, temperature: Any, uniform: Any, ops: ModuleType = numpy_ops) -> Any:
    """int32 [N]: a token per row of `logits` [N, V].

    Args:
        temperature: scalar, or float32 [N], >= 0; 0 takes the most likely token.
        uniform: [N] in (0, 1), mapped to a token by the inverse distribution function.
        ops: as in `Grammar`.
    """
    logits = ops.cast(logits, "float32")
    # otherwise it is known only when the graph runs
    plain = isinstance(temperature, (int, float, np.ndarray))
    best = None if plain and np.min(temperature) > 0 else ops.cast(ops.argmax(logits, -1), "int32")
    if plain and np.max(temperature) <= 0:
        return best
    divisor = ops.reshape(ops.maximum(ops.cast(temperature, "float32"), 1e-6), (-1, 1))
    weights = (logits - ops.max(logits, -1, keepdims=True)) / divisor
    drawn = _invert(ops.exp(weights), uniform, ops)
    return drawn if best is None else ops.where(temperature > 0, drawn, best)


def _invert(weights: Any, uniform: Any, ops: ModuleType) -> Any:
    """int32 [N]: where the cumulative sum of `weights` [N, V] exceeds `uniform` of the total.

    First the block of tokens, then the token: cumulative sums are slow, and this needs few.
    Thresholds are slightly below the total, so that rounding never selects a token without weight.
    """
    blocks = _blocks(weights.shape[-1])
    ends = ops.cumsum(ops.matmul(weights, ops.convert_to_tensor(blocks)), -1)  # [N, blocks]
    goal = uniform[:, None] * (ends[:, -1:] * _NEARLY)
    block = ops.sum(ops.cast(ends <= goal, "int32"), -1, keepdims=True)
    size = int(blocks[:, 0].sum())
    last = weights.shape[-1] - 1
    places = block * size + ops.arange(size, dtype="int32")
    inside = ops.take_along_axis(weights, ops.minimum(places, last), 1)
    inside = ops.where(places <= last, inside, 0.0)
    before = ops.where(block > 0, ops.take_along_axis(ends, ops.maximum(block - 1, 0), 1), 0.0)
    sums = ops.cumsum(inside, -1)  # [N, size]
    rest = ops.minimum(goal - before, sums[:, -1:] * _NEARLY)
    within = ops.sum(ops.cast(sums <= rest, "int32"), -1)
    return block[:, 0] * size + within


@functools.lru_cache
def _blocks(size: int) -> np.ndarray:
    """float32 [V, blocks]: 1 where a token is in a block of about sqrt(V) neighbours."""
    width = math.isqrt(size)
    block = np.arange(size) // width
    return (block[:, None] == np.arange(block[-1] + 1)).astype(np.float32)
