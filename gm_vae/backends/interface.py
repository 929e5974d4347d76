"""What a backend is: kernels for the network, and a trainer for the training loop."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, Protocol

from gm_vae.errors import Interrupted
from gm_vae.model.config import ModelConfig
from gm_vae.model.kernels import Kernels
from gm_vae.model.train_config import TrainConfig
from gm_vae.model.vae import HierarchicalVAE

if TYPE_CHECKING:
    import tensorflow as tf


class DataLost(Exception):
    """The dataset cannot be read any more; the text is the reason."""


class WorkerLost(Interrupted):
    """Another worker has gone; a new process must take this one's place."""


class Trainer(Protocol):
    """Trains a network with random weights, which it makes.

    Attributes:
        network, optimizer: up to date after `sync`.
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


class Backend(Protocol):
    """A module such as `gm_vae.backends.tensorflow`."""

    @staticmethod
    def Kernels() -> Kernels:
        """The fastest kernels on this machine."""

    @staticmethod
    def Trainer(
        dataset_dir: str | os.PathLike[str],
        model: ModelConfig,
        config: TrainConfig,
        strategy: tf.distribute.Strategy | None = None,
    ) -> Trainer:
        """A trainer on the devices of a strategy of `make_strategy`.

        Raises:
            UsageError: the batch size does not divide among the devices.
        """

    @staticmethod
    def make_strategy(name: str, tpu: str = "") -> tf.distribute.Strategy | None:
        """The strategy of a name in `STRATEGIES`; call it before anything has been computed.

        Args:
            tpu: the TPU's name or address; "local" for one of this machine.

        Raises:
            UsageError: the backend has no such strategy, or its environment is wrong.
            UserError: devices or other workers cannot be reached.
        """

    @staticmethod
    def devices() -> list[str]:
        """What there is to compute on, for people."""
