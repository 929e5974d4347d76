"""The notes of many measures as one table, with its onsets and tracks."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from gm_vae.generate.attributes import NAMES, measure_attributes
from gm_vae.music.measure import Measure
from gm_vae.music.vocabulary import DRUMS, PITCHES

_WORD = 64  # bits per word of a pitch set


class NoteTable:
    """All notes of B measures of one format, by measure, track, onset and pitch.

    An *onset* is a step at which a track begins one note or more. Tracks without notes are left
    out.

    Attributes:
        measures: the measures.
        fmt: their format.
        owner: int [N], the measure of each note.
        track: int [N], number of each note's track, counted over all measures.
        program, pitch, velocity, start, end: int [N], as in `NOTE_DTYPE`.
        is_drum: bool [N].
    """

    def __init__(self, measures: Sequence[Measure]) -> None:
        """Reads the notes.

        Raises:
            ValueError: there are no measures.
        """
        if not measures:
            raise ValueError("no measures")
        self.measures, self.fmt = measures, measures[0].fmt
        notes_of_each = [measure.notes() for measure in measures]
        notes = np.concatenate(notes_of_each)
        self.owner = np.repeat(np.arange(len(measures)), [len(own) for own in notes_of_each])
        row = self.owner * self.fmt.max_tracks + notes["track"]
        self.track = np.cumsum(_changes(row)) - 1
        self.program, self.pitch, self.velocity, self.start, self.end = (
            notes[name].astype(np.int64)
            for name in ("program", "pitch", "velocity", "start_step", "end_step")
        )
        self.is_drum = self.program == DRUMS

    @functools.cached_property
    def attributes(self) -> dict[str, np.ndarray]:
        """float64 [B] each, by name: the attributes that `gm-vae attributes` learns."""
        return dict(zip(NAMES, measure_attributes(self.measures).T.astype(np.float64)))

    @functools.cached_property
    def track_owner(self) -> np.ndarray:
        """int [tracks]: the measure of each track."""
        return self.owner[_changes(self.track)]

    @functools.cached_property
    def track_is_drum(self) -> np.ndarray:
        """bool [tracks]."""
        return self.is_drum[_changes(self.track)]

    @functools.cached_property
    def onset_first(self) -> np.ndarray:
        """int [M]: the first (lowest) note of each onset."""
        return np.flatnonzero(_changes(self.track * self.fmt.steps_per_measure + self.start))

    @functools.cached_property
    def onset_top(self) -> np.ndarray:
        """int [M]: the highest pitch of each onset."""
        after = np.append(self.onset_first[1:], len(self.pitch))[: len(self.onset_first)]
        return self.pitch[after - 1]

    @functools.cached_property
    def onset_pitches(self) -> np.ndarray:
        """uint64 [M, 2]: the set of pitches that begin at each onset, one bit per pitch."""
        bit = np.left_shift(np.uint64(1), (self.pitch % _WORD).astype(np.uint64))
        words = np.arange(PITCHES // _WORD)
        bits = np.where((self.pitch // _WORD)[:, None] == words, bit[:, None], np.uint64(0))
        if not len(bits):
            return bits
        return np.bitwise_or.reduceat(bits, self.onset_first)

    @functools.cached_property
    def move(self) -> np.ndarray:
        """int [P]: the onsets of pitched tracks that follow another onset of their track."""
        track = self.track[self.onset_first]
        later = np.flatnonzero(~_changes(track))
        return later[~self.is_drum[self.onset_first[later]]]

    @functools.cached_property
    def rhythm(self) -> np.ndarray:
        """int [tracks]: equal numbers for tracks of one measure with the same onset steps."""
        struck = np.zeros((len(self.track_owner), self.fmt.steps_per_measure), bool)
        struck[self.track, self.start] = True
        rows = np.packbits(struck, axis=1)
        keys = np.concatenate([self.track_owner[:, None].astype(">i8").view(np.uint8), rows], 1)
        return np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)

    def mean(self, values: np.ndarray, owner: np.ndarray) -> np.ndarray:
        """float64 [B]: the mean of the values of each measure, NaN where there are none.

        Args:
            values: [K], of notes, onsets or tracks.
            owner: int [K], the measure of each.
        """
        total = np.bincount(owner, values, len(self.measures))
        count = self.count(owner)
        return np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)

    def count(self, owner: np.ndarray) -> np.ndarray:
        """int [B]: how often each measure occurs in `owner`."""
        return np.bincount(owner, minlength=len(self.measures))

    def any(self, owner: np.ndarray) -> np.ndarray:
        """bool [B]: whether a measure occurs in `owner`."""
        return self.count(owner) > 0

    def distinct(self, owner: np.ndarray, values: np.ndarray) -> np.ndarray:
        """int [B]: how many distinct values (integers) each measure has."""
        pairs = np.unique(np.stack([owner, values]), axis=1)
        return self.count(pairs[0])


def _changes(values: np.ndarray) -> np.ndarray:
    """bool [K]: whether an item differs from the previous one; True for the first."""
    return np.append(True, values[1:] != values[:-1])[: len(values)]
