"""Where the points of real measures lie, and moving them to where the prior expects them.

Nothing in an ELBO holds the mean of all posteriors at zero firmly: moving it by m costs |m|^2 / 2
nats, which is little beside the noise of training. A prior's samples, which lie around zero, are
not quite the music of the data then. Moving the origin of the latent space puts this right and
changes nothing else: what a measure is decoded to from its point stays the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from gm_vae.model import published
from gm_vae.model.numpy_vae import NumpyVAE
from gm_vae.model.threads import in_threads, split

_PART = 32, 128  # measures that a thread computes at once


def mean_point(model: NumpyVAE, batches: Iterable[Mapping[str, np.ndarray]]) -> np.ndarray:
    """The mean of mu over all measures, float32 [Z].

    `batches` are as `NumpyVAE.encode` takes them: "tokens", "lengths" and "chords".
    """
    total, count = np.zeros(model.config.latent_size), 0
    for batch in batches:

        def encode(part: slice, batch: Mapping[str, np.ndarray] = batch) -> np.ndarray:
            names = ("tokens", "lengths", "chords")
            return model.encode(*(batch[name][part] for name in names))[0]

        found = in_threads(encode, split(len(batch["lengths"]), *_PART))
        total += np.concatenate(found).sum(0, dtype=np.float64)
        count += len(batch["lengths"])
    return (total / count).astype(np.float32)


def moved_origin(weights: Mapping[str, np.ndarray], origin: np.ndarray) -> dict[str, np.ndarray]:
    """The same model with the point `origin`, float32 [Z], as zero of its latent space.

    mu loses `origin`, and the one layer that reads z adds it: sigma, and the music of a measure's
    point, do not change. `weights` are by published name.
    """
    moved, layer = dict(weights), published.CONDUCTOR_STATE
    moved[f"{published.MU}/bias"] = weights[f"{published.MU}/bias"] - origin
    moved[f"{layer}/bias"] = weights[f"{layer}/bias"] + origin @ weights[f"{layer}/kernel"]
    return moved
