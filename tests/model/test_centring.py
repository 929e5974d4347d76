"""The origin of the latent space may be moved, and nothing else changes."""

import numpy as np
import pytest

from gm_vae.data.arrays import MeasureArrays
from gm_vae.data.dataset import read_measures
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.centring import mean_point, moved_origin
from gm_vae.model.numpy_vae import NumpyVAE
from tests.support.telling_models import telling_model

SIZES = {"encoder_units": 12, "decoder_units": (16, 16), "latent_size": 6, "start_units": 2}


@pytest.fixture(scope="module")
def model():
    return telling_model(SIZES)


def test_music_stays_and_points_move(model, songs_dataset):
    measures = list(read_measures(songs_dataset, "train"))[:40]
    origin = np.linspace(-1, 1, 6).astype(np.float32)
    moved = GMVAE(NumpyVAE(model.config, moved_origin(model.numpy.published_weights(), origin)))
    mu, sigma = model.encode(measures)
    other_mu, other_sigma = moved.encode(measures)
    np.testing.assert_allclose(other_mu, mu - origin, atol=1e-5)
    np.testing.assert_array_equal(other_sigma, sigma)

    z = np.random.default_rng(0).normal(size=(16, 6)).astype(np.float32)
    music = model.decode(z, "C", temperature=0)
    assert len({measure.tokens.tobytes() for measure in music}) > 8  # z matters
    same = moved.decode(z - origin, "C", temperature=0)
    for one, other in zip(music, same):
        np.testing.assert_array_equal(one.tokens, other.tokens)
    others = moved.decode(z, "C", temperature=0)
    assert any((a.tokens.shape != b.tokens.shape or (a.tokens != b.tokens).any())
               for a, b in zip(music, others))  # fmt: skip


def test_the_mean_is_that_of_all_measures(model, songs_dataset):
    arrays = MeasureArrays.load(songs_dataset, "train")
    mu, _ = model.encode(list(read_measures(songs_dataset, "train")))
    found = mean_point(model.numpy, arrays.batches(50))
    np.testing.assert_allclose(found, mu.mean(0, dtype=float), atol=1e-6)
