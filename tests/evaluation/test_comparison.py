"""Distances, errors and the classifier against known values; comparison of two sets."""

import math

import numpy as np
import pytest
import scipy.stats
from closeness import FLOAT64, SUM, assert_close
from token_words import from_words

from gm_vae import arranger
from gm_vae.data.dataset import read_measures
from gm_vae.evaluation.classifier import area_under_curve
from gm_vae.evaluation.comparison import (
    MeasureSet,
    bootstrap_error,
    compare,
    halves,
    scaled_distance,
    wasserstein,
)
from gm_vae.evaluation.distributions import counts, overlap
from gm_vae.evaluation.music_statistics import NAMES, measure_statistics
from gm_vae.evaluation.note_table import NoteTable
from gm_vae.music.chords import chord_id
from gm_vae.music.measure import Measure
from gm_vae.music.measures import measures_from_midi
from gm_vae.music.vocabulary import DRUMS


def test_wasserstein_by_hand_and_as_scipy_has_it():
    assert wasserstein(np.array([0.0]), np.array([3.0])) == 3
    assert wasserstein(np.array([0.0, 1]), np.array([1.0, 0])) == 0
    assert wasserstein(np.array([0.0, 0, 0, 1]), np.array([1.0])) == 0.75
    rng = np.random.default_rng(0)
    for sizes in ((1, 5), (40, 40), (101, 7)):
        one, two = rng.normal(size=sizes[0]).round(1), rng.gamma(2, size=sizes[1]).round(1)
        expected = scipy.stats.wasserstein_distance(one, two)
        assert_close(wasserstein(one, two), expected, SUM, unit=FLOAT64)


def test_distances_are_in_units_of_a_scale():
    real = np.array([0.0, 2, np.nan])
    assert scaled_distance(np.array([5.0, 7, np.nan, np.nan]), real, 2.0) == 2.5
    assert scaled_distance(real, real, 2.0) == 0
    for values, others, scale in (([np.nan], [1], 1), ([1], [np.nan], 1), ([1], [2], 0)):
        actual = scaled_distance(np.array(values, float), np.array(others, float), scale)
        assert math.isnan(actual)


def test_halves_have_no_song_in_common():
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(50):
        groups = rng.integers(0, 12, 101) ** 2
        one, two = halves(groups, rng)
        assert len(one) == len(two) >= 40
        assert not set(groups[one]) & set(groups[two])
        assert len(set(one) | set(two)) == len(one) + len(two)
        seen.add((groups[one[0]] == groups[0], len(one)))
    assert len(seen) > 5  # different each time
    one, two = halves(np.array([3, 3, 3, 3, 8]), rng)  # one song has nearly all
    assert sorted(len(half) for half in (one, two)) == [1, 1]
    one, two = halves(np.full(7, 5), rng)
    assert len(one) == len(two) == 3
    assert not set(one) & set(two)
    assert [len(half) for half in halves(np.array([4]), rng)] == [0, 0]


def test_errors_are_those_of_independent_means():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(400, 2)) * [1, 3]
    values[::4, 1] = np.nan  # 300 are left
    actual = bootstrap_error(values, np.arange(400))
    assert actual == pytest.approx([1 / 20, 3 / math.sqrt(300)], rel=0.12)


def test_errors_know_that_measures_of_a_song_are_alike():
    rng = np.random.default_rng(0)
    songs = np.repeat(np.arange(40), 25)
    values = rng.normal(size=40)[songs][:, None]  # the same all through a song
    actual = bootstrap_error(values, songs)
    assert actual == pytest.approx([1 / math.sqrt(40)], rel=0.25)
    assert actual > 3 * bootstrap_error(values, np.arange(1000))
    assert np.isnan(bootstrap_error(values, np.zeros(1000, int))).all()  # one song tells nothing
    values[25:] = np.nan
    assert np.isnan(bootstrap_error(values, songs)).all()


@pytest.mark.parametrize("gap", [0.0, 0.5, 1.0, 2.0])
def test_the_area_under_the_curve_of_two_gaussians(gap):
    # of equal variance: Phi(gap / sqrt 2), with the gap spread over the columns
    rng = np.random.default_rng(7)
    count, columns = 3000, 2
    first = rng.normal(size=(count, columns))
    second = rng.normal(size=(count, columns)) + gap / math.sqrt(columns)
    actual = area_under_curve(first, second, (np.arange(count), np.arange(count)))
    expected = 0.5 * (1 + math.erf(gap / 2))
    # boosting is not quite the best there is, and the estimate has an error of 0.007
    assert expected - 0.025 < actual < expected + 0.02


def test_songs_are_not_known_again():
    # a song's rows are the same, and songs are of one kind in both tables
    rng = np.random.default_rng(0)
    songs = np.repeat(np.arange(60), 10)
    first, second = (rng.normal(size=(60, 3))[songs] for _ in range(2))
    assert area_under_curve(first, second, (songs, songs)) == pytest.approx(0.5, abs=0.15)
    rows = np.arange(len(songs))
    assert area_under_curve(first, second, (rows, rows)) > 0.95
    few = songs % 3
    assert math.isnan(area_under_curve(first, second, (songs, few)))


def test_missing_values_are_informative_too():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 400, 2))
    second[:200, 0] = np.nan
    groups = np.arange(400)
    assert area_under_curve(first, second, (groups, groups)) > 0.7


def test_overlaps_by_hand():
    def measure(*tracks):
        return Measure.from_tracks(
            [from_words(track) for track in tracks], [chord_id("G"), chord_id("C")]
        )

    measures = (
        [measure("P0 v5 +67 >48 -67 +71 >48 -71 .", "drums v5 +36 >96 -36 ."),
         measure("P0 v5 +60 >96 -60 .", "P33 >96 .")]
    )  # fmt: skip
    actual = counts(NoteTable(measures))
    assert {name: each.sum(0).nonzero()[0].tolist() for name, each in actual.items()} == {
        "instruments": [0, 33, DRUMS],
        "pitch_classes": [0, 7, 11],
        "pitch_classes_above_root": [0, 4, 5],
        "drums": [36],
        "onset_steps": [0, 48],
        "note_lengths": [48, 96],
    }
    assert actual["instruments"][:, [0, 33, DRUMS]].tolist() == [[1, 0, 1], [1, 1, 0]]
    assert actual["onset_steps"][:, [0, 48]].tolist() == [[2, 1], [1, 0]]
    silent = counts(NoteTable([measure("P0 >96 .")]))
    assert silent["drums"].sum() == silent["onset_steps"].sum() == 0
    assert overlap(actual["drums"], actual["drums"]) == 1
    assert math.isnan(overlap(actual["drums"], silent["drums"]))
    assert overlap(actual["instruments"], silent["instruments"]) == 0.5
    assert overlap(actual["onset_steps"], actual["onset_steps"][1:]) == 0.75


def test_one_kind_of_music_is_at_the_floor_and_another_is_not():
    measures = [
        measure
        for song in arranger.songs(count=24, seed=11)
        for measure in measures_from_midi(song.midi)[0]
    ]
    order = np.random.default_rng(0).permutation(len(measures)).tolist()
    third = len(measures) // 3
    alike = [measures[index] for index in order[:third]]
    real = MeasureSet.ungrouped([measures[index] for index in order[third:]])
    actual = compare(alike, real)
    assert tuple(actual.statistics) == NAMES
    assert 0 < actual.distance < 0.15
    assert 0 < actual.floor < 0.15
    assert actual.auc == pytest.approx(0.5, abs=0.1)
    assert actual.auc_floor == pytest.approx(0.5, abs=0.1)
    assert all(min(pair) > 0.85 for pair in actual.overlaps.values())
    for name, row in zip(NAMES, measure_statistics(real.measures).T):
        assert actual.statistics[name].real == pytest.approx(np.nanmean(row))

    changed = compare([_without_moves(measure) for measure in alike], real)
    assert changed.statistics["repeated_notes"].samples == 1
    assert changed.statistics["static_tracks"].samples == 1
    assert changed.statistics["mean_move"].samples == 0
    for name in ("repeated_notes", "static_tracks", "mean_move", "track_range"):
        one = changed.statistics[name]
        assert one.distance > 3 * one.floor, name
    assert changed.distance > 1.5 * actual.distance
    assert changed.auc > max(actual.auc, 0.95)
    assert changed.floor == actual.floor
    assert changed.auc_floor == actual.auc_floor


def _without_moves(measure):
    """Every pitched track plays only one pitch."""
    tokens = measure.tokens.copy()
    for row, program in enumerate(measure.programs):
        if program != DRUMS:
            events = tokens[row, : measure.lengths[row]]
            events[events < 128] = 60
            events[(events >= 128) & (events < 256)] = 60 + 128
    return Measure(tokens, measure.lengths, measure.chord_ids, measure.fmt)


def test_unknown_figures_are_nan(songs_dataset):
    measures = list(read_measures(songs_dataset, "test"))[:4]
    drums = Measure.from_tracks([from_words("drums v5 +36 >96 -36 .")])
    actual = compare([drums], MeasureSet.ungrouped(measures[:2]))
    assert math.isnan(actual.statistics["repeated_notes"].samples)
    assert math.isnan(actual.statistics["repeated_notes"].distance)
    assert math.isnan(actual.auc)
