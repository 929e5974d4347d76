"""Statistics of single measures that describe motion, repetition and coherence.

Each is one number per measure, NaN where it is undefined. Samples of models were found to differ
from real music in these; a few plain statistics of size are added.

In the descriptions, a *pitched* track is any track but drums. An *onset* is a step at which a track
begins one note or more; a *move* is a pair of successive onsets of a pitched track. A note is *on*
a beat if it begins at most `TOLERANCE_STEPS` from it. *Bass* is any program of that family; snare
and kick are as in General MIDI; chords are the chords of the measure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gm_vae.evaluation.note_table import NoteTable
from gm_vae.generate.instruments import programs_named
from gm_vae.music.chords import NO_CHORD
from gm_vae.music.consonance import note_time_in_chord
from gm_vae.music.measure import Measure
from gm_vae.music.note_matching import TOLERANCE_STEPS
from gm_vae.music.vocabulary import PITCHES

KICK = (35, 36)  # pitches of the drum track
SNARE = (38, 40)
_SEMITONES = 12
_STEPWISE = 2  # semitones: up to a whole tone


@dataclasses.dataclass(frozen=True)
class Statistic:
    """A numeric property of a measure.

    Attributes:
        name: as in JSON and Python.
        unit: its unit; "share" is 0 to 1.
        function: from the notes of B measures to float64 [B], NaN where it is undefined.
        description: its definition.
    """

    name: str
    unit: str
    function: Callable[[NoteTable], np.ndarray]
    description: str

    @property
    def label(self) -> str:
        """The name with the unit, for display."""
        name = self.name.replace("_", " ")
        return name if self.unit in ("share", "number") else f"{name}, {self.unit}"


def measure_statistics(measures: Sequence[Measure]) -> np.ndarray:
    """float64 [B, len(STATISTICS)]: the statistics of measures of one format, in their order."""
    if not measures:
        return np.zeros((0, len(STATISTICS)))
    return statistics_of(NoteTable(measures))


def statistics_of(notes: NoteTable) -> np.ndarray:
    """float64 [B, len(STATISTICS)]: the same, from a table of notes."""
    return np.stack([statistic.function(notes) for statistic in STATISTICS], axis=1)


def _attribute(name: str) -> Callable[[NoteTable], np.ndarray]:
    return lambda notes: notes.attributes[name]


def _where(defined: np.ndarray, values: Any) -> np.ndarray:
    """float64 [B]: the values of the measures that are defined, NaN elsewhere."""
    return np.where(defined, np.asarray(values, np.float64), np.nan)


# melody


def _repeats(notes: NoteTable) -> np.ndarray:
    """bool [moves]: whether the pitch set stays the same."""
    return (notes.onset_pitches[notes.move] == notes.onset_pitches[notes.move - 1]).all(1)


def _move_owner(notes: NoteTable) -> np.ndarray:
    return notes.owner[notes.onset_first[notes.move]]


def _moves(notes: NoteTable) -> np.ndarray:
    """int [moves]: the change of the highest pitch in semitones."""
    return np.abs(notes.onset_top[notes.move] - notes.onset_top[notes.move - 1])


def _repeated_notes(notes: NoteTable) -> np.ndarray:
    return notes.mean(_repeats(notes), _move_owner(notes))


def _static_tracks(notes: NoteTable) -> np.ndarray:
    track = notes.track[notes.onset_first[notes.move]]
    tracks = len(notes.track_owner)
    moves = np.bincount(track, minlength=tracks)
    changes = np.bincount(track, ~_repeats(notes), tracks)
    several = moves > 0
    return notes.mean(changes[several] == 0, notes.track_owner[several])


def _mean_move(notes: NoteTable) -> np.ndarray:
    return notes.mean(_moves(notes), _move_owner(notes))


def _stepwise_moves(notes: NoteTable) -> np.ndarray:
    moves = _moves(notes)
    return notes.mean((moves > 0) & (moves <= _STEPWISE), _move_owner(notes))


def _leaps(notes: NoteTable) -> np.ndarray:
    return notes.mean(_moves(notes) >= _SEMITONES, _move_owner(notes))


def _track_range(notes: NoteTable) -> np.ndarray:
    tracks = len(notes.track_owner)
    high, low = np.zeros(tracks, int), np.full(tracks, PITCHES)
    np.maximum.at(high, notes.track, notes.pitch)
    np.minimum.at(low, notes.track, notes.pitch)
    pitched = ~notes.track_is_drum
    return notes.mean((high - low)[pitched], notes.track_owner[pitched])


# tracks together


def _shared_rhythm(notes: NoteTable) -> np.ndarray:
    share = notes.mean(np.bincount(notes.rhythm)[notes.rhythm] > 1, notes.track_owner)
    return _where(notes.count(notes.track_owner) > 1, share)


def _unison_notes(notes: NoteTable) -> np.ndarray:
    pitched = ~notes.is_drum
    strokes = np.stack([notes.owner, notes.start, notes.pitch])[:, pitched]
    distinct, where = np.unique(strokes, axis=1, return_inverse=True)
    where = where.reshape(-1)
    pairs = np.unique(np.stack([where, notes.track[pitched]]), axis=1)
    tracks = np.bincount(pairs[0], minlength=distinct.shape[1])
    return notes.mean(tracks[where] > 1, notes.owner[pitched])


# harmony


def _pitch_classes(notes: NoteTable) -> np.ndarray:
    return _pitch_classes_of(notes, ~notes.is_drum)


def _pitch_classes_of(notes: NoteTable, chosen: np.ndarray) -> np.ndarray:
    owner = notes.owner[chosen]
    return _where(notes.any(owner), notes.distinct(owner, notes.pitch[chosen] % _SEMITONES))


def _time_in_chord(notes: NoteTable) -> np.ndarray:
    return np.array([note_time_in_chord([measure]) for measure in notes.measures])


def _clash_time(notes: NoteTable) -> np.ndarray:
    shares = np.full(len(notes.measures), np.nan)
    steps = notes.fmt.steps_per_measure
    pitched = np.flatnonzero(~notes.is_drum)
    owner = notes.owner[pitched]
    for measure, chosen in enumerate(
        np.split(pitched, np.searchsorted(owner, np.arange(1, len(shares))))
    ):
        change = np.zeros((PITCHES, steps + 1), np.int32)
        np.add.at(change, (notes.pitch[chosen], notes.start[chosen]), 1)
        np.add.at(change, (notes.pitch[chosen], notes.end[chosen]), -1)
        sounds = change.cumsum(1)[:, :steps] > 0
        time = sounds.any(0).sum()
        if time:
            shares[measure] = (sounds[1:] & sounds[:-1]).any(0).sum() / time
    return shares


def _bass(notes: NoteTable) -> np.ndarray:
    """bool [N]: whether a bass plays the note."""
    return np.isin(notes.program, sorted(programs_named("bass")))


def _bass_pitch_classes(notes: NoteTable) -> np.ndarray:
    return _pitch_classes_of(notes, _bass(notes))


def _root_on_1(notes: NoteTable) -> np.ndarray:
    bass = _bass(notes)
    chord = np.array([int(measure.chord_ids[0]) for measure in notes.measures])
    first = bass & (notes.start <= TOLERANCE_STEPS)
    lowest = np.full(len(chord), PITCHES)
    np.minimum.at(lowest, notes.owner[first], notes.pitch[first])
    root = (lowest < PITCHES) & (lowest % _SEMITONES == (chord - 1) % _SEMITONES)
    return _where(notes.any(notes.owner[bass]) & (chord != NO_CHORD), root)


# drums


def _drum_sounds(notes: NoteTable) -> np.ndarray:
    owner = notes.owner[notes.is_drum]
    return _where(notes.any(owner), notes.distinct(owner, notes.pitch[notes.is_drum]))


def _drum_halves_alike(notes: NoteTable) -> np.ndarray:
    half = notes.fmt.steps_per_measure // 2
    drums = notes.is_drum
    hits = (notes.owner * PITCHES + notes.pitch) * half + notes.start % half
    which = notes.start // half
    first, second = (np.unique(hits[drums & (which == number)]) for number in (0, 1))
    both, either = (
        notes.count(joined // (PITCHES * half))
        for joined in (np.intersect1d(first, second), np.union1d(first, second))
    )
    return np.divide(both, either, out=np.full(len(both), np.nan), where=either > 0)


def _strikes(notes: NoteTable, pitches: tuple[int, ...], beat: int) -> np.ndarray:
    """bool [B]: whether the drums play one of the pitches on a beat, counted from 1."""
    time = (beat - 1) * notes.fmt.steps_per_beat
    near = np.abs(notes.start - time) <= TOLERANCE_STEPS
    return notes.any(notes.owner[notes.is_drum & near & np.isin(notes.pitch, pitches)])


def _snare_on_2_and_4(notes: NoteTable) -> np.ndarray:
    defined = notes.any(notes.owner[notes.is_drum]) & (notes.fmt.beats_per_bar == 4)
    return _where(defined, _strikes(notes, SNARE, 2) & _strikes(notes, SNARE, 4))


def _kick_on_1(notes: NoteTable) -> np.ndarray:
    return _where(notes.any(notes.owner[notes.is_drum]), _strikes(notes, KICK, 1))


# time


def _distinct_intervals(notes: NoteTable) -> np.ndarray:
    track, step = notes.track[notes.onset_first], notes.start[notes.onset_first]
    same = track[1:] == track[:-1]
    pairs = np.stack([track[1:], np.diff(step)])[:, same]
    counts = np.bincount(np.unique(pairs, axis=1)[0], minlength=len(notes.track_owner))
    return notes.mean(counts[counts > 0], notes.track_owner[counts > 0])


def _off_grid_onsets(notes: NoteTable) -> np.ndarray:
    step, quarter = notes.start[notes.onset_first], notes.fmt.steps_per_quarter
    off = (4 * step % quarter > 0) & (3 * step % quarter > 0)
    return notes.mean(off, notes.owner[notes.onset_first])


def _silent_beats(notes: NoteTable) -> np.ndarray:
    beat = notes.start * notes.fmt.beats_per_bar // notes.fmt.steps_per_measure
    beats = notes.distinct(notes.owner, beat)
    return 1 - beats / notes.fmt.beats_per_bar


def _note_length(notes: NoteTable) -> np.ndarray:
    pitched = ~notes.is_drum
    return notes.mean((notes.end - notes.start)[pitched], notes.owner[pitched])


def _velocity_spread(notes: NoteTable) -> np.ndarray:
    count, total, squares = (
        np.bincount(notes.track, weights)
        for weights in (None, notes.velocity, notes.velocity**2)
    )  # fmt: skip
    variance = np.maximum(squares / count - (total / count) ** 2, 0)
    return notes.mean(np.sqrt(variance), notes.track_owner)


STATISTICS = (
    Statistic(
        "repeated_notes", "share", _repeated_notes,
        "moves whose two onsets strike the same set of pitches, of all moves",
    ),
    Statistic(
        "static_tracks", "share", _static_tracks,
        "pitched tracks all of whose onsets strike one set of pitches, of those with two onsets or "
        "more",
    ),
    Statistic(
        "mean_move", "semitones", _mean_move,
        "mean change of the highest pitch from one onset to the next, of all moves; repeats are 0",
    ),
    Statistic(
        "stepwise_moves", "share", _stepwise_moves,
        "moves of the highest pitch by 1 or 2 semitones, of all moves",
    ),
    Statistic(
        "leaps", "share", _leaps, "moves of the highest pitch by an octave or more, of all moves"
    ),
    Statistic(
        "track_range", "semitones", _track_range,
        "highest less lowest pitch of a track, mean of the pitched tracks",
    ),
    Statistic(
        "shared_rhythm", "share", _shared_rhythm,
        "tracks, drums too, whose onset steps are all those of another track, of the tracks with "
        "notes; undefined for a single one",
    ),
    Statistic(
        "unison_notes", "share", _unison_notes,
        "pitched notes that another track begins at the same step with the same pitch",
    ),
    Statistic(
        "pitch_classes", "number", _pitch_classes, "distinct pitch classes of the pitched notes"
    ),
    Statistic(
        "time_in_chord", "share", _time_in_chord,
        "time of pitched notes, note by note, with the pitch class in the chord of that time, of "
        "all of it under a chord",
    ),
    Statistic(
        "clash_time", "share", _clash_time,
        "steps at which two pitched notes sound that are one semitone apart, of the steps at which "
        "any sounds",
    ),
    Statistic(
        "bass_pitch_classes", "number", _bass_pitch_classes,
        "distinct pitch classes of the notes of basses; undefined without any",
    ),
    Statistic(
        "root_on_1", "share", _root_on_1,
        "1 if a bass begins on beat 1 and its lowest pitch there is the first chord's root, else "
        "0; undefined without a bass note or a first chord",
    ),
    Statistic(
        "drum_sounds", "number", _drum_sounds, "distinct drum pitches; undefined without drums"
    ),
    Statistic(
        "drum_halves_alike", "share", _drum_halves_alike,
        "drum onsets (pitch, step within the half) that both halves of the measure have, of those "
        "that either has",
    ),
    Statistic(
        "snare_on_2_and_4", "share", _snare_on_2_and_4,
        "1 if a snare (38 or 40) is struck on beat 2 and one on beat 4, else 0; undefined without "
        "drums and in meters not of four beats",
    ),
    Statistic(
        "kick_on_1", "share", _kick_on_1,
        "1 if a bass drum (35 or 36) is struck on beat 1, else 0; undefined without drums",
    ),
    Statistic(
        "distinct_intervals", "number", _distinct_intervals,
        "distinct intervals in steps between successive onsets of a track, mean of the tracks with "
        "two onsets or more",
    ),
    Statistic(
        "off_grid_onsets", "share", _off_grid_onsets,
        "onsets that are neither on a 16th nor on a triplet eighth of a quarter, of all onsets",
    ),
    Statistic("silent_beats", "share", _silent_beats, "beats within which no note begins"),
    Statistic(
        "syncopation", "share", _attribute("syncopation"),
        "pitched notes that begin off a beat and sound over the next one",
    ),
    Statistic("note_length", "steps", _note_length, "mean length of the pitched notes"),
    Statistic("tracks", "number", _attribute("tracks"), "how many instruments play"),
    Statistic(
        "density", "notes per beat", _attribute("density"), "notes per beat, all tracks together"
    ),
    Statistic(
        "polyphony", "notes", _attribute("polyphony"),
        "pitched notes that sound at a time, mean of the measure's steps",
    ),
    Statistic("pitch", "MIDI number", _attribute("pitch"), "mean pitch of the pitched notes"),
    Statistic("velocity", "1 to 127", _attribute("velocity"), "mean velocity of the notes"),
    Statistic(
        "velocity_spread", "1 to 127", _velocity_spread,
        "standard deviation of the velocities in a track, mean of the tracks",
    ),
)  # fmt: skip
NAMES = tuple(statistic.name for statistic in STATISTICS)
