"""TensorFlow's training step: speed, memory, and the share of the machine's peak that it uses.

A case is PRESET:BATCH:PRECISION[:WORD] and has its own process, in which steps on real batches take
turns with float32 products of 2048 x 2048 matrices, so that speed and peak are measured at the same
time. Operations of a step are computed by `case.operations`. The words:

dense       all places of all tracks are computed, as in the original; shares count real tokens only
mirrored    two replicas, each a virtual CPU with half of the batch
short, long the shortest, the longest quarter of the measures of four batches

`--cases=scaling` selects cases that show how the cost grows.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.inputs import dataset_facts
from benchmarks.results import Figure, figure
from gm_vae.errors import UserError

CASES = (
    "small:32:float32", "small:256:float32", "base:64:float32", "med:32:float32",
    "small:32:bfloat16", "med:256:float32", "small:32:float32:dense", "small:256:float32:dense",
)  # fmt: skip
SCALING = (
    "small:8:float32", "small:16:float32", "small:64:float32", "small:128:float32",
    "small:512:float32", "small:64:float32:mirrored", "small:64:float32:short",
    "small:64:float32:long",
)  # fmt: skip
# for values that a case prints: unit, and which direction is better
FIGURES = {
    "speed": ("measures/s", "more"),
    "CPU per measure": ("ms", "less"),
    "share of the peak by CPU": ("%", "more"),
    "share of the peak by wall": ("%", "more"),
    "peak": ("GFLOP/s", ""),
    "greatest memory": ("GB", "less"),
    "tokens per measure": ("", ""),
    "steps": ("", ""),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", help="a finished one")
    parser.add_argument("--cases", default=",".join(CASES), help="separated by commas, or scaling")
    parser.add_argument("--seconds", type=float, default=25.0, help="of each case, at least")


def inputs(args: argparse.Namespace) -> dict[str, str]:
    return dataset_facts(args.dataset)


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    for name in SCALING if args.cases == "scaling" else args.cases.split(","):
        command = [sys.executable, "-m", "benchmarks.training.case"]
        command += [args.dataset, name, str(args.seconds)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise UserError(f"The case {name} failed; its last words are above.")
        model, batch, precision, *word = name.split(":")
        of = {"model": model, "batch": batch, "precision": precision, "case": "".join(word)}
        for what, values in json.loads(done.stdout.splitlines()[-1]).items():
            yield figure(of, what, values, *FIGURES[what])
