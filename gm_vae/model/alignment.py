"""Where the points of real measures lie, and moving them to where the prior expects them.

An ELBO holds the posteriors' mean and spread only loosely, free bits not at all: being off by m
costs |m|^2 / 2 nats, and a unit of which the data uses a tenth costs nothing. A prior's samples,
which fill the standard normal, are not quite the music of the data then. A change of coordinates
puts this right; the music of a measure's point stays the same, and the KL can only fall.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from gm_vae.model import published
from gm_vae.model.numpy_vae import NumpyVAE
from gm_vae.model.threads import in_threads, split

_PART = 32, 128  # measures that a thread computes at once


def posteriors(
    model: NumpyVAE, batches: Iterable[Mapping[str, np.ndarray]]
) -> tuple[np.ndarray, np.ndarray]:
    """mu and sigma of all measures, each float32 [M, Z].

    `batches` are as `NumpyVAE.encode` takes them: "tokens", "lengths" and "chords".
    """
    found = []
    for batch in batches:

        def encode(
            part: slice, batch: Mapping[str, np.ndarray] = batch
        ) -> tuple[np.ndarray, np.ndarray]:
            return model.encode(*(batch[name][part] for name in ("tokens", "lengths", "chords")))

        found += in_threads(encode, split(len(batch["lengths"]), *_PART))
    mu, sigma = (np.concatenate(column) for column in zip(*found))
    return mu, sigma


def aligned(
    weights: Mapping[str, np.ndarray], mu: np.ndarray, sigma: np.ndarray
) -> dict[str, np.ndarray]:
    """The same model with other coordinates: all posteriors together have mean 0 and variance 1.

    z becomes (z - m) / s, unit by unit. The layers to mu and from z take this up exactly, and the
    music of a measure's point does not change. Sigma / s is no softplus of a linear layer; the one
    that is nearest at these measures stands in (to 1 % where sigma hardly varies or is small).

    Args:
        weights: by published name.
        mu, sigma: [M, Z], posteriors of measures of the data.
    """
    mean = mu.mean(0, dtype=np.float64)
    scale = np.sqrt(mu.var(0, dtype=np.float64) + np.square(sigma, dtype=np.float64).mean(0))
    result = {name: np.asarray(value, np.float64) for name, value in weights.items()}
    result[f"{published.MU}/kernel"] /= scale
    result[f"{published.MU}/bias"] = (result[f"{published.MU}/bias"] - mean) / scale
    reads = published.CONDUCTOR_STATE
    result[f"{reads}/bias"] += mean @ result[f"{reads}/kernel"]
    result[f"{reads}/kernel"] *= scale[:, None]

    before, after = _inverse_softplus(sigma), _inverse_softplus(sigma / scale)
    centred = before - before.mean(0)
    variance = np.square(centred).mean(0)
    slope = np.where(variance > 1e-12, (centred * after).mean(0) / np.maximum(variance, 1e-12), 1.0)
    result[f"{published.SIGMA}/kernel"] *= slope
    bias = result[f"{published.SIGMA}/bias"]
    result[f"{published.SIGMA}/bias"] = slope * (bias - before.mean(0)) + after.mean(0)
    return {name: value.astype(np.float32) for name, value in result.items()}


def _inverse_softplus(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, np.float64)
    return values + np.log(-np.expm1(-values))
