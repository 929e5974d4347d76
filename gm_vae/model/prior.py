"""Points of the prior: what a seed means in Python, in a SavedModel and on the page.

One hashed pair of numbers a coordinate. Draws count from 0 for the points of a seed, so that more
points begin with the same ones, and down from -1 for what is added to a given point (`noise`).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gm_vae.model import numpy_ops
from gm_vae.model.sampling import uniforms

# Places in a track count from 0: these are drawn for no token.
RADIUS, ANGLE = -1, -2


def prior_points(seed: Any, draws: Any, width: int, ops: Any) -> Any:
    """float32 [B, Z] from a standard normal, for `draws` int32 [B] and Z = `width`.

    Box and Muller's transform of two numbers hashed from (seed, draw, coordinate), so that a point
    does not depend on how many are drawn. In float64 until the end, so that all engines round to
    the same float32. `ops` computes: `keras.ops` on TensorFlow, or `numpy_ops`.
    """
    measures = ops.repeat(ops.cast(draws, "int32"), width)
    coordinates = ops.tile(ops.arange(width, dtype="int32"), ops.shape(draws))
    first, second = (
        ops.cast(uniforms(seed, measures, coordinates, place, ops), "float64")
        for place in (RADIUS, ANGLE)
    )
    points = ops.sqrt(-2.0 * ops.log(first)) * ops.cos(2.0 * math.pi * second)
    return ops.reshape(ops.cast(points, "float32"), (-1, width))


def noise(seed: int, count: int, width: int) -> np.ndarray:
    """float32 [count, Z] from a standard normal, none of which is a point of the seed."""
    return prior_points(seed, -1 - np.arange(count), width, numpy_ops)
