"""The pedal against note_seq's, event by event, on random notes and pedals."""

import collections

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from midi_builder import midi, note, pedal

from gm_vae.music.midi_file import parse_midi
from gm_vae.music.sustain import apply_sustain


def spans(score):
    columns = (score.instrument, score.pitch, score.velocity, score.start_ticks, score.end_ticks)
    return collections.Counter(zip(*(column.tolist() for column in columns)))


def spans_of_note_seq(score):
    note_seq = pytest.importorskip("note_seq")
    sequence = note_seq.NoteSequence()
    columns = (score.start_ticks, score.end_ticks, score.pitch, score.velocity, score.instrument)
    instrument_of = {}
    for row, (start, end, pitch, velocity, instrument) in enumerate(
        zip(*(column.tolist() for column in columns))
    ):
        sequence.notes.add(
            start_time=start,
            end_time=end,
            pitch=pitch,
            velocity=velocity,
            instrument=instrument,
            is_drum=bool(score.is_drum[row]),
        )
        instrument_of[int(score.channel[row])] = instrument
    pedals = zip(score.pedal_channel, score.pedal_ticks, score.pedal_down)
    for channel, tick, down in pedals:
        sequence.control_changes.add(
            time=int(tick),
            control_number=64,
            control_value=127 * down,
            instrument=instrument_of.get(int(channel), 99),
        )
    sequence.total_time = score.end_tick
    notes = note_seq.apply_sustain_control_changes(sequence).notes
    return collections.Counter(
        (n.instrument, n.pitch, n.velocity, int(n.start_time), int(n.end_time)) for n in notes
    )


events = st.one_of(
    st.builds(
        lambda start, length, pitch, channel: note(start, start + length, pitch, 100, channel),
        st.integers(0, 40),
        st.integers(1, 15),
        st.integers(60, 61),
        st.integers(0, 1),
    ),
    st.builds(
        pedal, st.integers(0, 60), st.sampled_from([0, 63, 64, 127]), st.sampled_from([0, 0, 1])
    ),
)


@settings(max_examples=500)
@given(st.lists(events, max_size=20))
def test_random_notes_sound_as_long_as_in_note_seq(lists):
    score = parse_midi(midi([event for each in lists for event in each]))
    assert spans(apply_sustain(score)) == spans_of_note_seq(score)


def test_drums_have_no_pedal_and_end_the_piece():
    """A pedal left down holds to the end of all, which is a drum's."""
    held = note(0, 10, 60) + pedal(5, 127)
    score = apply_sustain(parse_midi(midi(held, note(0, 50, 36, channel=9) + pedal(0, 127, 9))))
    assert spans(score) == {(0, 60, 100, 0, 50): 1, (1, 36, 100, 0, 50): 1}
    assert score.end_tick == 50
    assert len(score.pedal_ticks) == len(score.pedal_down) == len(score.pedal_channel) == 0


def test_pedals_of_other_channels_and_tracks_do_nothing():
    score = parse_midi(midi(note(0, 10, 60) + pedal(0, 127, channel=1), pedal(0, 127)))
    assert spans(apply_sustain(score)) == {(0, 60, 100, 0, 10): 1}
