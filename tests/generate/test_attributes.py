"""Attributes of measures, and directions learnt from synthetic points."""

import json

import numpy as np
import pytest
from closeness import SUM, assert_close

import gm_vae
from gm_vae.checkpoints.folder import export_checkpoint, read_checkpoint
from gm_vae.errors import UserError
from gm_vae.generate.attributes import NAMES, Attributes, learn, measure_attributes
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.config import ModelConfig
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.measure import Measure


def test_the_sound_of_a_measure(simple_track):
    bass = simple_track(33, [(0, 48, 40), (60, 84, 44)])  # the second: off the beat, over the next
    drums = simple_track(128, [(0, 6, 36), (12, 18, 38), (24, 30, 36)], velocity=17)
    measure = Measure.from_tracks([bass, drums])
    empty = Measure.from_tracks([])
    heard, nothing = (
        dict(zip(NAMES, row.tolist())) for row in measure_attributes([measure, empty])
    )
    assert heard["density"] == 5 / 4
    assert heard["pitch"] == 42
    assert heard["velocity"] == pytest.approx((2 * 81 + 3 * 17) / 5)
    assert heard["polyphony"] == pytest.approx((48 + 24) / 96)
    assert heard["syncopation"] == 0.5
    assert heard["tracks"] == 2
    assert {name for name in NAMES[6:] if heard[name]} == {"bass", "drums"}
    assert nothing["density"] == nothing["tracks"] == 0
    assert np.isnan(nothing["pitch"])


class Ruled:
    """A stand-in for a model: points follow from density and the presence of a bass, and noise."""

    fingerprint = "rule"
    directions = np.float32([[3, 0, 0, 0], [0, 0, 2, 0]])

    def encode(self, measures):
        values = measure_attributes(measures)
        density, bass = (values[:, NAMES.index(name)] for name in ("density", "bass"))
        noise = np.random.default_rng(len(measures)).normal(size=(len(measures), 4))
        cause = np.stack([density, bass], 1) @ self.directions
        return cause + 0.1 * noise, None


def test_directions_are_found_again(simple_track):
    rng = np.random.default_rng(0)
    measures = []
    for _ in range(200):
        starts = rng.choice(16, rng.integers(1, 12), replace=False) * 6
        notes = sorted((int(start), int(start) + 6, 60) for start in starts)
        for programs in ((33, 128), (80, 128)):  # whether there is a bass tells nothing else
            measures.append(Measure.from_tracks([simple_track(p, notes) for p in programs]))
    known = learn(Ruled(), measures)
    assert {"density", "bass"} <= set(known.names)
    assert "brass" not in known.names  # none of the measures has any
    blind = Ruled()
    blind.directions = 1e-3 * Ruled.directions
    with pytest.raises(UserError, match="no attribute"):
        learn(blind, measures)
    z = np.zeros((2, 4))
    for name, direction in zip(("density", "bass"), Ruled.directions):
        spread = known.deviations[known.names.index("density")] if name == "density" else 1
        moved = known.move(z, {name: 2.0})
        expected = 2 * spread * direction  # but for the noise
        assert np.abs(moved - expected).max() < 0.1 * np.abs(expected).max() + 0.3
        assert_close(known.move(moved, {name: -2.0}), z, SUM, size=np.abs(moved).max())
    with pytest.raises(UserError, match="choose from density"):
        known.move(z, {"nonsense": 1})
    with pytest.raises(UserError, match="too few"):
        learn(Ruled(), measures[:20])


def test_they_are_kept_beside_the_model_they_belong_to(tmp_path):
    model = GMVAE(HierarchicalVAE(ModelConfig(8, (8,), 4)))
    model.save(tmp_path / "model")
    with pytest.raises(UserError, match="gm-vae attributes"):
        Attributes.load(tmp_path / "model", model)
    rng = np.random.default_rng(0)
    vectors, means, deviations = rng.normal(size=(3, 2, 4)).astype(np.float32)
    known = Attributes(
        ("density", "bass"), vectors, means[:, 0], deviations[:, 0], 50, model.fingerprint
    )
    path = known.save(tmp_path / "model")
    loaded = Attributes.load(tmp_path / "model", model)
    assert (loaded.names, loaded.measures) == (known.names, 50)
    assert_close(loaded.vectors, vectors, SUM)  # seven digits are kept
    with pytest.raises(UserError, match="--force"):
        known.save(tmp_path / "model")
    for quantization in ("none", "uint8"):  # copies carry them
        copy = tmp_path / quantization
        export_checkpoint(read_checkpoint(tmp_path / "model"), copy, quantization)
        loaded = Attributes.load(copy, gm_vae.load(copy))
        assert_close(loaded.vectors, vectors, SUM)  # seven digits are kept
    other = GMVAE(HierarchicalVAE(ModelConfig(8, (8,), 4)))
    with pytest.raises(UserError, match="other weights"):
        Attributes.load(tmp_path / "model", other)
    values = json.loads(path.read_text())
    values["attributes"]["bass"]["vector"].pop()
    for text in ("{", json.dumps(values), "[]"):
        path.write_text(text)
        with pytest.raises(UserError, match="damaged"):
            Attributes.load(tmp_path / "model", model)
