"""Training batches on the devices of a strategy: measures and every random number of a step.

Noise is part of the data, drawn from (seed, step) for the whole batch, so that the same run gives
the same losses on one device, on many, and after a checkpoint.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import tensorflow as tf

from gm_vae.backends.batches import training_measures
from gm_vae.backends.tensorflow.strategies import share_of
from gm_vae.data import arrays
from gm_vae.model.config import ModelConfig
from gm_vae.model.train_config import TrainConfig

Batch = dict[str, tf.Tensor]


def training_batches(
    dataset_dir: str | os.PathLike[str],
    model: ModelConfig,
    config: TrainConfig,
    first_step: int = 0,
    share: tuple[int, int] = (0, 1),
) -> Iterator[Batch]:
    """Endless batches from step `first_step`: the arguments of `HierarchicalVAE.score`.

    Args:
        share: (i, n) gives the i-th of n equal parts of each batch, for the i-th of n workers.

    Returns:
        dicts of "tokens", "chords" int32 [B, T, E], "lengths" int32 [B, T], "noise" float32
        [B, Z].
    """
    batches = training_measures(dataset_dir, config, first_step, share)
    size = config.batch_size // share[1]
    rows = slice(share[0] * size, (share[0] + 1) * size)

    def with_noise(step: int, batch: arrays.Batch) -> Batch:
        seed = tf.constant([config.seed, step], tf.int64)
        with tf.device("CPU:0"):  # the same numbers whatever the devices
            noise = tf.random.stateless_normal([config.batch_size, model.latent_size], seed)
            return {**{name: tf.constant(x) for name, x in batch.items()}, "noise": noise[rows]}

    return (with_noise(step, batch) for step, batch in enumerate(batches, first_step))


def distributed_batches(
    strategy: tf.distribute.Strategy,
    dataset_dir: str | os.PathLike[str],
    model: ModelConfig,
    config: TrainConfig,
    first_step: int = 0,
) -> Iterator[Batch]:
    """The same batches, each divided among the replicas in order.

    A worker does not compute the batches of others.
    """
    share = share_of(strategy)
    batches = training_batches(dataset_dir, model, config, first_step, share)
    replicas = strategy.num_replicas_in_sync // share[1]  # of this worker
    if replicas == 1 and share[1] == 1:
        return batches
    size = config.batch_size // strategy.num_replicas_in_sync
    first = share[0] * replicas

    def divided(batch: Batch) -> Batch:
        def of_replica(context: tf.distribute.ValueContext) -> Batch:
            start = (context.replica_id_in_sync_group - first) * size
            return {name: value[start : start + size] for name, value in batch.items()}

        return strategy.experimental_distribute_values_from_function(of_replica)

    return map(divided, batches)
