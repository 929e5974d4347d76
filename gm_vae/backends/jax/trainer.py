"""Training in JAX on one device, without TensorFlow.

Shapes are static: batches use segments that fit nearly all of them (`layout.segments_for`), and
batches that do not fit use the dense layout.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any

import jax
import jax.numpy as jnp
import keras

from gm_vae.backends.batches import next_batch, training_measures
from gm_vae.backends.jax.kernels import JaxKernels
from gm_vae.data.arrays import Batch
from gm_vae.data.prefetch import prefetched
from gm_vae.model import objective
from gm_vae.model.config import ModelConfig
from gm_vae.model.layout import Segments, fits, segments_for
from gm_vae.model.train_config import TrainConfig
from gm_vae.model.vae import HierarchicalVAE

_AHEAD = 8  # batches
_SAMPLE = 100_000  # measures that determine the segments


class JaxTrainer:
    """See `Trainer`."""

    chief, replicas, multiworker = True, 1, False

    def __init__(
        self,
        dataset_dir: str | os.PathLike[str],
        model: ModelConfig,
        config: TrainConfig,
        strategy: None = None,
    ) -> None:
        self._dataset_dir, self._config = dataset_dir, config
        self.network = HierarchicalVAE(model, config.precision, config.initializer, JaxKernels())
        self.optimizer = objective.make_optimizer(config, self.network)
        self._state: tuple[list[jax.Array], list[jax.Array]] | None = None

    def start(self, first_step: int) -> None:
        """Load the training split and draw its batches from `first_step`."""
        config = self._config
        batches = training_measures(self._dataset_dir, config, first_step)
        self._segments = segments_for(batches.lengths(_SAMPLE), config.batch_size)
        self._batches = prefetched(batches, _AHEAD)
        self._step = make_step(self.network, self.optimizer, config)
        self._state = (
            [variable.value for variable in self.network.trainable_variables],
            [variable.value for variable in self.optimizer.variables],
        )

    def step(self) -> dict[str, jax.Array]:
        """One step; see `Trainer.step`."""
        batch = next_batch(self._batches)
        segments = self._segments if fits(batch["lengths"], self._segments) else None
        weights, slots, results = self._step(segments, *self._started(), batch)
        self._state = weights, slots
        return results

    def set_schedule_step(self, value: float) -> None:
        """See `Trainer.set_schedule_step`."""
        _, slots = self._started()
        slots[_schedule_slot(self.optimizer)] = jnp.float32(value)

    def sync(self) -> None:
        """Set the variables from the state that steps pass on."""
        if self._state is None:
            return
        for variables, values in zip(
            (self.network.trainable_variables, self.optimizer.variables), self._state
        ):
            for variable, value in zip(variables, values):
                variable.assign(jnp.copy(value))  # the next step reuses the memory of the state

    def _started(self) -> tuple[list[jax.Array], list[jax.Array]]:
        if self._state is None:
            raise RuntimeError("call start first")
        return self._state

    def gather(self, values: list[int]) -> list[list[int]]:
        """There is one device and one process."""
        return [values]

    def watch(self) -> contextlib.AbstractContextManager[None]:
        """There is no worker to lose."""
        return contextlib.nullcontext()


def make_step(network: HierarchicalVAE, optimizer: objective.Adam, config: TrainConfig) -> Any:
    """A compiled function (segments or None, weights, slots, batch) -> (weights, slots, figures).

    The noise of a step follows from the seed and its number.
    """
    variables = network.trainable_variables
    key = jax.random.key(config.seed)

    schedule_slot = _schedule_slot(optimizer)

    def loss(
        weights: list[jax.Array], batch: Batch, slots: list[jax.Array], segments: Segments | None
    ) -> Any:
        drawn = jax.random.normal(
            jax.random.fold_in(key, slots[0]), (config.batch_size, network.config.latent_size)
        )
        noise = batch.get("noise", drawn)
        with keras.StatelessScope(state_mapping=list(zip(variables, weights))):
            measures = batch["tokens"], batch["lengths"], batch["chords"]
            scores = network.score(*measures, noise=noise, segments=segments)
            return objective.loss_and_sums(network, scores, config, slots[schedule_slot])

    def step(
        segments: Segments | None, weights: list[jax.Array], slots: list[jax.Array], batch: Batch
    ) -> Any:
        (_, sums), gradients = jax.value_and_grad(loss, has_aux=True)(
            weights, batch, slots, segments
        )
        gradients = network.free_gradients(gradients)
        gradients, norm = objective.clip(gradients, config.clip_norm)
        weights, slots = optimizer.stateless_apply(slots, gradients, weights)
        return weights, slots, objective.figures(sums, norm)

    return jax.jit(step, static_argnums=0, donate_argnums=(1, 2))


def _schedule_slot(optimizer: objective.Adam) -> int:
    """The index of the optimiser variable that schedules depend on."""
    return [variable is optimizer.schedule_step for variable in optimizer.variables].index(True)
