"""The loss, its schedules and the optimiser, for any backend."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from gm_vae.model.diagnostics import diagnostic_figures, diagnostic_sums
from gm_vae.model.train_config import TrainConfig
from gm_vae.model.vae import HierarchicalVAE, Scores


class Decay(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate at a step: exponential decay as published, or a cosine, after a warm-up.

    "exponential": (first - min) * decay ** step + min; "cosine": from first to min over the run
    (Loshchilov and Hutter 2017, without restarts). Both are multiplied by step / warm-up before
    `warmup_steps`.
    """

    def __init__(self, config: TrainConfig) -> None:
        self.config = config

    def __call__(self, step: Any) -> Any:
        config = self.config
        first, least = config.learning_rate, config.min_learning_rate
        step = ops.cast(step, "float32")
        if config.schedule == "cosine":
            share = ops.minimum(step / config.steps, 1.0)
            decay = 0.5 * (1.0 + ops.cos(math.pi * share))
        else:
            decay = ops.power(ops.cast(config.learning_rate_decay, "float32"), step)
        rate = (first - least) * decay + least
        if config.warmup_steps:
            rate = rate * ops.minimum((step + 1.0) / config.warmup_steps, 1.0)
        return rate


class Adam(keras.optimizers.Adam):
    """Adam for gradients that are already summed over the replicas (and clipped).

    Attributes:
        schedule_step: the variable of the schedules: the number of steps, or, if the run is bounded
            by time, a float32 that the loop sets (`limits.py`).
    """

    schedule_step: keras.Variable

    def _all_reduce_sum_gradients(self, grads_and_vars: list) -> list:
        return list(grads_and_vars)


def make_optimizer(config: TrainConfig, network: HierarchicalVAE) -> Adam:
    """The optimiser with its slots, for the weights that have a gradient."""
    decay = Decay(config)
    optimizer = Adam(decay, beta_1=0.9, beta_2=0.999, epsilon=1e-8)
    optimizer.build(network.trainable_variables)
    optimizer.schedule_step = optimizer.iterations
    if config.minutes is not None:
        moved = optimizer.add_variable((), aggregation="only_first_replica", name="schedule_step")
        optimizer.schedule_step = moved
        optimizer.learning_rate = lambda: decay(moved)
    return optimizer


def beta(config: TrainConfig, step: Any) -> Any:
    """Weight of the KL cost: max_beta * (1 - beta_rate ** step)."""
    rate = ops.cast(config.beta_rate, "float32")
    return config.max_beta * (1.0 - ops.power(rate, ops.cast(step, "float32")))


def loss_and_sums(
    network: HierarchicalVAE, scores: Scores, config: TrainConfig, step: Any
) -> tuple[Any, list[Any]]:
    """The contribution of a replica's share of a batch to the loss and the figures of the batch.

    Returns:
        The loss, and a list for `figures`, to be summed over the replicas first.
    """
    kl_cost = ops.maximum(scores.kl - config.free_bits * math.log(2), 0.0)
    weight = beta(config, step)
    # a sum over this replica's share, so that summed gradients are gradients of the mean
    loss = ops.sum(scores.reconstruction + weight * kl_cost) / config.batch_size
    return loss, [
        loss,
        ops.sum(scores.reconstruction) / config.batch_size,
        ops.sum(scores.kl) / config.batch_size,
        *diagnostic_sums(scores, network.config.fmt),
    ]


def figures(sums: list[Any], gradient_norm: Any) -> dict[str, Any]:
    """Scalars of a batch from the sums of `loss_and_sums`: "loss", "reconstruction" and "kl" in
    nats per measure, "gradient_norm" before clipping, and `diagnostic_figures`.
    """
    loss, reconstruction, kl, *health = sums
    return {
        "loss": loss,
        "reconstruction": reconstruction,
        "kl": kl,
        "gradient_norm": gradient_norm,
        **diagnostic_figures(*health),
    }


def clip(gradients: list[Any], norm: float) -> tuple[list[Any], Any]:
    """Gradients scaled down to a global norm, and their norm before (Pascanu et al. 2013)."""
    total = ops.sqrt(sum(ops.sum(ops.square(gradient)) for gradient in gradients))
    # a NaN norm makes the gradients NaN: the run must notice instead of continuing
    scale = ops.where(total > norm, norm / total, 1.0) + 0 * total
    return [gradient * scale for gradient in gradients], total
