"""NoteSequences of measures: against note_seq's own quantiser and the browser client's output."""

import collections
import json

import numpy as np
import pytest
from closeness import FLOAT64, SUM, assert_close
from token_words import begins_a_sounding_pitch

from gm_vae.errors import UsageError
from gm_vae.music.chords import chord_ids
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.note_sequences import from_note_sequence, to_note_sequence

END = 489


@pytest.fixture(scope="module")
def note_seq():
    return pytest.importorskip("note_seq")


def golden_measures(path):
    """Measures of one golden token file, with the chord at their first and last event."""
    data = np.load(path)
    return [
        Measure.from_tracks(
            [row[:length] for row, length in zip(tokens, lengths) if length > 1],
            [chords[0, 1], chords[0, lengths[0] - 1]],
        )
        for tokens, lengths, chords in zip(
            data["chords_tokens"], data["chords_lengths"], data["chords_ids"]
        )
    ]


@pytest.fixture
def two_measures():
    piano = [360, 357, 60, 279, 188, 62, 327, 190, END]  # a quarter and three quarters
    bass = [360 + 33, 354, 40, 351, 168, END]
    drums = [488, 359, 36, 261, 164, 345, END]
    return [
        Measure.from_tracks([piano, piano, drums], chord_ids(["C", "Am"])),
        Measure.from_tracks([piano, bass, drums], chord_ids(["Am", "Bdim"])),
    ]


def test_contents(two_measures):
    sequence = to_note_sequence(two_measures, qpm=90)
    assert [(t.time, t.qpm) for t in sequence.tempos] == [(0, 90)]
    signatures = [(s.time, s.numerator, s.denominator) for s in sequence.time_signatures]
    assert signatures == [(0, 4, 4)]
    assert sequence.total_time == pytest.approx(8 * 60 / 90)
    chords = [(a.time, a.text, a.annotation_type) for a in sequence.text_annotations]
    assert chords == [
        (0, "C", 1),
        (pytest.approx(4 / 3), "Am", 1),
        (pytest.approx(4), "Bdim", 1),
    ]
    names = [(info.instrument, info.name) for info in sequence.instrument_infos]
    assert names == [
        (0, "Acoustic Grand Piano"),
        (1, "Acoustic Grand Piano 2"),
        (2, "Finger Bass"),
        (3, "Drums"),
    ]
    instruments = {(n.instrument, n.program, n.is_drum) for n in sequence.notes}
    assert instruments == {(0, 0, False), (1, 0, False), (2, 33, False), (3, 0, True)}
    first = [
        (n.pitch, n.velocity, n.start_time, n.end_time) for n in sequence.notes if n.instrument == 0
    ]
    beats = [(60, 0, 1), (62, 1, 4), (60, 4, 5), (62, 5, 8)]
    assert first == [
        (pitch, 81, pytest.approx(start * 60 / 90), pytest.approx(end * 60 / 90))
        for pitch, start, end in beats
    ]


@pytest.mark.parametrize("qpm", [120, 97.3, 33.333, 480])
def test_times_are_exactly_on_the_steps(golden, note_seq, qpm):
    measures = golden_measures(golden / "data/tokens/simutrans_51-Summer-Intersection.npz")
    sequence = to_note_sequence(measures, qpm)
    quantised = note_seq.quantize_note_sequence(sequence, 24)
    assert quantised.total_quantized_steps == 96 * len(measures)
    heard = collections.Counter(
        (
            128 if n.is_drum else n.program,
            n.pitch,
            n.velocity,
            n.quantized_start_step,
            n.quantized_end_step,
        )
        for n in quantised.notes
    )
    spelled = collections.Counter(
        (program, pitch, velocity, start + 96 * bar, end + 96 * bar)
        for bar, measure in enumerate(measures)
        for _, program, pitch, velocity, start, end in measure.notes().tolist()
    )
    assert heard == spelled
    exact = [n.start_time * qpm * 24 / 60 for n in sequence.notes]
    assert_close(exact, np.round(exact), SUM, unit=FLOAT64)


def test_other_meters():
    fmt = MeasureFormat(beats_per_bar=6, beat_unit=8, chords_per_measure=1)
    # 72 shifts, so velocities begin at 328, programs at 336, end is 465
    measure = Measure.from_tracks([[336, 333, 60, 256 + 71, 188, 465]], [1], fmt)
    sequence = to_note_sequence([measure, measure], qpm=60)
    signature = sequence.time_signatures[0]
    assert (signature.numerator, signature.denominator) == (6, 8)
    assert [(n.start_time, n.end_time) for n in sequence.notes] == [(0, 3), (3, 6)]


def test_no_chords_no_annotations():
    assert not to_note_sequence([Measure.from_tracks([])]).text_annotations


def test_mistakes(two_measures):
    for qpm in (0, -1, float("nan")):
        with pytest.raises(UsageError, match="tempo"):
            to_note_sequence(two_measures, qpm)
    with pytest.raises(UsageError, match="no measures"):
        to_note_sequence([])


@pytest.mark.parametrize("checkpoint", ["chords_float32", "chords_uint8", "plain_float32"])
def test_decoded_tokens_mean_the_same_notes_to_the_browser_client(golden, checkpoint):
    """Every difference is one of representation: the client leaves out a velocity that no token
    set (we say 100), has quantised steps for times, and writes no time signature or chords."""
    decoded = json.loads((golden / f"magentajs/golden_{checkpoint}.json").read_text())["decode"]
    for case in decoded:
        for tokens, theirs in zip(case["tokens"], case["noteSequences"]):
            tracks = [row[: row.index(END) + 1] if END in row else row for row in tokens]
            measure = Measure.from_tracks(tracks)
            ours = sorted(measure.notes().tolist())
            expected = sorted(
                (
                    note["instrument"],
                    128 if note["isDrum"] else note["program"],
                    note["pitch"],
                    note.get("velocity", 100),
                    int(note.get("quantizedStartStep", 0)),
                    int(note["quantizedEndStep"]),
                )
                for note in theirs.get("notes", [])
            )
            assert ours == expected
            assert [tempo["qpm"] for tempo in theirs["tempos"]] == [120]
            assert int(theirs["totalQuantizedSteps"]) == measure.fmt.steps_per_measure


@pytest.mark.parametrize(
    "sounding_pitches",
    [
        False,
        True,
    ],
)
def test_round_trip_of_every_golden_measure(golden, sounding_pitches):
    """Each measure that the original kept is restored from its NoteSequence, token by token."""
    count = 0
    for path in sorted((golden / "data/tokens").glob("*.npz")):
        for measure in golden_measures(path):
            if begins_a_sounding_pitch(measure) != sounding_pitches or has_empty_track(measure):
                continue
            back = from_note_sequence(to_note_sequence([measure], 97.3))
            assert back == measure, (path.name, measure)
            count += 1
    assert count > (10 if sounding_pitches else 1000)


def has_empty_track(measure):
    """Whether a track is only program, shift, end: a quirk of the original."""
    return 3 in measure.lengths


def test_round_trip_in_other_formats():
    fmt = MeasureFormat(
        beats_per_bar=3, steps_per_quarter=4, velocity_bins=16, chords_per_measure=3
    )
    # 12 shifts from 256, 16 velocities from 268, programs from 284, drums 412, end 413
    piano = [284, 268 + 5, 60, 256 + 3, 188, 268 + 9, 62, 64, 256 + 7, 190, 192, 413]
    drums = [412, 268, 36, 256, 164, 256 + 10, 413]
    measure = Measure.from_tracks([piano, piano, drums], [1, 13, 0], fmt)
    assert from_note_sequence(to_note_sequence([measure], 33.3), fmt) == measure
    silence = Measure.from_tracks([], fmt=fmt)
    assert from_note_sequence(to_note_sequence([silence]), fmt) == silence


@pytest.mark.parametrize("index", [0, 1])
def test_the_browser_clients_notes_make_the_clients_tokens(golden, note_seq, index):
    from google.protobuf import json_format

    encoded = json.loads((golden / "magentajs/golden_chords_float32.json").read_text())["encode"]
    case = encoded[index]
    assert case["name"] == "piano_bass_drums"
    sequence = json_format.ParseDict(case["noteSequence"], note_seq.NoteSequence())
    measure = from_note_sequence(sequence, chords=[case["chord"]])
    assert measure == Measure.from_tracks(
        [track for track in case["tokens"] if len(track) > 1], chord_ids([case["chord"]] * 2)
    )


@pytest.mark.parametrize(
    ("name", "problem"),
    [("many_notes", "tracks of up to"), ("nine_tracks", "9 tracks")],  # the client cuts these
)
def test_notes_that_do_not_fit_are_an_error(golden, note_seq, name, problem):
    from google.protobuf import json_format

    encoded = json.loads((golden / "magentajs/golden_chords_float32.json").read_text())["encode"]
    case = next(case for case in encoded if case["name"] == name)
    sequence = json_format.ParseDict(case["noteSequence"], note_seq.NoteSequence())
    with pytest.raises(UsageError, match=problem):
        from_note_sequence(sequence)


@pytest.fixture
def one_note(note_seq):
    """Function that makes a sequence of one note, 60 at velocity 81, with some fields changed."""

    def make(**fields):
        note = {"pitch": 60, "velocity": 81, "start_time": 0.0, "end_time": 2.0} | fields
        sequence = note_seq.NoteSequence()
        sequence.notes.add(**note)
        return sequence

    return make


@pytest.mark.parametrize(
    ("fields", "tokens"),
    [
        ({}, [360, 357, 60, 351, 188, END]),
        ({"end_time": 3.0}, [360, 357, 60, 351, 188, END]),  # cut
        ({"end_time": 0.001}, [360, 357, 60, 256, 188, 350, END]),  # lasts a step
        ({"start_time": 0.51, "end_time": 1.01}, [360, 279, 357, 60, 279, 188, 303, END]),
        ({"velocity": 0}, [360, 358, 60, 351, 188, END]),  # 100 is in bin 7
        ({"program": 5, "is_drum": True}, [488, 357, 60, 351, 188, END]),
    ],
)
def test_notes_between_steps(one_note, fields, tokens):
    measure = from_note_sequence(one_note(**fields))
    assert measure.tokens[0, : measure.lengths[0]].tolist() == tokens


def test_chords_are_given_or_found(one_note):
    sequence = one_note()
    for time, text, kind in [(0.0, "Am7", 1), (0.3, "word", 0), (0.9, "F/A", 1), (1.1, "G", 1)]:
        sequence.text_annotations.add(time=time, text=text, annotation_type=kind)
    assert from_note_sequence(sequence).chords == ("Am", "F")
    assert from_note_sequence(sequence, chords=["C"]).chords == ("C", "C")
    assert from_note_sequence(sequence, chords=["C", "Dm"]).chords == ("C", "Dm")
    with pytest.raises(UsageError, match="3 chords"):
        from_note_sequence(sequence, chords=["C", "F", "G"])
    with pytest.raises(UsageError, match="triad"):
        from_note_sequence(sequence, chords=["Csus4"])


def test_sequences_that_are_not_a_measure(one_note):
    for fields, problem in [
        ({"start_time": 2.0, "end_time": 3.0}, "begins at step 96"),
        ({"start_time": -1.0}, "before the start"),
        ({"pitch": 128}, "over 127"),
        ({"velocity": 128}, "over 127"),
        ({"program": 128}, "over 127"),
    ]:
        with pytest.raises(UsageError, match=problem):
            from_note_sequence(one_note(**fields))
    sequence = one_note()
    sequence.tempos.add(qpm=120)
    sequence.tempos.add(qpm=90, time=1.0)
    with pytest.raises(UsageError, match="tempo"):
        from_note_sequence(sequence)
    sequence = one_note()
    sequence.quantization_info.steps_per_quarter = 4
    with pytest.raises(UsageError, match="4 steps per quarter"):
        from_note_sequence(sequence)
