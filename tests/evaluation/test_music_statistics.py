"""Statistics of measures: written out by hand, and against a slow count of every note."""

import math

import numpy as np
import pytest
from closeness import SUM, assert_close
from slow_statistics import slow_statistics
from token_words import from_words

from gm_vae import arranger
from gm_vae.evaluation.music_statistics import NAMES, STATISTICS, measure_statistics
from gm_vae.music.chords import chord_id
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import measures_from_midi

QUARTERS = "P0 v5 +60 >24 -60 +60 >24 -60 +62 >24 -62 +74 >24 -74 ."
LONG = "P48 v5 +72 >96 -72 ."
ROCK = (
    "drums v5 +36 +42 >24 -36 -42 +38 +42 >24 -38 -42 "
    "+36 +42 >24 -36 -42 +38 +42 >24 -38 -42 ."
)  # fmt: skip


def measure(*tracks, chords="C G"):
    ids = [chord_id(chord) for chord in chords.split()]
    return Measure.from_tracks([from_words(track) for track in tracks], ids)


def values(*tracks, chords="C G"):
    return dict(zip(NAMES, measure_statistics([measure(*tracks, chords=chords)])[0].tolist()))


@pytest.mark.parametrize(
    ("name", "expected", "tracks"),
    [
        # of the moves C4 C4 D4 D5 one repeats, one is a step, one a leap
        ("repeated_notes", 1 / 3, [QUARTERS]),
        ("repeated_notes", None, [LONG, ROCK]),
        # a chord repeats if all of it does; what still sounds is not struck again
        ("repeated_notes", 1 / 2, ["P0 v5 +60 +64 >24 -60 -64 +60 +64 >24 -60 +65 >48 ."]),
        ("static_tracks", 0, [QUARTERS, LONG]),
        ("static_tracks", 1 / 2, [QUARTERS, "P33 v5 +36 >48 -36 +36 >48 -36 .", LONG, ROCK]),
        ("static_tracks", None, [LONG, ROCK]),
        ("mean_move", 14 / 3, [QUARTERS]),
        ("mean_move", 1 / 2, ["P0 v5 +60 +64 >24 -60 -64 +60 +64 >24 -60 +65 >48 ."]),
        ("stepwise_moves", 1 / 3, [QUARTERS]),
        ("stepwise_moves", 1 / 5, [QUARTERS, "P1 v5 +60 >24 -60 +67 >24 -67 +64 >48 -64 ."]),
        ("leaps", 1 / 3, [QUARTERS, ROCK]),
        ("track_range", 14, [QUARTERS, ROCK]),
        ("track_range", 7, [QUARTERS, LONG]),
        ("shared_rhythm", 1, [QUARTERS, ROCK]),
        ("shared_rhythm", 2 / 3, [QUARTERS, LONG, ROCK]),
        ("shared_rhythm", None, [QUARTERS]),
        ("unison_notes", 2 / 5, [LONG, "P49 v5 +60 +72 >48 -60 -72 +72 +74 >48 -72 -74 ."]),
        ("unison_notes", 0, [QUARTERS, ROCK]),
        ("pitch_classes", 2, [QUARTERS, ROCK]),
        ("pitch_classes", None, [ROCK]),
        # C4 C4 under C, D4 D5 under G
        ("time_in_chord", 1, [QUARTERS]),
        ("time_in_chord", 3 / 4, [QUARTERS, "P1 v5 +60 >96 -60 ."]),
        ("clash_time", 1 / 2, ["P0 v5 +60 >96 -60 .", "P1 v5 >48 +61 >48 -61 ."]),
        ("clash_time", 1, ["P0 v5 +60 >48 -60 >48 .", "P1 v5 +61 >48 -61 >48 ."]),
        ("clash_time", 0, ["P0 v5 +60 >96 -60 .", "P1 v5 +73 >96 -73 ."]),
        ("clash_time", None, [ROCK]),
        ("bass_pitch_classes", 2, [LONG, "P32 v5 +36 >24 -36 +48 >24 -48 +43 >48 -43 ."]),
        ("bass_pitch_classes", None, [QUARTERS]),
        ("root_on_1", 1, [LONG, "P39 v5 +36 >96 -36 ."]),
        ("root_on_1", 1, ["P39 v5 >2 +36 >94 -36 ."]),
        ("root_on_1", 0, ["P39 v5 >3 +36 >93 -36 ."]),
        ("root_on_1", 0, ["P39 v5 +31 +36 >96 -31 -36 ."]),
        ("root_on_1", 1, ["P32 v5 +40 >96 -40 .", "P39 v5 +36 >96 -36 ."]),
        ("root_on_1", None, ["P40 v5 +36 >96 -36 ."]),
        ("drum_sounds", 3, [LONG, ROCK]),
        ("drum_sounds", None, [LONG]),
        ("drum_halves_alike", 1, [ROCK]),
        # kick and hi-hat at 0 and 48, a snare at 24 alone: 2 of 3
        ("drum_halves_alike", 2 / 3, ["drums v5 +36 +42 >24 -36 +38 >24 -38 +36 +42 >48 ."]),
        ("drum_halves_alike", None, [QUARTERS]),
        ("snare_on_2_and_4", 1, [ROCK]),
        ("snare_on_2_and_4", 1, ["drums v5 >22 +40 >52 +38 >22 ."]),
        ("snare_on_2_and_4", 0, ["drums v5 >21 +40 >51 +38 >24 ."]),
        ("snare_on_2_and_4", 0, ["drums v5 >24 +38 >72 ."]),
        ("snare_on_2_and_4", None, ["P0 v5 >24 +38 >48 +38 >24 ."]),
        ("kick_on_1", 1, [ROCK]),
        ("kick_on_1", 0, ["drums v5 +38 >3 +36 >93 ."]),
        ("kick_on_1", None, ["P0 v5 +36 >96 ."]),
        ("distinct_intervals", 3 / 2, [ROCK, "P0 v5 +60 >6 -60 +62 >6 -62 +64 >36 +65 >48 ."]),
        ("distinct_intervals", None, [LONG]),
        # onsets at 0, 6, 8, 10
        ("off_grid_onsets", 1 / 4, ["P0 v5 +60 >6 -60 +62 >2 -62 +64 >2 -64 +65 >86 -65 ."]),
        ("silent_beats", 3 / 4, [LONG]),
        ("silent_beats", 1 / 2, ["P0 v5 +60 >95 -60 +61 >1 -61 ."]),
        ("syncopation", 1 / 2, ["P0 v5 +60 >12 -60 +62 >36 -62 >48 ."]),
        ("note_length", 28, [QUARTERS, "P1 v5 +48 >40 -48 +50 >32 -50 >24 .", ROCK]),
        ("tracks", 3, [QUARTERS, LONG, ROCK]),
        ("density", 13 / 4, [QUARTERS, LONG, ROCK]),
        ("polyphony", 2, [QUARTERS, LONG, ROCK]),
        ("pitch", 64, [QUARTERS, ROCK]),
        # bins of 16 from 1: 1 and 65
        ("velocity", 33, ["P0 v1 +60 >48 -60 v5 +62 >48 -62 ."]),
        ("velocity_spread", 16, ["P0 v1 +60 >48 -60 v5 +62 >48 -62 .", LONG]),
    ],
)  # fmt: skip
def test_by_hand(name, expected, tracks):
    actual = values(*tracks)[name]
    if expected is None:
        assert math.isnan(actual)
    else:
        assert actual == pytest.approx(expected, rel=1e-6)


def test_the_root_is_the_first_chords():
    bass = "P33 v5 +45 >48 -45 +36 >48 -36 ."
    assert values(bass, chords="Am C")["root_on_1"] == 1
    assert values(bass, chords="C Am")["root_on_1"] == 0
    assert math.isnan(values(bass, chords="N.C. Am")["root_on_1"])
    assert math.isnan(values(bass, chords="N.C. N.C.")["time_in_chord"])


def test_silence_has_no_music():
    actual = values("P0 >96 .", "drums >96 .")
    assert actual["tracks"] == 2
    assert actual["density"] == 0
    assert actual["silent_beats"] == 1
    assert all(math.isnan(actual[name]) for name in ("repeated_notes", "shared_rhythm", "velocity"))
    assert measure_statistics([]).shape == (0, len(STATISTICS))


FORMATS = (
    MeasureFormat(),
    MeasureFormat(beats_per_bar=3, min_instruments=1),
    MeasureFormat(beats_per_bar=6, beat_unit=8, steps_per_quarter=3, chords_per_measure=1),
)


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.meter)
def test_the_same_as_counting_every_note(fmt):
    # songs, and tokens in any order, which spell notes that no song has
    measures = any_measures(fmt, 60)
    if fmt == MeasureFormat():
        for song in arranger.songs(count=4, seed=3):
            measures += measures_from_midi(song.midi)[0]
        assert len(measures) > 100
    actual = measure_statistics(measures)
    assert actual.shape == (len(measures), len(NAMES))
    expected = [slow_statistics(each) for each in measures]
    assert set(NAMES) == set(expected[0])
    for name, column in zip(NAMES, actual.T):
        slow = np.array([each[name] for each in expected], float)
        assert (np.isnan(column) == np.isnan(slow)).all(), name
        if fmt == MeasureFormat():
            assert np.nanstd(slow) > 0, name  # or nothing is compared
        assert_close(np.nan_to_num(column), np.nan_to_num(slow), SUM, err_msg=name)


def any_measures(fmt, count):
    """Measures of random notes in all kinds of tracks, often at the same time."""
    rng = np.random.default_rng(0)
    measures = []
    for _ in range(count):
        tracks = []
        for program in rng.choice([0, 24, 33, 33, 48, 128], rng.integers(1, 6)):
            words, step = [f"P{program}" if program < 128 else "drums"], 0
            low = 35 if program == 128 else rng.choice([36, 60])
            for _ in range(rng.integers(0, 9)):
                pitch, length = low + rng.integers(0, 8), rng.choice([1, 3, 4, 6])
                if step + length > fmt.steps_per_measure:
                    break
                words += [f"v{rng.integers(1, 9)}", f"+{pitch}", f"+{low}", f">{length}"]
                words += [f"-{pitch}", f"-{low}"]
                step += length
            tracks.append(from_words(" ".join(words) + " .", fmt.steps_per_measure))
        chords = rng.integers(0, 49, fmt.chords_per_measure)
        measures.append(Measure.from_tracks(tracks, chords, fmt))
    return measures


def test_each_is_described_once():
    assert len(set(NAMES)) == len(STATISTICS)
    assert all(statistic.description and statistic.unit for statistic in STATISTICS)


def test_a_measure_has_the_same_numbers_in_any_company():
    measures = any_measures(MeasureFormat(), 20)
    together = measure_statistics(measures)
    alone = np.concatenate([measure_statistics([each]) for each in measures])
    assert np.array_equal(together, alone, equal_nan=True)
