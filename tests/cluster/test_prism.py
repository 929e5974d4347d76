"""Prism: another portable runner, written in Go, must write the same bytes."""

import os
import pathlib
import re
import signal
import subprocess
import sys

import pytest
import runner_jobs
from flink_cluster import free_ports


def test_workers_in_the_submitting_process(songs, songs_made_here, prism, tmp_path):
    assert runner_jobs.run(songs, tmp_path / "data", *prism) == songs_made_here


def test_workers_that_the_engine_starts(freedoom, freedoom_made_here, prism, tmp_path):
    runner, flags = prism
    flags += " " + runner_jobs.PROCESS_WORKERS
    assert runner_jobs.run(freedoom, tmp_path / "data", runner, flags) == freedoom_made_here


@pytest.fixture
def worker_pool():
    """The address of Beam's own server that starts workers on demand."""
    (port,) = free_ports(1)
    module = "apache_beam.runners.worker.worker_pool_main"
    folder = str(pathlib.Path(sys.executable).parent)  # it calls `python`
    pool = subprocess.Popen(
        [sys.executable, "-m", module, f"--service_port={port}"],
        env={**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    yield f"localhost:{port}"
    os.killpg(pool.pid, signal.SIGKILL)
    pool.wait()


def test_workers_of_a_pool(songs, songs_made_here, prism, worker_pool, tmp_path):
    runner, flags = prism
    flags += f" --environment_type=EXTERNAL --environment_config={worker_pool}"
    assert runner_jobs.run(songs, tmp_path / "data", runner, flags) == songs_made_here


# Prism notices that a worker died, or waits without end; then we end the job
_DIED = r"failed on PrismRunner \((.*disconnected|a worker process ended, exit status 9)"
_FULL = r"cannot be written \(disk full\)"


def _when(name, fault):
    """A fault at the first write of a file of some name."""
    return f"if {name!r} in path and flags & os.O_WRONLY: {fault}"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("os._exit(9)", _DIED),  # at once
        ("if path.endswith('.mid'): os._exit(9)", _DIED),
        # the chunks' measures are read to go through Prism, where their shards wait for them
        ("if path.endswith('.records') and '/.' not in path: os._exit(9)", _DIED),
        *((_when(name, "os._exit(9)"), _DIED) for name in (".index", "train-", "rejects-")),
        *(
            (_when(name, "raise OSError(28, 'disk full')"), _FULL)
            for name in (".records", "train-", "summary")
        ),
    ],
)
def test_a_fault_of_a_worker_is_one_sentence_and_costs_no_work(
    songs, songs_made_here, prism, tmp_path, fault, expected
):
    program = tmp_path / "worker"
    program.write_text(_FAULTY.format(python=sys.executable, fault=fault))
    program.chmod(0o755)
    runner, flags = prism
    flags += f" --environment_type=PROCESS --environment_options=process_command={program}"
    code, output = runner_jobs.finish(runner_jobs.start(songs, tmp_path / "data", runner, flags))
    assert code == 1
    sentence = output.splitlines()[-1]  # before it, perhaps, that finished work is kept
    assert re.search(expected, sentence), output
    assert len(output.splitlines()) <= 2
    for log in re.findall(r"its log is (.+)\.$", sentence):
        assert "Traceback" in pathlib.Path(log).read_text()
        pathlib.Path(log).unlink()
    assert runner_jobs.run(songs, tmp_path / "data") == songs_made_here  # what was kept is good


# a shell finds Python, since the first line of a script cannot name a path with spaces
_FAULTY = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import os, sys
def act(event, arguments):
    if event == "open":
        path, flags = str(arguments[0]), arguments[2]
        {fault}
sys.addaudithook(act)
from gm_vae.pipelines import worker
sys.exit(worker.main())
"""
