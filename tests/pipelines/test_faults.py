"""A fault in any stage of a local run gives one sentence, and the same command then resumes."""

import os
import subprocess
import sys
import tarfile
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from patience import PATIENCE_SECONDS
from runner_jobs import contents

from gm_vae import arranger
from gm_vae.data import dataset
from gm_vae.errors import UserError
from gm_vae.pipelines import run_pipeline
from gm_vae.pipelines.midi_to_measures import COMMAND, preprocess

# Python runs it at the start of each process: a fault at the first write of a file of some name.
_FAULT = """
import os, sys
def act(event, arguments):
    if event != "open" or not isinstance(arguments[0], (str, bytes)):
        return
    path, flags = os.fsdecode(arguments[0]), arguments[2]
    if {name!r} in os.path.basename(path) and flags & os.O_WRONLY:
        try:
            os.close(os.open({once!r}, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
        {fault}
sys.addaudithook(act)
"""
# names of what each stage writes: lists of tasks, chunks, their indices, shards, rejects, counts,
# the card, the dataset
_STAGES = ("tasks-", ".records", ".index", "train-", "rejects-", "summary", "README", "dataset")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults") / "songs"
    arranger.write_corpus(folder, count=18, seed=4)
    (folder / "broken.mid").write_bytes(b"MThd but not much more")
    return folder


@pytest.fixture(scope="module")
def undisturbed(corpus, tmp_path_factory):
    return _contents(preprocess(corpus, tmp_path_factory.mktemp("whole") / "data", workers=1))


def _contents(made):
    return contents(made.directory)


def _run_with(fault, name, corpus, folder, workers):
    """The exit code and output of a run with a fault."""
    (folder / "site").mkdir()
    once = str(folder / "happened")
    text = _FAULT.format(name=name, fault=fault, once=once)
    (folder / "site" / "sitecustomize.py").write_text(text)
    command = [sys.executable, "-m", "gm_vae", "preprocess", f"--input={corpus}"]
    done = subprocess.run(
        [*command, f"--output={folder}/data", f"--workers={workers}"],
        env={**os.environ, "PYTHONPATH": str(folder / "site")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert os.path.exists(once), "the fault did not happen"
    return done.returncode, [
        line for line in done.stderr.splitlines() if "keeps the finished work" not in line
    ]


@pytest.mark.slow
@pytest.mark.parametrize("stage", _STAGES)
def test_a_full_disk(corpus, undisturbed, tmp_path, stage):
    fault = "raise OSError(28, 'No space left on device')"
    code, lines = _run_with(fault, stage, corpus, tmp_path, workers=1)
    assert code == 1
    assert len(lines) == 1, lines
    (sentence,) = lines
    assert "cannot be written (No space left on device)" in sentence
    assert not (tmp_path / "data").exists()
    assert _contents(preprocess(corpus, tmp_path / "data", workers=1)) == undisturbed
    assert not (tmp_path / "data.partial").exists()


@pytest.mark.slow
@pytest.mark.parametrize("stage", [".records", ".index", "train-", "rejects-", "summary"])
def test_a_killed_worker(corpus, undisturbed, tmp_path, stage):
    code, lines = _run_with("os.kill(os.getpid(), 9)", stage, corpus, tmp_path, workers=2)
    assert code == 1
    assert "The system ended a worker" in lines[-1]
    assert not (tmp_path / "data").exists()
    assert _contents(preprocess(corpus, tmp_path / "data", workers=2)) == undisturbed
    assert not (tmp_path / "data.partial").exists()


def _copy(corpus, folder):
    folder.mkdir()
    for path in corpus.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def _taken_again(corpus, folder, capsys):
    """A run that lost a part of its input does not count as one with all of it."""
    flags = [f"--input={corpus}", f"--output={folder}/data", "--workers=1"]
    assert COMMAND.main(flags) == 2
    assert "another input" in capsys.readouterr().err
    assert COMMAND.main([*flags, "--force"]) == 0
    return contents(folder / "data")


_LOST = "changed or vanished while it was read; when it is whole, run the command again"


@pytest.mark.slow
def test_files_that_change_or_vanish_while_others_are_read(corpus, undisturbed, tmp_path, capsys):
    mine = _copy(corpus, tmp_path / corpus.name)
    gone, cut = (path for path in sorted(mine.glob("*.mid"))[-2:])  # the first block is read
    fault = f"os.rename({str(gone)!r}, {str(tmp_path / 'kept')!r}); os.truncate({str(cut)!r}, 99)"
    whole, info = cut.read_bytes(), cut.stat()
    code, lines = _run_with(fault, ".records", mine, tmp_path, workers=1)
    assert code == 0
    assert sum("2 files of the input " + _LOST in line for line in lines) == 1, lines
    made = dataset.load(tmp_path / "data")
    assert (made.files["read"], made.files["unparsable"]) == (19, 3)  # with the broken one
    assert {"no such file or directory": 1, "changed while it was read": 1}.items() <= (
        made.errors.items()
    )
    (tmp_path / "kept").rename(gone)  # a share of the network is there again
    cut.write_bytes(whole)
    os.utime(cut, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert _taken_again(mine, tmp_path, capsys) == undisturbed


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["tar", "zip", "parquet"])
def test_an_archive_that_is_cut_while_it_is_read(corpus, tmp_path, capsys, kind):
    archive = _archive(corpus, tmp_path / f"songs.{kind}")
    whole = archive.read_bytes()
    expected = _contents(preprocess(archive, tmp_path / "whole", workers=1))
    fault = f"os.truncate({str(archive)!r}, {len(whole) // 3})"
    code, lines = _run_with(fault, ".records", archive, tmp_path, workers=1)
    assert code == 0
    assert sum("1 file of the input " + _LOST in line for line in lines) == 1, lines
    made = dataset.load(tmp_path / "data")
    assert made.errors["changed while it was read"] == 1
    assert 7 <= made.files["read"] - made.files["unparsable"] < 18  # the first block, at least
    archive.write_bytes(whole)
    assert _taken_again(archive, tmp_path, capsys) == expected


def _archive(corpus, path):
    files = {file.name: file.read_bytes() for file in sorted(corpus.iterdir())}
    if path.suffix == ".parquet":
        table = pa.table({"id": list(files), "music": list(files.values())})
        pq.write_table(table, path, row_group_size=8, compression="none")
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
    else:
        with tarfile.open(path, "w") as archive:
            for name in files:
                archive.add(corpus / name, name)
    return path


@pytest.mark.slow
def test_a_file_that_changes_when_the_clock_was_set_back(corpus, tmp_path, monkeypatch):
    """An interrupted run is resumed after a change that is older, by the clock, than the file."""
    mine = _copy(corpus, tmp_path / corpus.name)
    changed = sorted(mine.glob("*.mid"))[0]
    whole_run = run_pipeline.run

    def stop(arguments, **options):
        whole_run(arguments, **options)
        raise UserError("stopped")

    with monkeypatch.context() as patch:
        patch.setattr(run_pipeline, "run", stop)
        with pytest.raises(UserError, match="stopped"):
            preprocess(mine, tmp_path / "data", workers=1)
    then = changed.stat()
    changed.write_bytes(bytes(then.st_size))
    os.utime(changed, ns=(then.st_atime_ns, then.st_mtime_ns - 10**12))
    made = preprocess(mine, tmp_path / "data", workers=1)
    assert made.files["unparsable"] == 2  # with the broken one
    assert _contents(made) == _contents(preprocess(mine, tmp_path / "new", workers=1))


@pytest.mark.slow
def test_clocks_do_not_matter(corpus, undisturbed, tmp_path):
    """Files from the future, and from before the clock was set back."""
    mine = _copy(corpus, tmp_path / corpus.name)
    for number, path in enumerate(sorted(mine.iterdir())):
        os.utime(path, (0, 0) if number % 2 else (4e9, 4e9))
    assert _contents(preprocess(mine, tmp_path / "data", workers=1)) == undisturbed


def test_a_read_only_output_is_one_sentence(corpus, tmp_path, monkeypatch, capsys):
    def refuse(*_, **__):
        raise OSError(30, "Read-only file system", str(tmp_path / "data.partial"))

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    assert COMMAND.main([f"--input={corpus}", f"--output={tmp_path}/data", "--workers=1"]) == 1
    out, err = capsys.readouterr()
    assert not out
    assert err.count("\n") == 1
    assert "Read-only file system" in err
    assert not list(tmp_path.iterdir())
