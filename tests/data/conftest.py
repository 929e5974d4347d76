"""Random measures that follow the rules of a format, and datasets of them."""

import numpy as np
import pytest

from gm_vae.data import dataset as dataset_lib
from gm_vae.data import examples, shards
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import vocabulary


def _random_measure(rng, fmt):
    vocab = vocabulary(fmt)
    tracks = []
    for _ in range(rng.integers(0, fmt.max_tracks + 1)):
        events = rng.integers(0, vocab.program, rng.integers(0, fmt.max_events + 1))
        steps = np.cumsum(vocab.shift_steps[events])
        events = events[steps <= fmt.steps_per_measure]
        tracks.append([rng.integers(vocab.program, vocab.end), *events, vocab.end])
    chords = rng.integers(0, 49, fmt.chords_per_measure)
    return Measure.from_tracks(tracks, chords, fmt)


@pytest.fixture(scope="session")
def random_measures():
    """`random_measures(count, seed=0, fmt=...)`: measures of any tokens in any order."""

    def make(count, seed=0, fmt=None):
        rng = np.random.default_rng(seed)
        fmt = fmt or MeasureFormat()
        return [_random_measure(rng, fmt) for _ in range(count)]

    return make


@pytest.fixture(scope="session")
def write_dataset():
    """`write_dataset(directory, {"train": [[measure, ...], ...]})`: a list of measures per
    shard."""

    def write(directory, splits, fmt=None):
        directory.mkdir(parents=True)
        infos = {name: dataset_lib.Split() for name in dataset_lib.SPLITS}
        for split, parts in splits.items():
            files = []
            for number, measures in enumerate(parts):
                name = f"{split}-{number:05}-of-{len(parts):05}.tfrecord.gz"
                records = [examples.encode(m, f"{split}:{i}") for i, m in enumerate(measures)]
                files.append(shards.write(directory / name, records))
            infos[split] = dataset_lib.Split(1, sum(map(len, parts)), tuple(files))
        dataset = dataset_lib.Dataset(directory, fmt or MeasureFormat(), infos)
        (directory / dataset_lib.FILE_NAME).write_text(dataset.to_json())
        return dataset

    return write
