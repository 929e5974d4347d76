"""Seeds: the same points in Python, in graphs and on the page."""

import json
import math
import pathlib
import re

import numpy as np
import pytest
import tensorflow as tf
from closeness import SUM, assert_close

import gm_vae
from gm_vae import cli, numpy_ops
from gm_vae.backends import make_network
from gm_vae.checkpoints.load import read_model
from gm_vae.checkpoints.magentajs import export_magentajs
from gm_vae.data.dataset import read_measures
from gm_vae.errors import UserError
from gm_vae.export.saved_model import export_saved_model
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model import prior as prior_lib
from gm_vae.model.config import ModelConfig
from gm_vae.model.points import noise, prior_points
from gm_vae.model.prior import Prior, fit, log_density, network_shapes, without_prior

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "prior_points.json"
MASK = 2**32 - 1


@pytest.fixture(scope="module")
def vectors():
    """Points for the tests of the page."""
    return json.loads(VECTORS.read_text(encoding="utf-8"))["points"]


@pytest.fixture(scope="module")
def mixture():
    """A prior and its points, which the tests of the page read too."""
    return json.loads(VECTORS.read_text(encoding="utf-8"))["mixture"]


def mix(x):
    x = (x + 0x9E3779B9) & MASK
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & MASK
    x = ((x ^ (x >> 15)) * 0x846CA68B) & MASK
    return x ^ (x >> 16)


def uniform(seed, *numbers):
    state = mix(seed)
    for number in numbers:
        state = mix(state ^ (number & MASK))
    return ((state >> 9) + 0.5) / 2**23


def plain_point(seed, draw, width):
    """The definition in whole numbers and Python's floats, for one coordinate after the other."""
    return [
        math.sqrt(-2 * math.log(uniform(seed, draw, coordinate, -1)))
        * math.cos(2 * math.pi * uniform(seed, draw, coordinate, -2))
        for coordinate in range(width)
    ]


def test_the_vectors_follow_from_the_definition(vectors):
    assert {vector["seed"] for vector in vectors} >= {0, 21, 2**31, 2**32 - 1}
    for vector in vectors:
        expected = plain_point(vector["seed"], vector["draw"], len(vector["point"]))
        np.testing.assert_array_equal(np.float32(vector["point"]), np.float32(expected))
    (point,) = [v["point"] for v in vectors if (v["seed"], v["draw"]) == (21, 0)]
    assert point[0] == pytest.approx(0.685, abs=5e-4)


def test_points_are_the_vectors_to_the_last_bit(vectors):
    for vector in vectors:
        draws, width = np.array([vector["draw"]]), len(vector["point"])
        points = prior_points(vector["seed"], draws, width, numpy_ops)
        assert points.dtype == np.float32
        np.testing.assert_array_equal(points[0], np.float32(vector["point"]))


def test_noise_is_none_of_the_points(vectors):
    (vector,) = [v for v in vectors if (v["seed"], v["draw"]) == (21, -1)]
    noises = noise(21, 300, 8)
    np.testing.assert_array_equal(noises[0], np.float32(vector["point"][:8]))
    points = prior_points(21, np.arange(300), 8, numpy_ops)
    distances = np.linalg.norm(noises[:, None] - points, axis=-1)
    assert distances.min() > 0.1


def plain_component(seed, draw, share):
    """The first component up to which the shares exceed a hashed number."""
    number, total = uniform(seed, draw, 0, -3), 0.0
    for component, each in enumerate(share):
        total += each
        if number < total / sum(share):
            return component
    return len(share) - 1


def test_points_of_a_mixture_follow_from_the_definition(mixture):
    prior = Prior(*(np.float32(mixture[name]) for name in ("share", "mean", "scale")))
    chosen = set()
    for vector in mixture["points"]:
        seed, draw = vector["seed"], vector["draw"]
        component = plain_component(seed, draw, mixture["share"])
        chosen.add(component)
        expected = [
            mean + scale * value
            for mean, scale, value in zip(
                mixture["mean"][component], mixture["scale"][component], plain_point(seed, draw, 4)
            )
        ]
        np.testing.assert_array_equal(np.float32(vector["point"]), np.float32(expected))
        points = prior_points(seed, np.array([draw]), 4, numpy_ops, prior)
        np.testing.assert_array_equal(points[0], np.float32(vector["point"]))
    assert chosen == {0, 1, 2}


def test_components_come_as_often_as_their_shares(mixture):
    far = np.arange(3)[:, None] * np.float32([100, 0, 0, 0])
    prior = Prior(np.float32(mixture["share"]), far, np.ones((3, 4), np.float32))
    points = prior_points(5, np.arange(4000), 4, numpy_ops, prior)
    counts = np.bincount(np.round(points[:, 0] / 100).astype(int), minlength=3)
    expected = np.array(mixture["share"]) / sum(mixture["share"])
    # four standard errors of a share
    assert np.abs(counts / 4000 - expected).max() < 4 * np.sqrt(0.25 / 4000)


def test_a_fit_finds_the_mixture_that_points_are_drawn_from():
    rng = np.random.default_rng(0)
    kind = rng.random(6000) < 0.3
    mu = np.where(kind[:, None], [3, -2, 0.5], [-1, 1, 0]) + 0.4 * rng.standard_normal((6000, 3))
    sigma = np.full_like(mu, 0.3)  # 0.4 and 0.3 are 0.5 together
    prior = fit(mu, sigma, components=2)
    order = np.argsort(prior.share)
    # standard errors: 0.006 of a share, 0.012 of a mean, and five measures' worth of the start
    assert prior.share[order] == pytest.approx([0.3, 0.7], abs=0.025)
    assert prior.mean[order] == pytest.approx(np.array([[3, -2, 0.5], [-1, 1, 0]]), abs=0.06)
    assert prior.scale[order] == pytest.approx(np.full((2, 3), 0.5), abs=0.04)
    assert (fit(mu, sigma, components=2).mean == prior.mean).all()
    assert fit(mu[:300], sigma[:300]) is None


def test_a_density_is_the_sum_over_components(mixture):
    share, mean, scale = (np.array(mixture[name]) for name in ("share", "mean", "scale"))
    points = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    expected = [
        math.log(
            sum(
                part / share.sum()
                * math.prod(
                    math.exp(-0.5 * ((x - m) / s) ** 2) / (s * math.sqrt(2 * math.pi))
                    for x, m, s in zip(map(float, point), m_row, s_row)
                )
                for part, m_row, s_row in zip(share, mean, scale)
            )
        )
        for point in points
    ]  # fmt: skip
    prior = Prior(*(x.astype(np.float32) for x in (share, mean, scale)))
    assert_close(log_density(prior, points), np.array(expected), SUM)


def read(tensors):
    """As a folder is read: shapes first."""
    network_shapes({name: array.shape for name, array in tensors.items()}, "models/x")
    return without_prior(tensors, "models/x")


@pytest.mark.parametrize(
    "change",
    [
        {"decoder/prior/share": None},
        {"decoder/prior/mean": np.zeros((3, 5), np.float32)},
        {"decoder/prior/scale": np.full((3, 4), -1, np.float32)},
        {"decoder/prior/share": np.zeros(3, np.float32)},
        {"decoder/prior/mean": np.full((3, 4), np.nan, np.float32)},
    ],
)
def test_a_damaged_prior_is_one_sentence(mixture, change):
    prior = Prior(*(np.float32(mixture[name]) for name in ("share", "mean", "scale")))
    tensors = {"encoder/mu/bias": np.zeros(4, np.float32), **prior.tensors(), **change}
    tensors = {name: array for name, array in tensors.items() if array is not None}
    with pytest.raises(UserError, match=r"the prior in models/x .*; copy it again\.$"):
        read(tensors)


def test_every_format_keeps_the_prior(mixture, tmp_path):
    sizes = ModelConfig(12, (16, 16), 4)
    prior = Prior(*(np.float32(mixture[name]) for name in ("share", "mean", "scale")))
    model = GMVAE(make_network(sizes), prior=prior)
    model.save(tmp_path / "checkpoint")
    checkpoint = read_model(tmp_path / "checkpoint")
    export_magentajs(checkpoint, tmp_path / "js", quantization="none")
    export_saved_model(checkpoint, tmp_path / "saved")
    expected = model.sample_points(6, seed=2)
    plain = prior_points(2, np.arange(6), 4, numpy_ops)
    assert np.abs(expected - plain).max() > 0.5
    for name in ("checkpoint", "js", "saved"):
        np.testing.assert_array_equal(
            gm_vae.load(tmp_path / name).sample_points(6, seed=2), expected
        )
    served = tf.saved_model.load(tmp_path / "saved").signatures["sample"]
    result = served(
        count=tf.constant(6), chords=tf.constant([[0]]), temperature=tf.constant(0.5),
        seed=tf.constant(2),
    )  # fmt: skip
    np.testing.assert_array_equal(result["z"], expected)


def test_the_verb_fits_a_prior(songs_dataset, tmp_path, monkeypatch, capsys):
    model = GMVAE(make_network(ModelConfig(12, (16, 16), 4)))
    model.save(tmp_path / "model")
    flags = [f"--model={tmp_path}/model", f"--data={songs_dataset}", f"--output={tmp_path}/fitted"]
    assert cli.main(["prior", *flags]) == 1
    assert "too few for a prior; use a dataset of some thousands." in capsys.readouterr().err
    assert not (tmp_path / "fitted").exists()
    monkeypatch.setattr(prior_lib, "_LEAST", 20)
    assert cli.main(["prior", *flags, "--components=3"]) == 0
    assert re.search(
        r"a prior of 3 normal distributions, fitted to \d+ meas", capsys.readouterr().out
    )
    fitted = gm_vae.load(tmp_path / "fitted")
    assert fitted.fingerprint == model.fingerprint
    assert fitted.prior.mean.shape == (3, 4)
    mu, sigma = fitted.encode(list(read_measures(songs_dataset, "train")))
    drawn = fitted.sample_points(2000, seed=1)
    # random weights give points of nearly one place, which a standard normal misses
    assert np.abs(drawn.mean(0) - mu.mean(0)).max() < 0.2
    spread = np.sqrt(mu.var(0) + (sigma**2).mean(0))
    assert drawn.std(0) == pytest.approx(spread, rel=0.2)
    assert cli.main(["prior", *flags]) == 2  # the folder is taken
