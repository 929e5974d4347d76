"""`gm-vae preprocess` on a corpus: time, and the greatest memory of all its processes.

Each input has a run of its own, into a temporary folder. Memory is PSS, which counts shared pages
once, and known on Linux only.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator

from benchmarks.results import Figure, figure
from benchmarks.timing import Times
from gm_vae.data import dataset
from gm_vae.errors import UserError

_EVERY_SECONDS = 1.0  # reading the memory of a process takes a millisecond or so


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
    times, peaks = Times(), []
    times.add(lambda: peaks.append(watched(command)))
    made = dataset.load(output)
    of = {"input": pathlib.Path(path).name, "workers": workers}
    yield figure(of, "files", made.files["read"])
    yield figure(of, "bars kept", made.bars["kept"])
    yield figure(of, "distinct measures", made.measures)
    yield figure(of, "wall", times.wall[0], "s", "less")
    yield figure(of, "CPU", times.cpu[0], "s", "less")
    yield figure(of, "CPU per file", 1e3 * times.cpu[0] / made.files["read"], "ms", "less")
    if peaks[0]:
        yield figure(of, "greatest memory", peaks[0] / 1e6, "MB", "less")


def watched(command: list[str]) -> int:
    """Run a command to its end; the most bytes that it and its children had together.

    Raises UserError if it fails.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak, done = 0, threading.Event()
    threading.Thread(target=lambda: (process.wait(), done.set()), daemon=True).start()
    while not done.wait(_EVERY_SECONDS):
        peak = max(peak, sum(map(_pss_bytes, _family(process.pid))))
    if process.returncode:
        raise UserError("gm-vae preprocess failed; its last words are above.")
    return peak


def _family(root: int) -> list[int]:
    """A process and all that it started."""
    children: dict[int, list[int]] = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
        children.setdefault(parent, []).append(int(entry.name))
    processes, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        processes.append(process)
        waiting += children.get(process, [])
    return processes


def _pss_bytes(process: int) -> int:
    try:
        lines = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))
