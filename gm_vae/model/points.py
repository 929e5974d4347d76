"""Points of the latent space from a seed, the same in Python, in a SavedModel and on the page.

Each coordinate uses one hashed pair of numbers. Draws count from 0 for the points of a seed, so
that a larger number of points begins with the same ones, and down from -1 for noise that is added
to a given point (`noise`).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gm_vae import numpy_ops
from gm_vae.model.prior import Prior
from gm_vae.model.sampling import uniforms

# Positions in a track count from 0, so these are not used for tokens.
RADIUS, ANGLE, COMPONENT = -1, -2, -3


def prior_points(seed: Any, draws: Any, width: int, ops: Any, prior: Prior | None = None) -> Any:
    """float32 [B, Z] from a prior, for `draws` int32 [B] and Z = `width`.

    The prior is a standard normal, or a mixture that was fitted to music. Box and Muller's
    transform of two numbers hashed from (seed, draw, coordinate), so that a point
    does not depend on the number of points. Computed in float64, so that all engines round to the
    same float32. `ops` is the array module: `keras.ops` on TensorFlow, or `numpy_ops`.
    """
    measures = ops.repeat(ops.cast(draws, "int32"), width)
    coordinates = ops.tile(ops.arange(width, dtype="int32"), ops.shape(draws))
    first, second = (
        ops.cast(uniforms(seed, measures, coordinates, position, ops), "float64")
        for position in (RADIUS, ANGLE)
    )
    points = ops.sqrt(-2.0 * ops.log(first)) * ops.cos(2.0 * math.pi * second)
    points = ops.reshape(points, (-1, width))
    if prior is not None:
        draws = ops.cast(draws, "int32")
        choice = ops.cast(uniforms(seed, draws, ops.zeros_like(draws), COMPONENT, ops), "float64")
        component = ops.sum(ops.cast(choice[:, None] >= prior.bounds[None], "int32"), -1)
        mean, scale = (
            ops.take(np.asarray(values, np.float64), component, axis=0)
            for values in (prior.mean, prior.scale)
        )
        points = mean + scale * points
    return ops.cast(points, "float32")


def noise(seed: int, count: int, width: int) -> np.ndarray:
    """float32 [count, Z] from a standard normal, different from the points of the seed."""
    return prior_points(seed, -1 - np.arange(count), width, numpy_ops)


def slerp(a: Any, b: Any, t: Any, ops: Any) -> Any:
    """Points between `a` and `b`, float64 [..., Z], at `t` in 0..1 float64 [..., 1]: float32.

    Spherical interpolation turns the direction evenly and the length linearly, so that intermediate
    points are as far from the origin as samples of the prior (Shoemake 1985; White 2016). If the
    two directions do not span a plane, interpolation is linear.
    """
    lengths = [ops.sqrt(ops.sum(ops.square(x), -1, keepdims=True)) for x in (a, b)]
    u, v = (x / ops.where(length > 0, length, 1.0) for x, length in zip((a, b), lengths))
    angle = ops.arccos(ops.clip(ops.sum(u * v, -1, keepdims=True), -1.0, 1.0))
    turns = (angle > 1e-6) & (angle < math.pi - 1e-6) & (ops.minimum(*lengths) > 0)
    direction = ops.sin((1.0 - t) * angle) * u + ops.sin(t * angle) * v
    direction = direction / ops.where(turns, ops.sin(angle), 1.0)
    curved = direction * ((1.0 - t) * lengths[0] + t * lengths[1])
    return ops.cast(ops.where(turns, curved, (1.0 - t) * a + t * b), "float32")
