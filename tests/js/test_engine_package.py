"""The engine's MusicVAE beside the unmodified one of @magenta/music (`parity.test.mjs`)."""

import os
import pathlib
import subprocess

import pytest
from node_packages import install, require_node
from patience import PATIENCE_SECONDS

HERE = pathlib.Path(__file__).resolve().parent
BUNDLED = HERE.parents[1] / "gm_vae" / "models" / "small"


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
def test_the_engine_is_the_client_on_a_trained_model(golden):
    parity(golden / "trained_small", ("G",))


@pytest.mark.parametrize("name", ["chords_float32", "chords_uint8", "plain_float32"])
def test_the_engine_reproduces_what_the_client_gave(golden, name):
    """The goldens, which the client made once: in a second, so that each change is compared."""
    require_node()
    env = {**os.environ, "GOLDEN": str(golden / "magentajs"), "NAME": name}
    done = subprocess.run(
        ["node", "--test", "goldens.test.mjs"],
        cwd=HERE, env=env, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
