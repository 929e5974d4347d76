"""Training under JAX on an accelerator: speed, and compile time.

    KERAS_BACKEND=jax python -m benchmarks accelerator DATASET

Each case, PRESET:BATCH:PRECISION, compiles, warms up for three steps and is timed for three runs of
ten steps, including reading.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator

from benchmarks.inputs import dataset_facts
from benchmarks.results import Figure, figure
from benchmarks.timing import Times
from gm_vae.errors import UsageError

CASES = (
    "small:512:float32", "small:512:bfloat16", "small:2048:bfloat16", "base:512:bfloat16",
    "med:256:bfloat16",
)  # fmt: skip
STEPS, RUNS = 10, 3


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", help="a finished one")
    parser.add_argument("--cases", default=",".join(CASES), help="separated by commas")
    parser.add_argument("--cpu", action="store_true", help="try it without an accelerator")


def inputs(args: argparse.Namespace) -> dict[str, str]:
    return dataset_facts(args.dataset)


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    if os.environ.setdefault("KERAS_BACKEND", "jax") != "jax":
        raise UsageError("This benchmark is of JAX; set KERAS_BACKEND=jax.")
    import jax

    if jax.default_backend() == "cpu" and not args.cpu:
        raise UsageError("JAX sees no accelerator; install jax[cuda13], or try it with --cpu.")
    from gm_vae.backends.jax.trainer import JaxTrainer
    from gm_vae.model.config import preset
    from gm_vae.model.train_config import TrainConfig

    for case in args.cases.split(","):
        model, batch, precision = case.split(":")
        config = TrainConfig(batch_size=int(batch), precision=precision)
        trainer = JaxTrainer(args.dataset, preset(model), config)
        trainer.start(0)

        def steps(count: int, trainer: JaxTrainer = trainer) -> None:
            for _ in range(count):
                results = trainer.step()
            float(results["loss"])  # waits for the device

        began = time.perf_counter()
        steps(1)
        compiling = time.perf_counter() - began
        steps(3)
        times = Times()
        for _ in range(RUNS):
            times.add(lambda: steps(STEPS))
        of = {"model": model, "batch": batch, "precision": precision}
        speeds = [STEPS * config.batch_size / wall for wall in times.wall]
        yield figure(of, "speed", speeds, "measures/s", "more")
        yield figure(of, "step", [1e3 * wall / STEPS for wall in times.wall], "ms", "less")
        yield figure(of, "compiling", compiling, "s", "less", digits=2)
