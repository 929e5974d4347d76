"""Training batches: measures and every random number that a step needs.

Noise is part of the data, drawn from (seed, step) for the whole batch, so that the same run gives
the same losses on one device and on many, and from a checkpoint on.
"""

from __future__ import annotations

import pathlib

import tensorflow as tf

from gm_vae.data.reader import measure_batches
from gm_vae.model.config import ModelConfig
from gm_vae.training.config import TrainConfig


def training_batches(
    dataset_dir: str | pathlib.Path,
    model: ModelConfig,
    config: TrainConfig,
    first_step: int = 0,
    share: tuple[int, int] = (0, 1),
) -> tf.data.Dataset:
    """Endless batches from step `first_step` on: the arguments of `HierarchicalVAE.score`.

    Args:
        share: (i, n) gives the i-th of n equal parts of each batch, for the i-th of n workers.

    Returns:
        dicts of "tokens", "chords" int32 [B, T, E], "lengths" int32 [B, T], "noise" float32
        [B, Z].
    """
    batches = measure_batches(
        dataset_dir,
        "train",
        config.batch_size,
        shuffle_seed=config.seed,
        repeat=True,
        drop_remainder=True,
        transpose=config.transpose,
        bucket=config.bucket,
        first_batch=first_step,
        share=share,
    )
    size = config.batch_size // share[1]
    part = slice(share[0] * size, (share[0] + 1) * size)

    def add_noise(step: tf.Tensor, batch: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        seed = tf.stack([tf.constant(config.seed, tf.int64), step])
        noise = tf.random.stateless_normal([config.batch_size, model.latent_size], seed)
        return {**batch, "noise": noise[part]}

    batches = batches.enumerate(first_step).map(add_noise).prefetch(tf.data.AUTOTUNE)
    # a generator hides it, and a strategy would ask at each step whether the data has ended
    return batches.apply(tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY))


def distributed_batches(
    strategy: tf.distribute.Strategy,
    dataset_dir: str | pathlib.Path,
    model: ModelConfig,
    config: TrainConfig,
    first_step: int = 0,
) -> tf.distribute.DistributedDataset:
    """The same batches, each divided among the replicas in order; no worker parses another's."""

    def of_worker(context: tf.distribute.InputContext) -> tf.data.Dataset:
        share = (context.input_pipeline_id, context.num_input_pipelines)
        batches = training_batches(dataset_dir, model, config, first_step, share)
        size = context.get_per_replica_batch_size(config.batch_size)
        if size < config.batch_size // share[1]:  # several replicas in this worker
            batches = batches.rebatch(size, drop_remainder=True)  # none remains: a static shape
        return batches

    return strategy.distribute_datasets_from_function(of_worker)
