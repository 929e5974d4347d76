"""Limits of a measure: derived sizes, JSON, and inconsistent values."""

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


def test_files_of_an_older_version_are_read():
    written = {
        "beats_per_bar": 4, "beat_unit": 4, "steps_per_quarter": 24, "max_tracks": 8,
        "max_track_length": 64, "min_instruments": 2, "max_instruments": 8, "min_events": 8,
        "velocity_bins": 8, "chords_per_measure": 2,
    }  # fmt: skip
    assert MeasureFormat.from_dict(written) == MeasureFormat()
    assert MeasureFormat.from_dict({**written, "min_events": 1}) == MeasureFormat(min_events=1)


@pytest.mark.parametrize(
    ("meter", "counting", "others"),
    [
        ((4, 4), [(4, 4), (2, 2), (8, 8), (1, 1), (16, 16)], [(3, 4), (12, 8), (2, 4), (4, 8)]),
        ((3, 4), [(3, 4)], [(6, 8), (12, 16), (3, 8), (3, 2), (4, 4)]),
        ((6, 8), [(6, 8)], [(3, 4), (12, 16), (6, 4)]),
        ((2, 4), [(2, 4), (4, 8), (1, 2)], [(2, 2), (4, 4)]),
        ((12, 8), [(12, 8)], [(3, 2), (6, 4), (4, 4)]),
        ((3, 2), [(3, 2)], [(6, 4), (12, 8), (3, 4)]),
        ((5, 4), [(5, 4), (10, 8)], [(5, 8), (4, 4)]),
        ((7, 8), [(7, 8), (14, 16)], [(7, 4), (6, 8)]),
    ],
)
def test_bars_of_the_same_length_count_but_compound_ones_only_for_themselves(
    meter, counting, others
):
    fmt = MeasureFormat(*meter)
    assert all(fmt.counts(*signature) for signature in counting)
    assert not any(fmt.counts(*signature) for signature in others)


def test_lengths_take_a_byte_where_they_fit():
    assert MeasureFormat().length_dtype == MeasureFormat(max_track_length=255).length_dtype == "u1"
    assert MeasureFormat(max_track_length=256).length_dtype == "<u2"
    assert MeasureFormat(max_track_length=1024).length_dtype.itemsize == 2


def test_the_flags_that_ask_for_a_format():
    assert MeasureFormat().flags == ""
    assert MeasureFormat(6, 8, max_pitch=96).flags == (
        "--beats_per_bar=6 --beat_unit=8 --max_pitch=96"
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"max_tracks": 0}, "max_tracks is 0; give a whole number"),
        ({"min_events": True}, "min_events is True"),
        ({"steps_per_quarter": 2.5}, "steps_per_quarter is 2.5"),
        (
            {"beats_per_bar": 7, "beat_unit": 64, "steps_per_quarter": 1},
            "not a whole number of steps",
        ),
        ({"beat_unit": 6}, "not a meter of MIDI files"),
        ({"beats_per_bar": 256}, "beats_per_bar is 256; give a whole number, 1 to 255"),
        ({"steps_per_quarter": 10_000}, "has 40,000 steps .* may have 32,767"),
        ({"chords_per_measure": 5}, "does not divide the 96 steps of a 4/4 measure; choose a div"),
        ({"beats_per_bar": 7, "beat_unit": 8, "steps_per_quarter": 6}, "the 21 steps of a 7/8"),
        ({"max_instruments": 9}, "min_instruments <= max_instruments <= max_tracks"),
        ({"min_instruments": 9}, "min_instruments <= max_instruments <= max_tracks"),
        ({"velocity_bins": 10}, "velocity_bins=10 does not divide 128"),
        ({"max_track_length": 7}, "max_track_length is 7; give a whole number, 8 to 1024"),
        ({"max_track_length": 1025}, "max_track_length is 1025"),
        ({"max_tracks": 256}, "max_tracks is 256; give a whole number, 1 to 255"),
        ({"min_pitch": -1}, "min_pitch is -1; give a whole number, 0 to 127"),
        ({"max_pitch": 128}, "max_pitch is 128; give a whole number, 0 to 127"),
        ({"min_pitch": 61, "max_pitch": 60}, "min_pitch <= max_pitch; got 61, 60"),
    ],
)
def test_values_that_do_not_go_together(fields, words):
    with pytest.raises(UsageError, match=words):
        MeasureFormat(**fields)


def test_different_formats_are_distinguished():
    fmt = MeasureFormat()
    fmt.require_equal(MeasureFormat(), "The data", "the model")
    with pytest.raises(UsageError, match=r"The data and the model.*min_events 8 against 4"):
        fmt.require_equal(MeasureFormat(min_events=4), "The data", "the model")
