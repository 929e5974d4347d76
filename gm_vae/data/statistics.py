"""Histograms of measures, and how counts from many workers add up to one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from gm_vae.music import chords
from gm_vae.music.measure import Measure

EVENTS_BIN = 16  # events per measure are counted in bins of this width


def histograms(measures: Iterable[Measure]) -> dict[str, dict[str, int]]:
    """Counts over measures, as JSON values.

    Returns:
        "instruments": measures in which each program sounds ("0".."127", "128" for drums);
        "tracks": measures with so many tracks;
        "events": measures with so many events (program and end not counted) in all tracks, by the
        first number of each bin of `EVENTS_BIN`;
        "chords": chord labels by symbol.
    """
    instruments: Counter[int] = Counter()
    tracks: Counter[int] = Counter()
    events: Counter[int] = Counter()
    labels: Counter[int] = Counter()
    for measure in measures:
        present = measure.lengths[measure.lengths > 1].astype(np.int64)
        count = int(present.sum()) - 2 * len(present)
        instruments.update(set(measure.programs))
        tracks[len(present)] += 1
        events[count // EVENTS_BIN * EVENTS_BIN] += 1
        labels.update(measure.chord_ids.tolist())
    return {
        "instruments": {str(program): n for program, n in sorted(instruments.items())},
        "tracks": {str(value): n for value, n in sorted(tracks.items())},
        "events": {str(value): n for value, n in sorted(events.items())},
        "chords": {chords.chord_symbol(index): n for index, n in sorted(labels.items())},
    }


def add(total: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Add nested counts into `total` (which is changed and returned): numbers are added, lists
    joined, dictionaries merged."""
    for key, value in more.items():
        if isinstance(value, dict):
            add(total.setdefault(key, {}), value)
        elif key in total:
            total[key] = total[key] + value
        else:
            total[key] = value
    return total
