"""Layouts: the same entries and the same scores in every layout."""

import itertools

import numpy as np
import pytest
from closeness import BFLOAT16, NETWORK, SUM, assert_close

from gm_vae.backends import make_network
from gm_vae.model.config import ModelConfig
from gm_vae.model.layout import Layout, Segment, fits, segments_for


def random_lengths(count, rng):
    """int [count, T]: absent tracks, and others of geometric length."""
    present = rng.random((count, 8)) < 0.6
    return np.where(present, np.minimum(2 + rng.geometric(1 / 14, (count, 8)), 64), 1)


def test_segments_fit_their_batches_with_few_entries_more():
    rng = np.random.default_rng(0)
    lengths = random_lengths(20_000, rng)
    for size in (64, 512):
        segments = segments_for(lengths, size)
        assert segments[0].start == 0
        assert segments[0].rows == size * 8
        assert segments[-1].stop == 64
        for segment, following in itertools.pairwise(segments):
            assert segment.stop == following.start
            assert segment.rows >= following.rows
        picks = rng.integers(0, len(lengths), (200, size))
        assert all(fits(lengths[pick], segments) for pick in picks)
        entries = sum((f.stop - f.start) * f.rows for f in segments)
        assert entries < 0.5 * size * 8 * 64
        assert entries <= sum(
            (f.stop - f.start) * f.rows for f in segments_for(lengths, size, count=3)
        )
    assert not fits(np.full((512, 8), 64), segments)
    short = np.full((10, 8), 5)
    assert segments_for(short, 10)[-1].stop == 5
    assert not fits(short + 1, segments_for(short, 10))


def test_segments_list_each_row_as_long_as_they_last():
    layout = Layout.segmented((Segment(0, 1, 5), Segment(1, 3, 2)))
    assert list(zip(layout.steps, layout.rows)) == [
        *((0, row) for row in range(5)), (1, 0), (1, 1), (2, 0), (2, 1),
    ]  # fmt: skip
    assert list(layout.active) == [5, 2, 2]
    assert list(layout.offsets) == [0, 5, 7]
    spread = np.asarray(layout.broadcast_rows(np.arange(5.0, dtype=np.float32)[:, None]))[:, 0]
    assert spread.tolist() == [0, 1, 2, 3, 4, 0, 1, 0, 1]


@pytest.mark.parametrize("chords", [True, False])
def test_scores_in_segments_are_the_ragged_ones(chords):
    rng = np.random.default_rng(1)
    network = make_network(ModelConfig(12, (16, 16), 6, chords=chords))
    lengths = random_lengths(9, rng).astype(np.int32)
    tokens = rng.integers(0, 490, (9, 8, 64)).astype(np.int32)
    labels = rng.integers(0, 49, (9, 8, 64)).astype(np.int32)
    noise = rng.normal(size=(9, 6)).astype(np.float32)
    segments = segments_for(lengths, 9)
    assert fits(lengths, segments)
    actual = network.score(tokens, lengths, labels, noise, segments=segments)
    expected = network.score(tokens, lengths, labels, noise)
    for name in ("mu", "sigma", "kl", "reconstruction"):
        # the KL of a unit is the difference of terms of size 1
        size = 1 if name == "kl" else None
        assert_close(getattr(actual, name), getattr(expected, name), NETWORK, size, name)


def test_bfloat16_products_are_near_those_of_float32():
    rng = np.random.default_rng(2)
    exact = make_network(ModelConfig(32, (32, 32), 16))
    rounded = make_network(ModelConfig(32, (32, 32), 16), precision="bfloat16")
    rounded.load_published_weights(exact.published_weights())
    lengths = random_lengths(6, rng).astype(np.int32)
    tokens = rng.integers(0, 490, (6, 8, 64)).astype(np.int32)
    noise = np.zeros((6, 16), np.float32)
    a, b = (net.score(tokens, lengths, 0 * tokens + 1, noise) for net in (exact, rounded))
    assert all(variable.dtype == "float32" for variable in rounded.variables)
    # the errors of hundreds of tokens cancel in their sum
    assert_close(b.reconstruction, a.reconstruction, 2, unit=BFLOAT16)
    assert_close(b.mu, a.mu, SUM, unit=BFLOAT16)
    assert np.abs(np.asarray(a.mu) - np.asarray(b.mu)).max() > 0
