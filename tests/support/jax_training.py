"""Trains under KERAS_BACKEND=jax: `jax_training.py GOLDEN DATASET OUTPUT`, in its own process.

OUTPUT gets three.npz, the weights after the three golden Adam steps, a run and its resumption, and
a run that is bounded by time, of which a second passes whenever its clock is read.
"""

import dataclasses
import functools
import itertools
import os
import pathlib
import shutil
import sys

import numpy as np

from gm_vae.backends import make_network
from gm_vae.backends.jax import recurrence, trainer
from gm_vae.model import objective
from gm_vae.model.config import ModelConfig
from gm_vae.model.layout import segments_for
from gm_vae.model.train_config import TrainConfig
from gm_vae.training import run as run_lib
from gm_vae.training.limits import TimeLimit
from gm_vae.training.run import train

MODEL = ModelConfig(12, (16, 16), 6, start_units=2)
CONFIG = TrainConfig(
    steps=6, batch_size=16, learning_rate=1e-2, schedule="exponential", save_every=3, log_every=1
)


def golden_steps(folder: pathlib.Path, output: pathlib.Path) -> None:
    config = TrainConfig(
        batch_size=4,
        learning_rate=(1e-3 - 1e-5) * 0.9999**5 + 1e-5,
        schedule="exponential",
        free_bits=0.0,
    )
    objective.beta = lambda config, step: 1.0
    network = make_network(ModelConfig(48, (40, 40, 40), 32))
    weights = np.load(folder / "weights.npz")
    network.load_published_weights({key.replace("|", "/"): weights[key] for key in weights})
    optimizer = objective.make_optimizer(config, network)
    forward, train = np.load(folder / "forward.npz"), np.load(folder / "train.npz")
    batch = {
        "tokens": np.maximum(forward["tokens"][:4], 0),
        "lengths": forward["lengths"][:4],
        "chords": np.maximum(forward["chords"][:4], 0),
        "noise": train["eps"],
    }
    step = trainer.make_step(network, optimizer, config)
    values = [variable.value for variable in network.trainable_variables]
    slots = [variable.value for variable in optimizer.variables]
    norms = []
    for _ in range(3):
        values, slots, figures = step(None, values, slots, batch)
        norms.append(float(figures["gradient_norm"]))
    for variable, value in zip(network.trainable_variables, values):
        variable.assign(value)
    np.savez(output, norms=norms, **network.published_weights())


def main(golden: pathlib.Path, dataset: pathlib.Path, output: pathlib.Path) -> None:
    sys.modules["tensorflow"] = None  # as where it is not installed
    recurrence.UNROLL = 1  # quicker to compile; as are fewer segments
    trainer.segments_for = functools.partial(segments_for, count=3)
    if golden.is_dir():
        beta = objective.beta
        golden_steps(golden, output / "three.npz")
        objective.beta = beta
    train(output / "straight", dataset, MODEL, CONFIG)
    shutil.copytree(output / "straight", output / "resumed")
    for path in ("state/step-00000006.npz", "checkpoint", "logs"):
        remove = shutil.rmtree if (output / "resumed" / path).is_dir() else os.unlink
        remove(output / "resumed" / path)
    result = train(output / "resumed", dataset, MODEL, CONFIG)
    assert result.first_step == 3
    seconds = itertools.count().__next__
    run_lib.TimeLimit = functools.partial(TimeLimit, clock=seconds)
    timed = dataclasses.replace(CONFIG, steps=1000, minutes=0.5, schedule="cosine")
    train(output / "timed", dataset, MODEL, timed)


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))
