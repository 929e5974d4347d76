"""`gm-vae preprocess` on each Beam runner: time, and equality of the output.

Runners that are not available here are left out, with the reason. Every output is compared with the
first one, byte for byte.
"""

from __future__ import annotations

import argparse
import contextlib
import pathlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

import runner_jobs
import runner_programs
from flink_cluster import FlinkCluster

from benchmarks.results import Figure, figure
from gm_vae.errors import UserError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=pathlib.Path, help="a folder of MIDI files")
    parser.add_argument("--local", action="store_true", help="no other runners than this machine")


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as temporary, contextlib.ExitStack() as stack:
        folder = pathlib.Path(temporary)
        jobs = Jobs(args.source, folder)
        yield from jobs.run("local, 1 worker", "--workers=1")
        yield from jobs.run("local, 2 workers", "--workers=2")
        if args.local:
            return
        with _if_had():
            prism = "--beam_args=" + runner_jobs.flag("prism_location", runner_programs.prism())
            yield from jobs.run("Prism, workers in the submitter", "--runner=PrismRunner", prism)
            prism += f" {runner_jobs.PROCESS_WORKERS}"
            yield from jobs.run("Prism, a worker process", "--runner=PrismRunner", prism)
        with _if_had():
            jar = runner_programs.flink_job_server()
            programs = runner_programs.java(), runner_programs.flink()
            cluster = stack.enter_context(FlinkCluster(*programs, folder / "flink"))
            flink = (
                f"--beam_args=--flink_master={cluster.address} --parallelism=2 "
                f"{runner_jobs.flag('flink_job_server_jar', jar)} {runner_jobs.PROCESS_WORKERS}"
            )
            yield from jobs.run("Flink, 2 TaskManagers", "--runner=FlinkRunner", flink)

            def lose_one() -> None:
                cluster.wait(cluster.kill_a_busy_task_manager)
                cluster.start_task_manager()

            name = "Flink, one of 2 TaskManagers killed"
            yield from jobs.run(name, "--runner=FlinkRunner", flink, meanwhile=lose_one)


class Jobs:
    """Jobs on the same files."""

    def __init__(self, source: pathlib.Path, folder: pathlib.Path) -> None:
        self._source, self._folder = source, folder
        self._first: dict[str, bytes] = {}  # output of the first job, by name of its file

    def run(
        self, runner: str, *flags: str, meanwhile: Callable[[], None] = lambda: None
    ) -> Iterator[Figure]:
        """One job. Raises UserError if it fails."""
        output = self._folder / runner.replace(" ", "-")
        start = time.monotonic()
        job = runner_jobs.start(self._source, output, *flags)
        try:
            meanwhile()
        finally:
            code, said = runner_jobs.finish(job)
        seconds = time.monotonic() - start
        if code:
            raise UserError(f"The job on {runner} failed: {said}")
        made = runner_jobs.contents(output)
        self._first = self._first or made
        equal = sum(made.get(name) == data for name, data in self._first.items())
        of = {"runner": runner, "input": self._source.name}
        yield figure(of, "wall", seconds, "s", "less")
        yield figure(of, "files of the output", len(made))
        yield figure(of, "files with the same bytes", equal, "", "more")


@contextlib.contextmanager
def _if_had() -> Iterator[None]:
    try:
        yield
    except runner_programs.MissingError as error:
        print(f"left out: {error}", file=sys.stderr, flush=True)
