"""Bars of other formats than the published one, token by token. Ticks are steps."""

import numpy as np
import pytest
from midi_builder import meter, midi, note, program
from token_words import from_words, tracks_to_words

from gm_vae.errors import UsageError
from gm_vae.music.arrangement import Arrangement
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import measures_from_score
from gm_vae.music.midi_file import parse_midi
from gm_vae.music.note_sequences import from_note_sequence, to_note_sequence
from gm_vae.music.vocabulary import vocabulary

SMALL = {"min_instruments": 1, "min_events": 1}


def bars_of(fmt, *tracks, **kwargs):
    return measures_from_score(parse_midi(midi(*tracks, **kwargs)), fmt)


def words_of(fmt, *tracks, steps, bins=8, **kwargs):
    """The words of each bar's tracks, or its reason."""
    return [
        tracks_to_words(bar.measure, steps, bins) if bar.measure else bar.reason.name
        for bar in bars_of(fmt, *tracks, **kwargs)
    ]


def test_a_waltz():
    fmt = MeasureFormat(beats_per_bar=3)
    bass = program(32) + note(0, 72, 36) + note(72, 144, 43, 30)
    drums = [e for tick in (24, 48, 96, 120) for e in note(tick, tick + 6, 42, channel=9)]
    assert words_of(fmt, meter(3, 4), bass, drums, steps=72) == [
        ["P32 v7 +36 >72 -36 .", "drums >24 v7 +42 >6 -42 >18 +42 >6 -42 >18 ."],
        ["P32 v2 +43 >72 -43 .", "drums >24 v7 +42 >6 -42 >18 +42 >6 -42 >18 ."],
    ]
    assert vocabulary(fmt).size == 466


def test_six_eight():
    fmt = MeasureFormat(beats_per_bar=6, beat_unit=8, **SMALL)
    eighths = [e for n in range(7) for e in note(12 * n, 12 * n + 12, 60 + n)]
    assert words_of(fmt, meter(6, 8), eighths, note(36, 108, 50), steps=72) == [
        [
            "P0 v7 +60 >12 -60 +61 >12 -61 +62 >12 -62 +63 >12 -63 +64 >12 -64 +65 >12 -65 .",
            "P0 >36 v7 +50 >36 -50 .",  # cut at the bar line
        ],
        ["P0 v7 +66 >12 -66 >60 ."],
    ]


@pytest.mark.parametrize(
    ("beats", "unit", "steps"), [(2, 4, 48), (5, 4, 120), (7, 8, 84), (12, 8, 144), (3, 8, 36)]
)
def test_a_note_to_each_bar_line(beats, unit, steps):
    """Chords too: the default's two per measure divide all of these."""
    fmt = MeasureFormat(beats, unit, **SMALL)
    notes = note(0, 3 * steps, 60) + note(steps, steps + 24, 64) + note(2 * steps - 1, 999, 67)
    # one that lasts from bar to bar is cut and not struck again
    assert words_of(fmt, meter(beats, unit), notes, steps=steps)[:3] == [
        [f"P0 v7 +60 >{steps} -60 ."],
        [f"P0 v7 +64 >24 -64 >{steps - 25} +67 >1 -67 ."],
        "EMPTY",
    ]
    assert all(len(bar.chords) == 2 for bar in bars_of(fmt, meter(beats, unit), notes)[:2])


def test_each_format_takes_its_own_bars_of_a_piece():
    """A bar of each: 4/4, 3/4, 6/8, 2/4, 5/4, 2/2."""
    meters = [(4, 4, 96), (3, 4, 72), (6, 8, 72), (2, 4, 48), (5, 4, 120), (2, 2, 96)]
    starts = np.cumsum([0, *(steps for *_, steps in meters)]).tolist()
    signatures = [e for (n, d, _), tick in zip(meters, starts) for e in meter(n, d, tick)]
    notes = [e for (*_, steps), tick in zip(meters, starts) for e in note(tick, tick + steps, 60)]
    for index, (beats, unit, steps) in enumerate(meters[:-1]):
        actual = words_of(MeasureFormat(beats, unit, **SMALL), signatures, notes, steps=steps)
        expected = ["WRONG_METER"] * 6
        for own in (0, 5) if steps == 96 else (index,):
            expected[own] = [f"P0 v7 +60 >{steps} -60 ."]
        assert actual == expected


@pytest.mark.parametrize(
    ("labels", "chords"), [(1, ("C",)), (3, ("C", "F", "G")), (2, None), (6, None)]
)
def test_chords_of_a_waltz(labels, chords):
    fmt = MeasureFormat(beats_per_bar=3, chords_per_measure=labels, **SMALL)
    if labels == 1:
        piano = [e for p in (60, 64, 67) for e in note(0, 72, p)]
    else:
        roots = ((0, 60), (24, 65), (48, 67))
        piano = [e for t, root in roots for k in (0, 4, 7) for e in note(t, t + 24, root + k)]
    [bar] = bars_of(fmt, meter(3, 4), piano)
    assert len(bar.chords) == len(bar.measure.chord_ids) == labels
    assert chords is None or bar.chords == chords
    # each event hears the label of its time: a label is 72 / C steps long
    row = bar.measure.event_chords[0].tolist()
    step, width = 0, 72 // labels
    for position, token in enumerate(bar.measure.tokens[0, : bar.measure.lengths[0] - 1].tolist()):
        if position:
            assert row[position] == bar.measure.chord_ids[min(step // width, labels - 1)]
        step += token - 255 if 256 <= token < 256 + 72 else 0


def test_coarser_steps_and_loudness():
    """12 steps per quarter: two ticks each; 4 bins of 32 velocities."""
    fmt = MeasureFormat(3, 4, 12, velocity_bins=4, **SMALL)
    notes = note(0, 24, 60, 32) + note(24, 47, 62, 33) + note(48, 72, 64, 127)
    assert words_of(fmt, meter(3, 4), notes, steps=36, bins=4) == [
        ["P0 v1 +60 >12 -60 v2 +62 >12 -62 v4 +64 >12 -64 ."]
    ]
    assert vocabulary(fmt).size == 256 + 36 + 4 + 129 + 1


def test_one_instrument_is_enough_if_the_format_allows_it():
    drums = [e for n in range(4) for e in note(24 * n, 24 * n + 6, 36, channel=9)]
    words = ["drums v7 +36 >6 -36 >18 +36 >6 -36 >18 +36 >6 -36 >18 +36 >6 -36 >18 ."]
    assert words_of(MeasureFormat(min_instruments=1), drums, steps=96) == [words]
    assert words_of(MeasureFormat(), drums, steps=96) == ["TOO_FEW_INSTRUMENTS"]
    solo = MeasureFormat(max_tracks=1, min_instruments=1, max_instruments=1)
    assert words_of(solo, drums, steps=96) == [words]
    assert bars_of(solo, drums)[0].measure.tokens.shape == (1, 64)
    assert words_of(solo, drums, note(0, 96, 60), steps=96) == ["TOO_MANY_INSTRUMENTS"]


def test_long_tracks_and_many_of_them():
    fmt = MeasureFormat(max_tracks=20, max_instruments=12, max_track_length=300)
    # a chord of three on each step: 3 note-ons, a shift, 3 note-offs; a velocity at first
    busy = [e for n in range(42) for p in (60, 64, 67) for e in note(n, n + 1, p)]
    expected = "P0 v7 " + "+60 +64 +67 >1 -60 -64 -67 " * 42 + ">54 ."

    def other(n):
        channel = n + (n >= 9)  # not 10, counted from 1
        return program(n, channel) + note(0, 96, 60, channel=channel)

    others = [other(n) for n in range(1, 12)]
    [bar] = bars_of(fmt, busy, *others)
    assert len(expected.split()) == 298  # program, 296 events, end
    assert tracks_to_words(bar.measure) == [
        expected, *(f"P{n} v7 +60 >96 -60 ." for n in range(1, 12))
    ]  # fmt: skip
    assert bar.measure.lengths.tolist() == [298, *[6] * 11, *[1] * 8]
    assert bar.measure.lengths.dtype == np.uint16
    assert len(bar.measure.notes()) == 3 * 42 + 11
    assert Measure.from_tracks([from_words(expected)], fmt=fmt).lengths[0] == 298
    [thirteen] = bars_of(fmt, busy, *others, other(12))
    assert thirteen.reason.name == "TOO_MANY_INSTRUMENTS"
    busier = busy + [e for p in (60, 64, 67) for e in note(42, 43, p)]
    assert bars_of(fmt, busier, *others)[0].reason.name == "TRACK_TOO_LONG"
    assert Arrangement.from_measures([bar.measure]).total_steps == 96


@pytest.mark.parametrize(
    ("pitches", "expected"),
    [
        ([40, 72], None),
        ([39], "PITCH_OUT_OF_RANGE"),
        ([73], "PITCH_OUT_OF_RANGE"),
        ([60, 127], "PITCH_OUT_OF_RANGE"),
        ([0], "PITCH_OUT_OF_RANGE"),
    ],
)
def test_range_of_pitches(pitches, expected):
    """Both ends are inside; drums may be anywhere; other bars and other reasons are not touched."""
    fmt = MeasureFormat(min_pitch=40, max_pitch=72)
    drums = [e for n in range(8) for e in note(24 * n, 24 * n + 6, 36 + 40 * (n % 2), channel=9)]
    notes = [e for p in pitches for e in note(0, 96, p)] + note(96, 192, 60)
    first, second = bars_of(fmt, notes, drums)
    assert (first.reason and first.reason.name) == expected
    assert second.measure
    assert bars_of(MeasureFormat(), notes, drums)[0].measure
    [alone] = bars_of(fmt, [e for p in pitches for e in note(0, 96, p)])
    assert alone.reason.name == "TOO_FEW_INSTRUMENTS"
    assert fmt.meter == "4/4"
    assert vocabulary(fmt).size == 490


def test_note_sequences_keep_to_meter_and_range():
    waltz = MeasureFormat(beats_per_bar=3, max_pitch=72)
    measure = Measure.from_tracks(
        [from_words("P4 v7 +60 >24 -60 +72 >48 -72 .", 72)], [1, 6], waltz
    )
    sequence = to_note_sequence([measure])
    assert (sequence.time_signatures[0].numerator, sequence.total_time) == (3, 1.5)
    assert from_note_sequence(sequence, waltz) == measure
    with pytest.raises(UsageError, match=r"are in 3/4 and the format's measures in 4/4"):
        from_note_sequence(sequence)
    with pytest.raises(UsageError, match=r"are in 3/4 and the format's measures in 6/8"):
        from_note_sequence(sequence, MeasureFormat(6, 8))
    sequence.notes[0].pitch = 73
    with pytest.raises(UsageError, match=r"the pitch 73 and the format's are 0 to 72"):
        from_note_sequence(sequence, waltz)
    sequence.notes[0].is_drum = True
    sequence.notes[0].instrument = 9
    assert from_note_sequence(sequence, waltz).programs == (4, 128)
