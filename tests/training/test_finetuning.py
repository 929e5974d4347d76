"""Runs that begin with a trained model."""

import dataclasses
import json

import numpy as np
import pytest
from closeness import NETWORK, TRAINING, UNIT, assert_close

import gm_vae
from gm_vae import cli
from gm_vae.checkpoints.folder import write_checkpoint
from gm_vae.checkpoints.load import read_model
from gm_vae.checkpoints.model_card import model_card
from gm_vae.errors import UserError
from gm_vae.evaluation.scores import evaluate
from gm_vae.model.config import ModelConfig
from gm_vae.model.train_config import TrainConfig
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.training.run import train

MODEL = ModelConfig(16, (16, 16), 8)
CONFIG = TrainConfig(
    steps=4,
    batch_size=16,
    schedule="exponential",
    save_every=2,
    log_every=1,
    validation_measures=64,
)


def quiet(line):
    pass


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A checkpoint for fine-tuning, with weights unlike initial ones."""
    folder = tmp_path_factory.mktemp("trained") / "model"
    rng = np.random.default_rng(7)
    weights = {
        name: value + rng.normal(scale=0.1, size=value.shape).astype(np.float32)
        for name, value in HierarchicalVAE(MODEL).published_weights().items()
    }
    about = {"steps": 900, "dataset": {"sources": ["jigs"], "measures": 40}}
    write_checkpoint(folder, MODEL, weights, about)
    return folder


@pytest.fixture(scope="module")
def tuned(trained, songs_dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "run"
    return train(folder, songs_dataset, MODEL, CONFIG, say=quiet, start=read_model(trained))


@pytest.mark.slow
def test_a_run_begins_with_the_figures_of_the_model(trained, tuned, songs_dataset):
    network = gm_vae.load(trained).network
    limit = CONFIG.validation_measures
    figures = evaluate(network, songs_dataset, "validation", limit=limit)
    assert_close(tuned.before.bits_per_measure, figures.bits_per_measure, NETWORK)
    assert tuned.after.bits_per_measure < tuned.before.bits_per_measure


@pytest.mark.slow
def test_a_step_moves_the_weights_of_the_model(trained, songs_dataset, tmp_path):
    small = dataclasses.replace(CONFIG, steps=1, learning_rate=1e-6, min_learning_rate=1e-6)
    start = read_model(trained)
    train(tmp_path / "run", songs_dataset, MODEL, small, say=quiet, start=start)
    with np.load(tmp_path / "run/state/step-00000001.npz") as state:
        after = {name: state[name] for name in start.weights}
    for name, value in start.weights.items():  # a step of Adam is at most the rate
        rounding = 4 * UNIT * np.abs(value).max(initial=0)
        assert np.abs(after[name] - value).max(initial=0) <= 1e-6 + rounding, name
    assert any((after[name] != value).any() for name, value in start.weights.items())


@pytest.mark.slow
def test_it_resumes_from_its_state_and_not_from_the_model(trained, tuned, songs_dataset, tmp_path):
    folder, start = tmp_path / "run", read_model(trained)
    half = dataclasses.replace(CONFIG, steps=2)
    train(folder, songs_dataset, MODEL, half, say=quiet, start=start)
    result = train(folder, songs_dataset, MODEL, CONFIG, say=quiet, start=start)
    assert result.first_step == 2
    straight, resumed = read_model(tuned.folder), read_model(folder)
    for name, value in straight.weights.items():
        assert_close(resumed.weights[name], value, TRAINING, err_msg=name)


def test_the_original_model_is_recorded(tuned):
    checkpoint = read_model(tuned.folder)
    assert checkpoint.training["steps"] == 4
    assert checkpoint.training["finetuned_from"]["steps"] == 900
    card = model_card(checkpoint, "checkpoint")
    assert "| fine-tuned from | data: jigs; training measures: 40; steps: 900 |" in card


@pytest.mark.slow
def test_from_the_command_line(trained, songs_dataset, tmp_path, capsys):
    def run(*args):
        code = cli.main(["train", f"--data={songs_dataset}", f"--output={tmp_path / 'run'}", *args])
        return code, capsys.readouterr()

    flags = ("--steps=2", "--batch_size=16", f"--finetune={trained}")
    code, out = run(*flags)
    assert code == 0, out.err
    assert read_model(tmp_path / "run").config == MODEL
    written = json.loads((tmp_path / "run/run.json").read_text())["training"]
    assert written["learning_rate"] < TrainConfig().learning_rate  # the recipe of fine-tuning
    code, out = run(*flags)
    assert code == 0
    assert "has done its 2 steps" in out.out

    for mistake, words in (
        (("--preset=tiny",), "leave --preset out"),
        (("--nochords",), "leave --chords out"),
        (("--finetune=nothing",), "there is no model at nothing"),
        (("--finetune=small",), "--encoder_units: 16 there, 256 here"),
    ):
        code, out = run(*flags, *mistake)
        assert code in (1, 2)
        assert words in out.err
        assert out.err.count("\n") == 1


def test_another_start_is_another_run(trained, tuned, songs_dataset):
    start = read_model(trained)
    other = {name: value + np.float32(0.1) for name, value in start.weights.items()}
    for begins in (None, dataclasses.replace(start, weights=other)):
        with pytest.raises(UserError, match=r"--finetune: (no|another|a) model there"):
            train(tuned.folder, songs_dataset, MODEL, CONFIG, say=quiet, start=begins)


def test_a_model_of_another_format_is_refused(trained, songs_dataset, tmp_path):
    waltz = dataclasses.replace(MODEL, fmt=MeasureFormat(beats_per_bar=3))
    start = dataclasses.replace(read_model(trained), config=waltz)
    with pytest.raises(UserError, match="beats_per_bar"):
        train(tmp_path / "run", songs_dataset, waltz, CONFIG, say=quiet, start=start)
