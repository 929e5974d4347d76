"""Posterior health: sums by type against plain loops, and detection of a collapse."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from closeness import NETWORK, SUM, assert_close
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from gm_vae.backends import make_network
from gm_vae.backends.tensorflow.kernels import OneHotKernels, RaggedKernels
from gm_vae.evaluation.collapse import CollapseWatch, collapsed
from gm_vae.evaluation.scores import Evaluation, evaluate
from gm_vae.model.config import ModelConfig
from gm_vae.model.diagnostics import (
    diagnostic_figures,
    diagnostic_line,
    diagnostic_sums,
)
from gm_vae.model.train_config import TrainConfig
from gm_vae.music.vocabulary import EventType, vocabulary
from gm_vae.training.run import train

MODEL = ModelConfig(16, (16, 16), 8)


@pytest.mark.parametrize("kernels", [RaggedKernels, OneHotKernels])
def test_sums_are_those_of_a_plain_loop(batch_of, kernels):
    network = make_network(MODEL)
    batch = batch_of(MODEL, 6)
    scores = network.score(**batch, kernels=kernels())
    tokens, latents = (np.asarray(sums) for sums in diagnostic_sums(scores, MODEL.fmt))
    nats, hits, seen = np.zeros((3, len(EventType)))
    logits = np.asarray(scores.logits.logits, np.float64)
    tracks, steps = np.asarray(scores.logits.tracks), np.asarray(scores.logits.steps)
    vocab = vocabulary(MODEL.fmt)
    for row, track, step in zip(logits, tracks, steps):
        measure, track = divmod(int(track), MODEL.fmt.max_tracks)
        if step >= batch["lengths"][measure, track]:
            continue
        token = int(batch["tokens"][measure, track, step])
        kind, _ = vocab.decode(token)
        nats[kind] += np.log(np.exp(row).sum()) - row[token]
        hits[kind] += row.argmax() == token
        seen[kind] += 1
    assert seen.sum() == np.sum(batch["lengths"])
    assert_close(tokens[0], nats, NETWORK)
    np.testing.assert_array_equal(tokens[1:], [hits, seen])
    assert_close(latents[0], np.asarray(scores.mu).sum(0), SUM)
    assert_close(latents[1], np.square(scores.mu).sum(0), SUM)
    assert (latents[2] == 6).all()
    figures = diagnostic_figures(tf.constant(tokens), tf.constant(latents))
    assert_close(figures["accuracy"], hits.sum() / seen.sum(), SUM)
    assert_close(figures["nats_velocity"], nats[3] / seen[3], NETWORK)
    assert f"prog {nats[4] / seen[4]:.1f}" in diagnostic_line(figures)
    compiled = tf.function(
        lambda: diagnostic_figures(*diagnostic_sums(scores, MODEL.fmt)),
        jit_compile=kernels is OneHotKernels,
    )()
    for name, value in figures.items():
        assert_close(compiled[name], value, SUM, err_msg=name)


def test_active_units_are_those_whose_mu_moves():
    mu = np.float32([[0, 5, 1], [0, 5, -1], [0, 5, 1], [0.1, 5, -1]])
    tokens = np.zeros((3, len(EventType)), np.float32)
    tokens[:, EventType.END] = [2, 3, 4]
    latents = np.stack([mu.sum(0), np.square(mu).sum(0), np.full(3, 4, np.float32)])
    figures = diagnostic_figures(tf.constant(tokens), tf.constant(latents))
    assert float(figures["active_units"]) == 1
    assert float(figures["accuracy"]) == 0.75
    assert float(figures["nats_end"]) == 0.5
    assert float(figures["nats_program"]) == 0  # there is none


@pytest.mark.slow
def test_evaluation_agrees_with_the_posteriors(songs_dataset):
    from gm_vae.data.reader import measure_batches

    network = make_network(MODEL)
    figures = evaluate(network, songs_dataset, "test", batch_size=16, limit=40)
    batch = next(iter(measure_batches(songs_dataset, "test", 40)))
    mu, sigma = (np.asarray(x, np.float64) for x in network.encode(**batch))
    kl = (0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma)).mean(0)
    # differences of terms of size 1
    assert_close(figures.unit_kl, kl, NETWORK, size=1)
    assert_close(figures.unit_variance, mu.var(0), NETWORK, size=np.square(mu).max())
    assert figures.active_units == (mu.var(0) > 0.01).sum()
    assert figures.active_units_by_kl == (kl > 0.01).sum()
    assert_close(figures.kl_bits, kl.sum() / np.log(2), NETWORK, size=1)
    tokens = figures.tokens_by_type
    assert sum(tokens.values()) == np.sum(batch["lengths"])
    assert tokens["end"] == 40 * MODEL.fmt.max_tracks
    spent = sum(figures.nats_by_type[name] * count for name, count in tokens.items())
    assert_close(spent / sum(tokens.values()), figures.nats_per_token, SUM)
    assert figures.scalars()["nats_by_type/end"] == figures.nats_by_type["end"]
    assert "unit_kl" not in figures.to_dict()


@pytest.mark.slow
def test_a_decoder_that_does_without_z_is_found_out(songs_dataset):
    network = make_network(MODEL)
    # weights that make units of z active, and the decoder use them ...
    network.encoder.mu.kernel.assign(8 * network.encoder.mu.kernel)
    for dense in (network.conductor.initial_state, network.track_decoder.initial_state):
        dense.kernel.assign(4 * dense.kernel)
    kernel = network.track_decoder.output_projection.kernel
    kernel.assign(4 * kernel)
    heeding = evaluate(network, songs_dataset, "test", limit=64)
    # ... and then not at all
    network.conductor.initial_state.kernel.assign(0 * network.conductor.initial_state.kernel)
    deaf = evaluate(network, songs_dataset, "test", limit=64)
    assert deaf.active_units == heeding.active_units > 0  # neither definition sees it
    assert deaf.active_units_by_kl == heeding.active_units_by_kl > 0
    assert deaf.latent_bits == pytest.approx(0, abs=1e-3)
    assert abs(heeding.latent_bits) > 1e-2
    assert collapsed(deaf)


HEALTHY = Evaluation(
    measures=100,
    bits_per_measure=300.0,
    reconstruction_bits=250.0,
    kl_bits=50.0,
    latent_bits=80.0,
    nats_per_token=2.0,
    nats_by_type={},
    accuracy=0.6,
    accuracy_by_type={},
    tokens_by_type={},
    active_units=40,
    active_units_by_kl=128,
    unit_kl=(0.3,) * 128,
    unit_variance=(0.5,) * 128,
)
UNHEEDED = dataclasses.replace(HEALTHY, latent_bits=0.2)
STILL = dataclasses.replace(HEALTHY, active_units=1)


def test_the_watch_warns_once_with_the_remedy():
    watch = CollapseWatch(patience=3)
    assert [watch.update(HEALTHY) for _ in range(5)] == [None] * 5
    assert [watch.update(UNHEEDED), watch.update(STILL)] == [None, None]
    sentence = watch.update(UNHEEDED)
    for words in ("0.2 bits", "40 of 128 units", "KL 50.0 bits", "--max_beta", "--free_bits"):
        assert words in sentence
    assert "\n" not in sentence
    assert [watch.update(UNHEEDED) for _ in range(5)] == [None] * 5
    assert watch.update(HEALTHY) is None  # and if it comes again, so does the sentence
    assert [bool(watch.update(STILL)) for _ in range(4)] == [False, False, True, False]


@pytest.mark.slow
def test_a_run_writes_its_health_and_warns(songs_dataset, tmp_path, monkeypatch):
    config = TrainConfig(steps=3, batch_size=16, save_every=1, log_every=1, validation_measures=20)
    monkeypatch.setattr("gm_vae.evaluation.collapse.collapsed", lambda validation: True)
    lines = []
    train(tmp_path / "run", songs_dataset, MODEL, config, say=lines.append)
    assert sum("posterior collapse" in line for line in lines) == 1
    events = EventAccumulator(str(tmp_path / "run/logs"), {"scalars": 0}).Reload()
    tags = set(events.Tags()["scalars"])
    kinds = ("program", "note_on", "note_off", "time_shift", "velocity", "end")
    for tag in (
        "train/kl_bits",
        "train/active_units",
        *(f"train/nats_{kind}" for kind in kinds),
        "validation/latent_bits",
        "validation/active_units_by_kl",
        *(f"validation/nats_by_type/{kind}" for kind in kinds),
        *(f"validation/accuracy_by_type/{kind}" for kind in kinds),
    ):
        assert tag in tags
        assert [event.step for event in events.Scalars(tag)] == [1, 2, 3], tag
