"""Measures joined into one piece, on hand-written tokens of the published vocabulary."""

import pytest

from gm_vae.errors import UsageError
from gm_vae.music.arrangement import Arrangement, Part
from gm_vae.music.chords import chord_ids
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat


def whole_note(program, pitch):
    """program, velocity bin 6, note-on, shift 96, note-off, end"""
    return [360 + program, 357, pitch, 351, 128 + pitch, 489]


def test_tracks_of_one_program_and_order_are_one_part():
    piece = Arrangement.from_measures(
        [
            Measure.from_tracks([whole_note(0, 60), whole_note(0, 64), whole_note(128, 36)]),
            Measure.from_tracks([whole_note(0, 62), whole_note(33, 40)]),
            Measure.from_tracks([whole_note(33, 41), whole_note(128, 38), whole_note(128, 42)]),
        ]
    )
    assert piece.parts == (Part(0), Part(0, 1), Part(33), Part(128), Part(128, 1))
    assert [part.name for part in piece.parts] == [
        "Acoustic Grand Piano",
        "Acoustic Grand Piano 2",
        "Finger Bass",
        "Drums",
        "Drums 2",
    ]
    assert piece.notes.tolist() == [
        (0, 60, 81, 0, 96),
        (0, 62, 81, 96, 192),
        (1, 64, 81, 0, 96),
        (2, 40, 81, 96, 192),
        (2, 41, 81, 192, 288),
        (3, 36, 81, 0, 96),
        (3, 38, 81, 192, 288),
        (4, 42, 81, 192, 288),
    ]
    assert piece.note_is_drum.tolist() == [False] * 5 + [True] * 3
    assert (piece.bars, piece.total_steps) == (3, 288)


def test_notes_are_not_tied_over_the_bar_line():
    piece = Arrangement.from_measures([Measure.from_tracks([whole_note(0, 60)])] * 2)
    assert piece.notes.tolist() == [(0, 60, 81, 0, 96), (0, 60, 81, 96, 192)]


def test_chords_are_named_where_they_change():
    pairs = [["N.C.", "C"], ["C", "C"], ["Am", "N.C."], ["N.C.", "Am"]]
    piece = Arrangement.from_measures([Measure.from_tracks([], chord_ids(p)) for p in pairs])
    assert piece.chord_symbols == ((48, "C"), (192, "Am"), (240, "N.C."), (336, "Am"))


def test_chords_are_called_as_they_were_typed():
    measures = [Measure.from_tracks([], chord_ids(p)) for p in (["C", "C"], ["C", "G"], ["G", "C"])]
    piece = Arrangement.from_measures(measures, ["Cmaj7", "C/E|g7sus4", "G7sus4|C"])
    assert piece.chord_symbols == ((0, "Cmaj7"), (96, "C/E"), (144, "G7sus4"), (240, "C"))
    quarters = Arrangement.from_measures(measures[:1], ["nc|C6|nc|C5"])
    assert quarters.chord_symbols == ((24, "C6"), (48, "N.C."), (72, "C5"))
    with pytest.raises(UsageError, match="symbols for 2 measures, not for 3"):
        Arrangement.from_measures(measures, ["C", "C"])
    with pytest.raises(UsageError, match="'Xy'"):
        Arrangement.from_measures(measures[:1], ["Xy"])


def test_steps_do_not_overflow_in_long_pieces():
    piece = Arrangement.from_measures([Measure.from_tracks([whole_note(5, 60)])] * 1000)
    assert piece.notes["end_step"][-1] == 96_000


def test_measures_that_cannot_be_joined():
    with pytest.raises(UsageError, match="no measures"):
        Arrangement.from_measures([])
    other = Measure.from_tracks([], fmt=MeasureFormat(steps_per_quarter=12))
    with pytest.raises(UsageError, match=r"measure 2.*steps_per_quarter 24 against 12"):
        Arrangement.from_measures([Measure.from_tracks([]), other])
