"""The loss's closed form against TFP; the importance-weighted bound against integrals."""

import numpy as np
import pytest
import tensorflow as tf
from closeness import SUM, assert_close

from gm_vae.errors import UsageError
from gm_vae.model.latent import (
    importance_weighted_bound,
    kl_to_prior,
    posterior,
    prior,
    unit_kl,
)

ROWS = 4000  # the same case so many times, with draws of its own


def test_kl_is_tensorflow_probabilitys():
    rng = np.random.default_rng(0)
    mu = rng.normal(size=(5, 16)).astype(np.float32)
    sigma = np.exp(rng.normal(size=(5, 16))).astype(np.float32)
    expected = posterior(mu, sigma).kl_divergence(prior(16))
    assert_close(kl_to_prior(mu, sigma), expected, SUM)
    one = posterior(mu[:, 3:4], sigma[:, 3:4]).kl_divergence(prior(1))
    assert_close(unit_kl(mu, sigma)[:, 3], one, SUM)


def test_samples_have_the_posteriors_moments():
    drawn = posterior(np.float32([1.0, -2.0]), np.float32([0.5, 2.0])).sample(20_000, seed=1)
    assert np.mean(drawn, 0) == pytest.approx([1, -2], abs=0.06)
    assert np.std(drawn, 0) == pytest.approx([0.5, 2], rel=0.03)


class LinearGaussian:
    """x = W z + noise with z ~ N(0, 1): ELBO and log p(x) have closed forms."""

    W = np.array([[1.0, 0.5], [-0.3, 0.8], [0.7, -1.1]])
    x = np.array([0.9, -1.2, 0.4])
    noise = 0.7
    # not the true posterior, whose covariance is not diagonal
    mu, sigma = np.float32([0.4, -0.5]), np.float32([0.6, 0.5])

    def log_likelihood(self, z):
        W, x = tf.constant(self.W, tf.float32), tf.constant(self.x, tf.float32)
        error = tf.reduce_sum(tf.square(x - tf.linalg.matvec(W, z)), -1)
        return -error / (2 * self.noise**2) - self._constant

    @property
    def _constant(self):
        return 1.5 * np.log(2 * np.pi * self.noise**2)

    def elbo(self):
        error = np.sum((self.x - self.W @ self.mu) ** 2) + np.sum(self.W**2 @ self.sigma**2)
        kl = 0.5 * np.sum(self.mu**2 + self.sigma**2 - 1) - np.log(self.sigma).sum()
        return -error / (2 * self.noise**2) - self._constant - kl

    def log_evidence(self):
        covariance = self.W @ self.W.T + self.noise**2 * np.eye(3)
        squared = self.x @ np.linalg.solve(covariance, self.x)
        return -0.5 * (squared + np.linalg.slogdet(2 * np.pi * covariance)[1])

    def bounds(self, draws, seed=(1, 2)):
        rows = [np.tile(values, (ROWS, 1)) for values in (self.mu, self.sigma)]
        bounds = importance_weighted_bound(self.log_likelihood, *rows, draws, seed)
        return np.asarray(bounds, np.float64)


def test_one_draw_is_the_elbo():
    case = LinearGaussian()
    bounds = case.bounds(1)
    assert bounds.mean() == pytest.approx(case.elbo(), abs=4 * bounds.std() / ROWS**0.5)
    seen = []

    def log_likelihood(z):
        seen.append(np.asarray(z, np.float64))
        return case.log_likelihood(z)

    one = importance_weighted_bound(log_likelihood, case.mu[None], case.sigma[None], 1)
    (z,) = seen
    log_q = -0.5 * ((z - case.mu) / case.sigma) ** 2 - np.log(case.sigma)
    expected = case.log_likelihood(np.float32(z)) + np.sum(-0.5 * z**2 - log_q, -1)
    assert_close(one, expected, SUM)


@pytest.mark.slow
def test_more_draws_raise_the_bound_towards_the_evidence():
    case = LinearGaussian()
    means = [case.bounds(draws).mean() for draws in (1, 2, 4, 16, 64)]
    assert np.all(np.diff(means) > 0)
    error = 4 * case.bounds(64).std() / ROWS**0.5
    assert means[-1] < case.log_evidence() + error
    assert means[-1] == pytest.approx(case.log_evidence(), abs=0.02)
    assert case.log_evidence() - means[0] > 0.1  # or the test could not tell


def test_with_the_true_posterior_every_draw_gives_the_evidence():
    scale, noise, x = 1.7, 0.6, 0.8  # x = scale * z + noise
    precision = 1 + scale**2 / noise**2
    mu, sigma = np.float32([[x * scale / noise**2 / precision]]), np.float32([[precision**-0.5]])
    variance = scale**2 + noise**2
    expected = -0.5 * (x**2 / variance + np.log(2 * np.pi * variance))

    def log_likelihood(z):
        z = z[:, 0]
        return -0.5 * (((x - scale * z) / noise) ** 2 + np.log(2 * np.pi * noise**2))

    for draws in (1, 5):
        bounds = importance_weighted_bound(log_likelihood, mu, sigma, draws)
        assert_close(bounds, expected, SUM)


@pytest.mark.slow
def test_a_likelihood_other_than_normal_by_quadrature():
    hits, misses = 7, 2  # of coins that fall by sigmoid(2 z)

    def log_likelihood(z):
        z = z[..., 0]
        return hits * tf.math.log_sigmoid(2 * z) + misses * tf.math.log_sigmoid(-2 * z)

    grid = np.linspace(-9, 9, 20_001)
    density = np.exp(-0.5 * grid**2) / np.sqrt(2 * np.pi)
    likelihood = (1 + np.exp(-2 * grid)) ** -hits * (1 + np.exp(2 * grid)) ** -misses
    expected = np.log(np.sum(density * likelihood) * (grid[1] - grid[0]))
    mu, sigma = np.full((1000, 1), 0.5, np.float32), np.full((1000, 1), 0.5, np.float32)
    bounds = importance_weighted_bound(log_likelihood, mu, sigma, 100)
    assert np.mean(bounds) == pytest.approx(expected, abs=0.005)


def test_no_draws_are_refused():
    with pytest.raises(UsageError, match="draws is 0"):
        LinearGaussian().bounds(0)
