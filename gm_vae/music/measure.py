"""One measure of music as tokens, and the notes that the tokens encode."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.music import chords as chords_lib
from gm_vae.music.event_chords import event_chords
from gm_vae.music.general_midi import instrument_name
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.parts import Part
from gm_vae.music.svg_roll import ROLL_DTYPE, svg_roll
from gm_vae.music.vocabulary import EventType, vocabulary

# One row per note. program: 0..127, or 128 for drums. Steps count from the start of the measure.
NOTE_DTYPE = np.dtype(
    [
        ("track", np.uint8),
        ("program", np.uint8),
        ("pitch", np.uint8),
        ("velocity", np.uint8),
        ("start_step", np.int16),
        ("end_step", np.int16),
    ]
)

_DEFAULT_VELOCITY = 100  # velocity of notes before a track's first velocity token


@dataclasses.dataclass(frozen=True, eq=False)
class Measure:
    """One measure: up to T tracks of up to E tokens each, and its chords.

    Attributes:
        tokens: uint16 [T, E], token ids, zero after each track's end.
        lengths: [T], tokens of each track with program and end; 1 for an absent track. uint8, or
            uint16 where tracks may be longer than 255 (`MeasureFormat.length_dtype`).
        chord_ids: uint8 [C], evenly spaced chord labels (two of half a measure in 4/4).
        fmt: the format whose vocabulary and limits the tokens follow.

    Two measures are equal if their formats, tokens and chords are.
    """

    tokens: np.ndarray
    lengths: np.ndarray
    chord_ids: np.ndarray
    fmt: MeasureFormat = dataclasses.field(default_factory=MeasureFormat)

    @classmethod
    def from_tracks(
        cls,
        tracks: Sequence[Sequence[int]],
        chords: Sequence[int] | None = None,
        fmt: MeasureFormat | None = None,
    ) -> Measure:
        """A measure from the token lists of its present tracks, each with program and end.

        Args:
            tracks: at most T lists of at most E tokens; missing tracks become absent.
            chords: chord ids, one per chord label; "no chord" if None.
            fmt: the measure format; the default one if None.

        Raises:
            ValueError: too many tracks or tokens.
        """
        fmt = fmt or MeasureFormat()
        if len(tracks) > fmt.max_tracks or any(len(t) > fmt.max_track_length for t in tracks):
            raise ValueError(
                f"a measure holds {fmt.max_tracks} tracks of {fmt.max_track_length} tokens"
            )
        tokens = np.zeros((fmt.max_tracks, fmt.max_track_length), np.uint16)
        lengths = np.ones(fmt.max_tracks, fmt.length_dtype)
        tokens[:, 0] = vocabulary(fmt).end
        for row, track in enumerate(tracks):
            tokens[row, : len(track)] = track
            lengths[row] = len(track)
        if chords is None:
            chords = [chords_lib.NO_CHORD] * fmt.chords_per_measure
        return cls(tokens, lengths, np.asarray(chords, np.uint8), fmt)

    @staticmethod
    def require_all(measures: object, what: str) -> None:
        """Raise UsageError unless `measures`, an argument of `what`, is a sequence of measures."""
        if isinstance(measures, Measure):
            raise UsageError(f"{what} takes a list of measures; put the measure in brackets.")
        if isinstance(measures, (str, bytes, os.PathLike)):
            raise UsageError(
                f"{what} takes measures; gm_vae.measures_from_midi reads those of a MIDI file."
            )
        for measure in measures if isinstance(measures, Sequence) else ():
            if not isinstance(measure, Measure):
                raise UsageError(f"{what} takes measures, and one is a {type(measure).__name__}.")

    @property
    def chords(self) -> tuple[str, ...]:
        """The chord symbols (triads), evenly spaced over the measure."""
        return tuple(chords_lib.chord_symbol(index) for index in self.chord_ids)

    @property
    def event_chords(self) -> np.ndarray:
        """uint8 [T, E]: the chord id at the time of each token.

        The program token has "no chord", the end token repeats the last event's chord, a time-shift
        has the chord at its start; absent tracks and padding have 0.
        """
        ids = event_chords(self.tokens[None], self.lengths[None], self.chord_ids[None], self.fmt)
        return ids[0].astype(np.uint8)

    @property
    def programs(self) -> tuple[int, ...]:
        """The program of each present track, in track order: 128 for drums, 0 if it has none."""
        vocab = vocabulary(self.fmt)
        programs = []
        for row in np.flatnonzero(self.lengths > 1):
            tokens = self.tokens[row, : self.lengths[row]]
            program_tokens = tokens[(tokens >= vocab.program) & (tokens < vocab.end)]
            programs.append(int(program_tokens[0]) - vocab.program if len(program_tokens) else 0)
        return tuple(programs)

    def notes(self) -> np.ndarray:
        """The notes that the tokens encode: structured array of `NOTE_DTYPE`, by track and onset.

        Follows the original decoder, so that any token sequence has a meaning: the first program
        token of a track wins (piano if there is none), velocity is 1 + width * (bin - 1) and 100
        before the first velocity token, a note-off ends the oldest sounding note of its pitch, if
        there is one, notes that are still open end with the measure, and notes without length are
        dropped.
        """
        rows = []
        for row in np.flatnonzero(self.lengths > 1):
            rows += _track_notes(self.tokens[row, : self.lengths[row]].tolist(), int(row), self.fmt)
        notes = np.array(rows, NOTE_DTYPE)
        return notes[np.lexsort((notes["pitch"], notes["start_step"], notes["track"]))]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Measure):
            return NotImplemented
        return (
            self.fmt == other.fmt
            and np.array_equal(self.lengths, other.lengths)
            and np.array_equal(self.tokens, other.tokens)
            and np.array_equal(self.chord_ids, other.chord_ids)
        )

    def __hash__(self) -> int:
        return hash((self.tokens.tobytes(), self.lengths.tobytes(), self.chord_ids.tobytes()))

    def _repr_html_(self) -> str:
        """A piano roll, which notebooks show."""
        notes, programs = self.notes(), self.programs
        present = np.flatnonzero(self.lengths > 1).tolist()  # [tracks with a program]
        parts = [Part(p, programs[:i].count(p)) for i, p in enumerate(programs)]
        rows = np.zeros(len(notes), ROLL_DTYPE)
        for field in ("pitch", "velocity", "start_step", "end_step"):
            rows[field] = notes[field]
        rows["part"] = np.searchsorted(present, notes["track"])
        steps, symbols = self.fmt.steps_per_measure, self.chords
        chords = [
            (index * steps // len(symbols), symbol)
            for index, symbol in enumerate(symbols)
            if symbol != (symbols[index - 1] if index else chords_lib.NO_CHORD_SYMBOL)
        ]
        return svg_roll(rows, parts, chords, 1, self.fmt.beats_per_bar, steps)

    def __repr__(self) -> str:
        names = [instrument_name(program) for program in self.programs]
        return f"Measure({'|'.join(self.chords)}: {', '.join(names) or 'silence'})"


def _track_notes(tokens: list[int], row: int, fmt: MeasureFormat) -> list[tuple[int, ...]]:
    vocab = vocabulary(fmt)
    width = 128 // fmt.velocity_bins
    program, velocity, step = None, _DEFAULT_VELOCITY, 0
    sounding: dict[int, list[tuple[int, int]]] = {}  # pitch -> (start step, velocity), oldest first
    notes = []

    def close(pitch: int) -> None:
        start, started_velocity = sounding[pitch].pop(0)
        end = min(step, fmt.steps_per_measure)
        if end > start:
            notes.append((row, pitch, started_velocity, start, end))

    for token in tokens:
        kind, value = vocab.decode(token)
        if kind == EventType.NOTE_ON:
            sounding.setdefault(value, []).append((step, velocity))
        elif kind == EventType.NOTE_OFF and sounding.get(value):
            close(value)
        elif kind == EventType.TIME_SHIFT:
            step += value
        elif kind == EventType.VELOCITY:
            velocity = 1 + width * (value - 1)
        elif kind == EventType.PROGRAM and program is None:
            program = value
        elif kind == EventType.END:
            break
    step = fmt.steps_per_measure
    for pitch, open_notes in sounding.items():
        for _ in list(open_notes):
            close(pitch)
    # a program token may come after notes: all notes of a track share the first one
    return [(track, program or 0, *rest) for track, *rest in notes]
