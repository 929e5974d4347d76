"""What a run needs of a backend: where the weights live, and one step after the other."""

from __future__ import annotations

import contextlib
import pathlib
from typing import TYPE_CHECKING, Any, Protocol

import keras

from gm_vae.errors import Interrupted, UsageError
from gm_vae.model.config import ModelConfig
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.training.config import TrainConfig

if TYPE_CHECKING:
    import tensorflow as tf


class DataLost(Exception):
    """The dataset cannot be read any more; the text is the reason."""


class WorkerLost(Interrupted):
    """Another worker has gone; a new process must take this one's place."""


class Engine(Protocol):
    """Trains a network; `TensorFlowEngine` on any strategy, `JaxEngine` on one device.

    Attributes:
        network, optimizer: made by the engine; up to date after `sync`.
        chief: whether this process writes the run folder.
        replicas: devices that share a batch.
        multiworker: whether other processes train along.
    """

    network: HierarchicalVAE
    optimizer: Any
    chief: bool
    replicas: int
    multiworker: bool

    def start(self, first_step: int) -> None:
        """Get ready for the step after `first_step`, from the variables as they are."""

    def step(self) -> dict[str, Any]:
        """One step; the scalars of `objective.figures`, which need not be computed yet.

        Raises:
            DataLost: there is no batch for it.
        """

    def set_schedule_step(self, value: float) -> None:
        """Say where on the schedules the next step is, in a run that is bounded by time."""

    def sync(self) -> None:
        """Bring the variables of `network` and `optimizer` up to date."""

    def gather(self, values: list[int]) -> list[list[int]]:
        """The numbers that each replica of each worker has."""

    def watch(self) -> contextlib.AbstractContextManager[None]:
        """Turn what the backend says of a lost worker into WorkerLost."""


def make_engine(
    dataset_dir: str | pathlib.Path,
    model: ModelConfig,
    config: TrainConfig,
    strategy: tf.distribute.Strategy | None = None,
) -> Engine:
    """The engine of the Keras backend of this process, with weights drawn from the run's seed.

    Raises:
        UsageError: the backend cannot train, or not with this strategy or batch size.
    """
    backend = keras.backend.backend()
    keras.utils.set_random_seed(config.seed)
    if backend == "jax":
        from gm_vae.training.jax_engine import JaxEngine

        if strategy is not None:
            raise UsageError("KERAS_BACKEND=jax trains on one device; leave --strategy away.")
        return JaxEngine(dataset_dir, model, config)
    if backend != "tensorflow":
        raise UsageError(f"KERAS_BACKEND={backend} cannot train; set it to tensorflow or jax.")
    from gm_vae.training.tensorflow_engine import TensorFlowEngine

    return TensorFlowEngine(dataset_dir, model, config, strategy)
