"""Parquet files with MIDI files in a column give what the MIDI files themselves give."""

import io
import tarfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gm_vae.errors import UserError
from gm_vae.pipelines import parquet_reader, songs, sources
from gm_vae.pipelines.midi_to_measures import COMMAND, preprocess
from gm_vae.pipelines.sources import Columns, Kind


def _write(path, columns, group=5, compression="snappy"):
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), path, row_group_size=group, compression=compression)
    return path


def _columns(midi_files, **others):
    names = sorted(midi_files)
    return {"md5": names, "music": [midi_files[name] for name in names], **others}


def _read(path, columns=parquet_reader.FOUND):
    found = sources.find(path, columns)
    assert {source.kind for source in found} == {Kind.PARQUET}
    return {song.name: song.error or song.data for song in songs.read(found)}


def test_songs_by_name(midi_files, tmp_path):
    path = _write(tmp_path / "a.parquet", _columns(midi_files, tempo=[1.0] * 12))
    assert _read(path) == {f"a.parquet/{name}": data for name, data in midi_files.items()}
    path.rename(tmp_path / "nameless")  # its bytes say what it is
    assert len(_read(tmp_path / "nameless")) == 12


def test_bytes_in_a_struct_have_the_name_beside_them(midi_files, tmp_path):
    music = [{"path": name, "bytes": data} for name, data in sorted(midi_files.items())]
    path = _write(tmp_path / "a.parquet", {"id": list(range(12)), "music": music})
    assert set(_read(path)) == {f"a.parquet/{name}" for name in midi_files}
    assert set(_read(path, Columns("music.bytes", "id"))) == {f"a.parquet/{n}" for n in range(12)}


def test_rows_without_names_are_numbered_through_the_file(midi_files, tmp_path):
    columns = {"music": list(midi_files.values())}
    expected = {f"a.parquet/{n}": data for n, data in enumerate(midi_files.values())}
    assert _read(_write(tmp_path / "a.parquet", columns)) == expected


def test_of_columns_of_bytes_the_one_with_midi_is_taken(midi_files, tmp_path):
    columns = _columns(midi_files, cover=[b"\x89PNG"] * 12)
    assert len(_read(_write(tmp_path / "a.parquet", columns))) == 12
    columns["more"] = columns["music"]
    path = _write(tmp_path / "b.parquet", columns)
    (error,) = _read(path).values()
    assert "several columns hold bytes (music, more); name one with --parquet_column" in error
    assert len(_read(path, Columns("more"))) == 12


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (Columns("nothing"), "it has no column nothing; its columns are md5, music"),
        (Columns("md5"), "its column md5 holds no bytes"),
        (Columns("", "nothing"), "it has no column nothing"),
    ],
)
def test_missing_columns(midi_files, tmp_path, columns, message):
    path = _write(tmp_path / "a.parquet", _columns(midi_files))
    (error,) = _read(path, columns).values()
    assert message in error


def test_rows_without_bytes_and_damage_are_reported(midi_files, tmp_path):
    columns = {"id": ["x", "y"], "music": [None, b"no MIDI file"]}
    path = _write(tmp_path / "a.parquet", columns)
    assert _read(path) == {
        "a.parquet/x": "the row holds no bytes",
        "a.parquet/y": b"no MIDI file",
    }
    data = bytearray(_write(tmp_path / "b.parquet", _columns(midi_files)).read_bytes())
    start = data.index(midi_files[sorted(midi_files)[0]][:40])
    data[4 : start - 4] = bytes(start - 8)  # the bytes before the first group's first song
    (tmp_path / "b.parquet").write_bytes(data)
    read = _read(tmp_path / "b.parquet")
    assert "cannot be read" in read.pop("b.parquet/row group 0")
    assert len(read) == 7  # songs of the other groups
    (tmp_path / "b.parquet").write_bytes(data[: len(data) // 2])
    (error,) = _read(tmp_path / "b.parquet").values()
    assert "this Parquet file cannot be read" in error


def test_row_groups_are_shared_and_each_block_is_read_once(midi_files, tmp_path):
    source_files = sources.find(_write(tmp_path / "a.parquet", _columns(midi_files), group=3))

    def blocks(shares):
        return {
            name: [member.read().name for member in members]
            for task in songs.tasks(source_files, shares)
            for name, members in songs.blocks(task)
        }

    alone = blocks(1)
    assert [len(names) for names in alone.values()] == [3, 3, 3, 3]
    assert blocks(3) == alone
    one_share = list(songs.blocks(list(songs.tasks(source_files, 3))[1]))
    assert len(one_share) == 1  # of four groups the second


def test_files_that_expand_too_far_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("gm_vae.pipelines.archives._LEAST_EXPANDED_BYTES", 1 << 20)
    rows = [bytes([n]) * (1 << 18) for n in range(64)]
    path = _write(tmp_path / "a.parquet", {"music": rows}, 64, "zstd")
    assert path.stat().st_size < 1 << 17
    (error,) = _read(path).values()
    assert "expands to over 100 times" in error


@pytest.mark.slow
def test_the_dataset_is_that_of_the_files(midi_files, tmp_path, capsys):
    folder = tmp_path / "a.parquet"  # so that ids are the same
    folder.mkdir()
    for name, data in midi_files.items():
        (folder / name).write_bytes(data)
    local = preprocess(tmp_path, tmp_path / "of-files", workers=1)
    _write(tmp_path / "p" / "a.parquet", _columns(midi_files, group=["a"] * 12), group=4)
    pattern = str(tmp_path / "p" / "*.parquet")
    made = preprocess(pattern, tmp_path / "of-parquet", workers=2)
    assert made.splits == local.splits
    output = f"--output={tmp_path}/of-parquet"
    assert COMMAND.main([f"--input={pattern}", output, "--parquet_id=group"]) == 2
    assert "another input" in capsys.readouterr().err
    with pytest.raises(UserError, match=r"None of the 1 MIDI files can be read.*no column x"):
        preprocess(pattern, tmp_path / "none", parquet_column="x", workers=1)


@pytest.mark.slow
def test_a_folder_of_webdataset_tars(midi_files, tmp_path):
    """Samples in tars: a MIDI file and its metadata under one key."""
    (tmp_path / "shards").mkdir()
    names = sorted(midi_files)
    for number in range(2):
        with tarfile.open(tmp_path / "shards" / f"{number:06}.tar", "w") as archive:
            for name in names[number::2]:
                for suffix, data in ((".mid", midi_files[name]), (".json", b"{}")):
                    entry = tarfile.TarInfo(name.removesuffix(".mid") + suffix)
                    entry.size = len(data)
                    archive.addfile(entry, io.BytesIO(data))
    read = {song.name: song.data for song in songs.read(sources.find(tmp_path / "shards"))}
    assert read == {f"{n % 2:06}.tar/{name}": midi_files[name] for n, name in enumerate(names)}
    folder = tmp_path / "files"
    folder.mkdir()
    for name, data in midi_files.items():
        (folder / name).write_bytes(data)
    local = preprocess(folder, tmp_path / "of-files", workers=1)
    made = preprocess(tmp_path / "shards", tmp_path / "of-shards", workers=2)
    assert made.measures == local.measures
    assert made.files == local.files == {"read": 12, "unparsable": 0, "with_measures": 12}
