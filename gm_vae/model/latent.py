"""The latent distributions: closed forms for the loss, `tfp.distributions` for other uses."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from gm_vae.errors import UsageError

if TYPE_CHECKING:
    import tensorflow as tf
    import tensorflow_probability as tfp


def kl_to_prior(mu: Any, sigma: Any) -> Any:
    """KL(N(mu, sigma^2) || N(0, 1)) in nats, [B, Z] -> [B]; sigma is a standard deviation."""
    return ops.sum(unit_kl(mu, sigma), -1)


def unit_kl(mu: Any, sigma: Any) -> Any:
    """The contribution of each latent unit to `kl_to_prior`, [B, Z]."""
    return 0.5 * (ops.square(mu) + ops.square(sigma) - 1.0) - ops.log(sigma)


def posterior(mu: Any, sigma: Any) -> tfp.distributions.Distribution:
    """q(z | measure): a diagonal normal of event size Z, as a TensorFlow Probability object."""
    import tensorflow_probability as tfp

    return tfp.distributions.MultivariateNormalDiag(loc=mu, scale_diag=sigma)


def prior(latent_size: int) -> tfp.distributions.Distribution:
    """p(z): a standard normal of event size Z, as a TensorFlow Probability object."""
    import tensorflow as tf

    return posterior(tf.zeros(latent_size), tf.ones(latent_size))


def importance_weighted_bound(
    log_likelihood: Callable[[tf.Tensor], tf.Tensor],
    mu: Any,
    sigma: Any,
    draws: int,
    seed: tuple[int, int] = (0, 0),
) -> tf.Tensor:
    """A lower bound of log p(measure) from K draws of z (Burda et al. 2016, equation 8).

    log of the mean of p(measure | z) p(z) / q(z | measure) over z drawn from q. One draw gives an
    estimate of the ELBO, more draws raise the bound on average, towards log p(measure).

    Args:
        log_likelihood: z float32 [B, Z] -> [B], log p(measure | z) in nats. It is called once per
            draw, so that memory does not grow with the number of draws.
        mu, sigma: [B, Z] of the posterior q.
        draws: K >= 1.
        seed: two numbers. Draw k is the same for every K.

    Returns:
        float32 [B], nats.

    Raises:
        UsageError: `draws` is below 1, or the Keras backend is not TensorFlow, whose distributions
            draw z.
    """
    if draws < 1:
        raise UsageError(f"draws is {draws}; give 1 or more draws of z.")
    if keras.config.backend() != "tensorflow":
        raise UsageError(
            "the importance-weighted bound needs KERAS_BACKEND=tensorflow; give draws=0 to leave "
            "it out."
        )
    import tensorflow as tf

    q, p = posterior(mu, sigma), prior(tf.convert_to_tensor(mu).shape[-1])

    def log_weight(draw: int) -> tf.Tensor:
        z = q.sample(seed=tf.random.experimental.stateless_fold_in(seed, draw))
        return log_likelihood(z) + p.log_prob(z) - q.log_prob(z)

    total = log_weight(0)
    for draw in range(1, draws):
        total = ops.logaddexp(total, log_weight(draw))
    return total - math.log(draws)
