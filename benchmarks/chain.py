"""Times the parts of the chain on this machine: `python benchmarks/chain.py [MIDI_FOLDER]`.

Each figure is the median of several runs in one process, after one that does not count. The results
of a named machine are in RESULTS.md beside this file; the reader's are of reader.py.
"""

import os
import statistics
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pathlib

import numpy as np
import tensorflow as tf

from gm_vae import arranger
from gm_vae.backends import make_network
from gm_vae.backends.tensorflow.batches import training_batches
from gm_vae.backends.tensorflow.step import make_step
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.config import preset
from gm_vae.model.objective import make_optimizer
from gm_vae.model.train_config import TrainConfig
from gm_vae.music.measures import measures_from_midi
from gm_vae.pipelines.midi_to_measures import preprocess

RUNS = 5


def seconds(work, runs=RUNS) -> float:
    """Median wall seconds of `work()`."""
    work()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def music(files: list[bytes]) -> None:
    """MIDI bytes to measures, one process."""
    kept = sum(len(measures_from_midi(data)[0]) for data in files)
    taken = seconds(lambda: [measures_from_midi(data) for data in files], 3)
    print(f"MIDI to measures: {1000 * taken / len(files):.1f} ms a file, {kept / taken:,.0f}/s")


def training(folder: pathlib.Path) -> None:
    """Optimiser steps, real tokens only."""
    for name, batch_size in (("tiny", 32), ("small", 32), ("small", 256)):
        config = TrainConfig(batch_size=batch_size)
        network = make_network(preset(name))
        step = make_step(
            network, make_optimizer(config, network), config, tf.distribute.get_strategy()
        )
        batches = iter(training_batches(folder, network.config, config))
        taken = seconds(lambda: float(step(next(batches))["loss"]))
        print(f"training {name}, batch {batch_size}: {batch_size / taken:,.0f} measures/s")


def decoding() -> None:
    """Eight measures, side by side under the grammar and in the published order."""
    for name in ("tiny", "small", "base"):
        model = GMVAE(make_network(preset(name)))
        z = np.zeros((8, model.config.latent_size), np.float32)
        ours = seconds(lambda: model.decode(z, "C", seed=0))
        theirs = seconds(lambda: model.decode_tokens(z, "C"), 3)
        print(f"decoding 8 measures, {name}: {ours:.2f} s, published order {theirs:.2f} s")


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        if len(sys.argv) > 1:
            folder = pathlib.Path(sys.argv[1])
        else:
            folder = scratch / "midi"
            arranger.write_corpus(folder)
        music([path.read_bytes() for path in sorted(folder.rglob("*.mid"))])
        preprocess(folder, scratch / "data")
        training(scratch / "data")
    decoding()


if __name__ == "__main__":
    main()
