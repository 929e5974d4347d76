"""The engine's MusicVAE compared with the unmodified one of @magenta/music (`parity.test.mjs`)."""

import os
import pathlib
import subprocess

import numpy as np
import pytest
from node_packages import install, require_node
from patience import PATIENCE_SECONDS

from gm_vae.checkpoints.magentajs import export_magentajs, from_external
from gm_vae.model.published import NetworkSizes
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import vocabulary

HERE = pathlib.Path(__file__).resolve().parent


def parity(checkpoint, chords=(), **settings):
    """Run every comparison on a checkpoint."""
    require_node()
    install(HERE / "magenta")
    env = {**os.environ, "CHECKPOINT": str(checkpoint), "CHORDS": "\n".join(chords), **settings}
    done = subprocess.run(
        ["node", "--test", "parity.test.mjs"],
        cwd=HERE, env=env, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


@pytest.mark.clients
@pytest.mark.parametrize(
    ("name", "chords"),
    [("chords_float32", ("Am", "Bdim")), ("chords_uint8", ("C+",)), ("plain_float32", ())],
)
def test_the_engine_is_the_client_on_the_goldens(golden, name, chords):
    parity(golden / "magentajs" / f"ckpt_{name}", chords)


@pytest.mark.clients
def test_the_engine_is_the_client_in_another_format(tmp_path):
    fmt = MeasureFormat(
        beats_per_bar=3, steps_per_quarter=12, max_tracks=9, max_instruments=9,
        max_track_length=16, velocity_bins=4, min_pitch=20, max_pitch=100,
    )  # fmt: skip
    sizes = NetworkSizes(24, (20, 20), 12, vocabulary(fmt).size, chords=True, has_sigma=True)
    rng = np.random.default_rng(3)
    weights = {
        name: rng.normal(scale=2.5 / np.sqrt(shape[0]) if len(shape) > 1 else 0.5, size=shape)
        .astype(np.float32)
        for name, shape in sizes.shapes().items()
    }  # fmt: skip
    export_magentajs(from_external(weights, fmt, "test"), tmp_path / "out", "uint16", 50_000)
    parity(tmp_path / "out", ("F#m",))


@pytest.mark.clients
def test_the_engine_is_the_client_on_a_trained_model(golden):
    parity(golden / "trained_small", ("G",))


@pytest.mark.parametrize("name", ["chords_float32", "chords_uint8", "plain_float32"])
def test_the_engine_reproduces_the_client(golden, name):
    """The goldens of the client: fast enough to compare every change."""
    require_node()
    env = {**os.environ, "GOLDEN": str(golden / "magentajs"), "NAME": name}
    done = subprocess.run(
        ["node", "--test", "goldens.test.mjs"],
        cwd=HERE, env=env, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
