"""Corpora, their results with the local runner, and the other runners."""

import os
import pathlib
import tarfile

import pytest
import runner_jobs
import runner_programs
from flink_cluster import FlinkCluster

from gm_vae import arranger


def _had(piece, fails_in_ci=True):
    """A program, or a skipped test; a failed one in CI, so that nothing is silently untested."""
    try:
        return piece()
    except runner_programs.MissingError as error:
        if fails_in_ci and os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def songs(tmp_path_factory) -> pathlib.Path:
    """A folder of our own songs, with one unreadable file."""
    folder = tmp_path_factory.mktemp("songs") / "midi"
    arranger.write_corpus(folder, count=24, seed=11)
    (folder / "broken.mid").write_bytes(b"MThd but not much more")
    return folder


@pytest.fixture(scope="session")
def freedoom(shared, tmp_path_factory) -> pathlib.Path:
    """A folder of a real game's music."""
    folder = tmp_path_factory.mktemp("freedoom")
    with tarfile.open(shared / "corpora" / "freedoom.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="session")
def songs_made_here(songs, tmp_path_factory) -> dict[str, bytes]:
    """Files that one process on this machine writes for the songs."""
    return runner_jobs.run(songs, tmp_path_factory.mktemp("local") / "data", "--workers=1")


@pytest.fixture(scope="session")
def freedoom_made_here(freedoom, tmp_path_factory) -> dict[str, bytes]:
    """The same for the game's music."""
    return runner_jobs.run(freedoom, tmp_path_factory.mktemp("local") / "data", "--workers=1")


@pytest.fixture(scope="session")
def prism() -> tuple[str, ...]:
    """Flags of a run on Prism, without workers."""
    location = runner_jobs.flag("prism_location", _had(runner_programs.prism))
    return "--runner=PrismRunner", f"--beam_args={location}"


@pytest.fixture(scope="session")
def google_storage() -> pathlib.Path:
    """A folder for PYTHONPATH with Google's client and an emulator of its store."""
    return _had(runner_programs.google_storage)


@pytest.fixture(scope="session")
def flink(tmp_path_factory):
    """A cluster of two TaskManagers, and the flags of a run on it.

    The job server is not in every mirror of Maven: without it these tests are skipped in CI too.
    """
    jar = _had(runner_programs.flink_job_server, fails_in_ci=False)
    parts = _had(runner_programs.java), _had(runner_programs.flink)
    with FlinkCluster(*parts, tmp_path_factory.mktemp("flink") / "cluster") as cluster:
        flags = (
            f"--flink_master={cluster.address} --parallelism=2 "
            f"{runner_jobs.flag('flink_job_server_jar', jar)} " + runner_jobs.PROCESS_WORKERS
        )
        yield cluster, ("--runner=FlinkRunner", f"--beam_args={flags}")
