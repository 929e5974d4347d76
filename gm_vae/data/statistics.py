"""Histograms of measures, and the sum of counts from many workers."""

from __future__ import annotations

from typing import Any

import numpy as np

from gm_vae.data.examples import Columns
from gm_vae.music import chords
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import DRUMS, vocabulary

EVENTS_BIN = 16  # events per measure are counted in bins of this width
NOTES_BIN = 8  # likewise for notes


def histograms(measures: Columns, fmt: MeasureFormat) -> dict[str, dict[str, int]]:
    """Counts over measures, as JSON values.

    Returns:
        "instruments": measures in which each program sounds ("0".."127", "128" for drums);
        "tracks": measures by number of tracks;
        "events": measures by number of events in all tracks (without program and end), by the
        first number of each bin of `EVENTS_BIN`;
        "notes": measures by number of notes, by bins of `NOTES_BIN`;
        "chords": chord labels by symbol.
    """
    lengths = measures.lengths.astype(np.int64)  # [N, T]
    present = lengths > 1
    ends = np.cumsum(lengths).reshape(lengths.shape)
    first = (ends - lengths)[present]  # the position of each present track's program token
    programs = measures.tokens[first].astype(np.int64) - vocabulary(fmt).program
    measure = np.nonzero(present)[0]
    # a program of two tracks of a measure counts once
    instruments = np.unique(measure * (DRUMS + 1) + programs) % (DRUMS + 1)
    tracks = present.sum(-1)
    events = np.where(present, lengths - 2, 0).sum(-1) // EVENTS_BIN * EVENTS_BIN
    note_ons = np.cumsum(np.append(0, measures.tokens < vocabulary(fmt).note_off))
    bounds = np.append(0, ends[:, -1])  # of measures in `tokens`
    notes = np.diff(note_ons[bounds]) // NOTES_BIN * NOTES_BIN
    labels = _counts(measures.chord_ids)
    return {
        "instruments": _counts(instruments),
        "tracks": _counts(tracks),
        "events": _counts(events),
        "notes": _counts(notes),
        "chords": {chords.chord_symbol(int(index)): n for index, n in labels.items()},
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


def _counts(values: np.ndarray) -> dict[str, int]:
    distinct, counts = np.unique(values, return_counts=True)
    return {str(value): int(count) for value, count in zip(distinct, counts)}
