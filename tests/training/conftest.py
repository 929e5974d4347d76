"""Small data for training tests: measures made of random but well-formed tokens."""

import contextlib

import numpy as np
import pytest
import tensorflow as tf

from gm_vae.backends import make_network
from gm_vae.model.decoding import decode_side_by_side

_CPU = tf.config.list_physical_devices("CPU")[0]
with contextlib.suppress(RuntimeError):  # too late: something has computed already
    tf.config.set_logical_device_configuration(_CPU, [tf.config.LogicalDeviceConfiguration()] * 2)


@pytest.fixture(scope="session")
def two_replicas():
    """A strategy with two logical CPUs; one for all tests.

    Each strategy numbers its collectives from the same number on, and TensorFlow remembers the
    shape of each number as long as the process lives.
    """
    names = [device.name for device in tf.config.list_logical_devices("CPU")]
    if len(names) < 2:
        pytest.skip("TensorFlow began with one logical CPU; run this folder by itself")
    return tf.distribute.MirroredStrategy(names[:2])


@pytest.fixture
def batch_of():
    """A function (model config, size) -> a batch of random well-formed measures."""

    def make(model, size):
        rng = np.random.default_rng(0)
        z = rng.normal(size=(size, model.latent_size)).astype(np.float32)
        chords = rng.integers(0, 49, (size, 2))
        tokens, lengths = decode_side_by_side(
            make_network(model), z, chords, 1.0, 0, np.arange(size, dtype=np.int32)
        )
        return {
            "tokens": tokens,
            "lengths": lengths,
            "chords": tf.ones_like(tokens),
            "noise": tf.constant(rng.normal(size=z.shape).astype(np.float32)),
            "first_inputs": tf.fill(tf.shape(lengths), -1),
        }

    return make
