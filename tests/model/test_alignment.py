"""The coordinates of the latent space may change, and the music does not."""

import math

import numpy as np
import pytest
from closeness import NETWORK, assert_close

from gm_vae.backends.numpy.network import NumpyVAE
from gm_vae.data.arrays import MeasureArrays
from gm_vae.data.dataset import read_measures
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.whitening import whitened
from tests.support.telling_models import telling_model

SIZES = {"encoder_units": 12, "decoder_units": (16, 16), "latent_size": 6, "start_units": 2}


@pytest.fixture(scope="module")
def model():
    """Sigma hardly varies, and differs much among the units."""
    weights = telling_model(SIZES).numpy.published_weights()
    weights["encoder/sigma/kernel"] = weights["encoder/sigma/kernel"] * np.float32(0.05)
    weights["encoder/sigma/bias"] = np.array([-4, -2, -1, 0, 1, 2], np.float32)
    return GMVAE(NumpyVAE(telling_model(SIZES).config, weights))


@pytest.fixture(scope="module")
def measures(songs_dataset):
    return list(read_measures(songs_dataset, "train"))[:200]


def kl(mu, sigma):
    return (0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma)).sum(1).mean()


def test_posteriors_are_those_of_the_measures(model, songs_dataset):
    arrays = MeasureArrays.load(songs_dataset, "train")
    batch = arrays.batch(np.arange(len(arrays.lengths)))
    columns = [batch[name] for name in ("tokens", "lengths", "chords")]
    expected = model.numpy.encode(*columns)
    many = model.numpy.encode_many(len(arrays.lengths), lambda rows: [x[rows] for x in columns])
    measures = model.encode(list(read_measures(songs_dataset, "train")))
    for actual in (many, measures):
        for one, other in zip(actual, expected):
            assert_close(one, other, NETWORK)


def test_points_move_and_their_music_stays(model, measures):
    mu, sigma = model.encode(measures)
    weights, *points = whitened(model.numpy.published_weights(), mu, sigma)
    moved = GMVAE(NumpyVAE(model.config, weights))
    mean, scale = mu.mean(0), np.sqrt(mu.var(0) + (sigma**2).mean(0))
    assert np.abs(mean).max() > 0.1
    assert max(scale.max(), 1 / scale.min()) > 1.5
    new_mu, new_sigma = moved.encode(measures)
    # what was rounded at the size of mu is divided by the scale
    rounded = np.abs(mu).max() / scale.min()
    for actual, expected in zip(points, ((mu - mean) / scale, sigma / scale)):
        assert_close(actual, expected, NETWORK, size=rounded)
    assert_close(new_mu, (mu - mean) / scale, NETWORK, size=rounded)
    assert new_sigma == pytest.approx(sigma / scale, rel=0.01)
    assert_close(new_mu.mean(0), 0, NETWORK, size=rounded)
    assert new_mu.var(0) + (new_sigma**2).mean(0) == pytest.approx(1, rel=0.01)

    # by so much the mean KL to the prior falls: that of N(mean, scale^2)
    gain = (0.5 * (mean**2 + scale**2 - 1) - np.log(scale)).sum()
    assert math.isclose(kl(mu, sigma) - kl(new_mu, new_sigma), gain, rel_tol=0.02)

    z = mu[:16]
    music = model.decode(z, "C", temperature=0)
    assert len({measure.tokens.tobytes() for measure in music}) > 8  # z matters
    same = moved.decode((z - mean) / scale, "C", temperature=0)
    for one, other in zip(music, same):
        np.testing.assert_array_equal(one.tokens, other.tokens)
    others = moved.decode(z, "C", temperature=0)
    assert any((one.tokens != other.tokens).any() for one, other in zip(music, others))


def test_a_sigma_that_varies_is_nearly_kept(measures):
    model = telling_model(SIZES)
    mu, sigma = model.encode(measures)
    weights, _, _ = whitened(model.numpy.published_weights(), mu, sigma)
    moved = GMVAE(NumpyVAE(model.config, weights))
    _, new_sigma = moved.encode(measures)
    wanted = sigma / np.sqrt(mu.var(0) + (sigma**2).mean(0))
    assert np.median(np.abs(new_sigma / wanted - 1)) < 0.1
