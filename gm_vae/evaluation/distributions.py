"""Distributions over the notes of many measures, and their overlap."""

from __future__ import annotations

import itertools

import numpy as np

from gm_vae.evaluation.note_table import NoteTable
from gm_vae.music.chords import NO_CHORD
from gm_vae.music.vocabulary import DRUMS, PITCHES

_SEMITONES = 12


def counts(notes: NoteTable) -> dict[str, np.ndarray]:
    """int [B, bins] each: counts per measure, by name.

    instruments: programs of tracks. pitch_classes: of pitched notes. pitch_classes_above_root: the
    same, counted from the root of the measure's first chord. drums: pitches of drum notes.
    onset_steps: of all notes. note_lengths: of pitched notes, in steps.
    """
    measures = notes.measures
    steps = notes.fmt.steps_per_measure
    chord = np.array([int(measure.chord_ids[0]) for measure in measures])[notes.owner]
    pitched = ~notes.is_drum
    above_root = (notes.pitch - (chord - 1)) % _SEMITONES
    programs = [measure.programs for measure in measures]
    track_owner = np.repeat(np.arange(len(programs)), list(map(len, programs)))
    of_notes = {
        "pitch_classes": (notes.pitch % _SEMITONES, pitched, _SEMITONES),
        "pitch_classes_above_root": (above_root, pitched & (chord != NO_CHORD), _SEMITONES),
        "drums": (notes.pitch, notes.is_drum, PITCHES),
        "onset_steps": (notes.start, np.ones_like(pitched), steps),
        "note_lengths": (notes.end - notes.start, pitched, steps + 1),
    }
    return {
        "instruments": _counts(
            track_owner, np.array([*itertools.chain(*programs)], int), len(measures), DRUMS + 1
        ),
        **{
            name: _counts(notes.owner[chosen], values[chosen], len(measures), bins)
            for name, (values, chosen, bins) in of_notes.items()
        },
    }


def _counts(owner: np.ndarray, values: np.ndarray, measures: int, bins: int) -> np.ndarray:
    return np.bincount(owner * bins + values, minlength=measures * bins).reshape(measures, bins)


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Overlap area of two distributions: 1 if they are equal, 0 if they are disjoint.

    The sum of the smaller of two shares (after Yang and Lerch, On the evaluation of generative
    models in music, 2018, with histograms for their densities).

    Args:
        first, second: [A, bins], [B, bins] from `counts`, summed over their measures.

    Returns:
        NaN if either is empty.
    """
    sums = [side.sum(0) for side in (first, second)]
    if not all(side.any() for side in sums):
        return float("nan")
    return float(np.minimum(*(side / side.sum() for side in sums)).sum())
