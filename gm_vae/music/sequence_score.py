"""NoteSequence -> Score: songs in TFRecord files of Magenta's tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gm_vae.music.midi_bytes import MAX_TICKS, MidiError
from gm_vae.music.midi_file import Score
from gm_vae.music.midi_flaws import Flaw
from gm_vae.music.pedal import SOSTENUTO, SUSTAIN, Pedal
from gm_vae.quiet import import_note_seq_quietly

if TYPE_CHECKING:
    from note_seq.protobuf import music_pb2

_DEFAULT_QPM = 120.0
_LEAST_TICKS_PER_QUARTER = 480  # fewer would shift times that are between ticks
_MAX_TICKS_PER_QUARTER = 1 << 20


def score_from_note_sequence(serialized: bytes) -> Score:
    """The score of a serialized `NoteSequence`.

    Times in seconds are converted to ticks by the sequence's tempos and rounded to the nearest
    tick. The number of ticks per quarter is that of the original MIDI file, or a multiple of it.
    Quantised notes keep their steps. An instrument is an instrument number, a program, and whether
    it is drums. Notes without length last one tick. Pedals belong to an instrument number and work
    as in a MIDI file.

    Raises:
        MidiError: the bytes are not a NoteSequence, or its values do not fit a MIDI file.
    """
    import_note_seq_quietly()
    from google.protobuf.message import DecodeError
    from note_seq.protobuf import music_pb2

    sequence = music_pb2.NoteSequence()
    try:
        sequence.ParseFromString(serialized)
    except DecodeError:
        raise MidiError("The record is not a NoteSequence.") from None
    if sequence.quantization_info.steps_per_second:
        raise MidiError(
            "The NoteSequence is quantised to steps per second, which have no bars; give it "
            "unquantised."
        )
    quantised = sequence.quantization_info.steps_per_quarter
    if quantised:
        clock = _Clock(quantised, [])
    else:
        stated = max(sequence.ticks_per_quarter, 1)
        clock = _Clock(
            stated * -(-_LEAST_TICKS_PER_QUARTER // stated),  # a multiple preserves its ticks
            [(tempo.time, tempo.qpm) for tempo in sequence.tempos],
        )
    rows = np.array(
        [
            (n.pitch, n.velocity, n.program, n.is_drum, n.instrument)
            + ((n.quantized_start_step, n.quantized_end_step) if quantised else (0, 0))
            for n in sequence.notes
        ],
        np.int64,
    ).reshape(-1, 7)
    pitch, velocity, program, is_drum, number, start, end = rows.T
    if not quantised:
        start = clock.ticks([note.start_time for note in sequence.notes])
        end = clock.ticks([note.end_time for note in sequence.notes])
    if rows.size and (
        min(pitch.min(), program.min(), number.min(), start.min(), velocity.min()) < 0
        or max(pitch.max(), program.max(), velocity.max()) > 127
    ):
        raise MidiError(
            "A note of the NoteSequence has a pitch, program or velocity outside 0..127, or begins "
            "before the piece."
        )
    sounds = np.flatnonzero(velocity > 0)
    at_once = (end <= start)[sounds]
    end[sounds] = np.maximum(end[sounds], start[sounds] + 1)
    key = (number * 2 + is_drum) * 128 + program
    _, first, instrument = np.unique(key[sounds], return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))  # in the order of the notes
    instrument = rank[instrument]
    by_instrument = np.argsort(instrument, kind="stable")
    order = sounds[by_instrument]
    numbers, channel = np.unique(number, return_inverse=True)
    sustain, sostenuto = _pedals(sequence, clock, numbers)
    flaws = {Flaw.NO_LENGTH: int(at_once.sum()), Flaw.NO_VELOCITY: len(rows) - len(sounds)}
    return Score(
        ticks_per_quarter=clock.ticks_per_quarter,
        start_ticks=start[order],
        end_ticks=end[order],
        pitch=pitch[order].astype(np.uint8),
        velocity=velocity[order].astype(np.uint8),
        program=program[order].astype(np.uint8),
        is_drum=is_drum[order] > 0,
        instrument=instrument[by_instrument],
        channel=channel[order],
        time_signatures=_time_signatures(sequence.time_signatures, clock),
        tempos=clock.tempos,
        sustain=sustain,
        sostenuto=sostenuto,
        flaws={flaw: count for flaw, count in flaws.items() if count},
    )


def _pedals(
    sequence: music_pb2.NoteSequence, clock: _Clock, numbers: np.ndarray
) -> tuple[Pedal, Pedal]:
    """The sustain and the sostenuto pedal of the instrument numbers with notes, ascending."""
    changes = sequence.control_changes
    columns = [
        (change.instrument, change.control_number, change.control_value) for change in changes
    ]
    number, control, value = np.array(columns, np.int64).reshape(-1, 3).T
    tick = clock.ticks([change.time for change in changes])
    used = np.flatnonzero((tick >= 0) & np.isin(number, numbers))
    used = used[np.lexsort((tick[used], number[used]))]
    channel = np.searchsorted(numbers, number[used])
    sustain, sostenuto = (
        Pedal.of(pedal, channel, tick[used], control[used], value[used])
        for pedal in (SUSTAIN, SOSTENUTO)
    )
    return sustain, sostenuto


class _Clock:
    """Seconds -> ticks, with tempo changes."""

    def __init__(self, ticks_per_quarter: int, tempos: Sequence[tuple[float, float]]) -> None:
        if not 0 < ticks_per_quarter <= _MAX_TICKS_PER_QUARTER:
            raise MidiError(f"The NoteSequence has {ticks_per_quarter:,} ticks to a quarter note.")
        self.ticks_per_quarter = ticks_per_quarter
        changes = {0.0: _DEFAULT_QPM}
        for time, qpm in sorted(tempos, key=lambda tempo: tempo[0]):
            if not (0 < qpm < 1e6 and 0 <= time < np.inf):
                raise MidiError(f"The NoteSequence has a tempo of {qpm:g} at {time:g} seconds.")
            changes[time] = qpm
        self._seconds = np.array(list(changes))
        self._rate = np.array(list(changes.values())) * ticks_per_quarter / 60  # ticks per second
        # A tempo begins on a tick: rounding here keeps errors from accumulating.
        self._start = np.zeros(len(changes))
        for n in range(1, len(changes)):
            length = self._seconds[n] - self._seconds[n - 1]
            with np.errstate(over="ignore"):
                self._start[n] = np.rint(self._start[n - 1] + length * self._rate[n - 1])
        self._check(self._start)
        self.tempos = tuple(zip(self._start.astype(np.int64).tolist(), changes.values()))

    def ticks(self, seconds: Sequence[float]) -> np.ndarray:
        """int64 [N]: the nearest tick of each time."""
        times = np.array(seconds, np.float64)
        segment = np.maximum(np.searchsorted(self._seconds, times, "right") - 1, 0)
        with np.errstate(over="ignore", invalid="ignore"):
            ticks = np.rint(
                self._start[segment] + (times - self._seconds[segment]) * self._rate[segment]
            )
        self._check(ticks)
        return ticks.astype(np.int64)

    def _check(self, ticks: np.ndarray) -> None:
        """Raise MidiError for a tick that files do not have, or that is not a number."""
        if not (np.abs(ticks) <= MAX_TICKS).all():
            raise MidiError("A time in the NoteSequence is damaged.")


def _time_signatures(
    signatures: Sequence[music_pb2.NoteSequence.TimeSignature], clock: _Clock
) -> tuple[tuple[int, int, int], ...]:
    meters = {}
    ticks = clock.ticks([signature.time for signature in signatures]).tolist()
    for signature, tick in zip(signatures, ticks):
        numerator, denominator = signature.numerator, signature.denominator
        if not 0 < numerator < 256 or denominator not in [1 << power for power in range(11)]:
            raise MidiError(f"The NoteSequence has a meter of {numerator}/{denominator}.")
        meters[max(tick, 0)] = (numerator, denominator)
    return tuple((tick, *meter) for tick, meter in sorted(meters.items()))
