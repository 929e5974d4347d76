"""Measure <-> NoteSequence, the proto of Magenta's tools and the browser client."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.music.arrangement import Arrangement
from gm_vae.music.chords import NO_CHORD, chord_id, chord_ids
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.tokenise import BarNotes, tokenise
from gm_vae.music.vocabulary import DRUMS
from gm_vae.quiet import import_note_seq_quietly

if TYPE_CHECKING:
    from note_seq.protobuf import music_pb2

_DEFAULT_QPM = 120.0
_DEFAULT_VELOCITY = 100  # velocity of notes without one, as in the browser client


def to_note_sequence(measures: Sequence[Measure], qpm: float = 120.0) -> music_pb2.NoteSequence:
    """Join measures end to end into one `NoteSequence`, which lasts until the last bar line.

    It has one tempo, the time signature of the format, a chord symbol wherever the chord changes,
    and one instrument number per part (see `Arrangement`), ordered by program, drums last. Times
    are in seconds, exactly on the steps of the measures. No note is tied over a bar line.

    Raises:
        UsageError: `qpm` is not above 0, there are no measures or their formats differ.
    """
    import_note_seq_quietly()
    from note_seq.protobuf import music_pb2

    if not qpm > 0:
        raise UsageError(f"the tempo is {qpm:g}; give quarter notes per minute, such as 120.")
    piece = Arrangement.from_measures(measures)
    steps_per_minute = qpm * piece.fmt.steps_per_quarter
    sequence = music_pb2.NoteSequence(ticks_per_quarter=480)
    sequence.tempos.add(qpm=qpm)
    sequence.time_signatures.add(numerator=piece.fmt.beats_per_bar, denominator=piece.fmt.beat_unit)
    for instrument, part in enumerate(piece.parts):
        sequence.instrument_infos.add(instrument=instrument, name=part.name)
    for instrument, pitch, velocity, start, end in piece.notes.tolist():
        part = piece.parts[instrument]
        sequence.notes.add(
            instrument=instrument,
            program=0 if part.is_drum else part.program,
            is_drum=part.is_drum,
            pitch=pitch,
            velocity=velocity,
            start_time=start * 60 / steps_per_minute,
            end_time=end * 60 / steps_per_minute,
        )
    for step, symbol in piece.chord_symbols:
        sequence.text_annotations.add(
            annotation_type=music_pb2.NoteSequence.TextAnnotation.CHORD_SYMBOL,
            time=step * 60 / steps_per_minute,
            text=symbol,
        )
    sequence.total_time = piece.total_steps * 60 / steps_per_minute
    return sequence


def from_note_sequence(
    sequence: music_pb2.NoteSequence,
    fmt: MeasureFormat | None = None,
    chords: Sequence[str] | None = None,
) -> Measure:
    """One measure from the notes of a `NoteSequence`, encoded like the measures of a MIDI file.

    Quantised sequences keep their steps; other times are rounded to the nearest step of the
    sequence's tempo (120 if it has none). A track consists of the notes of one instrument and
    program. Notes are cut at the end of the measure; notes without length last one step. Unlike for
    MIDI files, there is no minimum number of instruments or events.

    Args:
        sequence: notes of at most one measure.
        fmt: the measure format; the default one if None.
        chords: symbols evenly spaced over the measure, their number a divisor of the format's; if
            None, the sequence's own chord symbols at the start of each label.

    Raises:
        UsageError: the notes do not fit a measure of this format (length, number, pitch), are
            invalid, or have another meter; the tempo changes; or a chord has no triad.
    """
    fmt = fmt or MeasureFormat()
    timeline = _Timeline(sequence, fmt)
    notes = sorted(sequence.notes, key=lambda note: (timeline.start(note), note.pitch))
    # [N, column]
    rows = np.array(
        [
            (
                note.instrument,
                0 if note.is_drum else note.program,
                note.pitch,
                note.velocity or _DEFAULT_VELOCITY,
                timeline.start(note),
                timeline.end(note),
            )
            for note in notes
        ],
        np.int64,
    ).reshape(len(notes), 6)
    instrument, program, pitch, velocity, start, end = rows.T
    program = np.where([note.is_drum for note in notes], DRUMS, program)
    if rows.size and (rows.min() < 0 or rows[:, 1:4].max() > 127):
        raise UsageError(
            "A note has a pitch, velocity or program below 0 or over 127, or a time before the "
            "start; give notes as in MIDI files."
        )
    if rows.size and start.max() >= fmt.steps_per_measure:
        raise UsageError(
            f"A note begins at step {start.max()} and a measure has {fmt.steps_per_measure}; "
            "give the notes of one measure, counted from its start."
        )
    end = np.minimum(np.maximum(end, start + 1), fmt.steps_per_measure)
    bar = np.zeros(len(rows), np.int64)
    bar_notes = BarNotes(bar, instrument, program, pitch, velocity, start, end)
    outside = pitch[bar_notes.out_of_range(fmt)]
    if outside.size:
        raise UsageError(
            f"A note has the pitch {outside[0]} and the format's are {fmt.min_pitch} to "
            f"{fmt.max_pitch}; leave it out or transpose the notes."
        )
    tracks = tokenise(bar_notes, fmt)
    if len(tracks.length) > fmt.max_tracks or tracks.length.max(initial=0) > fmt.max_track_length:
        raise UsageError(
            f"The notes make {len(tracks.length)} tracks of up to {tracks.length.max()} tokens; a "
            f"measure holds {fmt.max_tracks} tracks of {fmt.max_track_length} tokens."
        )
    tokens, lengths = tracks.dense(np.zeros(1, np.int64), fmt)
    labels = timeline.chord_labels() if chords is None else _spread(chords, fmt)
    return Measure(tokens[0], lengths[0], labels, fmt)


class _Timeline:
    """Times of a sequence in steps."""

    def __init__(self, sequence: music_pb2.NoteSequence, fmt: MeasureFormat):
        self._sequence = sequence
        self._fmt = fmt
        self._quantised = sequence.quantization_info.steps_per_quarter > 0
        if self._quantised:
            steps = sequence.quantization_info.steps_per_quarter
            if steps != fmt.steps_per_quarter:
                raise UsageError(
                    f"The notes are quantised to {steps} steps per quarter and the format has "
                    f"{fmt.steps_per_quarter}; give unquantised notes."
                )
        for signature in sequence.time_signatures:
            if not fmt.counts(signature.numerator, signature.denominator):
                raise UsageError(
                    f"The notes are in {signature.numerator}/{signature.denominator} and the "
                    f"format's measures in {fmt.meter}; give notes of its meter."
                )
        tempos = {tempo.qpm for tempo in sequence.tempos} or {_DEFAULT_QPM}
        if len(tempos) > 1 and not self._quantised:
            raise UsageError("The tempo of the notes changes; give notes of one tempo.")
        self._steps_per_second = tempos.pop() * fmt.steps_per_quarter / 60

    def start(self, note: music_pb2.NoteSequence.Note) -> int:
        return note.quantized_start_step if self._quantised else self._step(note.start_time)

    def end(self, note: music_pb2.NoteSequence.Note) -> int:
        return note.quantized_end_step if self._quantised else self._step(note.end_time)

    def chord_labels(self) -> np.ndarray:
        """uint8 [C]: the chord at the start of each label."""
        changes = sorted(
            (note.quantized_step if self._quantised else self._step(note.time), note.text)
            for note in self._sequence.text_annotations
            if note.annotation_type == note.CHORD_SYMBOL
        )
        labels = np.full(self._fmt.chords_per_measure, NO_CHORD, np.uint8)
        for step, symbol in changes:
            # a chord applies from the first label that begins at its step or later
            labels[-(-step // self._fmt.steps_per_chord) :] = chord_id(symbol)
        return labels

    def _step(self, seconds: float) -> int:
        return int(np.floor(seconds * self._steps_per_second + 0.5))


def _spread(chords: Sequence[str], fmt: MeasureFormat) -> np.ndarray:
    if not chords or fmt.chords_per_measure % len(chords):
        raise UsageError(
            f"{len(chords)} chords do not spread evenly over the {fmt.chords_per_measure} of a "
            f"measure; give 1 or {fmt.chords_per_measure}."
        )
    return np.repeat(chord_ids(chords), fmt.chords_per_measure // len(chords))
