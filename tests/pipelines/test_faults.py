"""A fault in any stage of a local run gives one sentence, and the same command then resumes."""

import os
import subprocess
import sys

import pytest
from patience import PATIENCE_SECONDS
from runner_jobs import contents

from gm_vae import arranger
from gm_vae.errors import UsageError
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


def _contents(dataset):
    return contents(dataset.directory)


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


@pytest.mark.slow
def test_an_input_that_changes_after_it_was_listed(corpus, tmp_path, monkeypatch):
    """One file vanishes and one is another: both are reported, the dataset is not taken again."""
    mine = _copy(corpus, tmp_path / "songs")
    gone, other = sorted(mine.glob("*.mid"))[1:3]
    whole_run = run_pipeline.run

    def run(arguments, **options):
        gone.unlink()
        other.write_bytes(b"MThd, and then it was cut")
        whole_run(arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(run_pipeline, "run", run)
        made = preprocess(mine, tmp_path / "data", workers=1)
    assert (made.files["read"], made.files["unparsable"]) == (19, 3)  # with the broken one
    assert sum("no such file" in reason for reason in made.errors) == 1
    with pytest.raises(UsageError, match="another input"):
        preprocess(mine, tmp_path / "data", workers=1)
    again = preprocess(mine, tmp_path / "data", workers=1, force=True)
    assert _contents(again) == _contents(preprocess(mine, tmp_path / "new", workers=1))


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
