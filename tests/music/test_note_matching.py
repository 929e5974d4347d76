"""Note precision, recall and F1: cases by hand, and matchings against brute force."""

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.note_matching import NoteScores, compare_notes
from gm_vae.music.vocabulary import EventType, vocabulary

VOCAB = vocabulary(MeasureFormat())
PIANO, BASS = 0, 33


def track(program, *notes):
    """Tokens of a track; notes are (onset, pitch) and last one step."""
    tokens = [VOCAB.encode(EventType.PROGRAM, program)]
    events = sorted(
        event
        for onset, pitch in notes
        for event in ((onset, 1, pitch), (onset + 1, 0, pitch))  # note-offs before note-ons
    )
    step = 0
    for onset, strikes, pitch in events:
        if onset > step:
            tokens.append(VOCAB.encode(EventType.TIME_SHIFT, onset - step))
            step = onset
        tokens.append(VOCAB.encode(EventType.NOTE_ON if strikes else EventType.NOTE_OFF, pitch))
    return [*tokens, VOCAB.end]


def measure(*tracks):
    return Measure.from_tracks(tracks)


def test_a_measure_has_all_its_own_notes():
    whole = measure(track(PIANO, (0, 60), (24, 64), (24, 67)), track(BASS, (0, 36)))
    assert compare_notes(whole, whole, 0) == NoteScores(4, 4, 4)
    assert compare_notes(whole, whole, 0).f1 == 1


def test_values_that_must_agree():
    real = measure(track(PIANO, (10, 60)))
    for notes, tolerance, matched in (
        ((12, 60), 2, 1),
        ((8, 60), 2, 1),
        ((13, 60), 2, 0),
        ((11, 60), 0, 0),
        ((10, 61), 2, 0),
    ):
        scores = compare_notes(real, measure(track(PIANO, notes)), tolerance)
        assert scores == NoteScores(matched, 1, 1), (notes, tolerance)
    assert compare_notes(real, measure(track(BASS, (10, 60)))).matched == 0
    # the track does not matter, nor that the same program stands in two
    twice = measure(track(PIANO, (50, 72)), track(PIANO, (10, 60)))
    assert compare_notes(real, twice) == NoteScores(1, 1, 2)


def test_no_note_counts_twice():
    real = measure(track(PIANO, (10, 60)))
    echo = measure(track(PIANO, (10, 60), (12, 60)))
    assert compare_notes(real, echo) == NoteScores(1, 1, 2)
    assert compare_notes(echo, real) == NoteScores(1, 2, 1)


def test_scores():
    scores = NoteScores(3, 4, 12) + NoteScores(3, 4, 0)
    assert (scores.precision, scores.recall) == (0.5, 0.75)
    assert scores.f1 == pytest.approx(2 / (1 / 0.5 + 1 / 0.75))
    nothing = NoteScores()
    assert (nothing.precision, nothing.recall, nothing.f1) == (0, 0, 0)
    assert compare_notes(Measure.from_tracks([]), measure(track(PIANO, (0, 60)))).f1 == 0


def most_pairs(first, second, tolerance):
    """The largest number of pairs, by brute force."""

    @functools.lru_cache(None)
    def best(index, used):
        if index == len(first):
            return 0
        most = best(index + 1, used)
        for j, onset in enumerate(second):
            if not used >> j & 1 and abs(first[index] - onset) <= tolerance:
                most = max(most, 1 + best(index + 1, used | 1 << j))
        return most

    return best(0, 0)


onsets = st.lists(st.integers(0, 15).map(lambda i: 2 * i), max_size=7, unique=True)


@settings(max_examples=150)
@given(onsets, onsets, st.integers(0, 6))
def test_as_many_pairs_as_there_can_be(first, second, tolerance):
    real, estimate = (
        measure(track(PIANO, *((o, 60) for o in starts))) for starts in (first, second)
    )
    scores = compare_notes(real, estimate, tolerance)
    expected = most_pairs(tuple(sorted(first)), tuple(sorted(second)), tolerance)
    assert scores == NoteScores(expected, len(first), len(second))
