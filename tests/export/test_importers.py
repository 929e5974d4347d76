"""External checkpoints become ours, with the same content."""

import numpy as np
import pytest
from closeness import SUM, assert_close

import gm_vae
from gm_vae.checkpoints.importing import import_checkpoint
from gm_vae.checkpoints.load import read_model
from gm_vae.checkpoints.magentajs import export_magentajs, from_external
from gm_vae.checkpoints.tensors import read_tensors
from gm_vae.errors import UserError
from gm_vae.model.published import NetworkSizes
from gm_vae.music.measure_format import MeasureFormat


@pytest.mark.parametrize("name", ["chords_dec3", "plain_dec3"])
def test_tf1_checkpoints(golden, tmp_path, name):
    folder = golden / "model" / name
    checkpoint = import_checkpoint(folder / "ckpt-0", tmp_path / "ours")
    assert checkpoint.training["sigma_known"]
    config = checkpoint.config
    assert (config.encoder_units, config.decoder_units, config.latent_size) == (48, (40,) * 3, 32)
    assert config.chords == name.startswith("chords")
    weights = np.load(folder / "weights.npz")
    published = gm_vae.load(tmp_path / "ours").network.published_weights()
    assert {key.replace("/", "|") for key in published} == set(weights)
    for key, value in published.items():
        np.testing.assert_array_equal(value, weights[key.replace("/", "|")])


def test_magentajs_folders_come_back_byte_for_byte(golden, tmp_path):
    source = golden / "magentajs/ckpt_chords_float32"
    assert not import_checkpoint(source, tmp_path / "ours").training["sigma_known"]
    model = gm_vae.load(tmp_path / "ours")
    assert model.training["sigma_known"] is False
    measures = model.decode(model.sample_points(3, seed=0), "C", seed=0)
    assert_close(model.encode(measures)[1], 1.0, SUM)  # the prior's
    export_magentajs(read_model(tmp_path / "ours"), tmp_path / "back", "none")
    before, after = read_tensors(source), read_tensors(tmp_path / "back")
    assert set(before) == set(after)
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value)


def test_the_trained_scratch_model_makes_music(golden, tmp_path):
    import_checkpoint(golden / "trained_small", tmp_path / "ours")
    model = gm_vae.load(tmp_path / "ours")
    assert model.training["sigma_known"]
    measures = model.decode(model.sample_points(16, seed=0), "C", temperature=0.5, seed=0)
    assert sum(len(measure.notes()) for measure in measures) > 16 * 8


def test_another_format_is_read_from_magentajs_and_refused_from_tensorflow(tmp_path):
    import tensorflow as tf

    fmt = MeasureFormat(beats_per_bar=6, beat_unit=8, min_events=4)  # 466 tokens, as 3/4 has
    sizes = NetworkSizes(4, (4,), 2, 466, chords=True, has_sigma=True)
    weights = {name: np.zeros(shape, np.float32) for name, shape in sizes.shapes().items()}
    export_magentajs(from_external(weights, fmt, "test"), tmp_path / "js")
    assert import_checkpoint(tmp_path / "js", tmp_path / "ours").config.fmt == fmt
    assert gm_vae.load(tmp_path / "ours").format == fmt
    (tmp_path / "tf1").mkdir()
    tf.raw_ops.SaveV2(
        prefix=str(tmp_path / "tf1/model.ckpt-7"),
        tensor_names=list(weights),
        shape_and_slices=[""] * len(weights),
        tensors=list(weights.values()),
    )
    with pytest.raises(UserError, match="466 tokens and the measure format has 490"):
        import_checkpoint(tmp_path / "tf1/model.ckpt-7", tmp_path / "more")
    assert not (tmp_path / "more").exists()


def test_mistakes_are_reported_in_one_sentence(tmp_path):
    with pytest.raises(UserError, match="no checkpoint at"):
        import_checkpoint(tmp_path / "absent", tmp_path / "ours")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError):
        import_checkpoint(tmp_path / "empty", tmp_path / "ours")
