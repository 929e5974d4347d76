"""A run may keep the model of its best step instead of its last."""

import dataclasses
import json

import numpy as np
import pytest
from closeness import TRAINING, assert_close

from gm_vae import arranger
from gm_vae.checkpoints.load import read_model
from gm_vae.checkpoints.model_card import model_card
from gm_vae.model.config import ModelConfig
from gm_vae.model.train_config import TrainConfig
from gm_vae.pipelines.midi_to_measures import preprocess
from gm_vae.training import validator
from gm_vae.training.run import train

MODEL = ModelConfig(16, (16, 16), 8)
CONFIG = TrainConfig(
    steps=4,
    batch_size=16,
    schedule="exponential",
    keep="best",
    save_every=1,
    log_every=1,
    validation_measures=64,
)


@pytest.fixture
def held_out(monkeypatch):
    """Makes held-out measures take given numbers of bits, one per validation.

    They are scored once; the other figures stay those of that.
    """
    evaluate = validator.evaluate_unless
    scored = []

    def planned(*bits):
        rest = iter(bits)

        def planned_evaluation(*args, **kwargs):
            if not scored:
                scored.append(evaluate(*args, **kwargs))
            return dataclasses.replace(scored[0], bits_per_measure=next(rest))

        monkeypatch.setattr(validator, "evaluate_unless", planned_evaluation)

    return planned


def weights_of(folder, step):
    """The weights of a state."""
    with np.load(folder / f"state/step-{step:08}.npz") as state:
        return {name: state[name] for name in read_model(folder).weights}


def assert_same(actual, expected):
    for name, value in expected.items():
        assert_close(actual[name], value, TRAINING, err_msg=name)


def distance(one, other):
    return max(np.abs(one[name] - other[name]).max() for name in one)


@pytest.mark.slow
def test_the_best_step_is_left(held_out, songs_dataset, tmp_path):
    lines = []
    held_out(90, 70, 80, 60, 65, 50)  # before, four steps, the model that is left
    result = train(tmp_path / "run", songs_dataset, MODEL, CONFIG, say=lines.append)
    assert result.after.bits_per_measure == 50
    assert "best at step 3 (60.0 bits)" in "\n".join(lines)
    held_out(90, 70, 80, 60)
    three = dataclasses.replace(CONFIG, steps=3, keep="last")
    other = train(tmp_path / "three", songs_dataset, MODEL, three, say=lines.append)
    checkpoint = read_model(tmp_path / "run")
    # the same music at the same points, in other coordinates
    assert_same(checkpoint.weights, read_model(other.folder).weights)
    assert_same(read_model(tmp_path / "run/best").weights, weights_of(other.folder, 3))
    assert distance(weights_of(tmp_path / "run", 4), weights_of(other.folder, 3)) > 1e-4
    assert (checkpoint.training["steps"], checkpoint.training["best_step"]) == (4, 3)
    assert "| steps | 3, the best of 4 |" in model_card(checkpoint, "checkpoint")


@pytest.mark.slow
def test_a_resumed_run_knows_the_best_step(held_out, songs_dataset, tmp_path):
    held_out(90, 60, 70, 66)  # the last: the model that is left after two steps
    two = dataclasses.replace(CONFIG, steps=2)
    train(tmp_path / "run", songs_dataset, MODEL, two, say=lambda line: None)
    held_out(70, 65, 61, 55)
    train(tmp_path / "run", songs_dataset, MODEL, CONFIG, say=lambda line: None)
    assert read_model(tmp_path / "run").training["best_step"] == 1


@pytest.mark.slow
def test_the_last_step_may_be_the_best(held_out, songs_dataset, tmp_path):
    lines = []
    held_out(90, 80, 70, 60, 50, 45)
    train(tmp_path / "run", songs_dataset, MODEL, CONFIG, say=lines.append)
    assert "best_step" not in read_model(tmp_path / "run").training
    assert "best at" not in "\n".join(lines)


@pytest.mark.slow
def test_a_model_that_gets_no_better_is_left(songs_dataset, tmp_path):
    """Steps that only make a model worse: the original one is kept, in new coordinates."""
    train(tmp_path / "start", songs_dataset, MODEL, CONFIG, say=lambda line: None)
    start = read_model(tmp_path / "start")
    wild = dataclasses.replace(CONFIG, learning_rate=3.0, min_learning_rate=3.0, steps=2)
    lines = []
    result = train(tmp_path / "run", songs_dataset, MODEL, wild, say=lines.append, start=start)
    assert "No step was better on held-out measures" in "\n".join(lines)
    assert result.after.bits_per_measure == pytest.approx(result.before.bits_per_measure, rel=1e-3)
    # both lie as the prior's points do over the same training measures
    assert distance(read_model(tmp_path / "run").weights, start.weights) < 0.02
    assert distance(weights_of(tmp_path / "run", 2), start.weights) > 1


@pytest.mark.slow
def test_without_held_out_measures_the_last_is_left(tmp_path):
    arranger.write_corpus(tmp_path / "midi", count=3, seed=5)
    preprocess(
        tmp_path / "midi", tmp_path / "data", validation_percent=0, test_percent=0, workers=1
    )
    lines = []
    train(tmp_path / "run", tmp_path / "data", MODEL, CONFIG, say=lines.append)
    assert sum("has no validation split" in line for line in lines) == 1
    training = json.loads((tmp_path / "run/checkpoint/gm_vae.json").read_text())["training"]
    assert training["steps"] == 4
    assert "best_step" not in training
    assert not (tmp_path / "run/best").exists()
