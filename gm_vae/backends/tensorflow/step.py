"""One optimiser step under any `tf.distribute` strategy."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from gm_vae.model import objective
from gm_vae.model.train_config import TrainConfig
from gm_vae.model.vae import HierarchicalVAE

Batch = dict[str, tf.Tensor]


def make_step(
    network: HierarchicalVAE,
    optimizer: objective.Adam,
    config: TrainConfig,
    strategy: tf.distribute.Strategy,
) -> Callable[[Batch], dict[str, tf.Tensor]]:
    """A compiled function that applies one optimiser step for a (distributed) batch.

    Returns:
        A function that returns the scalars of `objective.figures` over the whole batch.
    """
    variables = network.trainable_variables

    def replica_step(batch: Batch) -> dict[str, tf.Tensor]:
        with tf.GradientTape() as tape:
            scores = network.score(**batch)
            loss, sums = objective.loss_and_sums(network, scores, config, optimizer.schedule_step)
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
        context = tf.distribute.get_replica_context()
        gradients, sums = context.all_reduce(tf.distribute.ReduceOp.SUM, [gradients, sums])
        gradients, norm = objective.clip(network.free_gradients(gradients), config.clip_norm)
        optimizer.apply(gradients, variables)
        return objective.figures(sums, norm)

    @tf.function(autograph=False)
    def step(batch: Batch) -> dict[str, tf.Tensor]:
        results = strategy.run(replica_step, args=(batch,))
        return {
            name: strategy.experimental_local_results(value)[0] for name, value in results.items()
        }

    return step
