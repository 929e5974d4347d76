import json

import pytest
from apache_beam.io.localfilesystem import LocalFileSystem

from gm_vae.data import dataset as dataset_lib
from gm_vae.data import examples, statistics
from gm_vae.data.reader import measure_batches
from gm_vae.errors import UsageError, UserError
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat


def test_json_round_trip(random_measures, write_dataset, tmp_path):
    fmt = MeasureFormat(beats_per_bar=3, chords_per_measure=3)
    parts = {"train": [random_measures(5, fmt=fmt), random_measures(4, 1, fmt)]}
    written = write_dataset(tmp_path / "data", parts, fmt)
    loaded = dataset_lib.load(tmp_path / "data")
    assert loaded == written
    assert loaded.measures == 9
    assert loaded.bytes == sum(p.stat().st_size for p in loaded.directory.glob("*.gz"))
    first, second = parts["train"]
    assert list(dataset_lib.read_measures(loaded.directory, "train")) == first + second


def test_user_errors(write_dataset, tmp_path):
    with pytest.raises(UserError, match=r"There is no dataset at .*preprocess"):
        dataset_lib.load(tmp_path / "none")
    with pytest.raises(UserError, match=r"is not a dataset"):
        dataset_lib.load(tmp_path)
    dataset = write_dataset(tmp_path / "data", {})
    with pytest.raises(UserError, match=r"validation split of .* has no measures"):
        dataset.split("validation")
    path = tmp_path / "data" / dataset_lib.FILE_NAME
    values = json.loads(path.read_text())
    path.write_text(json.dumps({**values, "dataset_version": dataset_lib.VERSION + 1}))
    with pytest.raises(UserError, match="upgrade"):
        dataset_lib.load(tmp_path / "data")
    path.write_text(json.dumps({**values, "format": {"bars_of_gold": 3}}))
    with pytest.raises(UserError, match="bars_of_gold"):
        dataset_lib.load(tmp_path / "data")
    for text in (
        "",
        "[]",
        '"x"',
        "{}",
        '{"dataset_version": 1, "format": {}, "splits": 5}',
        "\xff",
    ):
        path.write_text(text, encoding="latin-1")
        with pytest.raises(UserError, match="cannot be read"):
            dataset_lib.load(tmp_path / "data")


def test_histograms():
    drums_and_bass = Measure.from_tracks(
        [[360 + 33, 352, 36, 351, 489], [488, 352, 36, 303, 164, 303, 489]], [1, 0]
    )
    two_pianos = Measure.from_tracks([[360, 60, 351, 489], [360, 64, 351, 489]], [1, 13])
    records = [examples.encode(drums_and_bass), examples.encode(two_pianos)]
    columns = examples.columns(records, MeasureFormat())
    assert statistics.histograms(columns, MeasureFormat()) == {
        "instruments": {"0": 1, "33": 1, "128": 1},
        "tracks": {"2": 2},
        "events": {"0": 2},
        "notes": {"0": 2},
        "chords": {"N.C.": 1, "C": 2, "Cm": 1},
    }


def test_counts_add_up():
    total = {}
    statistics.add(total, {"a": 1, "b": {"c": 2}, "l": ["x"]})
    statistics.add(total, {"a": 2, "b": {"c": 1, "d": 5}, "l": ["y"]})
    assert total == {"a": 3, "b": {"c": 3, "d": 5}, "l": ["x", "y"]}


class RamFiles(LocalFileSystem):
    """Local files under ram://, as in another storage."""

    @classmethod
    def scheme(cls):
        return "ram"

    def open(self, path, *args, **kwargs):
        return super().open(path.removeprefix("ram:/"), *args, **kwargs)

    def exists(self, path):
        return super().exists(path.removeprefix("ram:/"))


def test_a_remote_dataset_is_read_through_beam(random_measures, write_dataset, tmp_path):
    measures = random_measures(20)
    local = write_dataset(tmp_path / "data", {"train": [measures[:9], measures[9:]]})
    remote = f"ram:/{local.directory}"
    assert dataset_lib.load(remote).splits == local.splits
    assert list(dataset_lib.read_measures(remote, "train")) == measures
    (batch,) = measure_batches(remote, "train", 20)
    assert [m.tokens.tolist() for m in measures] == batch["tokens"].tolist()
    with pytest.raises(UsageError, match=r"no dataset at ram://.*/none"):
        dataset_lib.load(f"{remote}/none")
    name = local.splits["train"].shards[0].name
    (local.directory / name).unlink()
    with pytest.raises(UserError, match=f"{name} is missing"):
        list(dataset_lib.read_measures(remote, "train"))
