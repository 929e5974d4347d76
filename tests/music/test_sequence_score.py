"""NoteSequences give the measures of the MIDI files that note_seq made them from.

But for files of which note_seq itself reads other notes than a player sounds.
"""

from fractions import Fraction

import pytest
from midi_builder import meter, midi, note, pedal, program, tempo
from original_notes import is_read_alike

from gm_vae import arranger
from gm_vae.music.measures import measures_from_score
from gm_vae.music.midi_file import MidiError, parse_midi
from gm_vae.music.midi_flaws import Flaw
from gm_vae.music.sequence_score import score_from_note_sequence
from gm_vae.music.sustain import apply_sustain

note_seq = pytest.importorskip("note_seq")


def _bars(score):
    """Meter, beginning in quarters, reason and measure of each bar."""
    return [
        (bar.meter, Fraction(bar.start_tick, score.ticks_per_quarter), bar.reason, bar.measure)
        for bar in measures_from_score(score)
    ]


def _through_note_seq(data):
    return score_from_note_sequence(note_seq.midi_to_note_sequence(data).SerializeToString())


def test_songs_come_through_bar_by_bar():
    songs = [song for song in arranger.songs(8, seed=2) if is_read_alike(song.midi)]
    assert len(songs) >= 4
    for song in songs:
        expected, actual = parse_midi(song.midi), _through_note_seq(song.midi)
        assert actual.ticks_per_quarter % expected.ticks_per_quarter == 0
        assert _bars(actual) == _bars(expected)
        assert any(measure for _, _, _, measure in _bars(actual))
        tempos = [qpm for _, qpm in expected.tempos]
        assert [qpm for _, qpm in actual.tempos] == pytest.approx(tempos, rel=1e-6)


def test_tempo_meter_and_pedal():
    data = midi(
        meter(3, 4) + meter(4, 4, 960) + tempo(97) + tempo(140, 500) + tempo(61.5, 1777),
        program(40)
        + [e for n in range(60) for e in note(50 * n, 50 * n + 45, 50 + n % 20)]
        + pedal(400, 127)
        + pedal(900, 0),
        program(3, channel=1)
        + [e for n in range(80) for e in note(37 * n, 37 * n + 20, 40 + n % 30, 30 + n, channel=1)],
        [e for n in range(90) for e in note(33 * n, 33 * n + 3, 36 + n % 9, channel=9)],
        ticks_per_quarter=480 // 4,
    )
    expected, actual = parse_midi(data), _through_note_seq(data)
    assert _bars(actual) == _bars(expected)
    assert any(measure for *_, measure in _bars(actual))


@pytest.mark.slow
def test_golden_files_come_through(golden):
    checked, differ, read_otherwise = 0, [], []
    for path in sorted((golden / "data" / "midi").glob("*.mid")):
        data = path.read_bytes()
        try:
            score = parse_midi(data)
            actual = _through_note_seq(data)
        except (MidiError, note_seq.MIDIConversionError):
            continue
        checked += 1
        if [bar[3] for bar in _bars(actual)] != [bar[3] for bar in _bars(score)]:
            (differ if is_read_alike(data) else read_otherwise).append(path.name)
    assert checked > 50
    assert differ == ["english3.mid"]  # its meters stand in a track where note_seq does not look
    assert len(read_otherwise) == 4


def test_quantised_sequences_keep_their_steps():
    sequence = note_seq.NoteSequence(ticks_per_quarter=220)
    sequence.tempos.add(qpm=123.4)
    for start, end, pitch, number in ((0.0, 0.31, 60, 0), (0.97, 1.9, 64, 1)):
        sequence.notes.add(
            start_time=start,
            end_time=end,
            pitch=pitch,
            velocity=90,
            instrument=number,
            program=number,
        )
    sequence.total_time = 1.9
    quantised = note_seq.quantize_note_sequence(sequence, 24)
    score = score_from_note_sequence(quantised.SerializeToString())
    assert score.ticks_per_quarter == 24
    assert score.start_ticks.tolist() == [n.quantized_start_step for n in quantised.notes]
    assert score.end_ticks.tolist() == [n.quantized_end_step for n in quantised.notes]


def _add_note(sequence, **values):
    fields = {"pitch": 60, "velocity": 90, "start_time": 0.0, "end_time": 1.0, **values}
    sequence.notes.add(**fields)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: _add_note(s, pitch=128), "outside 0..127"),
        (lambda s: _add_note(s, start_time=-1.0), "begins before"),
        (lambda s: _add_note(s, end_time=float("inf")), "time in the NoteSequence is damaged"),
        (lambda s: _add_note(s, start_time=float("nan")), "time in the NoteSequence is damaged"),
        (lambda s: s.tempos.add(qpm=0), "tempo of 0"),
        (lambda s: s.time_signatures.add(numerator=4, denominator=3), "meter of 4/3"),
        (lambda s: setattr(s, "ticks_per_quarter", 1 << 30), "ticks to a quarter"),
        (lambda s: setattr(s.quantization_info, "steps_per_second", 100), "steps per second"),
        (lambda s: setattr(s.quantization_info, "steps_per_quarter", -1), "-1 ticks to a quarter"),
        (lambda s: s.tempos.add(qpm=60, time=1e300), "time in the NoteSequence is damaged"),
        (lambda s: s.tempos.add(qpm=1e5, time=1e308), "time in the NoteSequence is damaged"),
    ],
)
def test_damage_is_one_sentence(change, message):
    sequence = note_seq.NoteSequence()
    change(sequence)
    with pytest.raises(MidiError, match=message):
        score_from_note_sequence(sequence.SerializeToString())


def test_other_records_are_not_sequences():
    with pytest.raises(MidiError, match="not a NoteSequence"):
        score_from_note_sequence(b"\x0a\x03abc\xff")


def test_notes_without_length_last_and_those_without_velocity_are_counted():
    sequence = note_seq.NoteSequence(ticks_per_quarter=480)
    _add_note(sequence, start_time=0.5, end_time=0.5)
    _add_note(sequence, velocity=0)
    score = score_from_note_sequence(sequence.SerializeToString())
    assert (score.end_ticks - score.start_ticks).tolist() == [1]
    assert score.flaws == {Flaw.NO_LENGTH: 1, Flaw.NO_VELOCITY: 1}


def test_pedals_of_a_sequence_are_those_of_midi():
    """Sustain, sostenuto, all sound off and a reset of controllers, with large instrument
    numbers."""
    sequence = note_seq.NoteSequence(ticks_per_quarter=100)
    for number in (5, 1 << 30):
        _add_note(sequence, instrument=number, start_time=0.0, end_time=1.0)
        _add_note(sequence, instrument=number, start_time=4.0, end_time=9.0, pitch=62)
    for time, control, value, number in (
        (0.5, 64, 127, 5), (2.0, 121, 0, 5), (0.5, 66, 127, 1 << 30), (3.0, 120, 0, 1 << 30)
    ):  # fmt: skip
        sequence.control_changes.add(
            time=time, control_number=control, control_value=value, instrument=number
        )
    score = apply_sustain(score_from_note_sequence(sequence.SerializeToString()))
    seconds = score.end_ticks / score.ticks_per_quarter / 2
    assert seconds.tolist() == [2.0, 9.0, 3.0, 9.0]


def test_a_sequence_without_notes_has_no_bars():
    assert measures_from_score(score_from_note_sequence(b"")) == []
