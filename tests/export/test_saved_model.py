"""The SavedModel, loaded by a program without gm-vae."""

import dataclasses
import errno
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from closeness import NETWORK, SUM, assert_close
from near_ties import assert_same_choices
from patience import PATIENCE_SECONDS

import gm_vae
from gm_vae import numpy_ops
from gm_vae.checkpoints.checkpoint import Checkpoint
from gm_vae.errors import UsageError, UserError
from gm_vae.export.saved_model import export_saved_model
from gm_vae.generate.gmvae import GMVAE, chord_labels
from gm_vae.generate.points import interpolate
from gm_vae.model.config import ModelConfig
from gm_vae.model.points import prior_points
from gm_vae.model.prior import Prior
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.event_chords import event_chords as chords_in_graph
from gm_vae.music.measure import event_chords
from gm_vae.music.measure_format import MeasureFormat

STRANGER = """
import sys, numpy as np, tensorflow as tf
folder, data, result = sys.argv[1:]
given = np.load(data)
results = {}
model = tf.saved_model.load(folder)
for name, inputs in {
    "encode": ("tokens", "lengths", "chords"),
    "decode": ("z", "chords", "temperature", "seed"),
    "sample": ("count", "chords", "temperature", "seed"),
    "interpolate": ("start", "end", "count", "chords", "temperature", "seed"),
}.items():
    outputs = model.signatures[name](**{key: tf.constant(given[key]) for key in inputs})
    results |= {f"{name}_{key}": value.numpy() for key, value in outputs.items()}
np.savez(result, **results)
assert "gm_vae" not in sys.modules
"""
CHORDS = ["C|G", "Am", "F", "Dm|E", "N.C."]
SEED = 3_000_000_000  # more than an int32 holds: the graph is given the same bits


def checkpoint_of(model, attributes=None):
    return Checkpoint(model.config, model.network.published_weights(), {"steps": 7}, attributes)


@pytest.fixture(scope="module")
def model():
    return GMVAE(HierarchicalVAE(ModelConfig(12, (16, 16), 6)))


@pytest.fixture(scope="module")
def served(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "1"
    export_saved_model(checkpoint_of(model, {"density": [0.0] * 6}), folder)
    return folder


@pytest.fixture(scope="module")
def signatures(served):
    import tensorflow as tf

    loaded = tf.saved_model.load(str(served))
    # a signature holds its model by a weak reference
    return {name: lambda f=f, m=loaded, **x: f(**x) for name, f in loaded.signatures.items()}


def test_a_name_that_is_not_utf_8_is_refused(model, tmp_path):
    with pytest.raises(UsageError, match="m\ufffdde, a name that is not UTF-8"):
        export_saved_model(checkpoint_of(model), os.path.join(tmp_path, os.fsdecode(b"m\xe4de")))


def test_a_program_with_only_tensorflow_gets_the_same(model, served, tmp_path):
    z = model.sample_points(5, seed=0)
    measures = model.decode(z, CHORDS, temperature=1.0, seed=1)
    given = {
        "tokens": np.stack([measure.tokens for measure in measures]).astype(np.int32),
        "lengths": np.stack([measure.lengths for measure in measures]).astype(np.int32),
        "chords": chord_labels(CHORDS, 5, MeasureFormat()),
        "z": z,
        "start": z[:2],
        "end": z[2:4],
        "count": np.int32(5),
        "temperature": np.float32(1),
        "seed": np.int32(SEED - 2**32),
    }
    np.savez(tmp_path / "given.npz", **given)
    (tmp_path / "stranger.py").write_text(STRANGER)
    done = subprocess.run(
        [sys.executable, "stranger.py", served, "given.npz", "answers.npz"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    answers = np.load(tmp_path / "answers.npz")
    mu, sigma = model.encode(measures)
    assert_close(answers["encode_mu"], mu, NETWORK)
    assert_close(answers["encode_sigma"], sigma, NETWORK)

    def assert_decoded(name, z, draws, of=slice(None)):
        tokens, lengths = answers[f"{name}_tokens"][of], answers[f"{name}_lengths"][of]
        arguments = z, given["chords"], 1.0, SEED, draws
        expected, _ = model.numpy.decode(*arguments)
        weights = model.numpy.published_weights()
        assert_same_choices(tokens, expected, model.config, weights, *arguments)
        np.testing.assert_array_equal(lengths, (tokens == 489).argmax(-1) + 1)

    assert_decoded("decode", z, np.arange(5))
    assert_close(answers["sample_z"], model.sample_points(5, SEED), SUM)
    assert_decoded("sample", answers["sample_z"], np.arange(5))
    for pair in range(2):
        way = interpolate(z[pair], z[2 + pair], 5)
        assert_decoded("interpolate", way, np.zeros(5, np.int32), of=pair)


def test_files_beside_the_graph(model, served):
    config = json.loads((served / "assets.extra/gm_vae.json").read_text())
    assert ModelConfig.from_dict(config["model"]) == model.config
    vocabulary = json.loads((served / "assets.extra/vocabulary.json").read_text())
    assert vocabulary["tokens"]["time_shift"] == {"first_id": 256, "first_value": 1, "count": 96}
    assert vocabulary["tokens"]["end"]["first_id"] == 489
    assert vocabulary["chords"][:3] == ["N.C.", "C", "C#"]
    assert "tf.saved_model.load" in (served / "README.md").read_text()
    with pytest.raises(UsageError, match="--force"):
        export_saved_model(checkpoint_of(model), served)


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        (errno.ENOSPC, "ResourceExhaustedError", "free some space on that disk"),
        (errno.EACCES, "PermissionDeniedError", "folder that you can write to"),
    ],
)
def test_a_disk_that_takes_no_more_is_one_sentence(
    model, tmp_path, monkeypatch, code, kind, reason
):
    import tensorflow as tf

    def full(module, folder, **_):
        pathlib.Path(folder, "half").write_text("half")
        path = f"{folder}/variables/x; {os.strerror(code)}"  # as TensorFlow says it
        raise getattr(tf.errors, kind)(None, None, path)

    monkeypatch.setattr(tf.saved_model, "save", full)
    with pytest.raises(UserError, match=rf"Cannot write .*{os.strerror(code)}.*{reason}"):
        export_saved_model(checkpoint_of(model), tmp_path / "full")
    assert list(tmp_path.iterdir()) == []


def test_the_library_reads_it_back(model, served):
    again = gm_vae.load(served)
    assert again.training == {"steps": 7}
    for name, value in model.network.published_weights().items():
        np.testing.assert_array_equal(again.network.published_weights()[name], value)


def test_one_row_of_chords_does_for_all_and_a_row_may_have_one_for_each_step(model, signatures):
    decode = signatures["decode"]
    z = model.sample_points(3, seed=0)

    def assert_heard(chords, symbol):
        tokens = decode(z=z, chords=np.int32(chords), temperature=0.5, seed=1)["tokens"]
        arguments = z, chord_labels(symbol, 3, model.format), 0.5, 1, np.arange(3)
        defaults = {"repeat_penalty": 1.0, "drum_temperature": 0.375}
        expected, _ = model.numpy.decode(*arguments, **defaults)
        weights = model.numpy.published_weights()
        assert_same_choices(tokens, expected, model.config, weights, *arguments, **defaults)

    assert_heard([[8]], "G")
    assert_heard([[8] * 96] * 3, "G")
    assert_heard([[1] * 48 + [8] * 48], "C|G")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("decode", {"chords": [[49]]}),
        ("decode", {"chords": [[-1]]}),
        ("decode", {"chords": [[1], [1]]}),  # for three points
        ("decode", {"temperature": -1.0}),
        ("decode", {"temperature": np.inf}),
        ("decode", {"temperature": np.nan}),
        ("decode", {"z": np.full((3, 6), np.nan, np.float32)}),
        ("interpolate", {"end": np.full((3, 6), np.inf, np.float32)}),
        ("decode", {"z": np.zeros((3, 5), np.float32)}),
        ("encode", {"tokens": np.full((1, 8, 64), 490, np.int32)}),
        ("encode", {"lengths": np.full((1, 8), 65, np.int32)}),
        ("encode", {"lengths": np.zeros((1, 8), np.int32)}),
        ("interpolate", {"count": 1}),
    ],
)
def test_wrong_inputs_are_refused(signatures, name, change):
    import tensorflow as tf

    chords = {"chords": np.int32(change.pop("chords", [[1]]))}
    draw = {**chords, "temperature": 0.5, "seed": 1}
    z = np.zeros((3, 6), np.float32)
    inputs = {
        "decode": {"z": z, **draw},
        "encode": {
            "tokens": np.full((1, 8, 64), 489, np.int32),
            "lengths": np.ones((1, 8), np.int32),
            **chords,
        },
        "interpolate": {"start": z, "end": z, "count": 2, **draw},
    }[name]
    call = signatures[name]
    if "chords" in inputs and chords["chords"].tolist() == [[1]]:
        call(**inputs)
    with pytest.raises((tf.errors.InvalidArgumentError, TypeError, ValueError)):
        call(**{**inputs, **change})


def test_weights_are_stored_once_and_may_be_halved(model, served, tmp_path):
    export_saved_model(checkpoint_of(model), tmp_path / "half", half=True)
    for folder, size in ((served, 4), (tmp_path / "half", 2)):
        stored = sum(file.stat().st_size for file in (folder / "variables").iterdir())
        assert stored == pytest.approx(size * model.network.count_params(), rel=0.05)
    weights = gm_vae.load(tmp_path / "half").network.published_weights()
    for name, value in model.network.published_weights().items():
        np.testing.assert_array_equal(weights[name], value.astype(np.float16))


def test_a_halved_prior_gives_the_graph_the_points_that_a_reader_of_the_folder_gets(
    model, tmp_path
):
    import tensorflow as tf

    rng = np.random.default_rng(0)
    size = (3, model.config.latent_size)
    prior = Prior(*(rng.uniform(1, 2, shape).astype(np.float32) for shape in (3, size, size)))
    checkpoint = dataclasses.replace(checkpoint_of(model), prior=prior)
    export_saved_model(checkpoint, tmp_path / "half", half=True)
    sample = tf.saved_model.load(str(tmp_path / "half")).signatures["sample"]
    given = {"count": 4, "chords": [[1]], "temperature": 0.5, "seed": 2}
    drawn = sample(**{name: tf.constant(value) for name, value in given.items()})
    points = gm_vae.load(tmp_path / "half").sample_points(4, seed=2)
    assert_close(drawn["z"], points, SUM)


def test_points_of_the_prior_are_normal_and_do_not_depend_on_their_number():
    points = np.asarray(prior_points(7, np.arange(2000), 20, numpy_ops))
    np.testing.assert_array_equal(prior_points(7, np.arange(3), 20, numpy_ops), points[:3])
    assert np.abs(prior_points(8, np.arange(3), 20, numpy_ops) - points[:3]).max() > 0.1
    # 40,000 numbers: the standard error of the mean is 0.005
    assert abs(points.mean()) < 0.02
    assert abs(points.std() - 1) < 0.02
    assert abs((np.abs(points) < 1).mean() - 0.6827) < 0.01
    correlation = np.corrcoef(points.T) - np.eye(20)
    assert np.abs(correlation).max() < 0.1


def test_the_graph_finds_the_chord_of_each_event_as_numpy_does(model):
    rng = np.random.default_rng(0)
    z = model.sample_points(20, seed=0)
    tokens = model.decode_tokens(z, temperature=1.0, constrained=True, seed=0)
    lengths = (tokens == 489).argmax(-1) + 1
    labels = rng.integers(0, 49, (20, 4)).astype(np.int32)
    actual = chords_in_graph(tokens, lengths.astype(np.int32), labels, model.format)
    np.testing.assert_array_equal(actual, event_chords(tokens, lengths, labels, model.format))
