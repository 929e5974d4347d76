"""Times TensorFlow's training step: `python benchmarks/training.py DATASET`.

One process for each model, batch size and precision. In each, steps on real batches alternate with
float32 products of 2048 x 2048 matrices, so the share of the machine's peak is of the same minutes.
Columns: measures a second of wall time; milliseconds of CPU a measure (all threads), which other
work on the machine disturbs less; tokens a measure; products of a step, by the formulas of
`operations`, over CPU time, as a share of what the 2048 x 2048 product reaches a CPU second, and
over wall time likewise; the process's greatest memory. A case may end in a word:
dense       all places of all tracks are computed, as in the original; shares count real tokens only
mirrored    two replicas, each a virtual CPU with half of the batch
short, long the shortest, the longest quarter of the measures of four batches
`--cases=scaling` stands for those that tell how the cost grows.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

CASES = (
    "small:32:float32", "small:256:float32", "base:64:float32", "med:32:float32",
    "small:32:bfloat16", "med:256:float32", "small:32:float32:dense", "small:256:float32:dense",
)  # fmt: skip
SCALING = (
    "small:8:float32", "small:16:float32", "small:64:float32", "small:128:float32",
    "small:512:float32", "small:64:float32:mirrored", "small:64:float32:short",
    "small:64:float32:long",
)  # fmt: skip
SIZE = 2048  # of the square matrices that tell the peak


def operations(model, measures: int, tokens: int) -> float:
    """Floating-point operations of the products of a step, forward and backward."""
    from gm_vae.music.vocabulary import vocabulary

    h, units, tracks = model.encoder_units, model.decoder_units, model.fmt.max_tracks
    rows = measures * tracks
    below = (0, *units[:-1])
    stack = sum(4 * width * (width + under) for width, under in zip(units, below))
    states = 2 * sum(units)
    count = (tokens - rows) * 2 * 4 * h * h  # tracks, both directions; step 0 needs no product
    count += 2 * 4 * h * (rows * 2 * h + (rows - measures) * h)  # over the tracks of a measure
    count += measures * (2 * 2 * h + states) * model.latent_size
    count += rows * stack  # conductor
    count += rows * units[-1] * (states + 4 * units[0])  # a track's first state and its embedding
    count += tokens * (stack + units[-1] * vocabulary(model.fmt).size)
    return 2.0 * 3 * count  # each product has two more of its size in the gradient


def case(folder: str, name: str, seconds: float) -> None:
    """Prints the figures of one case as JSON."""
    preset, batch_size, precision, *words = name.split(":")
    word = words[0] if words else ""
    from gm_vae.quiet import import_tensorflow_quietly

    import_tensorflow_quietly()
    import keras
    import tensorflow as tf

    from gm_vae.backends import make_network
    from gm_vae.backends.tensorflow.batches import distributed_batches, training_batches
    from gm_vae.backends.tensorflow.step import make_step
    from gm_vae.model.config import PRESETS
    from gm_vae.model.objective import make_optimizer
    from gm_vae.model.train_config import TrainConfig

    keras.utils.set_random_seed(0)
    model, config = PRESETS[preset], TrainConfig(batch_size=int(batch_size))
    strategy = tf.distribute.get_strategy()
    if word == "mirrored":
        cpu = tf.config.list_physical_devices("CPU")[0]
        halves = [tf.config.LogicalDeviceConfiguration() for _ in range(2)]
        tf.config.set_logical_device_configuration(cpu, halves)
        strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with strategy.scope():
        network = make_network(model, precision=precision)
        optimizer = make_optimizer(config, network)
    step = make_step(network, optimizer, config, strategy, False if word == "dense" else None)
    if word == "mirrored":
        batches = iter(distributed_batches(strategy, folder, model, config))
    else:
        batches = iter(training_batches(folder, model, config))
        if word in ("short", "long"):
            batches = quarters(batches, word)
    matrix = tf.random.normal([SIZE, SIZE])
    product = tf.function(lambda: tf.linalg.trace(tf.matmul(matrix, matrix)))

    def timed(run) -> tuple[float, float]:
        wall, cpu = time.perf_counter(), time.process_time()
        float(run())
        return time.perf_counter() - wall, time.process_time() - cpu

    def train(batch) -> tuple[float, float]:
        return timed(lambda: step(batch)["loss"])

    train(next(batches)), timed(product)
    steps, peaks, tokens, began = [], [], [], time.perf_counter()
    while len(steps) < 3 or time.perf_counter() - began < seconds:
        batch = next(batches)
        parts = strategy.experimental_local_results(batch["lengths"])
        tokens.append(sum(int(tf.reduce_sum(part)) for part in parts))
        steps.append(train(batch))
        peaks.append(timed(product))
    done = [operations(model, config.batch_size, count) for count in tokens]
    wall, cpu = (
        statistics.median(work / taken[i] for work, taken in zip(done, steps)) for i in (0, 1)
    )
    peak_wall = max(2.0 * SIZE**3 / taken for taken, _ in peaks)
    peak_cpu = max(2.0 * SIZE**3 / taken for _, taken in peaks)
    print(
        json.dumps(
            {
                "measures/s": config.batch_size / statistics.median(w for w, _ in steps),
                "cpu_ms": 1e3 * statistics.median(c for _, c in steps) / config.batch_size,
                "tokens": statistics.mean(tokens) / config.batch_size,
                "share_cpu": cpu / peak_cpu,
                "share_wall": wall / peak_wall,
                "peak": peak_wall / 1e9,
                "peak_cpu": peak_cpu / 1e9,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
                "steps": len(steps),
            }
        )
    )


def quarters(batches, word: str):
    """Batches of the shortest or longest quarter of the measures of four batches each."""
    import tensorflow as tf

    while True:
        four = [next(batches) for _ in range(4)]
        joined = {name: tf.concat([batch[name] for batch in four], 0) for name in four[0]}
        order = tf.argsort(tf.reduce_sum(joined["lengths"], 1))
        size = len(order) // 4
        order = order[:size] if word == "short" else order[-size:]
        yield {name: tf.gather(values, order) for name, values in joined.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", help="a finished dataset")
    parser.add_argument(
        "--cases", default=",".join(CASES), help="PRESET:BATCH:PRECISION[:WORD], ..."
    )
    parser.add_argument("--seconds", type=float, default=25.0, help="of each case, at least")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    flags = parser.parse_args()
    if flags.case:
        case(flags.data, flags.case, flags.seconds)
        return
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("| model, batch, precision | measures/s | CPU ms a measure | tokens a measure "
          "| share of peak, CPU; wall | peak GFLOP/s | memory, GB | steps |")  # fmt: skip
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for name in SCALING if flags.cases == "scaling" else flags.cases.split(","):
        command = [sys.executable, __file__, flags.data, "--case", name]
        command += ["--seconds", str(flags.seconds)]
        found = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        row = json.loads(found.splitlines()[-1])
        print(
            f"| {name.replace(':', ', ')} | {row['measures/s']:.1f} | {row['cpu_ms']:.2f} "
            f"| {row['tokens']:.0f} | {row['share_cpu']:.0%}; {row['share_wall']:.0%} "
            f"| {row['peak']:.0f} | {row['memory']:.1f} | {row['steps']} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
