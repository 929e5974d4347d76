"""Batches by NumPy are those of the TensorFlow reader."""

import itertools

import numpy as np
import pytest

from gm_vae.data.arrays import MeasureArrays
from gm_vae.data.reader import measure_batches
from gm_vae.errors import UsageError
from gm_vae.music.measure_format import MeasureFormat


def assert_equal(found, expected, count):
    pairs = list(itertools.islice(zip(found, expected.as_numpy_iterator()), count))
    assert len(pairs) == count
    for batch, wanted in pairs:
        assert set(batch) == set(wanted)
        for name in batch:
            np.testing.assert_array_equal(batch[name], wanted[name], err_msg=name)
            assert batch[name].dtype == wanted[name].dtype


@pytest.mark.parametrize(
    "fmt",
    [
        MeasureFormat(),
        MeasureFormat(max_track_length=300, chords_per_measure=4, min_pitch=30, max_pitch=100),
    ],
)
def test_they_are_the_same_through_epochs(fmt, random_measures, write_dataset, tmp_path):
    measures = random_measures(100, fmt=fmt)
    write_dataset(
        tmp_path / "data", {"train": [measures[:40], measures[40:45], measures[45:]]}, fmt
    )
    arrays = MeasureArrays.load(tmp_path / "data", "train")
    for transpose, first in ((0, 0), (5, 0), (5, 13)):
        expected = measure_batches(
            tmp_path / "data", "train", 16, shuffle_seed=3, repeat=True, transpose=transpose,
            first_batch=first, window=60,
        )  # fmt: skip
        found = arrays.shuffled(16, 3, transpose, first, window=60)
        assert_equal(found, expected, 25)
    in_order = measure_batches(tmp_path / "data", "train", 16)
    assert_equal(arrays.batches(16), in_order, 7)
    first = MeasureArrays.load(tmp_path / "data", "train", limit=40)
    assert [len(batch["lengths"]) for batch in first.batches(16)] == [16, 16, 8]


def test_fewer_measures_than_a_batch_are_one_sentence(random_measures, write_dataset, tmp_path):
    write_dataset(tmp_path / "data", {"train": [random_measures(5)]})
    arrays = MeasureArrays.load(tmp_path / "data", "train")
    with pytest.raises(UsageError, match="5 measures, fewer than a batch of 6"):
        next(arrays.shuffled(6, 0))
