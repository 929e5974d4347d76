"""Times the reader on a finished dataset: `python benchmarks/reader.py DATASET`.

Rates are measures a second of wall time and microseconds of CPU a measure (all threads), each the
median of several rounds through all variants, pipelines warm. The results of a named machine are in
RESULTS.md beside this file.
"""

import os
import resource
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

from gm_vae.data import dataset
from gm_vae.data.reader import measure_batches

ROUNDS = 5
SECONDS = 2.0  # of each variant in a round
VARIANTS = {
    "file order": {},
    "shuffled": {"shuffle_seed": 1},
    "shuffled, transposed": {"shuffle_seed": 1, "transpose": 3},
    "shuffled, transposed, bucketed": {"shuffle_seed": 1, "transpose": 3, "bucket": True},
}


def rates(pipelines: dict[str, tf.data.Dataset]) -> dict[str, tuple[float, float]]:
    """Measures a wall second and CPU microseconds a measure, of each pipeline alone."""
    found = {name: [] for name in pipelines}
    for _ in range(ROUNDS):
        for name, batches in pipelines.items():
            batches = iter(batches)  # its threads end with it, before the next one's begin
            next(batches)
            count, wall, cpu = 0, time.perf_counter(), time.process_time()
            while time.perf_counter() - wall < SECONDS:
                count += len(next(batches)["lengths"])
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            found[name].append((count / wall, 1e6 * cpu / count))
    return {
        name: tuple(map(statistics.median, zip(*runs, strict=True))) for name, runs in found.items()
    }


def first_batch(make: Callable[[], tf.data.Dataset]) -> tuple[float, float]:
    """Median seconds, wall and CPU, until a new pipeline gives its first batch."""
    taken = []
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        next(iter(make()))
        taken.append((time.perf_counter() - wall, time.process_time() - cpu))
    return tuple(map(statistics.median, zip(*taken, strict=True)))


def main() -> None:
    folder = sys.argv[1]
    measures = dataset.load(folder).split("train").measures
    print(f"{measures:,} training measures")
    for batch_size in (256, 32):
        found = rates(
            {
                name: measure_batches(folder, "train", batch_size, repeat=True, **options)
                for name, options in VARIANTS.items()
            }
        )
        for name, (rate, cpu) in found.items():
            print(f"batch {batch_size}, {name}: {rate:,.0f} measures/s, {cpu:.1f} us of CPU each")
    for name, position in (("the start", 0), ("90 % of the third epoch", int(2.9 * measures))):
        wall, cpu = first_batch(
            lambda batch=position // 256: measure_batches(
                folder, "train", 256, shuffle_seed=1, transpose=3, repeat=True, first_batch=batch
            )
        )
        print(f"first batch at {name}: {wall:.2f} s, {cpu:.2f} s of CPU")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"greatest memory of the process: {peak / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
