"""One optimiser step under any `tf.distribute` strategy."""

from __future__ import annotations

import math
from collections.abc import Callable

import keras
import tensorflow as tf

from gm_vae.model.vae import HierarchicalVAE
from gm_vae.training.config import TrainConfig
from gm_vae.training.health import health_figures, health_sums

Batch = dict[str, tf.Tensor]


class Decay(keras.optimizers.schedules.LearningRateSchedule):
    """(first - min) * decay ** step + min, as the published training."""

    def __init__(self, config: TrainConfig) -> None:
        self.config = config

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        first, least = self.config.learning_rate, self.config.min_learning_rate
        decay = tf.constant(self.config.learning_rate_decay, tf.float32)
        return (first - least) * tf.pow(decay, tf.cast(step, tf.float32)) + least


class Adam(keras.optimizers.Adam):
    """Adam for gradients that the step has summed over the replicas (and clipped) already."""

    def _all_reduce_sum_gradients(self, grads_and_vars: list) -> list:
        return list(grads_and_vars)


def make_optimizer(config: TrainConfig, network: HierarchicalVAE) -> Adam:
    """The optimiser with its slots made, for the weights that get a gradient."""
    optimizer = Adam(Decay(config), beta_1=0.9, beta_2=0.999, epsilon=1e-8)
    optimizer.build(network.trainable_variables)
    return optimizer


def beta(config: TrainConfig, step: tf.Tensor) -> tf.Tensor:
    """Weight of the KL cost: max_beta * (1 - beta_rate ** step)."""
    rate = tf.constant(config.beta_rate, tf.float32)
    return config.max_beta * (1.0 - tf.pow(rate, tf.cast(step, tf.float32)))


def make_step(
    network: HierarchicalVAE,
    optimizer: Adam,
    config: TrainConfig,
    strategy: tf.distribute.Strategy,
    packed: bool | None = None,
) -> Callable[[Batch], dict[str, tf.Tensor]]:
    """A compiled function that takes a (distributed) batch, moves the weights and tells how it was.

    Returns:
        A function to a dict of scalars over the whole batch: "loss", "reconstruction", "kl" in
        nats a measure, "gradient_norm" before clipping, and those of `health_figures`.
    """
    variables = network.trainable_variables
    batch_size = config.batch_size

    def replica_step(batch: Batch) -> dict[str, tf.Tensor]:
        with tf.GradientTape() as tape:
            scores = network.score(**batch, packed=packed)
            kl_cost = tf.maximum(scores.kl - config.free_bits * math.log(2), 0.0)
            weight = beta(config, optimizer.iterations)
            # a sum over this replica's share, so that summed gradients are those of the mean
            loss = tf.reduce_sum(scores.reconstruction + weight * kl_cost) / batch_size
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
        sums = [
            loss,
            tf.reduce_sum(scores.reconstruction) / batch_size,
            tf.reduce_sum(scores.kl) / batch_size,
            *health_sums(scores, network.config.fmt),
        ]
        context = tf.distribute.get_replica_context()
        gradients, sums = context.all_reduce(tf.distribute.ReduceOp.SUM, [gradients, sums])
        gradients, norm = tf.clip_by_global_norm(gradients, config.clip_norm)
        optimizer.apply(gradients, variables)
        total, reconstruction, kl, *health = sums
        return {
            "loss": total,
            "reconstruction": reconstruction,
            "kl": kl,
            "gradient_norm": norm,
            **health_figures(*health),
        }

    @tf.function(autograph=False)
    def step(batch: Batch) -> dict[str, tf.Tensor]:
        results = strategy.run(replica_step, args=(batch,))
        return {
            name: strategy.experimental_local_results(value)[0] for name, value in results.items()
        }

    return step
