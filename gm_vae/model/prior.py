"""Points of the prior, repeatable in every language: one hashed pair of numbers a coordinate."""

from __future__ import annotations

import math
from typing import Any

from gm_vae.model.sampling import uniforms

# Places in a track count from 0: these are drawn for no token.
RADIUS, ANGLE = -1, -2


def prior_points(seed: Any, draws: Any, width: int, ops: Any) -> Any:
    """float32 [B, Z] from a standard normal, for `draws` int32 [B] and Z = `width`.

    Box and Muller's transform of two numbers hashed from (seed, draw, coordinate), so that a point
    does not depend on how many are drawn. `ops` computes: `keras.ops` or `numpy_ops`.
    """
    measures = ops.repeat(ops.cast(draws, "int32"), width)
    coordinates = ops.tile(ops.arange(width, dtype="int32"), ops.shape(draws))
    radius = ops.sqrt(-2.0 * ops.log(uniforms(seed, measures, coordinates, RADIUS, ops)))
    angle = 2.0 * math.pi * uniforms(seed, measures, coordinates, ANGLE, ops)
    return ops.reshape(radius * ops.cos(angle), (-1, width))
