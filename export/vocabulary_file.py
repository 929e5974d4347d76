"""vocabulary.json: the meaning of tokens and chord ids, for programs that do not import gm_vae."""

from __future__ import annotations

from typing import Any

from gm_vae.music.chords import NUM_CHORDS, chord_symbol
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import EventType, vocabulary

VOCABULARY = "vocabulary.json"


def vocabulary_values(fmt: MeasureFormat) -> dict[str, Any]:
    """JSON values: each kind of token with its first id, first value and count; chord symbols.

    A program of 128 stands for drums; the value of a token is `first_value + id - first_id`.
    """
    vocab = vocabulary(fmt)
    kinds: dict[str, dict[str, int]] = {}
    for token in range(vocab.size):
        kind, value = vocab.decode(token)
        entry = {"first_id": token, "first_value": value, "count": 0}
        kinds.setdefault(EventType(kind).name.lower(), entry)["count"] += 1
    return {
        "tokens": kinds,
        "chords": [chord_symbol(index) for index in range(NUM_CHORDS)],
        "max_tracks": fmt.max_tracks,
        "max_track_length": fmt.max_track_length,
        "steps_per_measure": fmt.steps_per_measure,
        "steps_per_quarter": fmt.steps_per_quarter,
    }
