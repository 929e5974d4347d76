"""Note time in the chord, counted by hand."""

import math

import pytest

from gm_vae.music.chords import chord_id
from gm_vae.music.consonance import note_time_in_chord
from gm_vae.music.measure import Measure


def measure(chords, *tracks):
    return Measure.from_tracks(tracks, [chord_id(chord) for chord in chords])


# program, velocity 5, C4 for the whole measure: note-on, shift 96, note-off, end
C_ALL_BAR = [360, 356, 60, 351, 188, 489]
DRUMS_ALL_BAR = [488, 356, 37, 351, 165, 489]


@pytest.mark.parametrize(
    ("chords", "expected"),
    [(["C", "C"], 1.0), (["C", "G"], 0.5), (["D", "Em"], 0.0), (["Am", "N.C."], 1.0)],
)
def test_each_half_is_judged_by_its_own_chord(chords, expected):
    assert note_time_in_chord([measure(chords, C_ALL_BAR, DRUMS_ALL_BAR)]) == expected


def test_nothing_to_judge_is_not_a_number():
    assert math.isnan(note_time_in_chord([measure(["C", "C"], DRUMS_ALL_BAR)]))
    assert math.isnan(note_time_in_chord([]))


def test_time_counts_not_notes():
    # C4 for 24 steps, then C#4 for 72
    track = [360, 356, 60, 279, 188, 61, 327, 189, 489]
    assert note_time_in_chord([measure(["C", "C"], track)]) == pytest.approx(0.25)
