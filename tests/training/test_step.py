"""The optimiser step: the original's three Adam steps, ragged and dense, one device and two."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from closeness import TRAINING, assert_close

from gm_vae.backends.tensorflow.kernels import OneHotKernels, RaggedKernels
from gm_vae.backends.tensorflow.step import make_step
from gm_vae.model import published
from gm_vae.model.config import ModelConfig
from gm_vae.model.decoder import published_first_inputs
from gm_vae.model.objective import Decay, beta, make_optimizer
from gm_vae.model.train_config import RECIPES, TrainConfig
from gm_vae.model.vae import HierarchicalVAE

# The golden steps are taken at global step 5 to 7 of the published schedules, with a fresh Adam.
PUBLISHED = TrainConfig(
    batch_size=4,
    learning_rate=(1e-3 - 1e-5) * 0.9999**5 + 1e-5,
    schedule="exponential",
    max_beta=1.0,
    free_bits=0.0,
    clip_norm=1.0,
)


def golden_batch(folder):
    forward, train = np.load(folder / "forward.npz"), np.load(folder / "train.npz")
    tokens = np.maximum(forward["tokens"][:4], 0)
    chords = np.maximum(forward["chords"][:4], 0) if "chords" in forward else 0 * tokens
    lengths = forward["lengths"][:4]
    return {
        "tokens": tf.constant(tokens, tf.int32),
        "lengths": tf.constant(lengths, tf.int32),
        "chords": tf.constant(chords, tf.int32),
        "noise": tf.constant(train["eps"]),
        "first_inputs": published_first_inputs(tf.constant(tokens), tf.constant(lengths)),
    }


def assert_same_results(actual, expected):
    """Figures of a step: sums and means over measures, units and tokens, of terms of size 1."""
    assert actual.keys() == expected.keys()
    for name, value in expected.items():
        assert_close(actual[name], value, TRAINING, size=max(abs(value), 1), err_msg=name)


@pytest.mark.parametrize(
    "name", ["chords_dec3", pytest.param("plain_dec3", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    "kernels", [RaggedKernels, pytest.param(OneHotKernels, marks=pytest.mark.slow)]
)
def test_three_steps_are_the_originals(golden, name, kernels, monkeypatch):
    # at our step 0 the KL would not count yet
    monkeypatch.setattr("gm_vae.model.objective.beta", lambda config, step: 1.0)
    folder = golden / "model" / name
    train, weights = np.load(folder / "train.npz"), np.load(folder / "weights.npz")
    config = ModelConfig(48, (40, 40, 40), 32, chords=name.startswith("chords"))
    network = HierarchicalVAE(config, kernels=kernels())
    network.load_published_weights({key.replace("|", "/"): weights[key] for key in weights})
    optimizer = make_optimizer(PUBLISHED, network)
    step = make_step(network, optimizer, PUBLISHED, tf.distribute.get_strategy())
    batch = golden_batch(folder)
    results = [step(batch) for _ in range(3)]
    norms = [float(result["gradient_norm"]) for result in results]
    assert_close(norms, train["global_norms"], TRAINING)
    for key, value in network.published_weights().items():
        expected = train["after3|" + key.replace("/", "|")]
        assert_close(value, expected, TRAINING, err_msg=key)


@pytest.mark.slow
def test_two_mirrored_replicas_do_the_same_as_one_device(two_replicas, batch_of):
    config = TrainConfig(batch_size=8, learning_rate=1e-2, seed=3)
    model = ModelConfig(12, (16, 16), 6)
    batch = batch_of(model, 8)

    def run(strategy):
        keras.utils.set_random_seed(1)
        with strategy.scope():
            network = HierarchicalVAE(model, kernels=RaggedKernels())
            optimizer = make_optimizer(config, network)
        step = make_step(network, optimizer, config, strategy)
        data = tf.data.Dataset.from_tensors(batch).unbatch().batch(8, drop_remainder=True)
        batches = strategy.experimental_distribute_dataset(data.repeat())
        results = [step(replica_batch) for _, replica_batch in zip(range(4), batches)]
        return [{name: float(v) for name, v in result.items()} for result in results]

    one = run(tf.distribute.OneDeviceStrategy("CPU:0"))
    two = run(two_replicas)
    for alone, mirrored in zip(one, two):
        assert_same_results(mirrored, alone)
    assert one[3]["loss"] < one[0]["loss"]


@pytest.mark.slow
def test_xla_compiles_the_dense_step_to_the_ragged_losses(batch_of):
    config = TrainConfig(batch_size=6, learning_rate=1e-2, free_bits=0.0)
    model = ModelConfig(12, (16, 16), 6)
    batch = batch_of(model, 6)

    def run(kernels, compiled):
        keras.utils.set_random_seed(1)
        network = HierarchicalVAE(model, kernels=kernels)
        optimizer = make_optimizer(config, network)
        step = make_step(network, optimizer, config, tf.distribute.get_strategy())
        if compiled:
            step = tf.function(step, jit_compile=True, autograph=False)
        results = [step(batch) for _ in range(3)]
        assert int(optimizer.iterations) == 3
        return [{name: float(v) for name, v in result.items()} for result in results]

    expected = run(RaggedKernels(), compiled=False)
    for compiled in (False, True):
        for result, actual in zip(expected, run(OneHotKernels(), compiled=compiled)):
            assert_same_results(actual, result)
    assert expected[2]["loss"] < expected[0]["loss"]


def test_schedules_are_the_published_formulas():
    config = dataclasses.replace(RECIPES["published"], max_beta=0.2, beta_rate=0.999)
    for step in (0, 1, 1000, 100_000):
        expected = (1e-3 - 1e-5) * 0.9999**step + 1e-5
        assert float(Decay(config)(step)) == pytest.approx(expected, rel=1e-3)
        assert float(beta(config, step)) == pytest.approx(0.2 * (1 - 0.999**step), abs=2e-5)


def test_a_cosine_falls_from_the_first_to_the_least_rate_after_a_warm_up():
    config = TrainConfig(steps=1000, learning_rate=2e-3, min_learning_rate=1e-5, warmup_steps=10)
    rate = [float(Decay(config)(step)) for step in range(1001)]
    assert rate[0] == pytest.approx(2e-4, rel=1e-3)
    assert rate[500] == pytest.approx(1.005e-3, rel=1e-3)
    assert rate[1000] == pytest.approx(1e-5, rel=1e-3)
    assert np.argmax(rate) == 9
    assert (np.diff(rate[9:]) < 0).all()


def test_the_published_initializer_is_narrow_and_start_units_stay():
    config = dataclasses.replace(ModelConfig(64, (64, 64), 32), start_units=4)
    weights = HierarchicalVAE(config, initializer="published").published_weights()
    for name in (published.MU, published.SIGMA, published.CONDUCTOR_STATE):
        assert weights[f"{name}/kernel"].std() == pytest.approx(1e-3, rel=0.1), name
    columns = weights[f"{published.DECODER_STATE}/kernel"]
    assert (columns[:, 60:64] == 0).all()
    assert (columns[:, 124:128] == 0).all()
    rest = np.delete(columns, [*range(60, 64), *range(124, 128)], axis=1)
    assert rest.std() == pytest.approx(1e-3, rel=0.1)
