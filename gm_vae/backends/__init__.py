"""What computes the network: a folder for each of NumPy, TensorFlow and JAX.

Keras has one backend per process, `KERAS_BACKEND`; `current` is the only place that asks which. To
add a backend, write a folder with the names of `interface.Backend`. NumPy makes music only: it
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
    """A network with random weights that the current backend computes; arguments as its own."""
    from gm_vae.model.vae import HierarchicalVAE

    return HierarchicalVAE(config, kernels=current().Kernels(), **kwargs)


def network_of(config: ModelConfig, weights: Mapping[str, np.ndarray]) -> HierarchicalVAE:
    """The Keras model with these weights, by published name."""
    network = make_network(config)
    network.load_published_weights(weights)
    return network
