"""Names that are not UTF-8, or contain control characters, from the input to the dataset."""

import gzip
import io
import json
import os
import tarfile

import pytest

from gm_vae import storage
from gm_vae.data import dataset as dataset_lib
from gm_vae.data import examples
from gm_vae.errors import UserError
from gm_vae.music.measures import measures_from_midi
from gm_vae.pipelines import songs, sources, staging, stats
from gm_vae.pipelines.midi_to_measures import COMMAND, preprocess

FOLDER, DATA = os.fsdecode(b"S\xf6ngs"), os.fsdecode(b"d\xe4ta")
NAMES = [os.fsdecode(b"caf\xe9.mid"), os.fsdecode(b"caf\xe8.mid"), "\x1b[31mred\n.mid", "歌.mid"]
SHOWN = ["caf\ufffd.mid", "caf\ufffd.mid", "\\x1b[31mred\\x0a.mid", "歌.mid"]


@pytest.fixture(scope="module")
def folder(midi_files, tmp_path_factory):
    """Four songs and two files that cannot be read, under such names."""
    folder = tmp_path_factory.mktemp("names") / FOLDER
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    for name, data in zip(NAMES, midi_files.values()):
        (folder / name).write_bytes(data)
    for name in (b"br\xf6ken.mid", b"br\xe4ken.mid"):
        (folder / os.fsdecode(name)).write_bytes(b"no MIDI")
    return folder


@pytest.fixture(scope="module")
def dataset(folder, tmp_path_factory):
    return preprocess(folder, tmp_path_factory.mktemp("names") / DATA, workers=2)


def _records(dataset):
    splits = [split for split in dataset_lib.SPLITS if dataset.splits[split].measures]
    return [record for split in splits for record in dataset.records(split)]


def _rejects(dataset):
    (name,) = dataset.rejects
    return (dataset.directory / name).read_bytes()


@pytest.mark.slow
def test_every_file_is_read_and_shown_printably(folder, dataset, midi_files):
    assert dataset.files == {"read": 6, "unparsable": 2, "with_measures": 4}
    assert dataset.sources == ("S\ufffdngs",)
    records = _records(dataset)
    names = {examples.identity(record).rpartition(":")[0] for record in records}
    assert names == set(SHOWN)
    expected = {m for d in list(midi_files.values())[:4] for m in measures_from_midi(d)[0]}
    assert {examples.decode(record) for record in records} == expected
    rejects = gzip.decompress(_rejects(dataset)).decode("utf-8").splitlines()
    assert [json.loads(line)["song"] for line in rejects].count("br\ufffdken.mid") == 2
    card = (dataset.directory / "README.md").read_text(encoding="utf-8")
    assert "# Measures of S\ufffdngs\n" in card


def test_the_command_line_shows_them_and_the_bytes_are_the_same(folder, dataset, tmp_path, capsys):
    flags = [f"--input={folder}", f"--output={tmp_path / DATA}", "--workers=1"]
    assert COMMAND.main(flags) == 0
    out, err = capsys.readouterr()
    assert "6 files (2 unparsable)" in out
    assert f"in {tmp_path}/d\ufffdta in" in out
    assert not err
    again = dataset_lib.load(tmp_path / DATA)
    assert again.sha256 == dataset.sha256
    assert _rejects(again) == _rejects(dataset)
    assert COMMAND.main(flags) == 0
    assert "d\ufffdta is already finished" in capsys.readouterr().out
    assert stats.COMMAND.main([str(tmp_path / DATA)]) == 0


def test_tensorflow_reads_a_dataset_under_such_a_name(dataset):
    from gm_vae.data.reader import measure_batches

    count = dataset.splits["train"].measures
    (batch,) = measure_batches(dataset.directory, "train", count)
    assert len(batch["tokens"]) == count


def test_globs_single_files_and_bytes_name_them(folder):
    every = [source.name for source in sources.find(folder)]
    assert len(every) == 6
    assert [s.name for s in sources.find(f"{folder}/*.mid")] == every
    (one,) = sources.find(f"{folder}/{NAMES[0]}")
    assert one.name == NAMES[0]
    assert sources.find(os.fsencode(one.path)) == [one]
    assert sources.find([os.fsencode(one.path)]) == [one]
    with pytest.raises(UserError, match="S\ufffdngs/none does not exist"):
        sources.find(f"{folder}/none")


def test_the_public_case_of_a_latin_1_name(shared, tmp_path):
    archive = shared / "cases/midi/latin1_filename_folder.tar"
    if not archive.exists():
        pytest.skip(f"there is no {archive}")
    with tarfile.open(archive, encoding="utf-8", errors="surrogateescape") as stream:
        try:
            stream.extractall(tmp_path)
        except OSError:
            pytest.skip("this file system takes UTF-8 names only")
    in_folder = list(songs.read(sources.find(tmp_path / "latin")))
    assert [song.name for song in in_folder] == [os.fsdecode(b"caf\xe9.mid"), "plain.mid"]
    in_archive = list(songs.read(sources.find(archive)))
    assert [song.data for song in in_archive] == [song.data for song in in_folder]
    assert not any(song.error for song in in_archive)


def test_paths_survive_as_bytes():
    for path in (*NAMES, "/x/y", "\ud83c of Windows"):
        assert storage.from_bytes(storage.to_bytes(path)) == path
    assert len({storage.to_bytes(name) for name in NAMES}) == 4


@pytest.mark.slow
def test_names_in_archives(midi_files, tmp_path):
    (data, *_) = midi_files.values()
    with tarfile.open(tmp_path / "songs.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        for name in NAMES:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    read = list(songs.read(sources.find(tmp_path / "songs.tar")))
    assert [song.name for song in read] == [f"songs.tar/{name}" for name in NAMES]
    made = preprocess(tmp_path / "songs.tar", tmp_path / "data", workers=1)
    assert made.files["with_measures"] == 4


def test_leftovers_of_an_interrupted_run_are_named(tmp_path, capsys):
    def interrupted():
        with staging.stage(tmp_path / DATA) as stage:
            (tmp_path / f"{DATA}.partial" / "_chunks" / "x.index").touch()
            assert stage.folder.endswith(f"{DATA}.partial")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "d\ufffdta.partial keeps the finished work" in capsys.readouterr().err
