"""Time to write eight measures, by file type.

Each type has its own process: the first file includes imports, the next ones do not. The time of
FluidSynth is included.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.results import Figure, figure
from gm_vae.errors import UserError

KINDS = (".mid", ".json", ".png", ".svg", ".tfrecord", ".wav")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kinds", default=",".join(KINDS), help="separated by commas")
    parser.add_argument("--repeats", type=int, default=5, help="after the first file")


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    for kind in args.kinds.split(","):
        command = [sys.executable, "-m", "benchmarks.outputs.kind", kind, str(args.repeats)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise UserError(f"A {kind} file could not be written; the reason is above.")
        costs = json.loads(done.stdout.splitlines()[-1])
        of = {"file": kind}
        yield figure(of, "first file, CPU", costs["cpu"][0], "s", "less")
        yield figure(of, "next files, CPU", costs["cpu"][1:], "s", "less")
        yield figure(of, "size", costs["bytes"], "bytes", "less")
