"""The loss's closed form against TensorFlow Probability."""

import numpy as np

from gm_vae.model.latent import kl_to_prior, posterior, prior


def test_kl_is_tensorflow_probabilitys():
    rng = np.random.default_rng(0)
    mu = rng.normal(size=(5, 16)).astype(np.float32)
    sigma = np.exp(rng.normal(size=(5, 16))).astype(np.float32)
    expected = posterior(mu, sigma).kl_divergence(prior(16))
    np.testing.assert_allclose(kl_to_prior(mu, sigma), expected, rtol=1e-5)


def test_samples_have_the_posteriors_moments():
    drawn = posterior(np.float32([1.0, -2.0]), np.float32([0.5, 2.0])).sample(20_000, seed=1)
    np.testing.assert_allclose(np.mean(drawn, 0), [1, -2], atol=0.06)
    np.testing.assert_allclose(np.std(drawn, 0), [0.5, 2], rtol=0.03)
