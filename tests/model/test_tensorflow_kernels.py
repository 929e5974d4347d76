"""Operations with custom gradients, compared with NumPy."""

import numpy as np
import tensorflow as tf
from closeness import SUM, assert_close

from gm_vae.backends.tensorflow.gathers import gather
from gm_vae.backends.tensorflow.losses import cross_entropy


def test_gradient_of_a_gather_adds_the_rows_of_each_index():
    rng = np.random.default_rng(0)
    table = tf.constant(rng.normal(size=(7, 5)).astype(np.float32))
    index = np.array([3, 0, 3, 6, 3, 0])  # 1, 2, 4 and 5 are never taken
    weights = rng.normal(size=(6, 5)).astype(np.float32)
    with tf.GradientTape() as tape:
        tape.watch(table)
        rows = gather(table, tf.constant(index))
        total = tf.reduce_sum(rows * weights)
    assert np.array_equal(rows, table.numpy()[index])
    expected = np.zeros((7, 5))
    np.add.at(expected, index, weights)
    assert_close(tape.gradient(total, table).numpy(), expected, SUM)


def test_cross_entropy_and_its_gradient():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(6, 9)).astype(np.float32)
    values[0] += 300  # their exponentials overflow
    values[1, 2] = 1e9  # as a mask makes them
    targets, weights = rng.integers(0, 9, 6), rng.normal(size=6).astype(np.float32)
    targets[1] = 2
    logits = tf.constant(values)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        nats = cross_entropy(logits, tf.constant(targets))
        total = tf.reduce_sum(nats * weights)
    shifted = values.astype(np.float64) - values.max(1, keepdims=True)
    softmax = np.exp(shifted) / np.exp(shifted).sum(1, keepdims=True)
    expected = np.log(np.exp(shifted).sum(1)) - shifted[np.arange(6), targets]
    assert_close(nats.numpy(), expected, SUM, size=300)
    expected = weights[:, None] * (softmax - np.eye(9)[targets])
    assert_close(tape.gradient(total, logits).numpy(), expected, SUM)
