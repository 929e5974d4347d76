"""Bars of small hand-written files, token by token; and properties of the bars of any file.

Ticks are steps (24 to a quarter, 96 to a 4/4 bar) unless a test says otherwise.
"""

import collections
import inspect
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from midi_builder import meter, midi, note, pedal, program, tempo
from token_words import tracks_to_words

from gm_vae.music.chord_inference import infer_chords
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import (
    MAX_BARS,
    RejectReason,
    measures_from_midi,
    measures_from_score,
)
from gm_vae.music.midi_file import MidiError, parse_midi
from gm_vae.music.tokenise import BarNotes, tokenise
from gm_vae.music.vocabulary import DRUMS, EventType, vocabulary

ANYTHING = MeasureFormat(min_instruments=1, min_events=1)
BAR = 96


def bars_of(*tracks, fmt=ANYTHING, **kwargs):
    return measures_from_score(parse_midi(midi(*tracks, **kwargs)), fmt)


def words_of(*tracks, **kwargs):
    """The words of each bar's tracks, or its reason."""
    bars = bars_of(*tracks, **kwargs)
    return [tracks_to_words(bar.measure) if bar.measure else bar.reason.name for bar in bars]


def drum_bar(bar=0, count=4):
    """Quarter notes of a drum, as a second instrument."""
    return [
        event
        for beat in range(count)
        for event in note(bar * BAR + 24 * beat, bar * BAR + 24 * beat + 6, 36, channel=9)
    ]


def test_two_instruments():
    piano = program(4) + note(0, 24, 60) + note(24, 96, 64, 30)
    drums = note(0, 6, 36, 127, channel=9) + note(6, 12, 42, 127, channel=9)
    measures, rejected = measures_from_midi(midi(piano, drums))
    assert [tracks_to_words(measure) for measure in measures] == [
        ["P4 v7 +60 >24 -60 v2 +64 >72 -64 .", "drums v8 +36 >6 -36 +42 >6 -42 >84 ."]
    ]
    assert rejected == {}
    assert measures[0].fmt == MeasureFormat()


def test_order_in_a_step():
    """Note-offs of older notes first, then by pitch; note-ons by pitch; velocities on change."""
    events = note(6, 12, 50) + note(0, 12, 70) + note(0, 12, 60)
    events += note(12, 96, 61, 20) + note(12, 96, 59, 100) + note(12, 96, 60, 20)
    expected = (
        "P0 v7 +60 +70 >6 +50 >6 -60 -70 -50 +59 v2 +60 +61 >84 -59 -60 -61 ."
    )  # fmt: skip
    assert words_of(events) == [[expected]]


@pytest.mark.parametrize(
    ("velocity", "velocity_bin"), [(1, 1), (16, 1), (17, 2), (64, 4), (65, 5), (127, 8)]
)
def test_velocity_bins(velocity, velocity_bin):
    assert words_of(note(0, 96, 60, velocity)) == [[f"P0 v{velocity_bin} +60 >96 -60 ."]]


def test_programs_in_order_drums_last_and_equals_in_file_order():
    first = program(40) + note(0, 96, 60)
    second = program(3, 1) + note(0, 96, 61, channel=1)
    drums = program(25, 9) + note(0, 96, 62, channel=9)  # a drum kit is not a program
    third = program(40) + note(0, 96, 50)
    more_drums = note(0, 96, 40, channel=9)
    assert words_of(first, second, drums, third, more_drums) == [
        [
            "P3 v7 +61 >96 -61 .",
            "P40 v7 +60 >96 -60 .",
            "P40 v7 +50 >96 -50 .",
            "drums v7 +62 >96 -62 .",
            "drums v7 +40 >96 -40 .",
        ]
    ]


def test_channels_and_programs_of_one_track_are_instruments():
    events = program(5, 1) + note(0, 24, 60) + note(0, 24, 60, channel=1)
    events += program(7, 1, tick=24) + note(25, 96, 62, channel=1)
    assert words_of(events, kind=0) == [
        [
            "P0 v7 +60 >24 -60 >72 .",
            "P5 v7 +60 >24 -60 >72 .",
            "P7 >25 v7 +62 >71 -62 .",
        ]
    ]


def test_ties_are_cut_at_the_bar_line_and_not_struck_again():
    held = note(48, 3 * BAR, 60) + note(2 * BAR + 24, 2 * BAR + 48, 64)
    assert words_of(held, drum_bar(1)) == [
        ["P0 >48 v7 +60 >48 -60 ."],
        ["drums v7 +36 >6 -36 >18 +36 >6 -36 >18 +36 >6 -36 >18 +36 >6 -36 >18 ."],
        ["P0 >24 v7 +64 >24 -64 >48 ."],
    ]


def test_triplets():
    third = [event for n in range(3) for event in note(320 * n, 320 * (n + 1), 60 + n)]
    sixth = [event for n in range(6) for event in note(960 + 80 * n, 960 + 80 * n + 70, 70 + n)]
    expected = "P0 v7 +60 >16 -60 +61 >16 -61 +62 >16 -62 "
    # 70 ticks are 3.5 steps: half a step goes up
    expected += " ".join(f"+{70 + n} >4 -{70 + n}" for n in range(6)) + " >24 ."
    assert words_of(third + sixth, ticks_per_quarter=480) == [[expected]]


def test_rounding_to_steps():
    """At 480 ticks per quarter a step is 20 ticks; notes without length last a step."""
    events = note(9, 31, 60) + note(50, 51, 61) + note(1000, 1009, 62) + note(1915, 1920, 63)
    assert words_of(events, ticks_per_quarter=480) == [
        ["P0 v7 +60 >2 -60 >1 +61 >1 -61 >46 +62 >1 -62 >45 ."],
        ["P0 v7 +63 >1 -63 >95 ."],
    ]


def test_a_note_just_before_the_bar_line_begins_the_next_bar():
    early = 4 * 96 - 2  # half a step at 96 ticks a quarter
    assert words_of(note(early - 1, 500, 60) + note(early, 500, 61), ticks_per_quarter=96) == [
        ["P0 >95 v7 +60 >1 -60 ."],
        ["P0 v7 +61 >29 -61 >67 ."],
    ]
    # even if the piece ends with the bar
    assert words_of(note(0, 96, 60) + note(early, early + 2, 61), ticks_per_quarter=96) == [
        ["P0 v7 +60 >24 -60 >72 ."],
        ["P0 v7 +61 >1 -61 >95 ."],
    ]


def test_a_note_of_no_ticks_lasts_a_step():
    words = ["P0 v7 +60 >24 +62 >1 -62 >71 -60 ."]
    assert words_of(note(0, 96, 60) + note(24, 24, 62)) == [words]
    assert words_of(note(0, 960, 60) + note(240, 240, 62), ticks_per_quarter=240) == [words]


def test_one_note_off_ends_all_of_its_pitch():
    assert words_of(note(0, 24, 60, 10) + note(12, 36, 60, 100) + note(48, 60, 62)) == [
        ["P0 v1 +60 >12 v7 +60 >12 -60 -60 >24 +62 >12 -62 >36 ."]
    ]


def test_pedal():
    """Notes sound until it is released or until they are struck again; not drums."""
    events = pedal(0, 127) + note(0, 12, 60) + note(12, 24, 64) + note(36, 40, 64) + pedal(60, 0)
    drums = pedal(0, 127, channel=9) + note(0, 6, 36, channel=9)
    assert words_of(events, drums) == [
        [
            "P0 v7 +60 >12 +64 >24 -64 +64 >24 -60 -64 >36 .",
            "drums v7 +36 >6 -36 >90 .",
        ]
    ]


def test_pedal_before_quantising_and_over_the_bar_line():
    """20 ticks per step; released at 30 ticks, 1.5 steps; and pressed to the end of the piece."""
    events = note(0, 5, 60) + pedal(2, 64) + pedal(30, 63) + note(1800, 1810, 62)
    events += pedal(1805, 90)
    assert words_of(events, note(2000, 2400, 40, channel=1), ticks_per_quarter=480) == [
        ["P0 v7 +60 >2 -60 >88 +62 >6 -62 ."],
        ["P0 >4 v7 +40 >20 -40 >72 ."],
    ]


def test_tempo_does_not_matter():
    events = note(0, 50, 60) + note(50, 200, 64)
    tempi = tempo(50) + tempo(170, tick=10) + tempo(30, tick=96) + tempo(99, tick=150)
    assert words_of(tempi, events) == words_of(events)


def test_pick_up_with_its_own_signature():
    signatures = meter(1, 4) + meter(4, 4, tick=24)
    piece = note(0, 24, 67) + note(24, 24 + 96, 60)
    assert words_of(signatures, piece) == ["WRONG_METER", ["P0 v7 +60 >96 -60 ."]]
    bars = bars_of(signatures, piece)
    assert [(bar.number, bar.start_tick, bar.meter) for bar in bars] == [
        (1, 0, (1, 4)),
        (2, 24, (4, 4)),
    ]


def test_meter_changes():
    """Two 4/4, two 3/4, one 2/2, and a bar of 4/4 cut short by 6/8."""
    signatures = meter(4, 4) + meter(3, 4, 192) + meter(2, 2, 336) + meter(4, 4, 432)
    signatures += meter(6, 8, 480)
    notes = [event for tick in range(0, 552, 24) for event in note(tick, tick + 24, 60)]
    quarters = "P0 v7 +60 >24 -60 +60 >24 -60 +60 >24 -60 +60 >24 -60 ."
    assert words_of(signatures, notes) == [
        [quarters],
        [quarters],
        "WRONG_METER",
        "WRONG_METER",
        [quarters],
        "INCOMPLETE",
        "WRONG_METER",
    ]
    ticks = [bar.start_tick for bar in bars_of(signatures, notes)]
    assert ticks == [0, 96, 192, 264, 336, 432, 480]


def test_a_note_just_before_a_new_signature_belongs_to_it():
    signatures = meter(3, 4) + meter(4, 4, tick=288)
    notes = note(0, 96, 60) + note(287, 400, 64)
    assert words_of(signatures, notes, ticks_per_quarter=96) == [
        "WRONG_METER",
        ["P0 v7 +64 >28 -64 >68 ."],
    ]


def test_notes_are_cut_at_a_new_signature():
    signatures = meter(4, 4) + meter(3, 4, tick=96)
    assert words_of(signatures, note(0, 150, 60)) == [["P0 v7 +60 >96 -60 ."], "WRONG_METER"]


def test_a_signature_a_tick_off_the_bar_line_does_not_cut_the_bar_short():
    signatures = meter(4, 4) + meter(2, 2, tick=383)
    notes = note(0, 383, 60) + note(383, 600, 62)
    assert words_of(signatures, notes, ticks_per_quarter=96) == [
        ["P0 v7 +60 >96 -60 ."],
        ["P0 v7 +62 >54 -62 >42 ."],
    ]


def test_restated_signature_does_not_begin_a_bar():
    assert words_of(meter(4, 4) + meter(4, 4, tick=50), note(0, 96, 60) + note(100, 120, 62)) == [
        ["P0 v7 +60 >96 -60 ."],
        ["P0 >4 v7 +62 >20 -62 >72 ."],
    ]


def test_signatures_of_later_tracks_count():
    assert words_of(note(0, 72, 60), meter(3, 4)) == ["WRONG_METER"]


def test_other_meters_as_own_format():
    waltz = MeasureFormat(
        beats_per_bar=3, chords_per_measure=1, min_instruments=1, min_events=1, velocity_bins=1
    )
    notes = note(0, 24, 60) + note(24, 48, 64) + note(48, 80, 67)
    [first, second] = bars_of(meter(3, 4), notes + note(80, 140, 65), fmt=waltz)
    vocab = vocabulary(waltz)
    shift = vocab.encode(EventType.TIME_SHIFT, 24)
    expected = [vocab.encode(EventType.PROGRAM, 0), vocab.encode(EventType.VELOCITY, 1)]
    for pitch in (60, 64, 67):
        expected += [pitch, shift, 128 + pitch]
    expected.append(vocab.end)
    assert vocab.size == 459
    assert first.measure.tokens[0, : first.measure.lengths[0]].tolist() == expected
    assert first.chords == ("C",)
    assert first.measure.chord_ids.tolist() == [1]
    assert second.measure.notes()["start_step"].tolist() == [8]
    # 6/8 bars are as long, but another meter
    for other in (meter(6, 8), meter(4, 4)):
        assert bars_of(other, notes, fmt=waltz)[0].reason is RejectReason.WRONG_METER


def test_bars_of_a_fractional_number_of_ticks():
    """7/16 at 10 ticks per quarter: a bar is 17.5 ticks, two chords of 8.75."""
    fmt = MeasureFormat(7, 16, 24, min_instruments=1, min_events=1)
    ticks = [0, 5, 9, 14, 18, 26, 35]
    notes = [event for tick in ticks for event in note(tick, tick + 4, 60)]
    bars = bars_of(meter(7, 16), notes, fmt=fmt, ticks_per_quarter=10)
    starts = [bar.measure.notes()["start_step"].tolist() for bar in bars]
    # a tick is 2.4 steps, a bar 42
    assert starts == [[0, 12, 22, 34], [1, 20], [0]]
    assert [bar.start_tick for bar in bars] == [0, 17, 35]


def test_more_tracks_than_the_default():
    many = MeasureFormat(max_tracks=20, max_instruments=20, max_track_length=128)
    tracks = [program(n, n) + note(0, 96, 60, channel=n) for n in range(16)]
    [bar] = bars_of(*tracks, fmt=many)
    assert bar.measure.tokens.shape == (20, 128)
    assert bar.measure.programs == (*range(9), *range(10, 16), DRUMS)
    assert bars_of(*tracks)[0].reason is RejectReason.TOO_MANY_INSTRUMENTS


def run(count, length=1, channel=0):
    """A number of notes of 3 events each: on, shift, off."""
    return [event for n in range(count) for event in note(n, n + length, 60, channel=channel)]


@pytest.mark.parametrize(
    ("tracks", "expected"),
    [
        pytest.param([drum_bar(1)], "EMPTY", id="no note begins"),
        pytest.param([drum_bar()], "TOO_FEW_INSTRUMENTS", id="one instrument"),
        pytest.param(
            [program(n) + note(0, 96, 60) for n in range(9)], "TOO_MANY_INSTRUMENTS", id="nine"
        ),
        pytest.param([program(n) + note(0, 96, 60) for n in range(8)], None, id="eight"),
        # a velocity, 20 times on, shift and off, a shift: 62 events
        pytest.param([drum_bar(), run(20)], None, id="62 events"),
        pytest.param([drum_bar(), run(20) + note(95, 96, 60)], "TRACK_TOO_LONG", id="65 events"),
        # velocity, on, shift, off, and for the other a shift more
        pytest.param([note(0, 96, 60), note(0, 48, 60)], None, id="9 events"),
        pytest.param([note(0, 96, 60), note(0, 96, 60)], None, id="8 events"),
        pytest.param([note(0, 96, 60), note(120, 130, 60)], "TOO_FEW_INSTRUMENTS", id="4 events"),
        pytest.param([meter(3, 4), *[drum_bar()] * 2], "WRONG_METER", id="another meter"),
        pytest.param(
            [meter(4, 4) + meter(3, 4, 48), drum_bar(), drum_bar()], "INCOMPLETE", id="cut short"
        ),
    ],
)
def test_limits_of_the_first_bar(tracks, expected):
    bar = bars_of(*tracks, fmt=MeasureFormat())[0]
    assert (bar.reason and bar.reason.name) == expected
    assert (bar.measure is None) == bool(expected)


def test_too_few_events():
    fmt = MeasureFormat(min_events=9)
    assert bars_of(note(0, 96, 60), note(0, 96, 60), fmt=fmt)[0].reason.name == "TOO_FEW_EVENTS"
    assert bars_of(note(0, 96, 60), note(0, 48, 60), fmt=fmt)[0].measure


def test_reasons_are_counted_and_reported():
    events = drum_bar(0) + drum_bar(3)
    measures, rejected = measures_from_midi(midi(events, note(0, 90, 60)))
    assert len(measures) == 1
    assert rejected == {RejectReason.EMPTY: 2, RejectReason.TOO_FEW_INSTRUMENTS: 1}
    assert isinstance(rejected, collections.Counter)
    waltz = MeasureFormat(beats_per_bar=3, max_track_length=32, min_instruments=1)
    sentences = {reason.name: reason.sentence(waltz) for reason in RejectReason}
    assert sentences["WRONG_METER"] == "its meter is not 3/4"
    assert sentences["TRACK_TOO_LONG"] == "an instrument has more than 30 events"
    assert sentences["PITCH_OUT_OF_RANGE"].endswith("outside the pitches 0 to 127")
    assert not any("{" in sentence for sentence in sentences.values())


def test_no_notes_no_bars():
    assert measures_from_midi(midi(tempo(100) + meter(3, 4))) == ([], collections.Counter())


def test_empty_bars_are_bars_up_to_the_last_note():
    assert words_of(note(0, 96, 60) + note(3 * BAR, 3 * BAR + 96, 60)) == [
        ["P0 v7 +60 >96 -60 ."],
        "EMPTY",
        "EMPTY",
        ["P0 v7 +60 >96 -60 ."],
    ]


def test_a_damaged_time_is_reported_not_used():
    with pytest.raises(MidiError, match=rf"lasts more than {MAX_BARS:,} bars"):
        bars_of(note(0, 96, 60) + note(MAX_BARS * BAR, MAX_BARS * BAR + 24, 60))
    with pytest.raises(MidiError, match="bars"):
        bars_of(note(0, 950_000, 60) + note(955_000, 970_000, 60))
    # a delay that is longer than any song is skipped
    assert words_of(note(0, 96, 60) + note(1 << 27, (1 << 27) + 96, 60)) == [
        ["P0 v7 +60 >96 -60 ."],
        ["P0 v7 +60 >96 -60 ."],
    ]


def chord(root, start, end, kind=(0, 4, 7), channel=0):
    return [event for third in kind for event in note(start, end, root + third, channel=channel)]


def test_chords_of_each_half_bar():
    piano = chord(60, 0, 48) + chord(65, 48, 96, (0, 4, 7, 11)) + chord(57, 96, 192, (0, 3, 7))
    bars = bars_of(piano, drum_bar(0) + drum_bar(1))
    assert [bar.chords for bar in bars] == [("C", "Fmaj7"), ("Am", "Am")]
    assert [bar.measure.chords for bar in bars] == [("C", "F"), ("Am", "Am")]


def test_drums_and_sound_effects_have_no_chords():
    piano = chord(60, 0, 96)
    others = [
        program(number, 1) + chord(66, 0, 96, channel=1) for number in (96, 103, 112, 119, 120, 127)
    ]
    for other in [*others, chord(66, 0, 96, channel=9)]:
        assert bars_of(piano, other)[0].chords == ("C", "C")
    for number in (95, 104, 111):
        other = program(number, 1) + chord(66, 0, 96, channel=1)
        assert bars_of(piano, other)[0].chords != ("C", "C")


def test_chords_follow_the_grid_of_each_signature():
    """Frames start again at a time signature, and are the same as for the bars alone."""
    signatures = meter(1, 4) + meter(4, 4, tick=24)
    piece = chord(60, 24, 72) + chord(65, 72, 120) + chord(67, 120, 168)
    bars = bars_of(signatures, note(0, 24, 61) + piece, drum_bar())
    assert [bar.chords for bar in bars] == [(), ("C", "F"), ("G", "G")]


def test_chords_are_those_of_chord_inference():
    random = np.random.default_rng(5)
    rows = [
        (24 * n, 24 * n + int(random.integers(6, 60)), int(random.integers(48, 72)))
        for n in range(64)
    ]
    bars = bars_of([event for row in rows for event in note(*row)])
    score = parse_midi(midi([event for row in rows for event in note(*row)]))
    inferred = infer_chords(score.start_ticks, score.end_ticks, score.pitch, score.end_tick, 48)
    symbols = [symbol for bar in bars for symbol in bar.chords]
    assert tuple(symbols[: len(inferred.symbols)]) == inferred.symbols
    assert len(set(symbols)) > 3


def test_api():
    assert inspect.signature(measures_from_midi).parameters["fmt"].default is None
    with pytest.raises(MidiError):
        measures_from_midi(b"no music")


# What holds for any file.
random_notes = st.builds(
    lambda start, length, pitch, velocity, channel: note(
        start, start + length, pitch, velocity, channel
    ),
    st.integers(0, 1500),
    st.integers(0, 300),
    st.integers(58, 63),
    st.integers(1, 127),
    st.sampled_from([0, 1, 9]),
)
random_events = st.one_of(
    random_notes,
    random_notes,
    random_notes,
    st.builds(pedal, st.integers(0, 1500), st.sampled_from([0, 127]), st.sampled_from([0, 1])),
    st.builds(program, st.integers(0, 127), st.sampled_from([0, 1, 9]), st.integers(0, 1500)),
    st.builds(meter, st.sampled_from([3, 4]), st.just(4), st.integers(0, 1500)),
)
random_tracks = st.lists(
    st.lists(random_events, max_size=25).map(lambda lists: [e for each in lists for e in each]),
    min_size=1,
    max_size=4,
)
formats = st.sampled_from(
    [
        MeasureFormat(),
        ANYTHING,
        MeasureFormat(max_track_length=16, min_instruments=1, max_instruments=2),
        MeasureFormat(3, 4, 12, max_tracks=9, velocity_bins=4, chords_per_measure=3, min_events=2),
        MeasureFormat(max_track_length=300, min_instruments=1, min_pitch=59, max_pitch=62),
    ]
)


@settings(max_examples=150)
@given(random_tracks, st.sampled_from([24, 96, 100, 7]), formats)
def test_every_measure_is_well_formed(tracks, ticks_per_quarter, fmt):
    score = parse_midi(midi(*tracks, ticks_per_quarter=ticks_per_quarter))
    bars = measures_from_score(score, fmt)
    assert [bar.number for bar in bars] == list(range(1, len(bars) + 1))
    assert all(a.start_tick < b.start_tick for a, b in itertools.pairwise(bars))
    assert all((bar.measure is None) != (bar.reason is None) for bar in bars)
    for bar in bars:
        if bar.measure:
            check_grammar(bar.measure, fmt)
            assert bar.programs == bar.measure.programs
            check_respelling(bar.measure, fmt)


def check_grammar(measure, fmt):
    vocab = vocabulary(fmt)
    assert measure.tokens.shape == (fmt.max_tracks, fmt.max_track_length)
    assert measure.tokens.dtype == np.uint16
    assert measure.lengths.dtype == (np.uint8 if fmt.max_track_length < 256 else np.uint16)
    assert measure.chord_ids.dtype == np.uint8
    assert len(measure.chord_ids) == fmt.chords_per_measure
    present = int((measure.lengths > 1).sum())
    assert fmt.min_instruments <= present <= fmt.max_instruments
    assert (measure.lengths[present:] == 1).all()  # absent tracks come last
    assert int(measure.lengths.sum()) - len(measure.lengths) - present >= fmt.min_events
    assert list(measure.programs) == sorted(measure.programs)
    for row, length in zip(measure.tokens, measure.lengths.tolist()):
        assert not row[length:].any()
        assert row[length - 1] == vocab.end
        if length == 1:
            continue
        pitches = row[:length][row[:length] < 128]
        if row[0] != vocab.drums:
            assert fmt.min_pitch <= pitches.min() <= pitches.max() <= fmt.max_pitch
        kinds, values = zip(*map(vocab.decode, row[:length].tolist()))
        assert kinds[0] == EventType.PROGRAM
        assert kinds[-1] == EventType.END
        assert EventType.PROGRAM not in kinds[1:]
        assert EventType.END not in kinds[:-1]
        step, loudness, sounding = 0, None, collections.Counter()
        for index, (kind, value) in enumerate(zip(kinds, values)):
            if kind == EventType.TIME_SHIFT:
                assert kinds[index - 1] != EventType.TIME_SHIFT
                step += value
            elif kind == EventType.VELOCITY:
                assert value != loudness
                assert kinds[index + 1] == EventType.NOTE_ON
                loudness = value
            elif kind == EventType.NOTE_ON:
                assert loudness
                assert step < fmt.steps_per_measure
                sounding[value] += 1
            elif kind == EventType.NOTE_OFF:
                assert sounding[value]
                sounding[value] -= 1
        assert step == fmt.steps_per_measure
        assert not any(sounding.values())


def check_respelling(measure, fmt):
    """Encoding the notes of tokens gives the same tokens."""
    notes = measure.notes().astype(
        [(name, np.int64) for name in measure.notes().dtype.names], copy=False
    )
    again = tokenise(
        BarNotes(
            bar=np.zeros(len(notes), np.int64),
            instrument=notes["track"],
            program=notes["program"],
            pitch=notes["pitch"],
            velocity=notes["velocity"],
            start_step=notes["start_step"],
            end_step=notes["end_step"],
        ),
        fmt,
    )
    tokens, lengths = again.dense(np.zeros(1, np.int64), fmt)
    assert np.array_equal(tokens[0], measure.tokens)
    assert np.array_equal(lengths[0], measure.lengths)
    assert set(notes["program"].tolist()) <= set(range(DRUMS + 1))
