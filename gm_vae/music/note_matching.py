"""Compares the notes of two measures: precision, recall and F1.

The usual metric for transcriptions (onset and pitch; see Bay et al. 2009): a note counts as found
if a note of the same pitch and program begins within a tolerance of it, and no note is counted
twice.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict

import numpy as np

from gm_vae.music.measure import Measure
from gm_vae.music.vocabulary import DRUMS

TOLERANCE_STEPS = 2  # 42 ms at 120 quarter notes per minute; 50 ms is customary


@dataclasses.dataclass(frozen=True)
class NoteScores:
    """Counts of notes, which add up over measures, and the scores that follow from them.

    Attributes:
        matched: pairs of notes.
        reference: number of true notes.
        estimated: number of predicted notes.
    """

    matched: int = 0
    reference: int = 0
    estimated: int = 0

    def __add__(self, other: NoteScores) -> NoteScores:
        return NoteScores(
            self.matched + other.matched,
            self.reference + other.reference,
            self.estimated + other.estimated,
        )

    @property
    def precision(self) -> float:
        """Share of the estimated notes that match; 0 if there are none."""
        return self.matched / self.estimated if self.estimated else 0.0

    @property
    def recall(self) -> float:
        """Share of the reference notes that match; 0 if there are none."""
        return self.matched / self.reference if self.reference else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 if nothing matches."""
        notes = self.reference + self.estimated
        return 2 * self.matched / notes if notes else 0.0


def compare_notes(
    reference: Measure, estimate: Measure, tolerance_steps: int = TOLERANCE_STEPS
) -> NoteScores:
    """`compare_kinds` for pitched notes and drum hits together."""
    pitched, drums = compare_kinds(reference, estimate, tolerance_steps)
    return pitched + drums


def compare_kinds(
    reference: Measure, estimate: Measure, tolerance_steps: int = TOLERANCE_STEPS
) -> tuple[NoteScores, NoteScores]:
    """Match as many notes of two measures as possible, each with at most one other.

    Two notes match if pitch and program are the same and their onsets differ by at most
    `tolerance_steps`. Track, length and velocity do not matter.

    Returns:
        The scores of pitched notes and of drum hits.
    """
    theirs, ours = _onsets(reference), _onsets(estimate)

    def scores(drums: bool) -> NoteScores:
        keys = [key for key in {*theirs, *ours} if (key[0] == DRUMS) == drums]
        return NoteScores(
            matched=sum(_matches(theirs[key], ours[key], tolerance_steps) for key in keys),
            reference=sum(len(theirs[key]) for key in keys),
            estimated=sum(len(ours[key]) for key in keys),
        )

    return scores(drums=False), scores(drums=True)


def _onsets(measure: Measure) -> dict[tuple[int, int], list[int]]:
    """(program, pitch) -> ascending onsets in steps."""
    onsets = defaultdict(list)
    notes = measure.notes()
    for note in notes[np.argsort(notes["start_step"], kind="stable")]:
        onsets[int(note["program"]), int(note["pitch"])].append(int(note["start_step"]))
    return onsets


def _matches(first: list[int], second: list[int], tolerance: int) -> int:
    """The largest number of pairs from two ascending lists that differ by at most `tolerance`.

    Taking the earliest match is optimal: in an optimal matching, the partners of the two earliest
    matching onsets can be exchanged.
    """
    count = i = j = 0
    while i < len(first) and j < len(second):
        if abs(first[i] - second[j]) <= tolerance:
            count, i, j = count + 1, i + 1, j + 1
        elif first[i] < second[j]:
            i += 1
        else:
            j += 1
    return count
