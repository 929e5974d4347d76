"""Training batches: measures and noise are functions of (seed, step), on any number of devices."""

import dataclasses
import itertools

import numpy as np
import pytest

from gm_vae.backends.tensorflow.batches import distributed_batches, training_batches
from gm_vae.data import reader
from gm_vae.data.arrays import MeasureArrays
from gm_vae.errors import UsageError
from gm_vae.model.config import ModelConfig
from gm_vae.model.train_config import TrainConfig

MODEL = ModelConfig(16, (16, 16), 8)
CONFIG = TrainConfig(batch_size=12, transpose=3, seed=4)


def _batches(dataset, config, first_step, count):
    batches = training_batches(dataset, MODEL, config, first_step)
    return [_values(batch) for batch in itertools.islice(batches, count)]


def _values(batch):
    return {name: value.numpy() for name, value in batch.items()}


@pytest.mark.parametrize("bucket", [False, True])
def test_a_resumed_run_gets_the_same_batches(songs_dataset, bucket):
    config = dataclasses.replace(CONFIG, bucket=bucket)
    whole = _batches(songs_dataset, config, 0, 60)  # more than an epoch
    for first_step in (1, 31, 57):
        late = _batches(songs_dataset, config, first_step, 3)
        for expected, actual in zip(whole[first_step:], late, strict=False):
            assert expected.keys() == actual.keys()
            for name, value in expected.items():
                np.testing.assert_array_equal(actual[name], value, err_msg=name)


def test_replicas_share_a_batch(songs_dataset, two_replicas):
    whole = _batches(songs_dataset, CONFIG, 5, 3)
    shared = iter(distributed_batches(two_replicas, songs_dataset, MODEL, CONFIG, 5))
    for expected in whole:
        parts = next(shared)
        for name, value in expected.items():
            halves = [half.numpy() for half in two_replicas.experimental_local_results(parts[name])]
            assert [len(half) for half in halves] == [6, 6]
            np.testing.assert_array_equal(np.concatenate(halves), value, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("bucket", [False, True])
def test_workers_share_a_batch(songs_dataset, bucket):
    config = dataclasses.replace(CONFIG, bucket=bucket)
    whole = _batches(songs_dataset, config, 25, 40)  # across the end of the epoch
    for index in range(3):
        batches = training_batches(songs_dataset, MODEL, config, 25, share=(index, 3))
        for expected, batch in zip(whole, batches):
            values = _values(batch)
            for name, value in expected.items():
                mine = value[4 * index : 4 * index + 4]
                np.testing.assert_array_equal(values[name], mine, err_msg=name)


def test_a_worker_lays_out_no_measure_of_another(songs_dataset, monkeypatch):
    sizes, batch = [], MeasureArrays.batch

    def spy(self, index, shifts=None):
        sizes.append(len(index))
        return batch(self, index, shifts)

    monkeypatch.setattr(MeasureArrays, "batch", spy)
    batches = reader.measure_batches(
        songs_dataset, "train", 600, shuffle_seed=1, repeat=True, share=(1, 3)
    )
    for share in itertools.islice(batches, 2):
        assert len(share["tokens"]) == 200
    assert sum(sizes) == 400


def test_parts_must_divide_a_batch(songs_dataset):
    for batch_size, repeat in ((10, True), (9, False)):
        with pytest.raises(UsageError, match="shared equally"):
            reader.measure_batches(songs_dataset, "train", batch_size, repeat=repeat, share=(0, 3))
