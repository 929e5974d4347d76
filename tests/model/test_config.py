"""Presets: their sizes are pinned, published presets to the published variables."""

import dataclasses
import json
import math

import pytest

from gm_vae.errors import UsageError
from gm_vae.model.config import PRESETS, ModelConfig, preset
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.measure_format import MeasureFormat

PARAMETERS = {"tiny": 2_010_986, "small": 6_249_706, "base": 27_343_338, "med": 56_140_266}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameter_counts(name):
    assert HierarchicalVAE(preset(name)).count_params() == PARAMETERS[name]


@pytest.mark.parametrize("name", ["chords_small", "plain_small", "chords_med", "plain_med"])
def test_published_sizes_have_the_published_variables(golden, name):
    published = json.loads((golden / "model/variables_fullsize.json").read_text())[name]
    chords, size = name.split("_")
    network = HierarchicalVAE(dataclasses.replace(preset(size), chords=chords == "chords"))
    shapes = {key: list(value.shape) for key, value in network.published_variables().items()}
    assert shapes == published


def test_the_big_preset_has_the_published_size(golden):
    # 0.8 GB of weights: counted from the shapes, not built
    published = json.loads((golden / "model/variables_fullsize.json").read_text())["chords_big"]
    config = preset("big")
    assert published["encoder/mu/kernel"] == [2 * config.encoder_units, config.latent_size]
    layers = [key for key in published if key.endswith("lstm_cell/kernel") and "core" in key]
    assert [published[key][1] // 4 for key in sorted(layers)] == list(config.decoder_units)
    assert sum(map(math.prod, published.values())) == 205_602_282


def test_configurations_survive_json():
    for config in (*PRESETS.values(), ModelConfig(fmt=MeasureFormat(beats_per_bar=3))):
        assert ModelConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_mistakes_are_reported():
    with pytest.raises(UsageError, match="choose one of tiny"):
        preset("huge")
    with pytest.raises(UsageError, match="latent_size is 0"):
        ModelConfig(latent_size=0)
    with pytest.raises(UsageError, match="upgrade"):
        ModelConfig.from_dict({**ModelConfig().to_dict(), "attention": 8})
