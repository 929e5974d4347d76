"""Notes moved to typed chords: by hand, and properties for any music."""

import random

import numpy as np
import pytest
from well_formed import assert_well_formed

from gm_vae import arranger
from gm_vae.errors import UsageError
from gm_vae.music.chord_spelling import ChordError
from gm_vae.music.chords import chord_id
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import measures_from_midi
from gm_vae.music.tokenise import BarNotes, tokenise
from gm_vae.music.voicing import voiced

PIANO, BASS, STRINGS, WOODBLOCK, DRUMS = 0, 33, 48, 115, 128


def measure(*notes):
    """A measure of (program, pitch, first step, step after the last)."""
    program, pitch, start, end = np.array(notes).T
    none = np.zeros_like(program)
    tracks = tokenise(BarNotes(none, none, program, pitch, none + 81, start, end), MeasureFormat())
    tokens = np.split(tracks.tokens, np.cumsum(tracks.length)[:-1])
    return Measure.from_tracks([row.tolist() for row in tokens], [chord_id("C")] * 2)


def played(measure):
    """{(program, first step): pitches}."""
    notes = {}
    for _, program, pitch, _, start, _ in measure.notes().tolist():
        notes.setdefault((program, start), []).append(pitch)
    return notes


# bass C, piano C E G C, held for the bar
TRIAD = [(BASS, 36, 0, 96), *[(PIANO, pitch, 0, 96) for pitch in (60, 64, 67, 72)]]


@pytest.mark.parametrize(
    ("symbol", "bass", "piano"),
    [
        ("C", 36, [60, 64, 67, 72]),
        ("C7", 36, [58, 64, 67, 72]),
        ("C/E", 40, [60, 64, 67, 72]),
        ("C/G", 31, [60, 64, 67, 72]),
        ("Csus4", 36, [60, 65, 67, 72]),
        ("C9sus4", 36, [58, 65, 67, 72]),
        ("Csus2", 36, [60, 62, 67, 72]),
        ("C6", 36, [57, 64, 67, 72]),
        ("C7b5", 36, [58, 64, 66, 72]),
        ("C7/E", 40, [58, 64, 67, 72]),
        ("Cadd9", 36, [60, 64, 67, 72]),
    ],
)
def test_a_held_chord(symbol, bass, piano):
    [moved] = voiced([measure(*TRIAD)], [symbol])
    assert played(moved) == {(BASS, 0): [bass], (PIANO, 0): piano}
    assert moved.chord_ids.tolist() == measure(*TRIAD).chord_ids.tolist()


def test_a_seventh_is_not_placed_a_semitone_from_another_note():
    """B3 under C4 would clash; so B is a voice that has no C beside it."""
    [moved] = voiced([measure(*TRIAD)], ["Cmaj7"])
    notes = sorted(pitch for pitches in played(moved).values() for pitch in pitches)
    assert any(pitch % 12 == 11 for pitch in notes)
    assert not {1, 13} & {b - a for a in notes for b in notes}


def test_a_single_symbol_is_of_all_measures():
    held = measure(*TRIAD)
    assert voiced([held, held], "Csus4") == voiced([held], ["Csus4"]) * 2
    with pytest.raises(UsageError, match="2 chords for 1 measures; give one chord"):
        voiced([held], ["C", "C7"])


def test_each_half_follows_its_own_chord():
    bass = [(BASS, 36, step, step + 24) for step in (0, 24, 48, 72)]
    [moved] = voiced([measure(*bass, (PIANO, 60, 0, 48), (PIANO, 64, 48, 96))], ["C/E|Csus4"])
    assert played(moved) == {
        (BASS, 0): [40], (BASS, 24): [40], (BASS, 48): [36], (BASS, 72): [36],
        (PIANO, 0): [60], (PIANO, 48): [65],
    }  # fmt: skip


def test_only_the_bass_goes_below_the_slash():
    [moved] = voiced([measure((PIANO, 36, 0, 96), (STRINGS, 48, 0, 96))], ["C/Bb"])
    assert played(moved) == {(PIANO, 0): [34], (STRINGS, 0): [48]}


def test_a_seventh_that_is_heard_moves_nothing():
    before = measure(*TRIAD, (STRINGS, 70, 0, 48))
    assert voiced([before], ["C7"]) == [before]


def test_a_comping_part_gives_the_voice_and_not_the_tune():
    tune = [(STRINGS, pitch, 12 * i, 12 * i + 12) for i, pitch in enumerate((79, 76, 79, 84) * 2)]
    chords = [(PIANO, pitch, step, step + 6) for pitch in (60, 64, 67) for step in (0, 24, 48, 72)]
    [moved] = voiced([measure((BASS, 36, 0, 96), *tune, *chords)], ["C7"])
    before = played(measure((BASS, 36, 0, 96), *tune, *chords))
    after = played(moved)
    assert {key for key in before if before[key] != after[key]} == {
        (PIANO, step) for step in (0, 24, 48, 72)
    }


def test_drums_and_percussion_stay():
    before = measure((DRUMS, 40, 0, 6), (WOODBLOCK, 64, 0, 6))
    assert voiced([before], ["Csus4/E"]) == [before]


def test_pitches_outside_the_format_move_by_an_octave():
    """Two semitones under the lowest note of MIDI."""
    [moved] = voiced([measure((BASS, 0, 0, 96), (PIANO, 60, 0, 96))], ["C/Bb"])
    assert played(moved)[BASS, 0] == [10]


def test_a_symbol_that_cannot_be_read():
    with pytest.raises(ChordError, match="H7"):
        voiced([measure(*TRIAD)], ["H7"])


def test_only_pitches_change():
    """Times, velocities and instruments do not change, and tracks follow the rules of a corpus."""
    rng = random.Random(3)
    kinds = ["maj7", "7", "m7b5", "sus4", "7sus2", "6", "5", "/E", "m9/F#", "dim7", "+7", ""]
    count = changed = 0
    for song in arranger.songs(3, seed=5):
        measures = measures_from_midi(song.midi)[0]
        symbols = [
            "|".join(rng.choice("CDEFGAB") + rng.choice(kinds) for _ in range(rng.choice((1, 2))))
            for _ in measures
        ]
        for before, after in zip(measures, voiced(measures, symbols), strict=True):
            old, new = before.notes(), after.notes()
            for column in ("track", "program", "start_step", "end_step"):
                assert sorted(old[column].tolist()) == sorted(new[column].tolist())
            assert sorted(old[["track", "start_step", "velocity"]].tolist()) == sorted(
                new[["track", "start_step", "velocity"]].tolist()
            )
            for tokens, length in zip(after.tokens, after.lengths):
                assert_well_formed(tokens[:length].tolist(), after.fmt)
            count += 1
            changed += before != after
    assert count > 60
    assert changed > 30  # many of these chords ask nothing of notes that belong to others
