"""`gm-vae demo`: time to the first music, and total time.

It adapts its training to the time limit, so a slower machine makes fewer steps.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from benchmarks.results import Figure, figure
from benchmarks.timing import cpu_seconds
from gm_vae.checkpoints.load import read_model
from gm_vae.errors import UserError

_EVERY_SECONDS = 0.02  # interval of checks for the first files


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--steps", type=int, help="of training, instead of as many as fit")


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as scratch:
        output = pathlib.Path(scratch) / "demo"
        command = [sys.executable, "-m", "gm_vae", "demo", f"--output={output}"]
        command += [f"--steps={args.steps}"] if args.steps else []
        first, music = None, output / "music/bundled"
        wall, cpu = time.perf_counter(), cpu_seconds()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while process.poll() is None:
            if first is None and any(music.glob("*.mid")):
                first = time.perf_counter() - wall
            time.sleep(_EVERY_SECONDS)
        if process.returncode:
            raise UserError("The demo failed; its last words are above.")
        of = {"demo": f"{args.steps} steps" if args.steps else "as many steps as fit"}
        if first is not None:
            yield figure(of, "to the first .mid", first, "s", "less")
        yield figure(of, "wall", time.perf_counter() - wall, "s", "less")
        yield figure(of, "CPU", cpu_seconds() - cpu, "s", "less")
        steps = read_model(output / "run").training["steps"]
        yield figure(of, "steps", steps, "", "more")
