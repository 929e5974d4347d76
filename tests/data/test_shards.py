import gzip
import hashlib

import numpy as np
import pytest

from gm_vae.data import shards
from gm_vae.errors import UserError

RECORDS = [b"", b"a", b"measure" * 100, bytes(range(256)) * 300]


def test_tensorflow_reads_our_files(tmp_path):
    import tensorflow as tf

    path = tmp_path / "x.tfrecord.gz"
    shard = shards.write(path, RECORDS)
    read = tf.data.TFRecordDataset(str(path), compression_type="GZIP")
    assert list(read.as_numpy_iterator()) == RECORDS
    assert shard.measures == len(RECORDS)
    assert shard.bytes == path.stat().st_size
    assert shard.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_we_read_files_of_tensorflow(tmp_path):
    import tensorflow as tf

    path = tmp_path / "x.tfrecord.gz"
    with tf.io.TFRecordWriter(str(path), tf.io.TFRecordOptions("GZIP")) as writer:
        for record in RECORDS:
            writer.write(record)
    assert list(shards.read(path)) == RECORDS


def test_equal_records_give_equal_bytes_whatever_the_name_or_time(tmp_path, monkeypatch):
    first = shards.write(tmp_path / "a", RECORDS)
    monkeypatch.setattr("time.time", lambda: 1e9)
    second = shards.write(tmp_path / "b", iter(RECORDS))
    assert first.sha256 == second.sha256
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]  # no temporary file is left


def test_every_truncation_names_the_file(tmp_path):
    path = tmp_path / "x.tfrecord.gz"
    shard = shards.write(path, [b"some", b"records"])
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(UserError, match=r"x\.tfrecord\.gz is cut short"):
            list(shards.read(path, shard))
        if length:  # an empty file is a whole one of no records, unless the dataset says otherwise
            with pytest.raises(UserError, match=r"x\.tfrecord\.gz is"):
                list(shards.read(path))


def test_every_damaged_byte_is_found(tmp_path):
    path = tmp_path / "x.tfrecord.gz"
    shard = shards.write(path, RECORDS)
    plain = bytearray(gzip.decompress(path.read_bytes()))
    for position in np.random.default_rng(0).integers(len(plain), size=50):
        damaged = plain.copy()
        damaged[position] ^= 4
        path.write_bytes(shards.compress(bytes(damaged)))
        with pytest.raises(UserError, match=r"x\.tfrecord\.gz is"):
            list(shards.read(path))
        with pytest.raises(UserError, match=r"x\.tfrecord\.gz is"):
            list(shards.read(path, shard))


@pytest.mark.parametrize("others", [[], RECORDS[:1], [*RECORDS, b"more"]])
def test_a_file_that_changes_after_the_check_is_found(tmp_path, monkeypatch, others):
    path = tmp_path / "x.tfrecord.gz"
    shard = shards.write(path, RECORDS)
    monkeypatch.setattr(shards, "verify", lambda path, expected: shards.write(path, others))
    with pytest.raises(UserError, match=rf"has {len(others)} records instead of {len(RECORDS)}"):
        list(shards.read(path, shard))


def test_a_missing_file_is_named(tmp_path):
    shard = shards.write(tmp_path / "x", RECORDS)
    (tmp_path / "x").unlink()
    with pytest.raises(UserError, match="x is missing"):
        list(shards.read(tmp_path / "x", shard))
    with pytest.raises(UserError, match="x cannot be read"):
        list(shards.read(tmp_path / "x"))


def test_an_unwritable_folder_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="x cannot be written"):
        shards.write(tmp_path / "file" / "x", RECORDS)
