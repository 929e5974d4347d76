"""Reconstructions of a split, with stand-ins for models."""

import numpy as np
import pytest

from gm_vae.data.dataset import load, read_measures
from gm_vae.evaluation.reconstruction import reconstruct_split
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.config import ModelConfig
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.consonance import note_time_in_chord
from gm_vae.music.measure import Measure
from gm_vae.music.note_matching import NoteScores, compare_notes
from gm_vae.music.vocabulary import DRUMS


class Memory:
    """A stand-in for a GMVAE: a point is the number of a measure, and decodes to a variation of
    it."""

    def __init__(self, change):
        self.change = change

    def encode(self, measures):
        self.measures = measures
        return np.arange(len(measures))[:, None], None

    def decode(self, z, chords, temperature, seed):
        assert temperature == 0
        measures = [self.measures[int(index)] for (index,) in z]
        assert list(chords) == ["|".join(measure.chords) for measure in measures]
        return [self.change(measure) for measure in measures]


def without_drums(measure):
    rows = [row for row, program in enumerate(measure.programs) if program != DRUMS]
    tracks = [measure.tokens[row, : measure.lengths[row]].tolist() for row in rows]
    return Measure.from_tracks(tracks, measure.chord_ids, measure.fmt)


def test_a_perfect_memory(songs_dataset):
    scores = reconstruct_split(Memory(lambda measure: measure), songs_dataset, "test", examples=3)
    assert scores.measures == scores.same == load(songs_dataset).split("test").measures
    assert scores.notes.precision == scores.notes.recall == scores.notes.f1 == 1
    expected = note_time_in_chord(read_measures(songs_dataset, "test"))
    assert scores.note_time_in_chord == scores.real_note_time_in_chord == pytest.approx(expected)
    assert len(scores.examples) == 3
    assert all(real == decoded for real, decoded in scores.examples)


def test_missing_drums_cost_recall_and_no_harmony(songs_dataset):
    scores = reconstruct_split(
        Memory(without_drums), songs_dataset, "test", batch_size=10, limit=25, examples=5
    )
    real = [measure for _, measure in zip(range(25), read_measures(songs_dataset, "test"))]
    notes = [measure.notes() for measure in real]
    drums = sum((each["program"] == DRUMS).sum() for each in notes)
    assert 0 < drums < sum(map(len, notes))
    kept = sum(map(len, notes)) - drums
    assert scores.pitched == NoteScores(kept, kept, kept)
    assert scores.drums == NoteScores(0, drums, 0)
    assert scores.notes == NoteScores(kept, kept + drums, kept)
    assert scores.note_time_in_chord == scores.real_note_time_in_chord
    assert scores.same == sum(DRUMS not in measure.programs for measure in real)
    assert [pair[0] for pair in scores.examples] == real[::5]
    values = scores.to_dict()
    assert values["note_recall"] == scores.notes.recall < 1
    assert values["pitched_note_f1"] == 1
    assert values["drum_note_f1"] == 0


def test_a_network_is_decoded_as_gmvae_does(songs_dataset):
    model = GMVAE(HierarchicalVAE(ModelConfig(16, (16, 16), 8)))
    scores = reconstruct_split(model, songs_dataset, "test", batch_size=4, limit=6)
    real = [measure for _, measure in zip(range(6), read_measures(songs_dataset, "test"))]
    mu, _ = model.encode(real)
    decoded = model.decode(mu, ["|".join(m.chords) for m in real], temperature=0)
    assert scores.notes == sum(map(compare_notes, real, decoded), NoteScores())
    assert scores.measures == 6
    assert scores.examples == []
