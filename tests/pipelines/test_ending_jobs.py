"""Ending `gm-vae preprocess` in any way ends its job on a cluster, even while it is submitted."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from flink_double import FlinkDouble
from patience import PATIENCE_SECONDS

from gm_vae import arranger
from gm_vae.pipelines.cluster_job import ClusterJob

# In place of Java: a job server that takes no job, ever, or that fails.
_JOB_SERVER = """#!/bin/sh
echo $$ > "{folder}/java-pid.part" && mv "{folder}/java-pid.part" "{folder}/java-pid"
{then}
"""


@pytest.fixture
def submitting(tmp_path):
    """Starts a command whose job is being submitted to a double of Flink."""
    arranger.write_corpus(tmp_path / "midi", count=1)
    (tmp_path / "tmp").mkdir()
    jar, java = tmp_path / "server.jar", tmp_path / "java"
    jar.touch()
    processes = []

    def start(flink, then="exec sleep 1000"):
        java.write_text(_JOB_SERVER.format(folder=tmp_path, then=then))
        java.chmod(0o755)
        flags = (
            f"--flink_master={flink.address} '--flink_job_server_jar={jar}' "
            f"'--job_server_java_launcher={java}' --environment_type=PROCESS "
            "--environment_options=process_command=/bin/true"
        )
        command = [sys.executable, "-m", "gm_vae", "preprocess", f"--input={tmp_path}/midi"]
        command += [f"--output={tmp_path}/data", "--runner=FlinkRunner", f"--beam_args={flags}"]
        process = subprocess.Popen(
            command,
            env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stderr.close()


def _wait(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if result := condition():
            return result
        threading.Event().wait(0.05)
    raise AssertionError("waited in vain")


def _job_name(folder):
    """The name of the job, once it is being submitted."""
    (cluster,) = _wait(lambda: list((folder / "tmp").glob("gm-vae-scratch-*/cluster")))
    _wait((folder / "java-pid").exists)
    return cluster.read_text().split("\n")[0]


def _is_alive(folder):
    with contextlib.suppress(ProcessLookupError):
        os.kill(int((folder / "java-pid").read_text()), 0)
        return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_job_and_its_server(submitting, tmp_path, number):
    with FlinkDouble() as flink:
        process = submitting(flink)
        name = _job_name(tmp_path)
        flink.add(name)
        process.send_signal(number)
        _, output = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 128 + number
        assert flink.states == {name: "CANCELED"}
    assert "may still run" not in output
    _wait(lambda: not _is_alive(tmp_path))


@pytest.mark.slow
def test_a_kill_ends_the_job_too(submitting, tmp_path):
    with FlinkDouble() as flink:
        process = submitting(flink)
        name = _job_name(tmp_path)
        flink.add(name)
        process.kill()
        _wait(lambda: flink.states == {name: "CANCELED"})
    _wait(lambda: not _is_alive(tmp_path))


@pytest.mark.slow
def test_what_may_still_run_is_reported(submitting, tmp_path, monkeypatch):
    with FlinkDouble(refuses=True) as flink:
        process = submitting(flink, then="exit 1")  # a failure of our own side
        name = _job_name(tmp_path)
        flink.add(name)
        _, output = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 1
        assert f"{name} may still run on Flink" in output
        assert f"curl -X PATCH 'http://{flink.address}/jobs/{name}?mode=cancel'" in output
        assert "The job failed on FlinkRunner" in output.splitlines()[-1]


class _Result:
    """Of Beam's, with a service that cancels or does not."""

    def __init__(self, error=None):
        self.error, self.cancelled = error, False

    def cancel(self):
        if self.error:
            raise self.error
        self.cancelled = True


def test_a_job_service_elsewhere_is_asked():
    job, result = ClusterJob("gm-vae-1", "DataflowRunner", "", True), _Result()
    job.submitted(result)
    assert job.end() is None
    assert result.cancelled


def test_a_job_service_that_refuses_is_one_sentence():
    job = ClusterJob("gm-vae-1", "DataflowRunner", "", True)
    job.submitted(_Result(OSError("no\nrights.")))
    left = job.end()
    assert left.startswith("The job gm-vae-1 may still run on DataflowRunner (no rights); end it")


def test_a_service_that_ends_with_us_is_not_asked():
    job, result = ClusterJob("gm-vae-1", "PrismRunner", "", False), _Result()
    job.submitted(result)
    assert job.end() is None
    assert not result.cancelled
