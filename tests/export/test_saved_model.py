"""The SavedModel, loaded by a program that knows nothing of ours."""

import json
import subprocess
import sys

import numpy as np
import pytest

from gm_vae.errors import UsageError
from gm_vae.export.saved_model import export_saved_model
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.config import ModelConfig
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.measure import event_chords

STRANGER = """
import sys, numpy as np, tensorflow as tf
folder, data, result = sys.argv[1:]
given = np.load(data)
model = tf.saved_model.load(folder)
encoded = model.signatures["encode"](
    **{name: tf.constant(given[name]) for name in ("tokens", "lengths", "chords")}
)
decoded = model.signatures["decode"](
    z=tf.constant(given["z"]), chords=tf.constant(given["chords"]),
    temperature=tf.constant(1.0), seed=tf.constant(9),
)
np.savez(result, **{k: v.numpy() for d in (encoded, decoded) for k, v in d.items()})
assert "gm_vae" not in sys.modules
"""


def test_a_program_with_only_tensorflow_gets_the_same(tmp_path):
    model = GMVAE(HierarchicalVAE(ModelConfig(12, (16, 16), 6)))
    z = model.sample_points(5, seed=0)
    chords = ["C|G", "Am", "F", "Dm|E", "N.C."]
    measures = model.decode(z, chords, temperature=1.0, seed=1)
    export_saved_model(model, tmp_path / "served")

    given = {
        "z": z,
        "tokens": np.stack([measure.tokens for measure in measures]).astype(np.int32),
        "lengths": np.stack([measure.lengths for measure in measures]).astype(np.int32),
        "chords": np.stack([measure.chord_ids for measure in measures]).astype(np.int32),
    }
    np.savez(tmp_path / "given.npz", **given)
    (tmp_path / "stranger.py").write_text(STRANGER)
    done = subprocess.run(
        [sys.executable, "stranger.py", "served", "given.npz", "found.npz"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = np.load(tmp_path / "found.npz")
    mu, sigma = model.encode(measures)
    np.testing.assert_allclose(found["mu"], mu, atol=1e-6)
    np.testing.assert_allclose(found["sigma"], sigma, atol=1e-6)
    expected = model.decode_tokens(z, chords, temperature=1.0, constrained=True, seed=9)
    np.testing.assert_array_equal(found["tokens"], expected)

    config = json.loads((tmp_path / "served/assets.extra/gm_vae.json").read_text())
    assert ModelConfig.from_dict(config["model"]) == model.config
    with pytest.raises(UsageError, match="--force"):
        export_saved_model(model, tmp_path / "served")


def test_weights_are_stored_once(tmp_path):
    model = GMVAE(HierarchicalVAE(ModelConfig(64, (64, 64), 32)))
    export_saved_model(model, tmp_path / "served")
    stored = sum(file.stat().st_size for file in (tmp_path / "served/variables").iterdir())
    assert stored == pytest.approx(4 * model.network.count_params(), rel=0.05)


def test_the_graph_finds_the_chord_of_each_event_as_numpy_does():
    from gm_vae.model.event_chords import event_chords as in_graph

    model = GMVAE(HierarchicalVAE(ModelConfig(12, (16,), 6)))
    rng = np.random.default_rng(0)
    z = model.sample_points(20, seed=0)
    tokens = model.decode_tokens(z, temperature=1.0, constrained=True, seed=0)
    lengths = (tokens == 489).argmax(-1) + 1
    labels = rng.integers(0, 49, (20, 4)).astype(np.int32)
    found = in_graph(tokens, lengths.astype(np.int32), labels, model.format)
    np.testing.assert_array_equal(found, event_chords(tokens, lengths, labels, model.format))
