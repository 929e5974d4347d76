"""Training under KERAS_BACKEND=jax: the original's steps, resumed runs, portable checkpoints."""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from closeness import TRAINING, assert_close
from patience import PATIENCE_SECONDS
from run_losses import run_losses

import gm_vae
from gm_vae.evaluation.scores import evaluate

pytestmark = pytest.mark.slow  # JAX compiles in another process
RATE = "train/learning_rate"
SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "support/jax_training.py"


@pytest.fixture(scope="module")
def trained(songs_dataset, golden, tmp_path_factory):
    if not importlib.util.find_spec("jax"):
        pytest.skip("jax is not installed; pip install jax")
    output = tmp_path_factory.mktemp("jax")
    ran = subprocess.run(
        [sys.executable, SCRIPT, golden / "model/chords_dec3", songs_dataset, output],
        env={
            **os.environ,
            "KERAS_BACKEND": "jax",
            "JAX_PLATFORMS": "cpu",
            "JAX_COMPILATION_CACHE_DIR": str(output / "compiled"),  # two runs, one compilation
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert ran.returncode == 0, ran.stderr
    return output


def test_three_steps_are_the_originals(trained, golden):
    expected = np.load(golden / "model/chords_dec3/train.npz")
    arrays = np.load(trained / "three.npz")
    assert_close(arrays["norms"], expected["global_norms"], TRAINING)
    for key in arrays:
        if key != "norms":
            value = expected["after3|" + key.replace("/", "|")]
            assert_close(arrays[key], value, TRAINING, err_msg=key)


def test_a_resumed_run_gives_the_same_bytes(trained):
    for name in ("state/step-00000006.npz", "checkpoint/group1-shard1of1"):
        assert (trained / "resumed" / name).read_bytes() == (
            trained / "straight" / name
        ).read_bytes()
    losses = run_losses(trained / "straight")
    assert sorted(losses) == [1, 2, 3, 4, 5, 6]
    assert run_losses(trained / "resumed") == {step: losses[step] for step in (4, 5, 6)}
    assert min(losses[6]) < min(losses[1])


def test_a_timed_run_reaches_the_final_learning_rate(trained):
    rates = [max(values) for _, values in sorted(run_losses(trained / "timed", RATE).items())]
    assert len(rates) > 5
    assert rates[0] == rates[1] == pytest.approx(1e-2)  # compiling does not count
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 1e-3
    losses = [min(values) for _, values in sorted(run_losses(trained / "timed").items())]
    assert losses[-1] < losses[0]
    (*_, state) = sorted((trained / "timed/state").iterdir())
    with np.load(state) as arrays:
        scalars = {name: float(arrays[name]) for name in arrays if arrays[name].shape == ()}
    assert 1000.0 in scalars.values()  # where the schedules end
    assert 20 < scalars["limit/seconds_used"] <= 30


def test_tensorflow_reads_and_scores_what_it_trained(trained, songs_dataset):
    folder = trained / "straight"
    model = gm_vae.load(folder)
    training = json.loads((folder / "checkpoint/gm_vae.json").read_text())["training"]
    again = evaluate(model.network, songs_dataset, "validation", limit=2048)
    for name in ("bits_per_measure", "kl_bits", "accuracy", "latent_bits"):
        assert getattr(again, name) == pytest.approx(
            training["validation"][name], rel=1e-5, abs=1e-3
        )
