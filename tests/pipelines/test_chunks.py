import os
import random

import pytest

from gm_vae.errors import UserError
from gm_vae.pipelines import chunks


def _songs(count, seed=0):
    rng = random.Random(seed)
    return [
        chunks.Song(
            rng.randbytes(32),
            rng.randbytes(8 * rng.randrange(9)),
            [(rng.randbytes(16), rng.randbytes(rng.randrange(300))) for _ in range(number % 7)],
        )
        for number in range(count)
    ]


def test_a_chunk_is_read_back_sorted(tmp_path):
    path, songs, reports = str(tmp_path / "x"), _songs(20), [b'{"song": "a"}', b'{"song": "b"}']
    written = chunks.write(path, songs, reports)
    loaded = chunks.load(path)
    for chunk in (written, loaded):
        assert chunk.path == path
        assert chunk.reports == tuple(reports)
        assert chunk.songs == tuple((s.key, s.sketch, len(s.records)) for s in songs)
    records = list(chunks.read(path, 0, int(loaded.offsets[-1])))
    expected = sorted((h, n, data) for n, song in enumerate(songs) for h, data in song.records)
    assert records == expected
    assert [record.song for record in records] == loaded.song_of.tolist()
    prefixes = [int.from_bytes(record.content_hash[:8], "big") for record in records]
    assert prefixes == loaded.prefixes.tolist()
    # any range of records is a range of bytes
    for first, stop in ((0, 1), (3, 9), (len(records) - 1, len(records))):
        start, end = loaded.offsets[[first, stop]].tolist()
        assert list(chunks.read(path, start, end)) == records[first:stop]


def test_a_chunk_without_songs(tmp_path):
    path = str(tmp_path / "x")
    chunks.write(path, [], [b"{}"])
    loaded = chunks.load(path)
    assert loaded.songs == ()
    assert loaded.reports == (b"{}",)
    assert list(chunks.read(path, 0, int(loaded.offsets[-1]))) == []


def test_incomplete_files_are_not_a_chunk(tmp_path):
    path = str(tmp_path / "x")
    assert chunks.load(path) is None
    chunks.write(path, _songs(9), [])
    index = (tmp_path / "x.index").read_bytes()
    for size in (0, 10, len(index) // 2, len(index) - 1):
        (tmp_path / "x.index").write_bytes(index[:size])
        assert chunks.load(path) is None
    os.unlink(tmp_path / "x.index")
    assert chunks.load(path) is None


def test_damage_is_one_sentence(tmp_path):
    path = str(tmp_path / "x")
    end = int(chunks.write(path, _songs(9), []).offsets[-1])
    data = bytearray((tmp_path / "x.records").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "x.records").write_bytes(data)
    with pytest.raises(UserError, match=r"x\.records is damaged; remove it"):
        list(chunks.read(path, 0, end))
    (tmp_path / "x.records").write_bytes(data[: len(data) // 2])
    with pytest.raises(UserError, match="cut short"):
        list(chunks.read(path, 0, end))
