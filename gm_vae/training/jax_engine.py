"""Training in JAX on one device, without TensorFlow.

Shapes are static: batches lie on stairs that fit nearly all of them (`layout.stairs_for`), and one
that does not fit is laid out dense. The dataset is in memory; a thread prepares batches ahead.
"""

from __future__ import annotations

import contextlib
import pathlib
import queue
import threading
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

from gm_vae.data.arrays import Batch, MeasureArrays
from gm_vae.model.config import ModelConfig
from gm_vae.model.layout import Stairs, fits, stairs_for
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.training import objective
from gm_vae.training.config import TrainConfig

_AHEAD = 8  # batches
_SAMPLE = 100_000  # measures that the stairs are found from


class JaxEngine:
    """See `Engine`."""

    chief, replicas, multiworker = True, 1, False

    def __init__(
        self,
        dataset: str | pathlib.Path | MeasureArrays,
        model: ModelConfig,
        config: TrainConfig,
    ) -> None:
        self._data, self._config = dataset, config
        self.network = HierarchicalVAE(model, config.precision, config.initializer)
        self.optimizer = objective.make_optimizer(config, self.network)
        self._state: tuple[list[jax.Array], list[jax.Array]] | None = None

    def start(self, first_step: int) -> None:
        """Load the training split and draw its batches from `first_step` on."""
        config, data = self._config, self._data
        if not isinstance(data, MeasureArrays):
            data = MeasureArrays.load(data, "train")
        lengths = data.lengths[:_SAMPLE].astype(np.int32)
        self._stairs = stairs_for(lengths, config.batch_size)
        batches = data.shuffled(config.batch_size, config.seed, config.transpose, first_step)
        self._batches = _ahead(batches, _AHEAD)
        self._step = make_step(self.network, self.optimizer, config)
        self._state = (
            [variable.value for variable in self.network.trainable_variables],
            [variable.value for variable in self.optimizer.variables],
        )

    def step(self) -> dict[str, jax.Array]:
        """One step; see `Engine.step`."""
        batch = next(self._batches)
        stairs = self._stairs if fits(batch["lengths"], self._stairs) else None
        *self._state, results = self._step(stairs, *self._state, batch)
        return results

    def set_schedule_step(self, value: float) -> None:
        """See `Engine.set_schedule_step`."""
        _, slots = self._state
        slots[_schedule_slot(self.optimizer)] = jnp.float32(value)

    def sync(self) -> None:
        """Set the variables from the state that steps hand on."""
        if self._state is None:
            return
        for variables, values in zip(
            (self.network.trainable_variables, self.optimizer.variables), self._state
        ):
            for variable, value in zip(variables, values):
                variable.assign(jnp.copy(value))  # the next step takes the state's own memory

    def gather(self, values: list[int]) -> list[list[int]]:
        """There is one device and one process."""
        return [values]

    def watch(self) -> contextlib.AbstractContextManager[None]:
        """There is no worker to lose."""
        return contextlib.nullcontext()


def make_step(network: HierarchicalVAE, optimizer: objective.Adam, config: TrainConfig) -> Any:
    """A compiled function (stairs or None, weights, slots, batch) -> (weights, slots, figures).

    The noise of a step follows from the seed and its number.
    """
    variables = network.trainable_variables
    key = jax.random.key(config.seed)

    schedule_slot = _schedule_slot(optimizer)

    def loss(
        weights: list[jax.Array], batch: Batch, slots: list[jax.Array], stairs: Stairs | None
    ) -> Any:
        noise = jax.random.normal(
            jax.random.fold_in(key, slots[0]), (config.batch_size, network.config.latent_size)
        )
        noise = batch.get("noise", noise)
        with keras.StatelessScope(state_mapping=list(zip(variables, weights))):
            measures = {name: batch[name] for name in ("tokens", "lengths", "chords")}
            scores = network.score(**measures, noise=noise, stairs=stairs)
            return objective.loss_and_sums(network, scores, config, slots[schedule_slot])

    def step(
        stairs: Stairs | None, weights: list[jax.Array], slots: list[jax.Array], batch: Batch
    ) -> Any:
        (_, sums), gradients = jax.value_and_grad(loss, has_aux=True)(weights, batch, slots, stairs)
        gradients = network.free_gradients(gradients)
        gradients, norm = objective.clip(gradients, config.clip_norm)
        weights, slots = optimizer.stateless_apply(slots, gradients, weights)
        return weights, slots, objective.figures(sums, norm)

    return jax.jit(step, static_argnums=0, donate_argnums=(1, 2))


def _schedule_slot(optimizer: objective.Adam) -> int:
    """Which of the optimiser's variables the schedules follow."""
    return [variable is optimizer.schedule_step for variable in optimizer.variables].index(True)


def _ahead(batches: Iterator[Batch], count: int) -> Iterator[Batch]:
    """The same batches, up to `count` of them prepared in a thread."""
    ready: queue.Queue = queue.Queue(count)

    def work() -> None:
        try:
            for batch in batches:
                ready.put(batch)
        except BaseException as error:
            ready.put(error)

    threading.Thread(target=work, daemon=True).start()
    while True:
        found = ready.get()
        if isinstance(found, BaseException):
            raise found
        yield found
