"""One case of the training benchmark, in its own process.

    python -m benchmarks.training.case DATASET PRESET:BATCH:PRECISION[:WORD] SECONDS

Prints its figures as JSON, per step where they differ.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time

SIZE = 2048  # of the square matrices that measure the peak


def main(folder: str, name: str, seconds: str) -> None:
    """Prints the figures of one case as JSON."""
    preset, batch_size, precision, *words = name.split(":")
    word = words[0] if words else ""
    from gm_vae.quiet import import_tensorflow_quietly

    import_tensorflow_quietly()
    import keras
    import tensorflow as tf

    from gm_vae.backends.tensorflow.batches import distributed_batches, training_batches
    from gm_vae.backends.tensorflow.kernels import RaggedKernels, StaticKernels
    from gm_vae.backends.tensorflow.step import make_step
    from gm_vae.model.config import PRESETS
    from gm_vae.model.objective import make_optimizer
    from gm_vae.model.train_config import TrainConfig
    from gm_vae.model.vae import HierarchicalVAE

    keras.utils.set_random_seed(0)
    model, config = PRESETS[preset], TrainConfig(batch_size=int(batch_size))
    strategy = tf.distribute.get_strategy()
    if word == "mirrored":
        cpu = tf.config.list_physical_devices("CPU")[0]
        halves = [tf.config.LogicalDeviceConfiguration() for _ in range(2)]
        tf.config.set_logical_device_configuration(cpu, halves)
        strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with strategy.scope():
        kernels = StaticKernels() if word == "dense" else RaggedKernels()
        network = HierarchicalVAE(model, precision, kernels=kernels)
        optimizer = make_optimizer(config, network)
    step = make_step(network, optimizer, config, strategy)
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
    while len(steps) < 3 or time.perf_counter() - began < float(seconds):
        batch = next(batches)
        shares = strategy.experimental_local_results(batch["lengths"])
        tokens.append(sum(int(tf.reduce_sum(lengths_of_one)) for lengths_of_one in shares))
        steps.append(train(batch))
        peaks.append(timed(product))
    done = [operations(model, config.batch_size, count) for count in tokens]
    walls, cpus = zip(*steps)
    # the peak: the highest speed of the product, in GFLOP/s
    peak_wall, peak_cpu = (2e-9 * SIZE**3 / min(taken) for taken in zip(*peaks))
    print(
        json.dumps(
            {
                "speed": [config.batch_size / wall for wall in walls],
                "CPU per measure": [1e3 * cpu / config.batch_size for cpu in cpus],
                "share of the peak by CPU": share(done, cpus, peak_cpu),
                "share of the peak by wall": share(done, walls, peak_wall),
                "peak": peak_wall,
                "greatest memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
                "tokens per measure": statistics.mean(tokens) / config.batch_size,
                "steps": len(steps),
            }
        )
    )


def share(operations: list[float], seconds: tuple[float, ...], peak: float) -> float:
    """Median percentage of a peak, in GFLOP/s, that steps reach."""
    return 1e-7 * statistics.median(o / s for o, s in zip(operations, seconds)) / peak


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
    return 2.0 * 3 * count  # the gradient of each product needs two more of its size


if __name__ == "__main__":
    main(*sys.argv[1:])
