"""Speed of reading batches from a dataset, and time to the first one.

Whole epochs, in one process and one thread, as a backend's trainer reads: in the first epoch shards
are decompressed and decoded, later ones find them in memory (up to 1 GB).
"""

from __future__ import annotations

import argparse
import collections
import resource
from collections.abc import Iterator

from benchmarks.inputs import dataset_facts
from benchmarks.results import Figure, figure
from benchmarks.timing import Times, repeated
from gm_vae.data import dataset
from gm_vae.data.arrays import Batch
from gm_vae.data.reader import measure_batches

ORDERS: dict[str, dict] = {
    "file order": {},
    "shuffled": {"shuffle_seed": 1},
    "shuffled, transposed": {"shuffle_seed": 1, "transpose": 3},
    "shuffled, transposed, bucketed": {"shuffle_seed": 1, "transpose": 3, "bucket": True},
}
CASES = (*((order, 256) for order in ORDERS), ("shuffled, transposed", 32))


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", help="a finished one")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=5, help="of first batches")


def inputs(args: argparse.Namespace) -> dict[str, str]:
    return dataset_facts(args.dataset)


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    measures = dataset.load(args.dataset).split("train").measures
    for order, batch_size in CASES:
        batches = measure_batches(args.dataset, "train", batch_size, **ORDERS[order])
        times = Times()
        for _ in range(args.epochs):
            times.add(lambda: collections.deque(batches, maxlen=0))
        epochs = {"first": slice(1), "later": slice(1, None)}
        for epoch, runs in epochs.items():
            of = {"order": order, "batch": batch_size, "epoch": epoch}
            speeds = [measures / wall for wall in times.wall[runs]]
            costs = [1e6 * cpu / measures for cpu in times.cpu[runs]]
            if speeds:
                yield figure(of, "speed", speeds, "measures/s", "more")
                yield figure(of, "CPU per measure", costs, "µs", "less")
    for name, epoch in (("the start", 0.0), ("90 % of the third epoch", 2.9)):
        batch = int(epoch * measures) // 256

        def first(batch: int = batch) -> Batch:
            batches = measure_batches(
                args.dataset, "train", 256, shuffle_seed=1, transpose=3, repeat=True,
                first_batch=batch,
            )  # fmt: skip
            return next(iter(batches))

        times = repeated(first, args.repeats)
        of = {"first batch, at": name}
        yield figure(of, "wall", times.wall, "s", "less")
        yield figure(of, "CPU", times.cpu, "s", "less")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    yield figure({"process": "all of these"}, "greatest memory", peak, "MB", "less")
