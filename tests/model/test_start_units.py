"""Start units: the input before a track's first token does not change the output."""

import dataclasses

import numpy as np
import pytest
from numpy_reference import NumpyReference

from gm_vae.backends import make_network
from gm_vae.errors import UsageError
from gm_vae.model import published
from gm_vae.model.config import ModelConfig, preset
from gm_vae.model.start_units import fixed_weights


def test_the_first_input_makes_no_difference_by_an_independent_network():
    config = ModelConfig(24, (48, 48), 16, start_units=8)
    weights = make_network(config).published_weights()
    rng = np.random.default_rng(0)
    # large weights, as after a long training; those of start units stay
    masks = {name: mask for name, (mask, _) in fixed_weights(config, shapes(weights)).items()}
    for name, value in weights.items():
        grown = value + rng.normal(size=value.shape).astype(np.float32) * 0.3
        weights[name] = np.where(masks.get(name, False), value, grown)
    z = rng.normal(size=(3, 16)).astype(np.float32)
    tokens = rng.integers(0, 490, (3, 8, 64))
    chords = rng.integers(0, 49, (3, 8, 64))
    lengths = np.full((3, 8), 64)
    network = NumpyReference(weights)
    nothing = network.logits(z, tokens, lengths, chords, np.full((3, 8), -1))
    anything = network.logits(z, tokens, lengths, chords, rng.integers(0, 490, (3, 8)))
    assert np.abs(nothing).max() > 1
    assert np.abs(anything - nothing).max() < 2e-5  # in float64: what is left of the inputs
    bias = f"{published.DECODER_STATE}/bias"
    other = {**weights, bias: 0 * weights[bias]}  # start units that do not start
    moved = NumpyReference(other).logits(z, tokens, lengths, chords, rng.integers(0, 490, (3, 8)))
    base = NumpyReference(other).logits(z, tokens, lengths, chords, np.full((3, 8), -1))
    assert np.abs(moved - base).max() > 1e-2


def shapes(weights):
    return {name: value.shape for name, value in weights.items()}


def test_their_gradients_are_nothing_and_all_others_stay():
    config = ModelConfig(8, (12, 12), 4, start_units=3)
    network = make_network(config)
    gradients = [np.ones(v.shape, np.float32) for v in network.trainable_variables]
    freed = network.free_gradients(gradients)
    fixed = fixed_weights(config, shapes(network.published_weights()))
    assert len(fixed) == 4
    total = sum(int(mask.sum()) for mask, _ in fixed.values())
    assert total == sum(int((np.asarray(g) == 0).sum()) for g in freed) > 0
    variables = network.published_variables()
    for name, (mask, values) in fixed.items():
        np.testing.assert_array_equal(np.asarray(variables[name])[mask], values[mask])


def test_presets_have_them_and_published_sizes_do_not_change():
    config = preset("small")
    assert config.start_units == 8
    assert fixed_weights(dataclasses.replace(config, start_units=0), {}) == {}
    with pytest.raises(UsageError, match="start_units is 256 of a decoder of 256 units"):
        dataclasses.replace(config, start_units=256)
