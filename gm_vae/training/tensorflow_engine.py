"""Training in TensorFlow under any `tf.distribute` strategy."""

from __future__ import annotations

import contextlib
import pathlib
import re

import tensorflow as tf

from gm_vae.errors import UsageError
from gm_vae.model.config import ModelConfig
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.training import strategies
from gm_vae.training.batches import distributed_batches
from gm_vae.training.config import TrainConfig
from gm_vae.training.engine import DataLost
from gm_vae.training.objective import make_optimizer
from gm_vae.training.step import make_step


class TensorFlowEngine:
    """See `Engine`; the batch is shared among the replicas of the strategy."""

    def __init__(
        self,
        dataset_dir: str | pathlib.Path,
        model: ModelConfig,
        config: TrainConfig,
        strategy: tf.distribute.Strategy | None = None,
    ) -> None:
        self._strategy = strategy or tf.distribute.get_strategy()
        self.chief = strategies.is_chief(self._strategy)
        self.replicas = self._strategy.num_replicas_in_sync
        self.multiworker = strategies.is_multiworker(self._strategy)
        self._dataset_dir, self._model, self._config = dataset_dir, model, config
        if config.batch_size % self.replicas:
            raise UsageError(
                f"batch_size={config.batch_size} does not divide among {self.replicas} devices; "
                "choose a multiple of their number."
            )
        with self._strategy.scope():
            self.network = HierarchicalVAE(model, config.precision, config.initializer)
            self.optimizer = make_optimizer(config, self.network)

    def start(self, first_step: int) -> None:
        """Compile the step and open the data."""
        packed = strategies.packs(self._strategy)
        self._step = make_step(self.network, self.optimizer, self._config, self._strategy, packed)
        self._batches = iter(
            distributed_batches(
                self._strategy, self._dataset_dir, self._model, self._config, first_step
            )
        )

    def step(self) -> dict[str, tf.Tensor]:
        """One step; see `Engine.step`."""
        try:
            batch = next(self._batches)
        except tf.errors.OpError as error:
            if self.multiworker and isinstance(error, strategies.LOST):
                raise
            line = (error.message or str(error)).splitlines()[0]
            raise DataLost(_without_nodes(line)) from None
        except UnicodeDecodeError:  # TensorFlow quotes the record
            raise DataLost("a record of it is no measure") from None
        return self._step(batch)

    def set_schedule_step(self, value: float) -> None:
        """See `Engine.set_schedule_step`."""
        self.optimizer.schedule_step.assign(value)

    def sync(self) -> None:
        """Nothing to do: steps move the variables themselves."""

    def gather(self, values: list[int]) -> list[list[int]]:
        """The numbers that each replica of each worker has."""
        return strategies.gather(self._strategy, values)

    def watch(self) -> contextlib.AbstractContextManager[None]:
        """See `strategies.watch`."""
        return strategies.watch(self._strategy)


def _without_nodes(text: str) -> str:
    """An error of TensorFlow without the names of nodes of its graph."""
    where = r"Error in user-defined function passed to \S+ transformation with iterator: \S+: "
    return re.sub(rf"{where}|\{{\{{.*?\}}\}} ?| \[Op:.*", "", text).rstrip(".")
