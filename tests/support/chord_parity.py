"""Chord inference by note_seq and by us on the same notes, as (time, step, symbol) of each change.

note_seq counts time in float seconds. Where these are integers, or binary fractions, both must
agree bit for bit; at the tempos of files, `difference` describes the effect of rounding.
"""

from __future__ import annotations

import numpy as np

from gm_vae.music import chord_inference as ours
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import measures_from_score
from gm_vae.music.midi_file import Score

FRAME_STEPS = 48
# Every bar that holds a note is a measure of this format, so that it has chords.
ANY_BAR = MeasureFormat(
    min_instruments=1, min_events=1, max_instruments=64, max_tracks=64, max_track_length=255
)

NOTE_COLUMNS = (
    "start_ticks",
    "end_ticks",
    "pitch",
    "velocity",
    "program",
    "is_drum",
    "instrument",
    "channel",
)

EXTRA_FRAME = "float error makes the piece an ulp longer than its frames"
SLIVER = "float error leaves a sliver of a note in a frame that is silent"
EQUAL_PATHS = "two chord sequences are equally likely"


def score_of(notes, ticks_per_quarter: int) -> Score:
    """A score of (start, end, pitch, program, is_drum) in ticks; one instrument per program."""
    columns = np.array([note[:4] for note in notes], np.int64).reshape(-1, 4).T
    start, end, pitch, program = columns
    drums = np.array([note[4] for note in notes], bool)
    instrument = np.where(drums, 128, program)
    return Score(
        ticks_per_quarter=ticks_per_quarter,
        start_ticks=start,
        end_ticks=end,
        pitch=pitch.astype(np.uint8),
        velocity=np.full(len(start), 64, np.uint8),
        program=program.astype(np.uint8),
        is_drum=drums,
        instrument=instrument,
        channel=instrument,
    )


def sequence_of(score: Score, qpm: float):
    """The notes of a score in 4/4 at one tempo, quantised to 24 steps per quarter."""
    import note_seq

    sequence = note_seq.NoteSequence()
    sequence.tempos.add(qpm=qpm)
    sequence.time_signatures.add(numerator=4, denominator=4)
    seconds = 60 / qpm / score.ticks_per_quarter
    columns = (score.start_ticks, score.end_ticks, score.pitch, score.program, score.is_drum)
    for start, end, pitch, program, is_drum in zip(*(column.tolist() for column in columns)):
        sequence.notes.add(
            start_time=start * seconds,
            end_time=end * seconds,
            pitch=pitch,
            program=program,
            is_drum=is_drum,
            velocity=64,
        )
    sequence.total_time = score.end_tick * seconds
    return note_seq.quantize_note_sequence(sequence, MeasureFormat().steps_per_quarter)


def sequence_of_beats(score: Score):
    """The notes of a score with a beat at each frame line, and a tick for a second: no rounding."""
    import note_seq

    sequence = note_seq.NoteSequence()
    columns = (score.start_ticks, score.end_ticks, score.pitch, score.program, score.is_drum)
    for start, end, pitch, program, is_drum in zip(*(column.tolist() for column in columns)):
        sequence.notes.add(
            start_time=start, end_time=end, pitch=pitch, program=program, is_drum=is_drum
        )
    sequence.total_time = score.end_tick
    frame = 2 * score.ticks_per_quarter
    for tick in range(0, score.end_tick, frame):  # the one at 0 says only that there are beats
        sequence.text_annotations.add(
            time=tick, annotation_type=note_seq.NoteSequence.TextAnnotation.BEAT
        )
    return sequence


def their_changes(theirs, sequence) -> list[tuple[float, int, str]]:
    """What `infer_chords_for_sequence` adds to a quantised sequence."""
    theirs.infer_chords_for_sequence(sequence)
    return [
        (annotation.time, annotation.quantized_step, annotation.text)
        for annotation in sequence.text_annotations
        if annotation.annotation_type == annotation.CHORD_SYMBOL
    ]


def our_symbols(score: Score) -> list[str]:
    """A symbol per frame, from a score; the last bar may have one too many."""
    return [symbol for bar in measures_from_score(score, ANY_BAR) for symbol in bar.chords]


def changes_of(symbols, frame_seconds: float) -> list[tuple[float, int, str]]:
    """(time, step, symbol) of each frame whose symbol differs from the previous one."""
    return [
        (frame * frame_seconds, frame * FRAME_STEPS, symbol)
        for frame, (symbol, before) in enumerate(zip(symbols, [None, *symbols]))
        if symbol != before
    ]


def symbols_of(changes, frames: int) -> list[str]:
    """A symbol per frame, from changes."""
    steps = [step for _, step, _ in changes]
    last = np.searchsorted(steps, np.arange(frames) * FRAME_STEPS, "right") - 1
    return [changes[change][2] for change in last]


def path_likelihood(theirs, vectors: np.ndarray, symbols) -> float:
    """Log-likelihood of chords for pitch vectors [F, 12], over the best keys."""
    names = ["N.C.", *(theirs._PITCH_CLASS_NAMES[root] + kind for root, kind in theirs._CHORDS[1:])]
    chords = [names.index(symbol) for symbol in symbols]
    frames = theirs._chord_frame_log_likelihood(vectors, 100.0)
    chord_in_key = theirs._key_chord_distribution(chord_pitch_out_of_key_prob=0.01)
    moves = theirs._key_chord_transition_distribution(
        chord_in_key, key_change_prob=0.001, chord_change_prob=0.5
    )
    moves = moves.reshape(12, 97, 12, 97)
    best = np.log(chord_in_key[:, chords[0]]) + frames[0, chords[0]]
    for frame in range(1, len(chords)):
        move = np.log(moves[:, chords[frame - 1], :, chords[frame]])
        best = (best[:, None] + move).max(0) + frames[frame, chords[frame]]
    return best.max()


def difference(theirs, score: Score, sequence, symbols, changes) -> str | None:
    """Why note_seq's changes of a sequence at a file's tempo are not our symbols; fails if unknown.

    The score must have pitched notes only.
    """
    frame_seconds = FRAME_STEPS / (24 * sequence.tempos[0].qpm / 60)
    floats = theirs.sequence_note_pitch_vectors(sequence, frame_seconds)
    likelihood = theirs._chord_frame_log_likelihood(floats, 100.0)
    assert changes_of(ours.most_likely_chords(likelihood).symbols, frame_seconds) == changes
    exact = ours.pitch_vectors(
        score.start_ticks,
        score.end_ticks,
        score.pitch,
        score.end_tick,
        2 * score.ticks_per_quarter,
    )
    frames = len(exact)
    theirs_by_frame = symbols_of(changes, frames)
    if theirs_by_frame == symbols[:frames]:
        return None
    if len(floats) > frames:
        assert len(floats) == frames + 1
        assert sequence.total_time - frames * frame_seconds < 1e-9
        return EXTRA_FRAME
    odd = np.abs(floats - exact).max(1) > 1e-6
    if odd.any():
        assert not exact[odd].any()
        return SLIVER
    best = path_likelihood(theirs, exact, symbols[:frames])
    assert abs(path_likelihood(theirs, exact, theirs_by_frame) - best) < 1e-9 * frames
    return EQUAL_PATHS
