"""Small models whose music differs between points, unlike with random weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from gm_vae.backends import make_network
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.config import ModelConfig


def telling_model(sizes: dict[str, Any], seed: int = 0) -> GMVAE:
    """A `GMVAE` whose weights are large enough that tokens change with z, chord and history."""
    network = make_network(ModelConfig(**sizes))
    rng = np.random.default_rng(seed)
    weights = {
        name: rng.normal(scale=2.5 / np.sqrt(array.shape[0]) if array.ndim > 1 else 0.5,
                         size=array.shape).astype(np.float32)
        for name, array in network.published_weights().items()
    }  # fmt: skip
    network.load_published_weights(weights)
    return GMVAE(network)
