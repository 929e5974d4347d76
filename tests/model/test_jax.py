"""The network under KERAS_BACKEND=jax: the original's forward pass and gradients, no TensorFlow."""

import importlib.util
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from closeness import NETWORK, assert_close
from patience import PATIENCE_SECONDS

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "support/jax_forward.py"


@pytest.mark.slow  # JAX compiles in another process
@pytest.mark.parametrize("name", ["chords_dec3", "plain_dec3"])
def test_forward_and_gradients_are_the_originals(golden, name, tmp_path):
    if not importlib.util.find_spec("jax"):
        pytest.skip("jax is not installed; pip install jax")
    folder, output = golden / "model" / name, tmp_path / "arrays.npz"
    ran = subprocess.run(
        [sys.executable, SCRIPT, folder, output],
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "jax, without TensorFlow"
    arrays, forward = np.load(output), np.load(folder / "forward.npz")
    for index in (0, 1):
        expected = {key: forward[f"b{index}_zeps_{key}"] for key in ("mu", "sigma", "r_loss")}
        for key, value in expected.items():
            assert_close(arrays[f"b{index}_{key}"], value, NETWORK, err_msg=key)
        # the sum over units of differences of terms of size 2, as mu^2 is
        assert_close(arrays[f"b{index}_kl"], forward[f"b{index}_zeps_kl_div"], NETWORK, size=2)
    real = np.arange(64) < forward["lengths"][:4, :, None]
    assert_close(arrays["b0_logits"][real], forward["b0_zeps_logits"][real], NETWORK)
    train = np.load(folder / "train.npz")
    gradients = {key: train[key] for key in train if key.startswith("grad|")}
    assert gradients
    for key, expected in gradients.items():
        size = max(np.abs(expected).max(), 1.0)  # of the gradients of logits that they come from
        assert_close(arrays[key], expected, NETWORK, size, err_msg=key)
