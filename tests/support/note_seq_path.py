"""Bytes -> measures as the original implementation makes them, from note_seq's public functions.

It is the yardstick of parity and of speed: written from the facts that the goldens document, and
proved by them (`tests/music/test_note_seq_path.py`), quirks of float time included.
"""

from __future__ import annotations

import collections
import dataclasses
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import note_seq
    from note_seq import chord_inference, chords_lib, sequences_lib
    from note_seq.chords_encoder_decoder import TriadChordOneHotEncoding
    from note_seq.performance_encoder_decoder import PerformanceOneHotEncoding
    from note_seq.performance_lib import MetricPerformance

STEPS_PER_QUARTER, STEPS = 24, 96
MIN_INSTRUMENTS, MAX_INSTRUMENTS, MAX_EVENTS, MIN_EVENTS = 2, 8, 62, 8
VELOCITY_BINS = 8
_PROGRAM, _DRUMS, _END = 360, 128, 489

KEPT = "kept"
NO_NOTES = "no notes"
FEW_INSTRUMENTS = "fewer than 2 instruments"
MANY_INSTRUMENTS = "more than 8 instruments"
LONG_TRACK = "track with more than 62 events"
FEW_EVENTS = "fewer than 8 events"
COINCIDENT_CHORDS = "CoincidentChordsError"

_events = PerformanceOneHotEncoding(num_velocity_bins=VELOCITY_BINS, max_shift_steps=STEPS)
_chords = TriadChordOneHotEncoding()


@dataclasses.dataclass(frozen=True)
class Cut:
    """The outcome of one hop of a segment.

    Attributes:
        offset: seconds from the start of the segment.
        word: `KEPT`, or why it is rejected.
        tracks: tokens of each track, if kept.
        chords: chord id of each of these tokens, if chords were asked for.
        empty_tracks: tracks without a note, which count as instruments.
    """

    offset: float
    word: str
    tracks: tuple[tuple[int, ...], ...] = ()
    chords: tuple[tuple[int, ...], ...] = ()
    empty_tracks: int = 0


@dataclasses.dataclass(frozen=True)
class Segment:
    """A stretch without changes of tempo or time signature.

    Attributes:
        start: seconds.
        refused: None, or the name of the error that gives up the whole segment.
        cuts: its hops; none if refused.
        inferred: (seconds in the segment, quantised step, symbol) of each chord change.
    """

    start: float
    refused: str | None
    cuts: tuple[Cut, ...] = ()
    inferred: tuple[tuple[float, int, str], ...] = ()


def segments_from_midi(data: bytes, with_chords: bool = True) -> list[Segment]:
    """All results of the original for a file.

    Raises:
        note_seq.MIDIConversionError: its parser refuses the file.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sequence = note_seq.midi_to_note_sequence(data)
    sections = sequences_lib.split_note_sequence_on_time_changes(sequence)
    return [_segment(section, with_chords) for section in sections]


def count_kept(segments: list[Segment]) -> int:
    """Measures among the cuts."""
    return sum(cut.word == KEPT for segment in segments for cut in segment.cuts)


def _segment(section, with_chords: bool) -> Segment:
    start = section.subsequence_info.start_time_offset
    section = sequences_lib.apply_sustain_control_changes(section)
    inferred = ()
    try:
        quantized = sequences_lib.quantize_note_sequence(section, STEPS_PER_QUARTER)
        if sequences_lib.steps_per_bar_in_quantized_sequence(quantized) != STEPS:
            return Segment(start, "meter")
        if with_chords:
            chord_inference.infer_chords_for_sequence(quantized)
            inferred = tuple((a.time, a.quantized_step, a.text) for a in quantized.text_annotations)
            del section.text_annotations[:]
            for annotation in quantized.text_annotations:
                copied = section.text_annotations.add()
                copied.CopyFrom(annotation)
                copied.ClearField("quantized_step")
    except (
        sequences_lib.BadTimeSignatureError,
        sequences_lib.NegativeTimeError,
        chord_inference.ChordInferenceError,
    ) as error:
        return Segment(start, type(error).__name__)
    qpm = section.tempos[0].qpm if section.tempos else note_seq.DEFAULT_QUARTERS_PER_MINUTE
    hop = 60.0 * (STEPS / STEPS_PER_QUARTER) / qpm
    hops = sequences_lib.split_note_sequence(section, hop)
    return Segment(start, None, tuple(_cut(hop, with_chords) for hop in hops), inferred)


def _cut(hop, with_chords: bool) -> Cut:
    # the start within the segment: the segment's own offset was overwritten by the hop's
    offset = hop.subsequence_info.start_time_offset
    quantized = sequences_lib.quantize_note_sequence(hop, STEPS_PER_QUARTER)
    if not quantized.notes:
        return Cut(offset, NO_NOTES)
    instruments = {note.instrument for note in quantized.notes}  # in the order of a set
    rank = {note.instrument: (note.is_drum, note.program) for note in quantized.notes}
    # What is rounded to the end of the measure vanishes. Its track stays, and in its place, but one
    # without a note passes for drums.
    within = [note for note in quantized.notes if note.quantized_start_step < STEPS]
    sounding = collections.Counter(note.instrument for note in within)
    empty = len(instruments) - len(sounding)
    if len(instruments) < MIN_INSTRUMENTS:
        return Cut(offset, FEW_INSTRUMENTS, empty_tracks=empty)
    if len(instruments) > MAX_INSTRUMENTS:
        return Cut(offset, MANY_INSTRUMENTS, empty_tracks=empty)
    kept = note_seq.NoteSequence()
    kept.notes.extend(within)
    del quantized.notes[:]
    quantized.notes.extend(kept.notes)
    for note in quantized.notes:  # events are in the order of steps, not of seconds
        note.start_time = note.quantized_start_step
    tracks = []
    for instrument in sorted(instruments, key=rank.get):
        track = MetricPerformance(quantized, num_velocity_bins=VELOCITY_BINS, instrument=instrument)
        track.set_length(STEPS)
        tracks.append(track)
    if any(len(track) > MAX_EVENTS for track in tracks):
        return Cut(offset, LONG_TRACK, empty_tracks=empty)
    if sum(map(len, tracks)) < MIN_EVENTS:
        return Cut(offset, FEW_EVENTS, empty_tracks=empty)
    chords = ()
    if with_chords:
        try:
            figures = chords_lib.event_list_chords(quantized, tracks)
        except chords_lib.CoincidentChordsError:
            return Cut(offset, COINCIDENT_CHORDS, empty_tracks=empty)
        chords = tuple(
            (0, *(ids := [_chords.encode_event(figure) for figure in row]), ids[-1])
            for row in figures
        )
    tokens = tuple(
        (
            _PROGRAM + (_DRUMS if track.is_drum else track.program),
            *(_events.encode_event(event) for event in track),
            _END,
        )
        for track in tracks
    )
    return Cut(offset, KEPT, tokens, chords, empty)
