"""Score -> bars, each a `Measure` or the reason why it is rejected."""

from __future__ import annotations

import collections
import dataclasses
import enum
import math
import os
from typing import Any, BinaryIO, NamedTuple, TypeVar

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.files import read_bounded
from gm_vae.music.chord_inference import infer_chords
from gm_vae.music.chords import ROOTS
from gm_vae.music.foreign_pieces import is_note_sequence, midi_bytes_of
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.midi_bytes import MAX_BYTES
from gm_vae.music.midi_file import MidiError, Score, parse_midi
from gm_vae.music.sequence_score import score_from_note_sequence
from gm_vae.music.sustain import apply_sustain
from gm_vae.music.tokenise import BarNotes, TokenTracks, tokenise
from gm_vae.music.vocabulary import DRUMS

Ticks = TypeVar("Ticks", int, np.ndarray)

MAX_BARS = 10_000  # a damaged delta time gives more; the longest pieces have about 2,000

# Sound effects and percussion sounds have a pitch in the file, but not an audible one.
_UNPITCHED = np.zeros(128, bool)
_UNPITCHED[96:104] = _UNPITCHED[112:128] = True


class RejectReason(enum.Enum):
    """Why a bar is rejected. The value is a readable sentence with `{limits}` to fill in."""

    WRONG_METER = "its meter is not {meter}"
    INCOMPLETE = "a change of time signature cuts it short"
    EMPTY = "no note begins in it"
    TOO_FEW_INSTRUMENTS = "it has fewer than {min_instruments} instruments"
    TOO_MANY_INSTRUMENTS = "it has more than {max_instruments} instruments"
    TRACK_TOO_LONG = "an instrument has more than {max_events} events"
    TOO_FEW_EVENTS = "it has fewer than {min_events} events"
    PITCH_OUT_OF_RANGE = "a note (not of drums) is outside the pitches {min_pitch} to {max_pitch}"

    def sentence(self, fmt: MeasureFormat) -> str:
        """The reason in words, with the limits of a format."""
        return self.value.format(**fmt.to_dict(), meter=fmt.meter, max_events=fmt.max_events)


@dataclasses.dataclass(frozen=True, eq=False)
class Bar:
    """One bar of a piece.

    Attributes:
        number: from 1, counting every bar of the piece; a pick-up with a time signature is a bar.
        start_tick: where it begins (the nearest tick, if its bar line is between two).
        meter: its time signature.
        programs: programs of the instruments that begin a note in it, 128 for drums, in track
            order; empty for a bar of another meter.
        chords: inferred chord symbols, with sevenths, evenly spaced; empty if it has another meter
            or no bar near it is a measure, since chords are not inferred then.
        measure: the bar as a measure, or None.
        reason: None, or why it is rejected.
        key: the inferred key at the start of the bar, named by the tonic of its major scale; ""
            where chords are not inferred.
    """

    number: int
    start_tick: int
    meter: tuple[int, int]
    programs: tuple[int, ...]
    chords: tuple[str, ...]
    measure: Measure | None
    reason: RejectReason | None
    key: str = ""


def measures_from_midi(
    file: bytes | str | os.PathLike[str] | BinaryIO | Any, fmt: MeasureFormat | None = None
) -> tuple[list[Measure], collections.Counter[RejectReason]]:
    """Read the measures of a MIDI file, and count the rejected bars by reason.

    Args:
        file: a Standard MIDI File: its path, its bytes, or a file opened in binary mode; or a
            piece of another library: `pretty_midi.PrettyMIDI`, `symusic.Score`, `muspy.Music`,
            `mido.MidiFile`, `miditoolkit.MidiFile`, or a `NoteSequence` of note_seq.
        fmt: the format of the measures; `MeasureFormat()` if None.

    Raises:
        MidiError: the bytes cannot be read.
        UsageError: `file` has another type, or there is no file at the path.
    """
    bars = measures_from_score(_score_of(file), fmt)
    rejected = collections.Counter(bar.reason for bar in bars if bar.reason)
    return [bar.measure for bar in bars if bar.measure], rejected


def _score_of(file: Any) -> Score:
    if is_note_sequence(file):
        return score_from_note_sequence(file.SerializeToString())
    return parse_midi(_bytes_of(file))


def _bytes_of(file: bytes | str | os.PathLike[str] | BinaryIO | Any) -> bytes:
    if isinstance(file, (str, os.PathLike)):
        try:
            return read_bounded(os.fspath(file), MAX_BYTES)
        except OSError as error:
            raise UsageError(f"{os.fspath(file)} cannot be read ({error.strerror}).") from None
    data = file.read() if hasattr(file, "read") else file
    if data is file and not isinstance(file, (bytes, bytearray, memoryview)):
        data = midi_bytes_of(file)
    if not isinstance(data, (bytes, bytearray, memoryview)):
        kind = type(file if data is None else data).__name__
        raise UsageError(f"a MIDI file is bytes, not {kind}; give its path, or open it with 'rb'.")
    return bytes(data)


def measures_from_score(score: Score, fmt: MeasureFormat | None = None) -> list[Bar]:
    """Every bar of a piece, in order.

    Bars follow from the time signatures alone, which begin a new bar where they change; tempo does
    not matter. Notes are rounded to the nearest step, and so to the bar of this step; they are cut
    at its end. Chords are inferred for each stretch of one time signature.

    Raises:
        MidiError: the piece has more than `MAX_BARS` bars.
    """
    fmt = fmt or MeasureFormat()
    score = apply_sustain(score)
    if not len(score.pitch):
        return []
    sections = _sections(score, fmt)
    notes, section_of_note = _cut_at_sections(score, sections, fmt)
    bar_notes = _cut_at_bar_lines(notes, section_of_note, sections, fmt)
    last = sections[-1]
    if last.counts:  # a note just before the last bar line may be rounded past it
        needed = int(bar_notes.bar.max(initial=-1)) + 1 - last.first_bar
        sections[-1] = last = dataclasses.replace(last, bars=max(last.bars, needed))
        _check_length(last.stop_bar)

    tracks = tokenise(bar_notes, fmt)
    reasons = _reasons(bar_notes, tracks, sections, fmt)
    kept = [number for number, reason in enumerate(reasons) if reason is None]
    tokens, lengths = tracks.dense(np.array(kept, np.int64), fmt)
    row_of_bar = {number: row for row, number in enumerate(kept)}
    track_range = np.searchsorted(tracks.bar, np.arange(len(reasons) + 1)).tolist()
    programs = tracks.program.tolist()
    bars = []
    for index, section in enumerate(sections):
        numbers = range(section.first_bar, section.stop_bar)
        inferred = None
        if any(number in row_of_bar for number in numbers):
            inferred = _infer(notes, section_of_note == index, section, fmt)
        for position, number in enumerate(numbers):
            measure = None
            if inferred and number in row_of_bar:
                row = row_of_bar[number]
                measure = Measure(tokens[row], lengths[row], inferred.chord_ids[position], fmt)
            bars.append(
                Bar(
                    number=number + 1,
                    start_tick=section.bar_tick(position, score.ticks_per_quarter),
                    meter=section.meter,
                    programs=tuple(programs[slice(*track_range[number : number + 2])]),
                    chords=inferred.symbols[position] if inferred else (),
                    measure=measure,
                    reason=reasons[number],
                    key=inferred.keys[position] if inferred else "",
                )
            )
    return bars


@dataclasses.dataclass(frozen=True)
class _Section:
    """A stretch of one time signature."""

    start_tick: int
    end_tick: int
    meter: tuple[int, int]
    steps: int  # length in steps, rounded
    counts: bool  # whether its bars can be measures of the format
    first_bar: int  # from 0
    bars: int

    @property
    def stop_bar(self) -> int:
        return self.first_bar + self.bars

    def bar_tick(self, position: int, ticks_per_quarter: int) -> int:
        numerator, denominator = self.meter
        return self.start_tick + position * 4 * ticks_per_quarter * numerator // denominator


class _Inferred(NamedTuple):
    """Inferred for the bars of a section: chord ids, uint8 [bars, C], chord symbols and keys."""

    chord_ids: np.ndarray
    symbols: list[tuple[str, ...]]
    keys: list[str]


def _check_length(bars: int) -> None:
    if bars > MAX_BARS:
        raise MidiError(
            f"The MIDI file lasts more than {MAX_BARS:,} bars, so a time in it must be damaged."
        )


def _to_steps(ticks: Ticks, ticks_per_quarter: int, fmt: MeasureFormat) -> Ticks:
    """Ticks to the nearest step; half a step is rounded up."""
    return (2 * ticks * fmt.steps_per_quarter + ticks_per_quarter) // (2 * ticks_per_quarter)


def _sections(score: Score, fmt: MeasureFormat) -> list[_Section]:
    """The sections up to the last note's end; at least one, and only the last may have 0 steps."""
    per_quarter, end_of_piece = score.ticks_per_quarter, score.end_tick
    changes = [(0, (4, 4))]
    for tick, *signature in score.time_signatures:
        if tick < end_of_piece and tuple(signature) != changes[-1][1]:
            if _to_steps(tick - changes[-1][0], per_quarter, fmt) < 1:
                changes.pop()
            changes.append((tick, (signature[0], signature[1])))
    sections, first_bar = [], 0
    ends = [tick for tick, _ in changes[1:]] + [end_of_piece]
    for (start, meter), end in zip(changes, ends):
        steps = _to_steps(end - start, per_quarter, fmt)
        numerator, denominator = meter
        bar_steps = 4 * fmt.steps_per_quarter * numerator  # times 1 / denominator
        bars = -(-steps * denominator // bar_steps)
        sections.append(_Section(start, end, meter, steps, fmt.counts(*meter), first_bar, bars))
        first_bar += bars
        _check_length(first_bar)
    return sections


def _cut_at_sections(
    score: Score, sections: list[_Section], fmt: MeasureFormat
) -> tuple[Score, np.ndarray]:
    """The notes, cut at the end of their section, and each one's section, int64 [N].

    A note that is rounded to the first step of the next section belongs to that section.
    """
    first = np.array([section.start_tick for section in sections])
    steps = np.array([section.steps for section in sections])
    last = len(sections) - 1
    section = np.maximum(np.searchsorted(first, score.start_ticks, "right") - 1, 0)
    step = _to_steps(score.start_ticks - first[section], score.ticks_per_quarter, fmt)
    section = section + ((step >= steps[section]) & (section < last))
    start = np.maximum(score.start_ticks, first[section])
    end = np.minimum(score.end_ticks, np.append(first[1:], score.end_tick)[section])
    return dataclasses.replace(score, start_ticks=start, end_ticks=np.maximum(end, start)), section


def _cut_at_bar_lines(
    notes: Score, section_of_note: np.ndarray, sections: list[_Section], fmt: MeasureFormat
) -> BarNotes:
    """Notes of the sections with usable bars, in steps of their bars."""
    steps_per_bar = fmt.steps_per_measure
    counts = np.array([section.counts for section in sections])[section_of_note]
    section = section_of_note[counts]
    first_tick = np.array([section.start_tick for section in sections])[section]
    first_bar = np.array([section.first_bar for section in sections])[section]
    start = _to_steps(notes.start_ticks[counts] - first_tick, notes.ticks_per_quarter, fmt)
    end = _to_steps(notes.end_ticks[counts] - first_tick, notes.ticks_per_quarter, fmt)
    bar, start_step = np.divmod(start, steps_per_bar)
    end_step = np.clip(end - bar * steps_per_bar, start_step + 1, steps_per_bar)
    return BarNotes(
        bar=first_bar + bar,
        instrument=notes.instrument[counts],
        program=np.where(notes.is_drum, DRUMS, notes.program.astype(np.int64))[counts],
        pitch=notes.pitch[counts],
        velocity=notes.velocity[counts],
        start_step=start_step,
        end_step=end_step,
    )


def _reasons(
    notes: BarNotes, tracks: TokenTracks, sections: list[_Section], fmt: MeasureFormat
) -> list[RejectReason | None]:
    """The outcome of each bar: the first reason that applies, in the order of `RejectReason`."""
    total = sections[-1].stop_bar
    instruments = np.bincount(tracks.bar, minlength=total)
    events = np.bincount(tracks.bar, tracks.length - 2, minlength=total)
    too_long = np.bincount(tracks.bar, tracks.length > fmt.max_track_length, minlength=total)
    outside = notes.bar[notes.out_of_range(fmt)]
    reasons = np.full(total, None)
    reasons[outside] = RejectReason.PITCH_OUT_OF_RANGE
    reasons[events < fmt.min_events] = RejectReason.TOO_FEW_EVENTS
    reasons[too_long > 0] = RejectReason.TRACK_TOO_LONG
    reasons[instruments > fmt.max_instruments] = RejectReason.TOO_MANY_INSTRUMENTS
    reasons[instruments < fmt.min_instruments] = RejectReason.TOO_FEW_INSTRUMENTS
    reasons[instruments == 0] = RejectReason.EMPTY
    for section in sections:
        if not section.counts:
            reasons[section.first_bar : section.stop_bar] = RejectReason.WRONG_METER
        elif section is not sections[-1] and section.steps % fmt.steps_per_measure:
            reasons[section.stop_bar - 1] = RejectReason.INCOMPLETE
    return reasons.tolist()


def _infer(notes: Score, selected: np.ndarray, section: _Section, fmt: MeasureFormat) -> _Inferred:
    """Infer chords and keys of the bars of a section from the selected notes."""
    pitched = selected & ~notes.is_drum & ~_UNPITCHED[notes.program]
    # A frame is a fraction of a bar, which is a fraction of ticks: count time in fractions.
    numerator, denominator = section.meter
    frame = 4 * notes.ticks_per_quarter * numerator
    unit = denominator * fmt.chords_per_measure
    divisor = math.gcd(frame, unit)
    frame, unit = frame // divisor, unit // divisor
    inferred = infer_chords(
        (notes.start_ticks[pitched] - section.start_tick) * unit,
        (notes.end_ticks[pitched] - section.start_tick) * unit,
        notes.pitch[pitched],
        (section.end_tick - section.start_tick) * unit,
        frame,
    )
    # The last bar may have too few frames: its last chord is held.
    frames = np.minimum(np.arange(section.bars * fmt.chords_per_measure), len(inferred.keys) - 1)
    frames = frames.reshape(section.bars, fmt.chords_per_measure)  # [bars * C] -> [bars, C]
    symbols = inferred.symbols
    return _Inferred(
        inferred.chord_ids[frames],
        [tuple(symbols[f] for f in row) for row in frames.tolist()],
        [ROOTS[key] for key in inferred.keys[frames[:, 0]].tolist()],
    )
