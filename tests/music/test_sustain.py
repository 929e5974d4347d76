"""The pedals against note_seq's, on random notes and pedals; `reading_cases` has each rule."""

import collections

import numpy as np
from as_played import assert_as_played
from gm_player import Player
from hypothesis import given, settings
from hypothesis import strategies as st
from midi_builder import midi, note, pedal
from original_notes import original_notes, pedal_difference

from gm_vae.music.midi_file import parse_midi
from gm_vae.music.sustain import apply_sustain


def spans(score):
    columns = (score.instrument, score.pitch, score.velocity, score.start_ticks, score.end_ticks)
    return collections.Counter(zip(*(column.tolist() for column in columns)))


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


@settings(max_examples=300)
@given(st.lists(events, max_size=20))
def test_random_notes_sound_as_long_as_in_note_seq_or_for_a_known_reason(lists):
    data = midi([event for each in lists for event in each])
    assert_as_played(data)
    player = Player(data)
    for played, original in zip(player.notes, original_notes(player)):
        if original:  # else it lasts no time
            pedal_difference(player, played, original)  # fails for a reason that is not known


def test_random_notes_without_ties_sound_as_long_as_in_note_seq():
    """Pedals move on odd ticks, notes begin on multiples of four and end on other even ticks."""
    random = np.random.default_rng(2)
    for _ in range(30):
        starts = 4 * random.permutation(40)[:20]
        events = []
        for number, start in enumerate(starts.tolist()):
            end = start + 2 + 4 * int(random.integers(8))
            events += note(start, end, int(random.integers(60, 66)), 100, number % 2)
        moves = 2 * random.permutation(90)[:40] + 1
        for n, tick in enumerate(moves.tolist()):
            events += pedal(tick, 127 * (n % 2), n // 2 % 2)
        events += [e for c in (0, 1) for e in pedal(201, 0, c) + note(210, 212, 50, channel=c)]
        player = Player(midi(events))
        ends = [
            (played.end, original.pedal_end)
            for played, original in zip(player.notes, original_notes(player))
            if original
        ]
        assert len(ends) > 15
        assert all(ours == theirs for ours, theirs in ends)


def test_drums_have_no_pedal_and_end_the_piece():
    """A pedal that is never released holds to the end of the piece, which is a drum's."""
    held = note(0, 10, 60) + pedal(5, 127)
    score = apply_sustain(parse_midi(midi(held, note(0, 50, 36, channel=9) + pedal(0, 127, 9))))
    assert spans(score) == {(0, 60, 100, 0, 50): 1, (1, 36, 100, 0, 50): 1}
    assert score.end_tick == 50
    assert len(score.sustain) == len(score.sostenuto) == 0


def test_pedals_of_other_channels_do_nothing():
    score = parse_midi(midi(note(0, 10, 60) + pedal(0, 127, channel=1), note(0, 20, 60, channel=2)))
    assert spans(apply_sustain(score)) == {(0, 60, 100, 0, 10): 1, (1, 60, 100, 0, 20): 1}
