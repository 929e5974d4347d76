"""Training runs on real datasets: they learn, resume, and report mistakes."""

import dataclasses
import json
import math

import numpy as np
import pytest
from closeness import NETWORK, TRAINING, assert_close

import gm_vae
from gm_vae.backends import make_network
from gm_vae.data import dataset as dataset_lib
from gm_vae.data.dataset import read_measures
from gm_vae.data.reader import measure_batches
from gm_vae.errors import UsageError, UserError
from gm_vae.evaluation.scores import evaluate
from gm_vae.model.config import ModelConfig
from gm_vae.model.kernels import Kernels
from gm_vae.model.layout import Layout
from gm_vae.model.train_config import TrainConfig
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.training.run import train

MODEL = ModelConfig(16, (16, 16), 8)
CONFIG = TrainConfig(
    steps=6,
    batch_size=16,
    learning_rate=1e-2,
    schedule="exponential",
    save_every=3,
    log_every=1,
    validation_measures=64,
)


@pytest.fixture(scope="module")
def finished(songs_dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "run"
    lines = []
    result = train(folder, songs_dataset, MODEL, CONFIG, say=lines.append)
    return folder, result, lines


def test_a_run_learns_and_leaves_a_model_that_loads(finished, songs_dataset):
    folder, result, _ = finished
    assert result.steps == 6
    assert result.after.bits_per_measure < result.before.bits_per_measure
    model = gm_vae.load(folder)
    assert model.training["steps"] == 6
    assert model.config == MODEL
    again = evaluate(model.network, songs_dataset, "validation", limit=CONFIG.validation_measures)
    assert_close(again.bits_per_measure, result.after.bits_per_measure, NETWORK)
    assert list((folder / "logs").glob("events*"))


def test_the_points_of_training_measures_match_the_prior(finished, songs_dataset):
    measures = list(read_measures(songs_dataset, "train"))
    mu, sigma = gm_vae.load(finished[0]).encode(measures)
    assert_close(mu.mean(0), 0, NETWORK, size=np.abs(mu).max())
    assert mu.var(0) + (sigma**2).mean(0) == pytest.approx(1, rel=0.01)
    assert mu.std(0).max() > 1e-3
    with np.load(
        finished[0] / "state/step-00000006.npz"
    ) as state:  # a longer run continues from it
        bias = state["encoder/mu/bias"]
    assert np.abs(gm_vae.load(finished[0]).network.encoder.mu.bias - bias).max() > 1e-4


@pytest.mark.slow
def test_a_resumed_run_ends_with_the_same_weights(finished, songs_dataset, tmp_path):
    straight = gm_vae.load(finished[0]).network.published_weights()
    first = dataclasses.replace(CONFIG, steps=3)
    train(tmp_path / "run", songs_dataset, MODEL, first, say=lambda line: None)
    half = gm_vae.load(tmp_path / "run").network.published_weights()
    result = train(tmp_path / "run", songs_dataset, MODEL, CONFIG, say=lambda line: None)
    assert result.first_step == 3
    resumed = gm_vae.load(tmp_path / "run").network.published_weights()
    for name, value in straight.items():
        assert_close(resumed[name], value, TRAINING, err_msg=name)
    assert any((half[name] != value).any() for name, value in straight.items())


def test_a_finished_run_is_reported(finished, songs_dataset):
    lines = []
    result = train(finished[0], songs_dataset, MODEL, CONFIG, say=lines.append)
    assert result.first_step == result.steps == 6
    assert "has done its 6 steps" in lines[0]


def test_bits_are_those_of_an_independent_sum(songs_dataset):
    network = make_network(MODEL)
    figures = evaluate(network, songs_dataset, "test", batch_size=7, seed=3)
    nats = tokens = count = 0
    for index, batch in enumerate(measure_batches(songs_dataset, "test", 7)):
        size = len(batch["lengths"])
        rng = np.random.default_rng([3, index])
        noise = rng.standard_normal((size, MODEL.latent_size), np.float32)
        scores = network.score(noise=noise, kernels=Kernels(), **batch)  # the other layout
        nats += float(np.sum(scores.reconstruction) + np.sum(scores.kl))
        tokens += int(np.sum(batch["lengths"]))
        count += size
    assert figures.measures == count == dataset_lib.load(songs_dataset).split("test").measures
    assert_close(figures.bits_per_measure, nats / count / math.log(2), NETWORK)
    expected = figures.nats_per_token * tokens / count / math.log(2)
    assert_close(figures.reconstruction_bits, expected, NETWORK)
    assert set(figures.accuracy_by_type) == {
        "note_on", "note_off", "time_shift", "velocity", "program", "end"
    }  # fmt: skip
    json.dumps(figures.to_dict())


def test_mistakes_are_reported_in_one_sentence(finished, songs_dataset, tmp_path):
    def message(kind, folder, data=songs_dataset, model=MODEL, config=CONFIG):
        with pytest.raises(kind) as caught:
            train(folder, data, model, config, say=lambda line: None)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert "no dataset" in message(UsageError, tmp_path / "run", data=tmp_path / "none")
    waltz = dataclasses.replace(MODEL, fmt=MeasureFormat(beats_per_bar=3))
    assert "beats_per_bar" in message(UsageError, tmp_path / "run", model=waltz)
    other = dataclasses.replace(CONFIG, learning_rate=0.5)
    assert "--learning_rate" in message(UsageError, finished[0], config=other)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/letter.txt").write_text("mine")
    assert "not empty" in message(UsageError, tmp_path / "taken")
    (tmp_path / "file").write_text("")
    assert "cannot write" in message(UserError, tmp_path / "file/run")
    many = dataclasses.replace(CONFIG, batch_size=100_000)
    assert "batch" in message(UsageError, tmp_path / "many", config=many)
    with pytest.raises(UsageError, match="steps is 0"):
        dataclasses.replace(CONFIG, steps=0)


def test_layouts_list_the_same_entries():
    lengths = np.array([5, 3, 3, 1], np.int32)
    ragged, dense = Layout.ragged(lengths, 6), Layout.dense(4, 6)
    real = np.asarray(dense.weights(lengths)) > 0
    for name in ("rows", "steps"):
        np.testing.assert_array_equal(
            np.asarray(getattr(ragged, name)), np.asarray(getattr(dense, name))[real]
        )
    assert np.asarray(ragged.weights(lengths)).all()
    assert np.asarray(ragged.active).tolist() == [4, 3, 3, 1, 1, 0]
    entries = ragged.entry(np.asarray(ragged.rows), np.asarray(ragged.steps))
    assert np.asarray(entries).tolist() == list(range(12))
