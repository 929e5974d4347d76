"""The interface of a backend: kernels for the network, and a trainer for the training loop."""

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
    """The dataset can no longer be read; the text is the reason."""


class WorkerLost(Interrupted):
    """Another worker was lost; a new process must replace this one."""


class Trainer(Protocol):
    """Trains a network, which it creates with random weights.

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
        """Prepare for the step after `first_step`, from the current variables."""

    def step(self) -> dict[str, Any]:
        """Run one step; returns the scalars of `objective.figures`, which may still be pending.

        Raises:
            DataLost: there is no batch for it.
        """

    def set_schedule_step(self, value: float) -> None:
        """Set the position of the next step on the schedules, in a run that is bounded by time."""

    def sync(self) -> None:
        """Bring the variables of `network` and `optimizer` up to date."""

    def gather(self, values: list[int]) -> list[list[int]]:
        """The numbers of each replica of each worker."""

    def watch(self) -> contextlib.AbstractContextManager[None]:
        """Turn the backend's errors about a lost worker into WorkerLost."""


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
        """The strategy with a name in `STRATEGIES`; call this before anything has been computed.

        Args:
            tpu: the TPU's name or address; "local" for one attached to this machine.

        Raises:
            UsageError: the backend does not have this strategy, or its environment is wrong.
            UserError: devices or other workers cannot be reached.
        """

    @staticmethod
    def devices() -> list[str]:
        """A readable description of the devices."""
