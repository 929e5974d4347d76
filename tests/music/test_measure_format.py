"""Limits of a measure: derived sizes, JSON, and values that do not go together."""

import json

import pytest

from gm_vae.errors import UsageError
from gm_vae.music.measure_format import MeasureFormat


def test_the_default_is_the_published_format():
    fmt = MeasureFormat()
    assert (fmt.steps_per_measure, fmt.steps_per_chord, fmt.max_events) == (96, 48, 62)
    assert (fmt.max_tracks, fmt.max_track_length, fmt.velocity_bins) == (8, 64, 8)
    assert (fmt.min_instruments, fmt.max_instruments, fmt.min_events) == (2, 8, 8)


@pytest.mark.parametrize(
    ("meter", "steps"), [((3, 4), 72), ((6, 8), 72), ((2, 2), 96), ((7, 16), 42), ((1, 32), 3)]
)
def test_steps_of_other_meters(meter, steps):
    fmt = MeasureFormat(beats_per_bar=meter[0], beat_unit=meter[1], chords_per_measure=1)
    assert fmt.steps_per_measure == steps


def test_json_and_back():
    fmt = MeasureFormat(beats_per_bar=3, max_tracks=12, chords_per_measure=3)
    assert MeasureFormat.from_dict(json.loads(json.dumps(fmt.to_dict()))) == fmt
    with pytest.raises(UsageError, match=r"unknown fields swing.*newer gm-vae"):
        MeasureFormat.from_dict({**fmt.to_dict(), "swing": 1})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"max_tracks": 0}, "max_tracks is 0; give a whole number"),
        ({"min_events": True}, "min_events is True"),
        ({"steps_per_quarter": 2.5}, "steps_per_quarter is 2.5"),
        ({"beats_per_bar": 7, "beat_unit": 64, "steps_per_quarter": 1}, "no whole number of steps"),
        ({"beat_unit": 6}, "no meter of a MIDI file"),
        ({"beats_per_bar": 256}, "no meter of a MIDI file"),
        ({"chords_per_measure": 5}, "does not divide the 96 steps"),
        ({"max_instruments": 9}, "min_instruments <= max_instruments <= max_tracks"),
        ({"min_instruments": 9}, "min_instruments <= max_instruments <= max_tracks"),
        ({"velocity_bins": 10}, "velocity_bins=10 does not divide 128"),
        ({"max_track_length": 7}, "outside 8..255"),
        ({"max_track_length": 256}, "outside 8..255"),
    ],
)
def test_values_that_do_not_go_together(fields, words):
    with pytest.raises(UsageError, match=words):
        MeasureFormat(**fields)


def test_formats_that_differ_are_told_apart():
    fmt = MeasureFormat()
    fmt.require_equal(MeasureFormat(), "The data", "the model")
    with pytest.raises(UsageError, match=r"The data and the model.*min_events 8 against 4"):
        fmt.require_equal(MeasureFormat(min_events=4), "The data", "the model")
