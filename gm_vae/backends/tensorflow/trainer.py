"""Training in TensorFlow under any `tf.distribute` strategy."""

from __future__ import annotations

import contextlib
import os

import tensorflow as tf

from gm_vae.backends.batches import next_batch
from gm_vae.backends.tensorflow import strategies
from gm_vae.backends.tensorflow.batches import distributed_batches
from gm_vae.backends.tensorflow.step import make_step
from gm_vae.data.prefetch import prefetched
from gm_vae.errors import UsageError
from gm_vae.model.config import ModelConfig
from gm_vae.model.objective import make_optimizer
from gm_vae.model.train_config import TrainConfig
from gm_vae.model.vae import HierarchicalVAE

_AHEAD = 4  # batches


class TensorFlowTrainer:
    """See `Trainer`; the batch is shared among the replicas of the strategy."""

    def __init__(
        self,
        dataset_dir: str | os.PathLike[str],
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
            kernels = strategies.kernels(self._strategy)
            self.network = HierarchicalVAE(model, config.precision, config.initializer, kernels)
            self.optimizer = make_optimizer(config, self.network)

    def start(self, first_step: int) -> None:
        """Compile the step and open the data."""
        self._step = make_step(self.network, self.optimizer, self._config, self._strategy)
        batches = distributed_batches(
            self._strategy, self._dataset_dir, self._model, self._config, first_step
        )
        self._batches = prefetched(batches, _AHEAD)

    def step(self) -> dict[str, tf.Tensor]:
        """One step; see `Trainer.step`."""
        return self._step(next_batch(self._batches))

    def set_schedule_step(self, value: float) -> None:
        """See `Trainer.set_schedule_step`."""
        self.optimizer.schedule_step.assign(value)

    def sync(self) -> None:
        """Nothing to do: steps change the variables themselves."""

    def gather(self, values: list[int]) -> list[list[int]]:
        """The numbers of each replica of each worker."""
        return strategies.gather(self._strategy, values)

    def watch(self) -> contextlib.AbstractContextManager[None]:
        """See `strategies.watch`."""
        return strategies.watch(self._strategy)
