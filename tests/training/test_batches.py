"""Training batches: measures and noise are functions of (seed, step), on any number of devices."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from gm_vae.model.config import ModelConfig
from gm_vae.training.batches import training_batches
from gm_vae.training.config import TrainConfig

MODEL = ModelConfig(16, (16, 16), 8)
CONFIG = TrainConfig(batch_size=12, transpose=3, seed=4)


def _batches(dataset, config, first_step, count):
    batches = training_batches(dataset, MODEL, config, first_step)
    return list(batches.take(count).as_numpy_iterator())


@pytest.mark.parametrize("bucket", [False, True])
def test_a_run_that_goes_on_gets_the_same_batches(songs_dataset, bucket):
    config = dataclasses.replace(CONFIG, bucket=bucket)
    whole = _batches(songs_dataset, config, 0, 60)  # more than an epoch
    for first_step in (1, 31, 57):
        late = _batches(songs_dataset, config, first_step, 3)
        for expected, found in zip(whole[first_step:], late, strict=False):
            assert expected.keys() == found.keys()
            for name, value in expected.items():
                np.testing.assert_array_equal(found[name], value, err_msg=name)


def test_replicas_share_a_batch(songs_dataset, two_cpus):
    whole = _batches(songs_dataset, CONFIG, 5, 3)
    strategy = tf.distribute.MirroredStrategy(two_cpus)
    batches = training_batches(songs_dataset, MODEL, CONFIG, 5)
    shared = iter(strategy.experimental_distribute_dataset(batches))
    for expected in whole:
        parts = next(shared)
        for name, value in expected.items():
            halves = [half.numpy() for half in strategy.experimental_local_results(parts[name])]
            assert [len(half) for half in halves] == [6, 6]
            np.testing.assert_array_equal(np.concatenate(halves), value, err_msg=name)
