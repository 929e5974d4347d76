"""Implementations of the network: a folder each for NumPy, TensorFlow and JAX.

Keras has one backend per process, `KERAS_BACKEND`; only `current` reads it. To
add a backend, write a folder with the names of `interface.Backend`. NumPy only generates music: it
needs neither Keras nor a compiler, and starts in a tenth of a second.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from gm_vae.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

    from gm_vae.backends.interface import Backend
    from gm_vae.model.config import ModelConfig
    from gm_vae.model.vae import HierarchicalVAE


def current() -> Backend:
    """The backend of this process.

    Raises:
        UsageError: Keras has a backend that the package does not support.
    """
    import keras

    name = keras.backend.backend()
    folders = [module.name for module in pkgutil.iter_modules(__path__) if module.ispkg]
    training = [folder for folder in folders if folder != "numpy"]
    if name not in training:
        raise UsageError(
            f"KERAS_BACKEND={name} is not supported; set it to {' or '.join(training)}."
        )
    return cast("Backend", importlib.import_module(f"{__name__}.{name}"))


def make_network(config: ModelConfig, **kwargs: Any) -> HierarchicalVAE:
    """A network with random weights for the current backend; arguments as in `HierarchicalVAE`."""
    from gm_vae.model.vae import HierarchicalVAE

    return HierarchicalVAE(config, kernels=current().Kernels(), **kwargs)


def network_of(config: ModelConfig, weights: Mapping[str, np.ndarray]) -> HierarchicalVAE:
    """The Keras model with these weights, by published name."""
    network = make_network(config)
    network.load_published_weights(weights)
    return network
