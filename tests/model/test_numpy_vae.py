"""The network in NumPy against the other two: the plain reference and the Keras model."""

import numpy as np
import pytest
from closeness import NETWORK, assert_close
from numpy_reference import NumpyReference

from gm_vae.backends import make_network
from gm_vae.backends.numpy import threads
from gm_vae.backends.numpy.network import NumpyVAE
from gm_vae.errors import UserError
from gm_vae.model.config import ModelConfig


@pytest.fixture(scope="module", params=[True, False], ids=["chords", "plain"])
def network(request):
    keras_model = make_network(ModelConfig(12, (16, 16), 6, chords=request.param))
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(0, 0.5, value.shape).astype(np.float32)
        for name, value in keras_model.published_weights().items()
    }
    keras_model.load_published_weights(weights)
    return keras_model, weights


def measures(count):
    """Tokens, lengths and chords of any kind: full tracks, absent ones, one track long."""
    rng = np.random.default_rng(1)
    lengths = rng.choice([1, 2, 5, 40, 64], (count, 8))
    lengths[0] = 1
    inside = np.arange(64) < lengths[..., None]
    tokens = rng.integers(0, 490, (count, 8, 64)) * inside
    return tokens, lengths, rng.integers(0, 49, (count, 8, 64)) * inside


def test_points_are_those_of_the_reference_and_of_keras(network):
    keras_model, weights = network
    tokens, lengths, chords = measures(7)
    points = NumpyVAE(keras_model.config, weights).encode(tokens, lengths, chords)
    reference = NumpyReference(weights).encode(tokens, lengths, chords)
    in_keras = keras_model.encode(tokens, lengths, chords)
    for ours, plain, theirs in zip(points, reference, in_keras):
        assert ours.dtype == np.float32
        assert_close(ours, plain, NETWORK)
        assert_close(ours, theirs, NETWORK)


def test_programs_are_the_references_first_logits(network):
    keras_model, weights = network
    z = np.random.default_rng(2).normal(size=(5, 6)).astype(np.float32)
    for first_inputs in (None, np.arange(40).reshape(5, 8) * 12 - 1):
        logits = NumpyVAE(keras_model.config, weights).program_logits(z, first_inputs)
        tokens = np.full((5, 8, 64), 489)
        fed = np.full((5, 8), -1) if first_inputs is None else first_inputs
        lengths, silence = np.ones((5, 8), int), np.zeros((5, 8, 64), int)
        expected = NumpyReference(weights).logits(z, tokens, lengths, silence, fed)
        assert_close(logits, expected[:, :, 0, 360:], NETWORK)


def test_tracks_begin_only_with_allowed_tokens(network):
    keras_model, weights = network
    z = np.random.default_rng(3).normal(size=(9, 6)).astype(np.float32)
    rng = np.random.default_rng(4)
    programs = rng.random((9, 8, 130)) < 0.02
    programs[np.arange(9)[:, None], np.arange(8), rng.integers(0, 130, (9, 8))] = True
    arguments = np.zeros((9, 2), np.int32), 3.0, 1, np.arange(9, dtype=np.int32)
    network = NumpyVAE(keras_model.config, weights)
    tokens, _ = network.decode(z, *arguments, programs=programs)
    assert np.take_along_axis(programs, tokens[:, :, :1] - 360, 2).all()
    free, _ = network.decode(z, *arguments)
    every, _ = network.decode(z, *arguments, programs=np.ones((9, 8, 130), bool))
    np.testing.assert_array_equal(free, every)


def test_weights_of_another_model_are_refused(network):
    keras_model, weights = network
    name = "encoder/mu/kernel"
    with pytest.raises(UserError, match=name):
        NumpyVAE(keras_model.config, {key: value for key, value in weights.items() if key != name})
    with pytest.raises(UserError, match=name):
        NumpyVAE(keras_model.config, {**weights, name: weights[name][:-1]})


def test_parts_are_done_in_their_order(monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 3)
    for count, least, most in ((0, 2, 5), (1, 2, 5), (7, 2, 5), (100, 8, 16)):
        slices = threads.split(count, least, most)
        chunks = threads.in_threads(lambda rows: list(range(rows.start, rows.stop)), slices)
        assert [index for chunk in chunks for index in chunk] == list(range(count))
        assert all(len(chunk) <= most for chunk in chunks)
        assert all(len(chunk) >= least for chunk in chunks[:-1])
    with pytest.raises(ZeroDivisionError):
        threads.in_threads(lambda number: 1 / number, [1, 0])
