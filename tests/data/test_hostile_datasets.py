"""Untrusted datasets: descriptions and records with any content are refused in a sentence."""

import json

import numpy as np
import pytest

from gm_vae.data import dataset as dataset_lib
from gm_vae.data import examples, shards
from gm_vae.data.arrays import MeasureArrays
from gm_vae.data.examples import MeasureBytes
from gm_vae.errors import UserError
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat

SHARD = {"name": "train-0.tfrecord.gz", "measures": 1, "bytes": 9, "sha256": "0"}


def message(read, *arguments):
    with pytest.raises(UserError) as caught:
        read(*arguments)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
    return str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"dataset_version": "9" * 5000},
        {"format": []},
        {"format": {"max_tracks": 10**4000}},
        {"splits": []},
        {"splits": {"training": {"shards": []}}},
        {"splits": {"train": {"shards": 3}}},
        {"splits": {"train": {"shards": [], "colour": 3}}},
        {"splits": {"train": {"shards": [], "measures": "9"}}},
        {"splits": {"train": {"shards": [{**SHARD, "name": "../train"}]}}},
        {"splits": {"train": {"shards": [{**SHARD, "name": "/etc/passwd"}]}}},
        {"splits": {"train": {"shards": [{**SHARD, "name": ".."}]}}},
        {"splits": {"train": {"shards": [{**SHARD, "name": "a\0b"}]}}},
        {"splits": {"train": {"shards": [{**SHARD, "bytes": -1}]}}},
        {"splits": {"train": {"shards": [{**SHARD, "sha256": 3}]}}},
        {"sources": "midi"},
        {"sources": [1]},
        {"rejects": ["../x"]},
        {"bars": {"kept": "many"}},
        {"unknown": 1},
    ],
)
def test_descriptions(tmp_path, change):
    good = dataset_lib.Dataset(tmp_path, MeasureFormat(), {})
    values = {**json.loads(good.to_json()), **change}
    (tmp_path / "dataset.json").write_text(json.dumps(values))
    assert str(tmp_path) in message(dataset_lib.load, tmp_path)


@pytest.mark.parametrize("text", ["", "[", "[]", "3", "{}", "[" * 100_000, "\0"])
def test_invalid_descriptions(tmp_path, text):
    (tmp_path / "dataset.json").write_text(text)
    assert "dataset.json cannot be read" in message(dataset_lib.load, tmp_path)


def _changed(**change):
    good = MeasureBytes.of(Measure.from_tracks([[360, 60, 351, 489]]))
    return MeasureBytes(**{**vars(good), **change}).example("a:1")


@pytest.mark.parametrize(
    "record",
    [
        b"", b"\xff", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\x0a\x05hello",
        b"\x08\x01", _changed(tokens=b"\x00" * 21), _changed(tokens=b"\xff" * 22),
        _changed(tokens=b""), _changed(lengths=b"\x04" + b"\x01" * 6), _changed(chords=b"\x31\x00"),
        _changed(lengths=b"\x04\x00\x02" + b"\x01" * 5), _changed(chords=b""),
        _changed(lengths=b"\x41" + b"\x01" * 7, tokens=b"\x00" * 144),
    ],
)  # fmt: skip
def test_records_with_the_right_checksums(tmp_path, record):
    shard = shards.write(tmp_path / "train-0.tfrecord.gz", [record])
    splits = {"train": dataset_lib.Split(1, 1, (shard,))}
    dataset = dataset_lib.Dataset(tmp_path, MeasureFormat(), splits)
    (tmp_path / "dataset.json").write_text(dataset.to_json())
    for read in (
        lambda: list(dataset_lib.read_measures(tmp_path, "train")),
        lambda: MeasureArrays.load(tmp_path, "train"),
    ):
        assert "a damaged measure" in message(read)


def test_any_bytes_are_read_or_refused():
    rng = np.random.default_rng(0)
    good = _changed()
    for _ in range(3000):
        data = bytearray(good)
        for at in rng.integers(0, len(data), rng.integers(1, 4)):
            data[at] = rng.integers(256)
        for read in (examples.decode, lambda data: examples.columns([data], MeasureFormat())):
            try:
                read(bytes(data))
            except ValueError:
                continue
