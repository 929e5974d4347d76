"""Training under KERAS_BACKEND=jax on an accelerator: steps a second, and how the loss falls.

    KERAS_BACKEND=jax python benchmarks/accelerator.py DATASET [MODEL:BATCH:PRECISION ...]

Without JAX's GPU form it measures the CPU. Each case compiles, warms up for 4 steps and takes the
median of three runs of 10 steps, reading included.
"""

import statistics
import sys
import time

import jax

from gm_vae.backends.jax.trainer import JaxTrainer
from gm_vae.data.arrays import MeasureArrays
from gm_vae.model.config import preset
from gm_vae.model.train_config import TrainConfig

CASES = (
    "small:512:float32", "small:512:bfloat16", "small:2048:bfloat16", "base:512:bfloat16",
    "med:256:bfloat16",
)  # fmt: skip


def main(dataset: str, *cases: str) -> None:
    data = MeasureArrays.load(dataset, "train")
    mean = data.lengths.sum() / len(data.lengths)
    print(f"{jax.devices()[0]}; {len(data.lengths):,} measures, {mean:.0f} tokens a measure")
    for case in cases or CASES:
        name, size, precision = case.split(":")
        config = TrainConfig(batch_size=int(size), precision=precision)
        trainer = JaxTrainer(data, preset(name), config)
        trainer.start(0)
        start = time.perf_counter()
        float(trainer.step()["loss"])
        compiling = time.perf_counter() - start

        def steps(count: int, trainer: JaxTrainer = trainer) -> float:
            start = time.perf_counter()
            for _ in range(count):
                results = trainer.step()
            float(results["loss"])
            return (time.perf_counter() - start) / count

        steps(3)
        taken = statistics.median(steps(10) for _ in range(3))
        print(
            f"{name}, batch {size}, {precision}: {int(size) / taken:,.0f} measures/s, "
            f"{1000 * taken:.1f} ms a step, {compiling:.0f} s to compile",
            flush=True,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
