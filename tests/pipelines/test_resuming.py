"""Interrupted runs resume where they stopped, and write the same bytes."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from patience import PATIENCE_SECONDS
from runner_jobs import contents

from gm_vae import arranger, storage
from gm_vae.errors import UserError
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.pipelines import extract, run_pipeline, songs, sources, staging
from gm_vae.pipelines.midi_to_measures import COMMAND, preprocess


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("resuming") / "songs"
    arranger.write_corpus(folder, count=24, seed=3)  # three blocks
    return folder


@pytest.fixture(scope="module")
def undisturbed(corpus, tmp_path_factory):
    return _contents(preprocess(corpus, tmp_path_factory.mktemp("whole") / "data", workers=1))


def _contents(dataset):
    return contents(dataset.directory)


def _fail_after_extracting(monkeypatch):
    """Let a run end with an error when all chunks are written."""
    whole_run = run_pipeline.run

    def run(arguments, **options):
        whole_run(arguments, **options)
        raise UserError("stopped")

    monkeypatch.setattr(run_pipeline, "run", run)


def _spoil(corpus, keep):
    """Make files unparsable without changing size and time: reading them again would be noticed."""
    for path in sorted(corpus.iterdir()):
        if path.name not in keep:
            info = path.stat()
            path.write_bytes(bytes(info.st_size))
            os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))


@pytest.mark.slow
def test_a_failed_run_is_gone_on_with(corpus, undisturbed, tmp_path, monkeypatch, capfd):
    mine = shutil.copytree(corpus, tmp_path / "songs")
    output = tmp_path / "data [1]"  # no pattern, though it looks like one
    with monkeypatch.context() as patch:
        _fail_after_extracting(patch)
        with pytest.raises(UserError, match="stopped"):
            preprocess(mine, output, workers=1)
    assert "data [1].partial keeps the finished work" in capfd.readouterr().err
    partial = tmp_path / "data [1].partial"
    assert partial.is_dir()
    assert not output.exists()
    _spoil(mine, keep=())
    (partial / "train-00000-of-00099.tfrecord.gz").write_bytes(b"of other options")
    made = preprocess(mine, output, workers=2)
    assert _contents(made) == undisturbed
    assert not partial.exists()
    assert "resuming an interrupted run" in capfd.readouterr().err


@pytest.mark.slow
def test_other_settings_take_nothing_from_it(corpus, tmp_path, monkeypatch):
    mine = shutil.copytree(corpus, tmp_path / "songs")
    with monkeypatch.context() as patch:
        _fail_after_extracting(patch)
        with pytest.raises(UserError):
            preprocess(mine, tmp_path / "data", workers=1)
    changed = sorted(mine.iterdir())[0]
    changed.write_bytes(b"no MIDI any more")
    made = preprocess(mine, tmp_path / "data", workers=1)
    assert made.files["unparsable"] == 1
    assert made.files["read"] == 24


def test_chunks_of_another_reading_are_not_taken(corpus, tmp_path, monkeypatch):
    """Songs that were read with other rules are read again."""
    tasks = list(songs.tasks(sources.find(corpus), 1))

    def read():
        extractor = extract.Extractor(str(tmp_path), MeasureFormat())
        done = []
        paths = [chunk.path for task in tasks for chunk in extractor.chunks(task, done.append)]
        assert len(done) == 24
        return set(paths), set(tmp_path.iterdir())

    paths, files = read()
    assert read() == (paths, files)
    monkeypatch.setattr(extract, "READING", extract.READING + 1)
    other_paths, other_files = read()
    assert not paths & other_paths
    assert len(other_files) == 2 * len(files)


@pytest.mark.slow
def test_a_killed_run_is_gone_on_with(corpus, undisturbed, tmp_path):
    """Everything is killed in the middle: one block is done, another waits for a pipe."""
    mine = shutil.copytree(corpus, tmp_path / "songs")
    names = sorted(path.name for path in mine.iterdir())
    last = mine / names[-1]
    data, info = last.read_bytes(), last.stat()
    last.unlink()
    os.mkfifo(last)
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN, str(mine), str(tmp_path / "data"), str(len(data))],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "MTIME": repr(info.st_mtime)},
    )
    writer = _open_when_read(last)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    os.close(writer)
    done = list((tmp_path / "data.partial" / "_chunks").glob("*.index"))
    assert 1 <= len(done) <= 2
    last.unlink()
    last.write_bytes(data)
    os.utime(last, ns=(info.st_atime_ns, info.st_mtime_ns))
    _spoil(mine, keep=names[16:])
    assert _contents(preprocess(mine, tmp_path / "data", workers=1)) == undisturbed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "songs"]


# A pipe has no size and is not a regular file, so `find` gets the size of the original file.
_RUN = """
import dataclasses, os, sys
from gm_vae.pipelines import midi_to_measures, sources
folder, output, size = sys.argv[1:]
os.path.isfile = lambda path: not os.path.isdir(path)
def find(inputs, columns):
    names = sorted(os.listdir(folder))
    source_files = []
    for name in names:
        path = os.path.join(folder, name)
        info = os.stat(path)
        pipe = name == names[-1]
        source_files.append(sources.Source(path, name, sources.Kind.MIDI,
            int(size) if pipe else info.st_size,
            float(os.environ["MTIME"]) if pipe else info.st_mtime))
    return source_files
sources.find = find
midi_to_measures.preprocess(folder, output, workers=1)
"""


def _open_when_read(pipe):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # without a reader so far
            threading.Event().wait(0.05)
    raise AssertionError("no process began to read")


def test_two_runs_do_not_write_one_output(corpus, tmp_path, capsys):
    pytest.importorskip("fcntl")
    with staging.stage(tmp_path / "data"):
        code = COMMAND.main([f"--input={corpus}", f"--output={tmp_path}/data", "--workers=1"])
    assert code == 2
    assert "Another run is writing" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["data"]  # empty, of the block above


def test_a_folder_of_somebody_else_is_left_alone(corpus, tmp_path, capsys):
    (tmp_path / "data.partial").mkdir()
    (tmp_path / "data.partial" / "thesis.txt").write_text("")
    code = COMMAND.main([f"--input={corpus}", f"--output={tmp_path}/data", "--workers=1"])
    assert code == 2
    assert "data.partial is in the way" in capsys.readouterr().err
    assert (tmp_path / "data.partial" / "thesis.txt").exists()


@pytest.mark.parametrize("left", [(), ("dataset.json", "train-0.tfrecord.gz"), ("_chunks",)])
def test_a_run_that_was_killed_at_any_time_is_resumed(tmp_path, left):
    """Before the folder of chunks exists, after it is removed, and in between."""
    (tmp_path / "data.partial").mkdir()
    for name in left:
        path = tmp_path / "data.partial" / name
        path.mkdir() if name == "_chunks" else path.touch()
    with staging.stage(tmp_path / "data") as stage:
        assert not stage.resumes
    assert os.listdir(tmp_path) == ["data"]
    assert os.listdir(tmp_path / "data") == []


@pytest.mark.parametrize("when", ["before", "during"])
def test_what_a_killed_writer_leaves_is_not_in_the_dataset(tmp_path, when):
    """A worker may be lost in mid-write, and another do its work in the same run or the next."""

    (tmp_path / "data.partial" / "_chunks").mkdir(parents=True)
    write = [sys.executable, "-c", _KILLED_WRITER, str(tmp_path / "data.partial" / "test-0.gz")]
    if when == "before":
        subprocess.run(write, check=False)
    with staging.stage(tmp_path / "data") as stage:
        if when == "during":
            subprocess.run(write, check=False)
            assert len(os.listdir(stage.folder)) == 2
        storage.write(os.path.join(stage.folder, "test-0.gz"), b"whole")
    assert os.listdir(tmp_path / "data") == ["test-0.gz"]


_KILLED_WRITER = """
import os, pathlib, sys
from gm_vae import storage
with storage.replacing(pathlib.Path(sys.argv[1])) as path:
    path.write_bytes(b"half")
    os.kill(os.getpid(), 9)
"""


def test_blocks_do_not_depend_on_the_number_of_workers(corpus, tmp_path):
    from gm_vae.pipelines import sources

    archive = shutil.make_archive(str(tmp_path / "songs"), "zip", corpus)
    for inputs in (corpus, archive):
        names = {
            frozenset(
                name for task in songs.tasks(sources.find(inputs), parts)
                for name, members in songs.blocks(task)
                if len(list(members))
            )
            for parts in (1, 2, 5)
        }  # fmt: skip
        assert len(names) == 1
        assert len(*names) == 3
