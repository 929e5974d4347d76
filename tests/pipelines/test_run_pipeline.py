"""Ending the pipeline's processes."""

import os
import pathlib
import pickle
import signal
import subprocess
import sys
import threading
import time

import pytest
from patience import PATIENCE_SECONDS

from gm_vae.errors import UserError
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.pipelines import run_pipeline, task_lists
from gm_vae.pipelines.songs import Task
from gm_vae.pipelines.sources import Kind, Source

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")


@pytest.fixture
def endless(tmp_path):
    """Arguments of a pipeline that never ends: its sources are pipes without a writer."""
    pipes = []
    for number in range(4):
        path = tmp_path / f"{number}.mid"
        os.mkfifo(path)
        pipes.append(Source(str(path), path.name, Kind.MIDI, 0))
    return {
        "lists": task_lists.write(str(tmp_path), [Task((source,), 1) for source in pipes]),
        "folder": str(tmp_path),
        "chunk_folder": str(tmp_path),
        "fmt": MeasureFormat(),
        "validation_percent": 5,
        "test_percent": 5,
        "summary_path": str(tmp_path / "summary"),
    }


def _wait_for(pipe):
    """Return when a process reads the pipe; the writing end."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # no reader yet
            threading.Event().wait(0.05)
    raise AssertionError("no process began to read")


def test_it_ends_with_its_caller(endless, tmp_path):
    (tmp_path / "job").write_bytes(pickle.dumps((endless, 1, run_pipeline.LOCAL, (), "")))
    process = subprocess.Popen(
        [sys.executable, "-m", "gm_vae.pipelines.run_pipeline", str(tmp_path)],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    writer = _wait_for(tmp_path / "0.mid")
    assert process.poll() is None
    process.stdin.close()
    assert process.wait(timeout=PATIENCE_SECONDS) == -signal.SIGKILL
    os.close(writer)


@pytest.mark.skipif(not pathlib.Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_a_killed_worker_is_reported_and_ends_the_rest(endless, tmp_path):
    def workers():
        pids = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if b"sdk_worker_main" in command and str(tmp_path).encode() in command:
                pids.append(int(process.name))
        return pids

    writers = []

    def end_one():
        writers.append(_wait_for(tmp_path / "0.mid"))
        os.kill(max(workers()), signal.SIGKILL)

    thread = threading.Thread(target=end_one)
    thread.start()
    with pytest.raises(UserError, match=r"The system ended a worker.*--workers=1"):
        run_pipeline.run(endless, workers=2, scratch=tmp_path)
    thread.join()
    os.close(writers[0])
    deadline = time.monotonic() + PATIENCE_SECONDS
    while workers() and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    assert not workers()
