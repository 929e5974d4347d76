"""Measures built from tokens by hand: notes, chords of events, programs, equality."""

import numpy as np
import pytest
from token_words import from_words, to_words, tracks_to_words

from gm_vae.music.chords import chord_ids
from gm_vae.music.measure import Measure, event_chords
from gm_vae.music.measure_format import MeasureFormat

PIANO = "P0 v5 +60 >24 -60 >24 +62 v6 +64 >48 -62 -64 ."
DRUMS = "drums v8 +36 >6 -36 >90 ."


@pytest.fixture
def measure():
    return Measure.from_tracks([from_words(PIANO), from_words(DRUMS)], chord_ids(["C", "Am"]))


def notes(*tracks):
    rows = Measure.from_tracks([from_words(track) for track in tracks]).notes()
    names = ("track", "program", "pitch", "velocity", "start_step", "end_step")
    return [tuple(int(row[name]) for name in names) for row in rows]


def test_words_are_tokens():
    tokens = from_words("P0 P127 drums v1 v8 +0 +127 -0 -127 >1 >96 .")
    assert tokens == [360, 487, 488, 352, 359, 0, 127, 128, 255, 256, 351, 489]
    assert to_words(tokens) == "P0 P127 drums v1 v8 +0 +127 -0 -127 >1 >96 ."


def test_arrays(measure):
    assert measure.tokens.shape == (8, 64)
    assert measure.tokens.dtype == np.uint16
    assert measure.lengths.dtype == measure.chord_ids.dtype == np.uint8
    assert measure.lengths.tolist() == [13, 7, 1, 1, 1, 1, 1, 1]
    assert measure.tokens[2:, 0].tolist() == [489] * 6  # absent tracks are the end token
    past_end = np.arange(64) >= measure.lengths[:, None]
    assert not measure.tokens[past_end].any()
    assert tracks_to_words(measure) == [PIANO, DRUMS]


def test_chords_and_programs(measure):
    assert measure.chords == ("C", "Am")
    assert measure.programs == (0, 128)
    assert Measure.from_tracks([]).chords == ("N.C.", "N.C.")
    assert repr(measure) == "Measure(C|Am: Acoustic Grand Piano, Drums)"


def test_each_event_has_the_chord_of_its_time(measure):
    """The program has no chord, a shift the chord at its start, the end the previous chord."""
    c, a_minor = 1, 22
    piano = [0, c, c, c, c, c, *[a_minor] * 7]
    drums = [0, c, c, c, c, c, c]
    assert measure.event_chords.dtype == np.uint8
    assert measure.event_chords[0, :13].tolist() == piano
    assert measure.event_chords[1, :7].tolist() == drums
    assert not measure.event_chords[0, 13:].any()
    assert not measure.event_chords[2:].any()


def test_event_chords_of_many_measures_and_other_divisions(measure):
    tokens, lengths = np.stack([measure.tokens] * 6), np.stack([measure.lengths] * 6)
    ids = np.array([[1, 2, 3, 4]] * 3 + [[5, 6, 7, 8]] * 3)
    labels = event_chords(tokens, lengths, ids, MeasureFormat())
    assert labels.shape == (6, 8, 64)
    # quarters of the measure: events at steps 0, 24, 48 and 96, the last of which is in the last
    assert labels[1, 0, :13].tolist() == [0, 1, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4]
    assert labels[5, 0, :13].tolist() == [0, 5, 5, 5, 6, 6, 7, 7, 7, 7, 8, 8, 8]


@pytest.mark.parametrize(
    ("track", "expected"),
    [
        pytest.param("P5 v5 +60 >24 -60 >72 .", [(0, 5, 60, 65, 0, 24)], id="plain"),
        pytest.param("P5 +60 >96 -60 .", [(0, 5, 60, 100, 0, 96)], id="no velocity is 100"),
        pytest.param("v1 +60 >96 -60 .", [(0, 0, 60, 1, 0, 96)], id="no program is piano"),
        pytest.param("P5 P6 +60 >96 -60 .", [(0, 5, 60, 100, 0, 96)], id="first program wins"),
        pytest.param(
            "+60 >96 -60 P7 .", [(0, 7, 60, 100, 0, 96)], id="program after the notes counts too"
        ),
        pytest.param("P5 >90 +60 .", [(0, 5, 60, 100, 90, 96)], id="open notes end with the bar"),
        pytest.param("P5 >90 +60 >90 -60 .", [(0, 5, 60, 100, 90, 96)], id="cut at the bar line"),
        pytest.param("P5 >96 >9 +60 >9 -60 .", [], id="nothing lies past the bar line"),
        pytest.param("P5 -60 +60 -60 >96 .", [], id="no length is no note"),
        pytest.param("P5 >6 -60 >90 .", [], id="a note-off without a note does nothing"),
        pytest.param(
            "P5 v2 +60 >12 v8 +60 >12 -60 >12 -60 .",
            [(0, 5, 60, 17, 0, 24), (0, 5, 60, 113, 12, 36)],
            id="a note-off ends the oldest note of its pitch",
        ),
        pytest.param("P5 +60 . -60", [(0, 5, 60, 100, 0, 96)], id="nothing after the end"),
    ],
)
def test_any_tokens_spell_notes(track, expected):
    assert notes(track) == expected


def test_notes_are_in_order():
    rows = notes("P1 v1 +62 +60 >6 +61 >6 -62 -60 -61 >84 .", DRUMS)
    assert rows == [
        (0, 1, 60, 1, 0, 12),
        (0, 1, 62, 1, 0, 12),
        (0, 1, 61, 1, 6, 12),
        (1, 128, 36, 113, 0, 6),
    ]


def test_a_measure_of_no_tracks_has_no_notes():
    assert len(Measure.from_tracks([]).notes()) == 0


def test_equality(measure):
    same = Measure.from_tracks([from_words(PIANO), from_words(DRUMS)], chord_ids(["C", "Am"]))
    assert measure == same
    assert hash(measure) == hash(same)
    assert measure != Measure.from_tracks([from_words(DRUMS), from_words(PIANO)], [1, 22])
    assert measure != Measure.from_tracks([from_words(PIANO), from_words(DRUMS)], [1, 1])
    other = MeasureFormat(min_events=1)
    assert measure != Measure.from_tracks([from_words(PIANO), from_words(DRUMS)], [1, 22], other)
    assert measure != "a measure"


def test_too_much_for_a_measure():
    with pytest.raises(ValueError, match="8 tracks of 64 tokens"):
        Measure.from_tracks([from_words(DRUMS)] * 9)
    with pytest.raises(ValueError, match="8 tracks of 64 tokens"):
        Measure.from_tracks([[489] * 65])
