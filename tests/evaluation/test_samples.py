"""Real measures halved by song, and samples decoded under the chords of one half."""

import numpy as np

from gm_vae.data import examples, shards
from gm_vae.data.dataset import FILE_NAME, SPLITS, Dataset, Split, load, read_measures
from gm_vae.evaluation.music_statistics import STATISTICS
from gm_vae.evaluation.samples import real_measures, sample_split
from gm_vae.generate import operations
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.config import ModelConfig
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat


def measures_of(songs, folder):
    """A dataset whose test split has a measure of each of these songs; and the measures."""
    measures = [
        Measure.from_tracks([[360, 60 + number, 351, 489]]) for number in range(len(songs))
    ]  # fmt: skip
    records = [
        examples.encode(measure, f"{song}:{number}")
        for number, (song, measure) in enumerate(zip(songs, measures))
    ]
    folder.mkdir()
    shard = shards.write(folder / "test-00000-of-00001.tfrecord.gz", records)
    splits = {name: Split() for name in SPLITS} | {"test": Split(1, len(songs), (shard,))}
    dataset = Dataset(folder, MeasureFormat(), splits)
    (folder / FILE_NAME).write_text(dataset.to_json())
    return dataset, measures


def test_real_measures_know_their_songs(tmp_path):
    data, measures = measures_of(["a/1:b", "b", "a/1:b", "c", "b"], tmp_path / "data")
    actual = real_measures(data, "test", 4)
    assert actual.measures == measures[:4]
    assert actual.songs == 3
    assert actual.groups[0] == actual.groups[2]
    assert real_measures(data, "test", 99).measures == measures


def test_songs_are_those_of_the_files(songs_dataset):
    data = load(songs_dataset)
    actual = real_measures(data, "test", 10**6)
    assert actual.measures == list(read_measures(songs_dataset, "test"))
    assert actual.songs == data.split("test").songs > 1


def test_samples_are_of_the_prior_under_real_chords(songs_dataset):
    model = GMVAE(HierarchicalVAE(ModelConfig(16, (16, 16), 8)))
    decoded = []
    inner = model.decode

    def decode(*args, **kwargs):
        decoded.append((args, inner(*args, **kwargs)))
        return decoded[-1][1]

    model.decode = decode
    actual = sample_split(model, songs_dataset, "test", 12, temperature=0.8, seed=3)
    (((z, chords, temperature, seed), made),) = decoded
    assert np.array_equal(z, model.sample_points(12, 3))
    assert (temperature, seed) == (0.8, 3)
    assert made == operations.sample(model, 12, chords, seed=3, temperature=0.8)
    real = [measure for _, measure in zip(range(24), read_measures(songs_dataset, "test"))]
    assert chords == ["|".join(measure.chords) for measure in real[:12]]
    assert (actual.count, actual.real) == (12, 24)
    assert 1 <= actual.songs <= load(songs_dataset).split("test").songs
    assert actual.silent == sum(not len(measure.notes()) for measure in made)

    values = actual.to_dict()
    assert set(values["statistics"]) == {each.name for each in STATISTICS}
    lines = actual.table().splitlines()
    assert max(map(len, lines)) <= 100
    for statistic in STATISTICS:
        (line,) = [line for line in lines if line.strip().startswith(statistic.label + "  ")]
        distance = values["statistics"][statistic.name]["distance"]
        assert (f"{distance:.3f}" if distance is not None else "-") in line.split()


def test_fewer_where_there_are_fewer(tmp_path):
    model = GMVAE(HierarchicalVAE(ModelConfig(16, (16, 16), 8)))
    measures_of("aaaaa", tmp_path / "few")
    actual = sample_split(model, tmp_path / "few", "test", 100)
    assert (actual.count, actual.real, actual.songs) == (2, 5, 1)
    assert actual.to_dict()["auc"] is None
    measures_of("a", tmp_path / "one")
    assert sample_split(model, tmp_path / "one", "test", 100) is None
