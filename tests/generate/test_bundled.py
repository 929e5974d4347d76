"""The bundled model: it exists, is small and documented, and plays the requested chords."""

import numpy as np

import gm_vae
from gm_vae.checkpoints.load import BUNDLED, DEFAULT, bundled_models
from gm_vae.generate.attributes import Attributes
from gm_vae.music.consonance import note_time_in_chord


def test_it_is_small_and_carries_its_card_and_attributes():
    assert bundled_models() == [DEFAULT]
    files = {file.name: file.stat().st_size for file in (BUNDLED / DEFAULT).iterdir()}
    assert sum(files.values()) < 15e6
    card = (BUNDLED / DEFAULT / "README.md").read_text()
    for words in ("bits per measure", "696,615", "Apache-2.0"):
        assert words in card
    attributes = Attributes.load(DEFAULT, gm_vae.load())
    assert {"density", "pitch", "drums", "strings"} <= set(attributes.names)


def test_it_plays_in_the_chord_and_keeps_a_style():
    model = gm_vae.load()
    assert model.training["evaluation"]["bits_per_measure"] < 240
    z = model.sample_points(24, seed=3)
    chords = ["C", "Am", "F#", "Bbm"]
    measures = [model.decode(z, chord, 0.3, seed=1) for chord in chords]
    assert note_time_in_chord(each for row in measures for each in row) > 0.85

    def programs(measure):
        return {int(tokens[0]) for tokens in measure.tokens if tokens[0] >= 360 and tokens[0] < 489}

    def overlap(a, b):
        return len(a & b) / len(a | b)

    sets = [[programs(measure) for measure in row] for row in measures]
    same = np.mean([overlap(sets[0][i], row[i]) for row in sets[1:] for i in range(len(z))])
    other = np.mean([overlap(sets[0][i], sets[0][i - 1]) for i in range(len(z))])
    assert same > 0.6
    assert same > 2 * other
