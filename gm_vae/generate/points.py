"""Points of the latent space: interpolation, grids, neighbours."""

from __future__ import annotations

import operator
import secrets

import numpy as np

from gm_vae import numpy_ops
from gm_vae.errors import UsageError
from gm_vae.json_values import brief
from gm_vae.model.points import noise, slerp


def interpolate(a: np.ndarray, b: np.ndarray, count: int, spherical: bool = True) -> np.ndarray:
    """Points from `a` to `b`, both float [Z], ends included: float32 [count, Z].

    Spherically (`slerp`), or on a straight line.

    Raises:
        UsageError: count is below 2.
    """
    if count < 2:
        raise UsageError(f"count is {count}; an interpolation has 2 points or more.")
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    t = np.linspace(0, 1, count)[:, None]
    if spherical:
        return slerp(a, b, t, numpy_ops)
    return ((1 - t) * a + t * b).astype(np.float32)


def grid(corners: np.ndarray, rows: int, columns: int, spherical: bool = True) -> np.ndarray:
    """Points between four corners [4, Z]: float32 [rows, columns, Z].

    The corners are upper left, upper right, lower left, lower right; the left and the right edge
    are interpolations, and so is each row between them.

    Raises:
        UsageError: there are not four corners, or fewer than two rows or columns.
    """
    if len(corners) != 4:
        raise UsageError(f"a grid has four corners, not {len(corners)}; give [4, Z].")
    left, right = (interpolate(corners[i], corners[i + 2], rows, spherical) for i in (0, 1))
    return np.stack([interpolate(a, b, columns, spherical) for a, b in zip(left, right)])


def near(point: np.ndarray, similarity: float, count: int, seed: int | None = None) -> np.ndarray:
    """`count` points that resemble one, float [Z]: float32 [count, Z].

    similarity * point + sqrt(1 - similarity^2) * noise: for a point of the prior, they are points
    of the prior too, correlated with it by `similarity`: 1 gives the point itself, 0 independent
    points.

    Raises:
        UsageError: similarity is outside 0..1.
    """
    if not 0 <= similarity <= 1:
        raise UsageError(f"similarity is {similarity}; give a number from 0 to 1.")
    added = noise(checked_seed(seed), count, len(point))
    return similarity * np.asarray(point, np.float32) + np.float32(1 - similarity**2) ** 0.5 * added


def checked_seed(seed: int | None) -> int:
    """A seed as 0..2**32 - 1, drawn if None. Raises UsageError unless it is an integer."""
    if seed is None:
        return secrets.randbelow(2**32)
    try:
        return operator.index(seed) % 2**32
    except TypeError:
        raise UsageError(f"seed is {brief(repr(seed))}; give a whole number.") from None
