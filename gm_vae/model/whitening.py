"""Whitening: change latent coordinates so that the points of real measures match the prior.

An ELBO constrains the mean and spread of the posteriors only loosely, and free bits do not
constrain them at all: an offset m costs |m|^2 / 2 nats, and a unit of which the data uses a tenth
costs nothing. Samples of the prior, a standard normal, then differ from the music of the data. A
change of coordinates corrects this; the music of a measure's point does not change, and the KL can
only decrease.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gm_vae.model import published


def whitened(
    weights: Mapping[str, np.ndarray], mu: np.ndarray, sigma: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """A model and posteriors in other coordinates: these together have mean 0 and variance 1.

    z becomes (z - m) / s, unit by unit. The layers to mu and from z absorb this exactly, and the
    music of a measure's point does not change. Sigma / s is not a softplus of a linear layer; the
    nearest one at these measures is used instead (within 1 % where sigma hardly varies or is
    small).

    Args:
        weights: by published name.
        mu, sigma: [M, Z], posteriors of measures of the data.

    Returns:
        the new weights, and mu and sigma in the new coordinates, float64 [M, Z].
    """
    variance = mu.var(0, dtype=np.float64) + np.square(sigma, dtype=np.float64).mean(0)
    mean, scale = mu.mean(0, dtype=np.float64), np.sqrt(variance)
    to_mu, to_sigma, from_z = (
        {kind: weights[f"{layer}/{kind}"] for kind in ("kernel", "bias")}
        for layer in (published.MU, published.SIGMA, published.CONDUCTOR_STATE)
    )
    new_mu, new_sigma = (mu - mean) / scale, sigma / scale
    before, after = _inverse_softplus(sigma), _inverse_softplus(new_sigma)
    centred = before - before.mean(0)
    covariance, spread = (centred * after).mean(0), np.square(centred).mean(0)
    slope = np.divide(covariance, spread, where=spread > 1e-12, out=np.ones_like(spread))
    changed = {
        f"{published.MU}/kernel": to_mu["kernel"] / scale,
        f"{published.MU}/bias": (to_mu["bias"] - mean) / scale,
        f"{published.SIGMA}/kernel": to_sigma["kernel"] * slope,
        f"{published.SIGMA}/bias": (to_sigma["bias"] - before.mean(0)) * slope + after.mean(0),
        f"{published.CONDUCTOR_STATE}/kernel": from_z["kernel"] * scale[:, None],
        f"{published.CONDUCTOR_STATE}/bias": from_z["bias"] + mean @ from_z["kernel"],
    }
    made = {name: value.astype(np.float32) for name, value in changed.items()}
    return {**weights, **made}, new_mu, new_sigma


def _inverse_softplus(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, np.float64)
    return values + np.log(-np.expm1(-values))
