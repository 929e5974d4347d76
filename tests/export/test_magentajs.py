"""The browser's checkpoint folder: written, read, and refused if unsupported."""

import dataclasses
import json

import numpy as np
import pytest

from gm_vae.checkpoints.client_config import read_client_config
from gm_vae.checkpoints.magentajs import (
    client_config,
    export_magentajs,
    from_external,
    read_magentajs,
)
from gm_vae.checkpoints.tensors import read_tensors
from gm_vae.errors import UsageError, UserError
from gm_vae.model.published import NetworkSizes
from gm_vae.music.measure_format import MeasureFormat


@pytest.fixture
def random_weights():
    """Function from sizes to weights."""

    def make(vocabulary_size=490, chords=True, decoder_units=(3, 3)):
        rng = np.random.default_rng(1)
        sizes = NetworkSizes(4, decoder_units, 2, vocabulary_size, chords, has_sigma=True)
        return {name: rng.normal(size=shape) for name, shape in sizes.shapes().items()}

    return make


def test_export_holds_the_tensor_bytes_but_sigma(tmp_path, golden_weights):
    output = tmp_path / "out"
    export_magentajs(
        from_external(golden_weights, MeasureFormat(), "test"), output, "none", shard_bytes=300_000
    )
    (group,) = json.loads((output / "weights_manifest.json").read_text())
    names = [weight["name"] for weight in group["weights"]]
    assert set(golden_weights) - set(names) == {"encoder/sigma/kernel", "encoder/sigma/bias"}
    expected = b"".join(np.asarray(golden_weights[name], "<f4").tobytes() for name in names)
    assert b"".join((output / path).read_bytes() for path in group["paths"]) == expected
    weights, info = read_magentajs(output)
    assert info.fmt == MeasureFormat()
    assert not info.sizes.has_sigma
    for name, array in weights.items():
        np.testing.assert_array_equal(array, golden_weights[name])


@pytest.mark.parametrize(("quantization", "share"), [("float16", 2), ("uint16", 2), ("uint8", 4)])
def test_quantised_export_is_that_much_smaller(tmp_path, golden_weights, quantization, share):
    export_magentajs(
        from_external(golden_weights, MeasureFormat(), "test"), tmp_path / "out", quantization
    )
    stored = sum(path.stat().st_size for path in (tmp_path / "out").glob("group*"))
    total = sum(array.nbytes for name, array in golden_weights.items() if "sigma" not in name)
    assert stored == total // share
    assert set(read_magentajs(tmp_path / "out")[0]) == {
        name for name in golden_weights if "sigma" not in name
    }


@pytest.mark.parametrize(
    ("folder", "chords", "has_sigma"),
    [
        ("magentajs/ckpt_chords_float32", True, False),
        ("magentajs/ckpt_chords_uint8", True, False),
        ("magentajs/ckpt_plain_float32", False, False),
        ("trained_small", True, True),
    ],
)
def test_checkpoints_of_others_are_read(golden, folder, chords, has_sigma):
    weights, info = read_magentajs(golden / folder)
    assert info.fmt == MeasureFormat()
    assert (info.sizes.chords, info.sizes.has_sigma) == (chords, has_sigma)
    assert set(weights) == set(read_tensors(golden / folder))
    # and our config.json says to the client what theirs does
    assert client_config(info.fmt, chords) == json.loads(
        (golden / folder / "config.json").read_text()
    )


@pytest.mark.parametrize(
    "fmt",
    [
        MeasureFormat(beats_per_bar=3),
        MeasureFormat(beats_per_bar=7, beat_unit=8, chords_per_measure=1),
        MeasureFormat(steps_per_quarter=12, velocity_bins=4, max_track_length=32),
        MeasureFormat(max_tracks=4, max_instruments=4),
        MeasureFormat(beats_per_bar=6, beat_unit=8, min_events=1, min_pitch=40),
        MeasureFormat(beats_per_bar=255, beat_unit=1),
        MeasureFormat(max_tracks=32, max_instruments=20, max_track_length=1024),
    ],
)
def test_the_client_config_describes_any_format(fmt):
    for chords in (False, True):
        config = json.loads(json.dumps(client_config(fmt, chords)))
        assert read_client_config(config) == (fmt, chords)
        args = config["dataConverter"]["args"]
        assert args["totalSteps"] == fmt.steps_per_measure
        assert args["numSteps"] == fmt.max_tracks * fmt.max_track_length


@pytest.mark.parametrize(
    "fmt",
    [
        MeasureFormat(),
        MeasureFormat(beats_per_bar=3),
        MeasureFormat(beats_per_bar=7, beat_unit=8, chords_per_measure=1),
        MeasureFormat(steps_per_quarter=12, velocity_bins=4, max_track_length=32),
    ],
)
def test_external_configs_are_read_as_far_as_possible(fmt):
    config = client_config(fmt, True)
    config.pop("measureFormat", None)
    actual, _ = read_client_config(config)
    assert dataclasses.replace(actual, chords_per_measure=fmt.chords_per_measure) == fmt


def test_weights_of_another_format_are_refused(tmp_path, random_weights):
    three_four = MeasureFormat(beats_per_bar=3)  # 24 time-shifts fewer
    with pytest.raises(UserError, match="490 tokens and the measure format has 466"):
        export_magentajs(from_external(random_weights(490), three_four, "test"), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    export_magentajs(from_external(random_weights(466), three_four, "test"), tmp_path / "out")
    assert read_magentajs(tmp_path / "out")[1].fmt == three_four


def test_layers_that_the_client_cannot_run_are_refused(tmp_path, random_weights):
    with pytest.raises(UserError, match="equal width, and this model has 3, 5"):
        export_magentajs(
            from_external(random_weights(decoder_units=(3, 5)), MeasureFormat(), "test"),
            tmp_path / "out",
        )


def test_nothing_of_the_users_is_overwritten(tmp_path, random_weights):
    output = tmp_path / "out"
    fmt = MeasureFormat()
    export_magentajs(from_external(random_weights(), fmt, "test"), output)
    with pytest.raises(UsageError, match="already exists"):
        export_magentajs(from_external(random_weights(), fmt, "test"), output)
    export_magentajs(from_external(random_weights(chords=False), fmt, "test"), output, force=True)
    assert not read_magentajs(output)[1].sizes.chords
    (output / "gm_vae.json").write_text("{}")
    with pytest.raises(UsageError, match="is a gm-vae checkpoint"):
        export_magentajs(from_external(random_weights(), fmt, "test"), output, force=True)
    assert (output / "gm_vae.json").exists()


def test_failed_export_leaves_nothing(tmp_path, random_weights):
    weights = random_weights()
    weights["encoder/mu/bias"][0] = np.nan
    with pytest.raises(UserError, match="NaN"):
        export_magentajs(from_external(weights, MeasureFormat(), "test"), tmp_path / "out")
    with pytest.raises(UsageError, match="int4"):
        export_magentajs(
            from_external(random_weights(), MeasureFormat(), "test"), tmp_path / "out", "int4"
        )
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        export_magentajs(
            from_external(random_weights(), MeasureFormat(), "test"), tmp_path / "file"
        )


def _converter(kind="MultitrackConverter", **changes):
    args = client_config(MeasureFormat(), True)["dataConverter"]["args"]
    return {"dataConverter": {"type": kind, "args": {**args, **changes}}}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"type": "MusicRNN"}, "MusicRNN"),
        (_converter("MelodyConverter"), "MelodyConverter"),
        (_converter("DrumsConverter"), "DrumsConverter"),
        (_converter("TrioConverter"), "TrioConverter"),
        (_converter(numSegments=7), "512 rows for 7 tracks"),
        (_converter(numSteps=None), "lacks one of"),
        (_converter(totalSteps=96.5), "lacks one of"),
        (_converter(totalSteps=10**9), "lacks one of"),
        (_converter(stepsPerQuarter=0), "lacks one of"),
        (_converter(minPitch=21), "range of pitches"),
        (_converter(numVelocityBins=3), "velocity_bins=3"),
        (_converter(numSteps=8 * 1100), "max_track_length is 1100"),
        ({"measureFormat": 3}, "damaged measureFormat"),
        ({"measureFormat": {"swing": 3}}, "unknown fields swing"),
        ({"measureFormat": {"beats_per_bar": 3}}, "measureFormat differs from the other fields"),
        (_converter(totalSteps=72), "490 tokens and .*config.json has 466"),
        ({"dataConverter": None}, "not the configuration"),
        ({"dataConverter": {"type": "MultitrackConverter", "args": 3}}, "not the configuration"),
        ({"chordEncoder": "PitchChordEncoder"}, "PitchChordEncoder"),
        ({"chordEncoder": None}, "without chords and the weights are of one with"),
        ({"conditionOnKey": True}, "conditionOnKey"),
        ({"extraControls": [{"name": "x", "depth": 1}]}, "extraControls"),
    ],
)
def test_config_that_is_not_ours_is_one_sentence(tmp_path, random_weights, change, sentence):
    output = tmp_path / "out"
    export_magentajs(from_external(random_weights(), MeasureFormat(), "test"), output)
    config = json.loads((output / "config.json").read_text())
    (output / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(UserError, match=sentence) as caught:
        read_magentajs(output)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "null", "7", '"x"', "\0"])
def test_invalid_configs(tmp_path, random_weights, text):
    export_magentajs(from_external(random_weights(), MeasureFormat(), "test"), tmp_path / "out")
    (tmp_path / "out" / "config.json").write_text(text)
    with pytest.raises(UserError, match=r"not JSON|not the configuration"):
        read_magentajs(tmp_path / "out")


def test_folder_without_config(tmp_path):
    with pytest.raises(UserError, match=r"there is no config\.json"):
        read_magentajs(tmp_path)
