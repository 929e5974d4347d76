"""A prior that follows the points of real measures: a mixture of normals.

Training brings the posteriors of all measures together near a standard normal, and leaves places in
it where no measure is. What is decoded there is less like music. A mixture that is fitted to the
posteriors after training avoids such places (ex-post density estimation, Ghosh et al. 2020).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from gm_vae.errors import UserError

COMPONENTS = 64
_LEAST = 256  # measures per component
_ROUNDS = 30  # of expectation and maximisation; more change little
# Each component starts out with a few measures' worth of this variance, so that no one narrows down
# to the measures that it was fitted to.
_STRENGTH, _VARIANCE = 5.0, 0.7
_ROWS = 8192  # points whose densities are computed at once

_SHARE, _MEAN, _SCALE = NAMES = tuple(
    f"decoder/prior/{kind}" for kind in ("share", "mean", "scale")
)


@dataclasses.dataclass(frozen=True)
class Prior:
    """A mixture of K normals with diagonal covariances.

    Attributes:
        share: float32 [K], how much of the music each component has; any positive scale.
        mean: float32 [K, Z].
        scale: float32 [K, Z], the standard deviations.
    """

    share: np.ndarray
    mean: np.ndarray
    scale: np.ndarray

    @property
    def bounds(self) -> np.ndarray:
        """float64 [K - 1]: a number of 0 to 1 chooses the component after the bounds up to it."""
        total = np.cumsum(self.share, dtype=np.float64)
        return total[:-1] / total[-1]

    def tensors(self) -> dict[str, np.ndarray]:
        """The arrays as a checkpoint names them."""
        return {_SHARE: self.share, _MEAN: self.mean, _SCALE: self.scale}

    def stored_as(self, dtype: type[np.floating]) -> Prior:
        """The mixture that is read where its numbers are stored in a smaller dtype."""
        numbers = (self.share, self.mean, self.scale)
        return Prior(*(x.astype(dtype).astype(np.float32) for x in numbers))


def without_prior(
    tensors: Mapping[str, np.ndarray], source: str
) -> tuple[dict[str, np.ndarray], Prior | None]:
    """The weights among the tensors of a checkpoint, and its prior, None if it has none.

    Raises UserError, with `source`, if the numbers are not a mixture's.
    """
    weights = {name: array for name, array in tensors.items() if name not in NAMES}
    if len(weights) == len(tensors):
        return weights, None
    share, mean, scale = (np.asarray(tensors[name], np.float32) for name in NAMES)
    if not all(np.isfinite(array).all() for array in (share, mean, scale)):
        raise UserError(f"the prior in {source} has numbers that are not finite; copy it again.")
    if (share < 0).any() or not share.sum() > 0 or (scale < 0).any():
        raise UserError(f"the prior in {source} has negative shares or scales; copy it again.")
    return weights, Prior(share, mean, scale)


def network_shapes(
    shapes: Mapping[str, tuple[int, ...]], source: str
) -> dict[str, tuple[int, ...]]:
    """The shapes of a checkpoint's tensors without those of its prior, which are checked.

    Raises UserError, with `source`, if the prior is incomplete or its sizes do not agree.
    """
    network = {name: shape for name, shape in shapes.items() if name not in NAMES}
    if len(network) == len(shapes):
        return network
    share, mean, scale = (shapes.get(name) for name in NAMES)
    latent = network.get("encoder/mu/bias")
    if not (share and latent and len(share) == 1 and mean == scale == (*share, *latent)):
        raise UserError(f"the prior in {source} is incomplete or of another model; copy it again.")
    return network


def fit(
    mu: np.ndarray, sigma: np.ndarray, components: int = COMPONENTS, seed: int = 0
) -> Prior | None:
    """The mixture that a point of each posterior is likeliest under, by EM (Dempster et al. 1977).

    Args:
        mu, sigma: [M, Z], posteriors of measures of the data.
        components: the most; there is one for `_LEAST` measures at most.
        seed: of the points and of where components begin.

    Returns:
        The mixture; None if there are too few measures for two components.
    """
    count = min(components, len(mu) // _LEAST)
    if count < 2:
        return None
    rng = np.random.default_rng(seed)
    mean = mu[rng.choice(len(mu), count, replace=False)].astype(np.float64)
    variance = np.full_like(mean, _VARIANCE)
    share = np.full(count, 1 / count)
    points = (mu + sigma * rng.standard_normal(mu.shape)).astype(np.float32)
    for _ in range(_ROUNDS):
        size, total, squares = np.zeros(count), np.zeros_like(mean), np.zeros_like(mean)
        for first in range(0, len(points), _ROWS):
            rows = points[first : first + _ROWS]
            belongs = _responsibilities(rows, share, mean, variance)
            size += belongs.sum(0, dtype=np.float64)
            total += belongs.T @ rows
            squares += belongs.T @ np.square(rows)
        size += _STRENGTH
        mean = total / size[:, None]
        variance = (squares + _STRENGTH * _VARIANCE) / size[:, None] - np.square(mean)
        variance = np.maximum(variance, 0.02)
        share = size / size.sum()
    return Prior(*(x.astype(np.float32) for x in (share, mean, np.sqrt(variance))))


def log_density(prior: Prior, points: np.ndarray) -> np.ndarray:
    """Nats [B] of points [B, Z] under the mixture."""
    scale = np.asarray(prior.scale, np.float64)
    logs = _log_joint(points, prior.share / prior.share.sum(), prior.mean, np.square(scale))
    greatest = logs.max(1, keepdims=True)
    normal = 0.5 * points.shape[1] * np.log(2 * np.pi)
    return greatest[:, 0] + np.log(np.exp(logs - greatest).sum(1)) - normal


def _responsibilities(
    points: np.ndarray, share: np.ndarray, mean: np.ndarray, variance: np.ndarray
) -> np.ndarray:
    """float32 [B, K]: how far each point belongs to each component."""
    logs = _log_joint(points, share, mean, variance)
    belongs = np.exp(logs - logs.max(1, keepdims=True))
    return belongs / belongs.sum(1, keepdims=True)


def _log_joint(
    points: np.ndarray, share: np.ndarray, mean: np.ndarray, variance: np.ndarray
) -> np.ndarray:
    """[B, K]: log of share times density, without what all components have in common."""
    precision = (1 / variance).astype(np.float32)
    centred = (mean / variance).astype(np.float32)
    constant = (
        np.log(share) - 0.5 * (np.square(mean) / variance + np.log(variance)).sum(1)
    ).astype(np.float32)
    return -0.5 * (np.square(points) @ precision.T) + points @ centred.T + constant
