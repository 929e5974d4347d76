"""Fixtures of the music tests."""

import pytest

_tables = {}


@pytest.fixture
def note_seq_chords(monkeypatch):
    """`note_seq.chord_inference` with its table cached, which takes half a second per call."""
    theirs = pytest.importorskip("note_seq").chord_inference
    make = theirs._key_chord_transition_distribution

    def table(chords, **probabilities):
        key = chords.tobytes(), *sorted(probabilities.items())
        if key not in _tables:
            _tables[key] = make(chords, **probabilities)
        return _tables[key]

    monkeypatch.setattr(theirs, "_key_chord_transition_distribution", table)
    return theirs
