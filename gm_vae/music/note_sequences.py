"""Measure <-> NoteSequence, the proto that Magenta's tools and the browser client speak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gm_vae.errors import UsageError
from gm_vae.music.arrangement import Arrangement
from gm_vae.music.measure import Measure

if TYPE_CHECKING:
    from note_seq.protobuf import music_pb2


def measures_to_note_sequence(
    measures: Sequence[Measure], qpm: float = 120.0
) -> music_pb2.NoteSequence:
    """Measures end to end as one `NoteSequence`, as long as the last bar line.

    It has one tempo, the format's time signature, a chord symbol wherever the chord changes, and an
    instrument number a part (see `Arrangement`) in the order of programs, drums last. Times are
    seconds, exactly on the steps of the measures. No note is tied over a bar line.

    Raises:
        UsageError: `qpm` is not above 0, there are no measures or their formats differ.
    """
    from note_seq.protobuf import music_pb2

    if not qpm > 0:
        raise UsageError(f"{qpm} is no tempo; give quarter notes a minute, such as 120.")
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
