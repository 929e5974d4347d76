"""The share of a measure's note time in its chords."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gm_vae.music.chords import NO_CHORD, NUM_CHORDS, chord_pitch_classes
from gm_vae.music.measure import Measure
from gm_vae.music.vocabulary import DRUMS

# bool [49, 12]: whether a pitch class belongs to a chord
_IN_CHORD = np.array(
    [[pc in chord_pitch_classes(chord) for pc in range(12)] for chord in range(NUM_CHORDS)]
)


def note_time_in_chord(measures: Iterable[Measure]) -> float:
    """Share (0..1) of the time of pitched notes whose pitch class is in the chord.

    NaN if nothing counts (see `chord_time`). Real measures under inferred chords: about 0.85.
    """
    inside, total = chord_time(measures)
    return inside / total if total else float("nan")


def chord_time(measures: Iterable[Measure]) -> tuple[int, int]:
    """(steps of pitched notes with their pitch class in the chord, all counted steps).

    Each step of each note counts once, under the chord of that step; drums and steps without a
    chord do not count.
    """
    inside = total = 0
    for measure in measures:
        notes = measure.notes()
        notes = notes[notes["program"] != DRUMS]
        steps = measure.fmt.steps_per_measure // len(measure.chord_ids)
        for slot, chord in enumerate(measure.chord_ids):
            if chord == NO_CHORD:
                continue
            start = np.maximum(notes["start_step"], slot * steps)
            end = np.minimum(notes["end_step"], (slot + 1) * steps)
            time = np.maximum(end.astype(int) - start, 0)
            total += int(time.sum())
            inside += int(time[_IN_CHORD[chord][notes["pitch"] % 12]].sum())
    return inside, total
