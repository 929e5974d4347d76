"""Ways through the latent space."""

from __future__ import annotations

import numpy as np

from gm_vae.errors import UsageError


def interpolate(a: np.ndarray, b: np.ndarray, count: int, spherical: bool = True) -> np.ndarray:
    """Points from `a` to `b`, both float [Z], ends included: float32 [count, Z].

    Spherical interpolation turns the direction evenly and the length linearly, so that points on
    the way are as far out as samples of the prior are (Shoemake 1985; White 2016).

    Raises:
        UsageError: count is below 2.
    """
    if count < 2:
        raise UsageError(f"an interpolation of {count} points has no two ends; give 2 or more.")
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    t = np.linspace(0, 1, count)[:, None]
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    if spherical and min(lengths) > 0:
        u, v = a / lengths[0], b / lengths[1]
        angle = np.arccos(np.clip(u @ v, -1, 1))
        if 1e-6 < angle < np.pi - 1e-6:  # else there is no plane to turn in
            direction = (np.sin((1 - t) * angle) * u + np.sin(t * angle) * v) / np.sin(angle)
            length = (1 - t) * lengths[0] + t * lengths[1]
            return (direction * length).astype(np.float32)
    return ((1 - t) * a + t * b).astype(np.float32)
