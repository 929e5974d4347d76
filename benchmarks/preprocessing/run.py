"""`gm-vae preprocess` on a corpus: time, and the greatest memory of all its processes.

Each input has a run of its own, into a temporary folder. Memory is PSS, which counts shared pages
once, and known on Linux only.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile
from collections.abc import Iterator

from benchmarks.processes import watched
from benchmarks.results import Figure, figure
from gm_vae.data import dataset


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("inputs", nargs="+", help="folders or archives of MIDI files")
    parser.add_argument("--workers", type=int, default=2)


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    for path in args.inputs:
        with tempfile.TemporaryDirectory() as scratch:
            yield from run(path, pathlib.Path(scratch) / "data", args.workers)


def run(path: str, output: pathlib.Path, workers: int) -> Iterator[Figure]:
    """The figures of one input."""
    command = [sys.executable, "-m", "gm_vae", "preprocess", f"--input={path}"]
    command += [f"--output={output}", f"--workers={workers}"]
    seen = watched(command)
    made = dataset.load(output)
    of = {"input": pathlib.Path(path).name, "workers": workers}
    yield figure(of, "files", made.files["read"])
    yield figure(of, "bars kept", made.bars["kept"])
    yield figure(of, "distinct measures", made.measures)
    yield figure(of, "wall", seen.wall_seconds, "s", "less")
    yield figure(of, "CPU", seen.cpu_seconds, "s", "less")
    yield figure(of, "CPU per file", 1e3 * seen.cpu_seconds / made.files["read"], "ms", "less")
    if seen.peak_bytes:
        yield figure(of, "greatest memory", seen.peak_bytes / 1e6, "MB", "less")
