"""The latent distributions: closed forms for the loss, `tfp.distributions` for everyone else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keras import ops

if TYPE_CHECKING:
    import tensorflow_probability as tfp


def kl_to_prior(mu: Any, sigma: Any) -> Any:
    """KL(N(mu, sigma^2) || N(0, 1)) in nats, [B, Z] -> [B]; sigma is a standard deviation."""
    return ops.sum(unit_kl(mu, sigma), -1)


def unit_kl(mu: Any, sigma: Any) -> Any:
    """The share of each latent unit in `kl_to_prior`, [B, Z]."""
    return 0.5 * (ops.square(mu) + ops.square(sigma) - 1.0) - ops.log(sigma)


def posterior(mu: Any, sigma: Any) -> tfp.distributions.Distribution:
    """q(z | measure): a diagonal normal of event size Z, as a TensorFlow Probability object."""
    import tensorflow_probability as tfp

    return tfp.distributions.MultivariateNormalDiag(loc=mu, scale_diag=sigma)


def prior(latent_size: int) -> tfp.distributions.Distribution:
    """p(z): a standard normal of event size Z, as a TensorFlow Probability object."""
    import tensorflow as tf

    return posterior(tf.zeros(latent_size), tf.ones(latent_size))
