"""Instruments on the way from one style to another."""

import collections
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gm_vae
from gm_vae.generate import operations
from gm_vae.generate.bands import band_masks, change_times, exchanged, exchanges

BANDS = st.lists(st.integers(0, 128), max_size=8)


def apply(band, changes):
    band = collections.Counter(band)
    for old, new in changes:
        band[old] -= 1
        band[new] += 1
    del band[-1]
    assert min(band.values(), default=0) >= 0
    return sorted(band.elements())


def distance(a, b):
    """How many instruments one must exchange, add or take away; no other replaces drums."""
    drums = abs(list(a).count(128) - list(b).count(128))
    a, b = (collections.Counter(p for p in band if p != 128) for band in (a, b))
    return drums + max((a - b).total(), (b - a).total())


@given(BANDS, BANDS)
def test_exchanges_lead_from_one_band_to_the_other_in_as_few_as_can_be(start, end):
    changes = exchanges(start, end)
    assert len(changes) == distance(start, end)
    assert apply(start, changes) == sorted(end)


def test_families_come_first():
    assert exchanges([0, 33, 128], [4, 25, 32]) == [(0, 4), (33, 32), (128, -1), (-1, 25)]


@given(st.integers(2, 9), st.integers(0, 8), st.integers(0, 1000))
def test_no_step_has_more_changes_than_it_must(count, changes, seed):
    gain = np.random.default_rng(seed).normal(size=(changes, count)).cumsum(1)
    times = change_times(gain, count)
    assert all(1 <= time <= count - 1 for time in times)
    most = max(collections.Counter(times).values(), default=0)
    assert most <= -(-changes // (count - 1))


def test_a_change_comes_where_it_gains_the_most():
    gain = np.array([[-1, -1, 1, 1, 1], [-1, -1, -1, -1, 1], [-1, 1, 1, 1, 1]], float)
    assert change_times(gain, 5) == [2, 4, 1]


def test_a_full_band_survives_that_drums_go_and_an_instrument_comes():
    pitched = [0, 10, 20, 30, 40, 50, 60]
    ends = np.array([*pitched, 128]), np.array([*pitched, 70])
    logits = np.random.default_rng(3).normal(size=(5, 8, 130))
    for start, end in (ends, ends[::-1]):
        for band in band_masks(logits, start, end).argmax(-1).tolist():
            assert len(set(pitched) - set(band)) <= 1
            assert not set(band) - {*pitched, 70, 128, 129}
    assert sorted(exchanged(logits[0], *ends, 2).tolist()) == [*pitched, 128]


@pytest.fixture(scope="module")
def model():
    return gm_vae.load("small")


def test_a_band_changes_by_one_or_two_at_a_step(model):
    for seed in range(8):
        start, end = model.sample_points(2, seed)
        bars = operations.morph(model, start, end, "C", 8, seed=seed)
        steps = [distance(a.programs, b.programs) for a, b in itertools.pairwise(bars)]
        assert max(steps) <= 2
        assert sum(steps) == distance(bars[0].programs, bars[-1].programs)  # no detour
        for index, point in ((0, start), (-1, end)):  # the ends are what they are alone
            assert bars[index] == operations.progression(model, point, ["C"], seed=seed)[0]


def test_instruments_that_are_asked_for_play_all_the_way(model):
    start, end = model.sample_points(2, 1)
    wanted = gm_vae.generate.instruments.Instruments.named("drums,finger bass,flute")
    for measure in operations.morph(model, start, end, "C", 5, seed=1, instruments=wanted):
        assert measure.programs == (33, 73, 128)


def test_masks_give_each_instrument_a_track_of_its_own(model):
    z = model.sample_points(5, 3)
    logits = model.numpy.program_logits(z)
    start, end = logits[0].argmax(-1), logits[-1].argmax(-1)
    masks = band_masks(logits, start, end)
    assert (masks.sum(-1) == 1).all()
    assert masks[0].argmax(-1).tolist() == start.tolist()
    assert masks[-1].argmax(-1).tolist() == end.tolist()


def test_few_instruments_are_exchanged_and_drums_never(model):
    z = model.sample_points(40, 4)
    logits = model.numpy.program_logits(z)
    firsts = logits.argmax(-1)
    for i in range(0, 40, 2):
        start, end = firsts[i], firsts[i + 1]
        band = exchanged(logits[i + 1], start, end, 2)
        sizes = [[p for p in tracks.tolist() if p <= 128] for tracks in (start, band)]
        assert distance(*sizes) <= 2
        assert sizes[0].count(128) == sizes[1].count(128)
        assert sorted(exchanged(logits[i + 1], start, end, 0)) == sorted(start)
