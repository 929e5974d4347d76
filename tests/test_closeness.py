"""The comparison of floats itself: it accepts rounding errors and rejects others."""

import closeness
import numpy as np
import pytest
from closeness import BFLOAT16, SUM, UNIT, assert_close, perturbed
from hypothesis import given
from hypothesis import strategies as st
from near_ties import assert_same_choices, assert_same_greedy, choice_distances
from numpy_reference import NumpyReference

from gm_vae.backends.numpy.network import NumpyVAE
from gm_vae.model.config import ModelConfig
from gm_vae.model.published import NetworkSizes

UNPERTURBED = pytest.mark.skipif(
    closeness.PERTURB_ULPS > 0, reason="measures the bound, which perturbed values blur"
)


@given(st.integers(0, 2**32 - 1), st.floats(1e-30, 1e30), st.integers(1, 300))
def test_a_sum_in_another_order_is_close_and_a_few_ulps_on_either_side_stay_so(seed, size, terms):
    rng = np.random.default_rng(seed)
    values = (size * rng.normal(size=(5, min(terms, 256)))).astype(np.float32)
    total = np.zeros(5, np.float32)
    for column in values.T[::-1]:
        total += column
    actual, expected = values.sum(1), total
    largest = np.abs(values).max() * np.sqrt(values.shape[1])
    assert_close(actual, expected, SUM, largest)
    sides = (
        perturbed(side, UNIT * largest, index, 2) for index, side in enumerate((actual, total))
    )
    assert_close(*sides, SUM, largest)


@UNPERTURBED
@given(st.integers(0, 2**32 - 1), st.floats(1e-30, 1e30), st.integers(4, 1000))
def test_an_error_above_the_bound_fails_wherever_it_is(seed, size, roundings):
    rng = np.random.default_rng(seed)
    values = size * rng.uniform(-1, 1, (4, 5))
    values[0, 0] = size
    for share, passes in ((0.9, True), (1.1, False)):
        other = values.copy()
        other[tuple(rng.integers(1, 4, 2))] += share * roundings * UNIT * size
        if passes:
            assert_close(other, values, roundings)
            continue
        for sides in ((other, values), (values, other)):
            with pytest.raises(AssertionError, match=f"mu: .*; {roundings} are allowed"):
                assert_close(*sides, roundings, err_msg="mu")


@UNPERTURBED
def test_values_near_zero_carry_the_errors_of_large_ones():
    actual, expected = np.float32([1, 1e-9]), np.float32([1, -1e-9])
    assert_close(actual, expected, 1)
    with pytest.raises(AssertionError, match="at \\[1\\]"):
        assert_close(actual, expected, 1, size=1e-3)
    with pytest.raises(AssertionError):
        assert_close(actual[1:], expected[1:], 1)
    assert_close(actual[1:], expected[1:], 1, size=1)
    assert_close(1.01, 1, 8, unit=BFLOAT16)
    assert_close([], [], 1)


def test_nan_and_other_shapes_fail():
    for number in (np.nan, np.inf):
        for sides in ((number, 1), (1, number), (number, number)):
            with pytest.raises(AssertionError):
                assert_close(*sides, 1e9)
    with pytest.raises(ValueError, match="broadcast"):
        assert_close([1, 2], [1, 2, 3], SUM)


@UNPERTURBED
def test_perturbed_values_move_by_the_given_amount_and_repeatably():
    values = np.linspace(-1, 1, 1001).astype(np.float32)
    shaken = perturbed(values, UNIT, ulps=8)
    assert shaken.dtype == values.dtype
    moved = (shaken - values.astype(np.float64)) / (2 * UNIT)
    assert np.abs(moved).max() == pytest.approx(8, abs=1)
    assert (moved > 0).mean() == pytest.approx(0.5, abs=0.1)
    np.testing.assert_array_equal(perturbed(values, UNIT, ulps=8), shaken)
    assert (perturbed(values, UNIT, side=1, ulps=8) != shaken).any()
    assert perturbed(values, UNIT, ulps=0) is values


def a_model_and_what_it_decodes(temperature):
    """(config, weights, arguments of `NumpyVAE.decode`)."""
    config = ModelConfig(8, (16,), 4)
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(size=shape).astype(np.float32)
        for name, shape in NetworkSizes.of(config).shapes().items()
    }
    z, chords = rng.normal(size=(48, 4)).astype(np.float32), rng.integers(0, 49, (48, 2))
    return config, weights, (z, chords, temperature, 7, np.arange(48, dtype=np.int32))


@pytest.mark.parametrize("temperature", [0.0, 0.1, 10.0])
def test_choices_of_weights_that_differ_by_roundings_are_the_same_but_for_near_ties(temperature):
    config, weights, arguments = a_model_and_what_it_decodes(temperature)
    expected, _ = NumpyVAE(config, weights).decode(*arguments)

    def decoded(ulps):
        moved = {name: perturbed(w, UNIT * np.abs(w).max(), 0, ulps) for name, w in weights.items()}
        return NumpyVAE(config, moved).decode(*arguments)[0]

    assert_same_choices(decoded(2), expected, config, weights, *arguments)
    for other in (decoded(2**16), expected[::-1], expected + (expected == 489)):
        with pytest.raises(AssertionError):
            assert_same_choices(other, expected, config, weights, *arguments)


@pytest.mark.slow
def test_one_other_token_passes_at_a_near_tie_alone():
    config, weights, arguments = a_model_and_what_it_decodes(1.0)
    expected, lengths = NumpyVAE(config, weights).decode(*arguments)
    real = np.arange(expected.shape[-1]) < lengths[..., None]  # up to each track's end
    assert choice_distances(expected, expected, config, weights, *arguments)[real].max() <= 1
    others = expected.copy()
    others[..., 0] += np.where(expected[..., 0] < 489, 1, -1)  # the next program; end: the last one
    distances = choice_distances(others, expected, config, weights, *arguments)[:, :, 0]
    for index in (distances.argmin(), distances.argmax()):
        measure, track = np.unravel_index(index, distances.shape)
        other = expected.copy()
        other[measure, track, 0] = others[measure, track, 0]
        if distances[measure, track] <= 1:
            assert_same_choices(other, expected, config, weights, *arguments)
            continue
        with pytest.raises(AssertionError, match=f"token 0 of track {track} of measure {measure}"):
            assert_same_choices(other, expected, config, weights, *arguments)
    never = choice_distances(expected * 0 + 60, expected, config, weights, *arguments)
    assert np.isinf(never[:, :, 0]).all()  # no track begins with a note


def test_one_other_greedy_token_passes_at_a_near_tie_alone():
    _, weights, (z, *_) = a_model_and_what_it_decodes(0.0)
    for name, values in weights.items():  # tokens 5 and 6 are the likeliest, and as good as equal
        if "output_projection" in name:
            values[..., 5] = values[..., 6]
    bias = weights["core_decoder/decoder/output_projection/bias"]
    bias[5:7] = 50, np.nextafter(np.float32(50), np.float32(60))
    reference = NumpyReference(weights)
    expected, _ = reference.decode_greedy(z[:3], 0, 2, 4)
    assert (expected == 6).all()
    other = expected.copy()
    other[1, 1, 2] = 5
    assert_same_greedy(other, expected, reference, z[:3], np.array(0))
    other[2, 0, 1] = 4
    with pytest.raises(AssertionError, match="4 in measure 2"):
        assert_same_greedy(other, expected, reference, z[:3], np.array(0))
