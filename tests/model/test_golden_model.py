"""The network against the original implementation's forward pass, gradients and losses."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from closeness import NETWORK, assert_close

from gm_vae.backends import make_network
from gm_vae.backends.tensorflow.kernels import OneHotKernels, RaggedKernels, StaticKernels
from gm_vae.model.config import ModelConfig
from gm_vae.model.kernels import Kernels

MODELS = ("chords_dec3", "plain_dec3")
KERNELS = (RaggedKernels, StaticKernels, OneHotKernels, Kernels)


@pytest.fixture(scope="module", params=MODELS)
def golden_model(request, golden):
    folder = golden / "model" / request.param
    config = ModelConfig(48, (40, 40, 40), 32, chords=request.param.startswith("chords"))
    model = make_network(config)
    weights = np.load(folder / "weights.npz")
    model.load_published_weights({name.replace("|", "/"): weights[name] for name in weights})
    return model, folder


def batch(forward, index):
    rows = slice(4 * index, 4 * index + 4)
    tokens = np.maximum(forward["tokens"][rows], 0)  # padding is -1 there and 0 here
    chords = np.maximum(forward["chords"][rows], 0) if "chords" in forward else 0 * tokens
    return tokens, forward["lengths"][rows], chords


@pytest.mark.parametrize("kernels", KERNELS)
@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("kind", ["zmu", "zeps"])
def test_forward_is_the_original(golden_model, kernels, index, kind):
    model, folder = golden_model
    forward = np.load(folder / "forward.npz")
    expected = {name: forward[f"b{index}_{kind}_{name}"] for name in ("mu", "sigma", "r_loss")}
    noise = forward[f"b{index}_eps"] if kind == "zeps" else np.zeros_like(expected["mu"])
    scores = model.score(*batch(forward, index), noise, kernels=kernels())
    assert_close(scores.mu, expected["mu"], NETWORK)
    assert_close(scores.sigma, expected["sigma"], NETWORK)
    assert_close(scores.reconstruction, expected["r_loss"], NETWORK)
    # the sum over units of differences of terms of size 2, as mu^2 is
    assert_close(scores.kl, forward[f"b{index}_{kind}_kl_div"], NETWORK, size=2)
    loss = np.mean(scores.reconstruction) + np.mean(scores.kl)
    assert_close(loss, forward[f"b{index}_{kind}_loss"], NETWORK)


@pytest.mark.parametrize("kernels", KERNELS)
def test_logits_are_the_originals(golden_model, kernels):
    model, folder = golden_model
    forward = np.load(folder / "forward.npz")
    scores = model.score(*batch(forward, 0), forward["b0_eps"], kernels=kernels())
    layout = scores.logits
    real = np.asarray(layout.weights) > 0
    rows, positions = np.asarray(layout.tracks)[real], np.asarray(layout.steps)[real]
    expected = forward["b0_zeps_logits"].reshape(32, 64, 490)[rows, positions]
    assert real.sum() == forward["lengths"][:4].sum()
    assert_close(np.asarray(layout.logits)[real], expected, NETWORK)


@pytest.mark.parametrize(
    "kernels", [RaggedKernels, pytest.param(OneHotKernels, marks=pytest.mark.slow)]
)
def test_gradients_are_the_originals(golden_model, kernels):
    model, folder = golden_model
    forward, train = np.load(folder / "forward.npz"), np.load(folder / "train.npz")
    variables = model.published_variables()
    with tf.GradientTape() as tape:
        scores = model.score(*batch(forward, 0), train["eps"], kernels=kernels())
        loss = keras.ops.mean(scores.reconstruction + scores.kl)
    gradients = tape.gradient(loss, [v.value for v in variables.values()])
    gradients = [
        np.zeros(v.shape, np.float32) if g is None else tf.convert_to_tensor(g).numpy()
        for g, v in zip(gradients, variables.values())
    ]
    norm = np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in gradients))
    assert_close(norm, train["global_norm"], NETWORK)
    for name, gradient in zip(variables, gradients):
        expected = train["grad|" + name.replace("/", "|")]
        size = max(np.abs(expected).max(), 1.0)  # of the gradients of logits that they come from
        assert_close(gradient, expected, NETWORK, size, err_msg=name)
