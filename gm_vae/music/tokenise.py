"""Notes of many bars -> tokens of their tracks, all at once."""

from __future__ import annotations

import dataclasses

import numpy as np

from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import DRUMS, vocabulary


@dataclasses.dataclass(frozen=True, eq=False)
class BarNotes:
    """Columns [N]: notes cut at the bar lines, in steps from the start of their bar.

    Attributes:
        bar: int64, from 0.
        instrument: int64, orders tracks of one program.
        program: int64, 0..127, or 128 for drums.
        pitch, velocity: integers.
        start_step: int64, 0 <= start_step < steps of a measure.
        end_step: int64, start_step < end_step <= steps of a measure.
    """

    bar: np.ndarray
    instrument: np.ndarray
    program: np.ndarray
    pitch: np.ndarray
    velocity: np.ndarray
    start_step: np.ndarray
    end_step: np.ndarray

    def out_of_range(self, fmt: MeasureFormat) -> np.ndarray:
        """bool [N]: whether a note, not of drums, has a pitch that the format does not allow."""
        outside = (self.pitch < fmt.min_pitch) | (self.pitch > fmt.max_pitch)
        return outside & (self.program != DRUMS)


@dataclasses.dataclass(frozen=True, eq=False)
class TokenTracks:
    """K tracks by bar, program (drums last) and instrument; their tokens are concatenated.

    Attributes:
        bar: int64 [K].
        program: int64 [K], 128 for drums.
        length: int64 [K], tokens with program and end.
        tokens: uint16 [sum of length].
    """

    bar: np.ndarray
    program: np.ndarray
    length: np.ndarray
    tokens: np.ndarray

    def dense(self, bars: np.ndarray, fmt: MeasureFormat) -> tuple[np.ndarray, np.ndarray]:
        """Tokens uint16 [B, T, E] and lengths [B, T] of some bars, in ascending order.

        Rows past a bar's tracks are the end token; after its end every row is zero. The bars must
        be within the format's limits. Lengths have the format's `length_dtype`.
        """
        tokens = np.zeros((len(bars), fmt.max_tracks, fmt.max_track_length), np.uint16)
        tokens[:, :, 0] = vocabulary(fmt).end
        lengths = np.ones((len(bars), fmt.max_tracks), fmt.length_dtype)
        wanted = np.flatnonzero(np.isin(self.bar, bars))
        bar = np.searchsorted(bars, self.bar[wanted])
        row = np.arange(len(wanted)) - np.searchsorted(bar, bar)
        lengths[bar, row] = self.length[wanted]
        track, column = _positions(self.length[wanted])
        source = (np.cumsum(self.length) - self.length)[wanted][track] + column
        tokens[bar[track], row[track], column] = self.tokens[source]
        return tokens, lengths


def tokenise(notes: BarNotes, fmt: MeasureFormat) -> TokenTracks:
    """Encode each instrument of each bar as program, events, end.

    Events in one step: note-offs (of older notes first, then by pitch), then note-ons by pitch, a
    velocity before the note-on where its bin changes. A time-shift fills the track to its end.
    """
    vocab = vocabulary(fmt)
    steps = fmt.steps_per_measure
    instruments = int(notes.instrument.max(initial=0)) + 1
    key = (notes.bar * (DRUMS + 1) + notes.program) * instruments + notes.instrument
    tracks, track = np.unique(key, return_inverse=True)
    track_bar, track_program = np.divmod(tracks // instruments, DRUMS + 1)

    # Notes by track, onset and pitch; equal ones keep their order. [N]
    order = np.argsort((track * steps + notes.start_step) * 128 + notes.pitch, kind="stable")
    track, pitch = track[order], notes.pitch[order].astype(np.int64)
    start, end = notes.start_step[order], notes.end_step[order]
    velocity_bin = 1 + (notes.velocity[order].astype(np.int64) - 1) // (128 // fmt.velocity_bins)
    count = len(track)
    same_track = track[1:] == track[:-1]
    changes = np.ones(count, bool)  # the first note of a track always states its velocity
    changes[1:] = ~same_track | (velocity_bin[1:] != velocity_bin[:-1])

    # Events: note-offs, then note-ons, each in the order of notes; a stable sort by step keeps it,
    # and no note ends on the step it begins. [2N]
    event_step = np.concatenate([end, start])
    event_track = np.concatenate([track, track])
    order = np.argsort(event_track * (steps + 1) + event_step, kind="stable")
    step, track = event_step[order], event_track[order]
    token = np.concatenate([vocab.note_off + pitch, vocab.note_on + pitch])[order]
    velocity = np.concatenate([np.zeros(count, np.int64), np.where(changes, velocity_bin, 0)])[
        order
    ]
    first = np.searchsorted(track, np.arange(len(tracks)))  # [K] event that begins each track
    last = np.append(first, 2 * count)[1:] - 1
    shift = np.diff(step, prepend=0)
    shift[first] = step[first]
    closing = steps - step[last]  # [K]

    # Each event is written as shift?, velocity?, note; a track as program, events, shift?, end.
    width = 1 + (shift > 0) + (velocity > 0)
    length = np.add.reduceat(width, first) + 2 + (closing > 0) if count else np.zeros(0, np.int64)
    track_start = np.cumsum(length) - length
    written = np.cumsum(width)
    before_track = written[first] - width[first]
    position = (track_start - before_track + 1)[track] + written - 1  # [2N] of the note token
    tokens = np.zeros(length.sum(), np.uint16)
    tokens[track_start] = vocab.program + track_program
    tokens[position] = token
    loud = velocity > 0
    tokens[position[loud] - 1] = vocab.velocity - 1 + velocity[loud]
    moved = shift > 0
    tokens[(position - loud)[moved] - 1] = vocab.time_shift - 1 + shift[moved]
    tokens[track_start + length - 1] = vocab.end
    filled = closing > 0
    tokens[(track_start + length)[filled] - 2] = vocab.time_shift - 1 + closing[filled]
    return TokenTracks(track_bar, track_program, length, tokens)


def _positions(lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of each cell of ragged rows, row after row."""
    row = np.repeat(np.arange(len(lengths)), lengths)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
