"""The importance-weighted bound of a split, against a sum written out by hand."""

import math

import numpy as np
import pytest
import tensorflow as tf
from closeness import NETWORK, assert_close

from gm_vae.backends import make_network
from gm_vae.evaluation.bound import bound_split
from gm_vae.evaluation.scores import evaluate, split_batches
from gm_vae.model.config import ModelConfig
from gm_vae.model.kernels import Kernels
from gm_vae.model.latent import posterior

MODEL = ModelConfig(16, (16, 16), 8)


@pytest.mark.slow
def test_the_bound_of_a_split(songs_dataset):
    network = make_network(MODEL)
    # a posterior that tells measures apart, or all draws would weigh the same
    network.encoder.mu.kernel.assign(8 * network.encoder.mu.kernel)
    network.conductor.initial_state.kernel.assign(8 * network.conductor.initial_state.kernel)
    kernel = network.track_decoder.output_projection.kernel
    kernel.assign(8 * kernel)
    common = {"batch_size": 8, "limit": 20}
    bound = bound_split(network, songs_dataset, "test", 3, seed=5, **common)

    batches = split_batches(network, songs_dataset, "test", 8, 20)[0]
    bits = 0.0
    for index, batch in enumerate(batches):
        mu, sigma = network.encode(**batch)
        weights = []
        for draw in range(3):
            seed = tf.random.experimental.stateless_fold_in([5, index], draw)
            z = np.asarray(posterior(mu, sigma).sample(seed=seed), np.float64)
            noise = (z - mu) / sigma
            nats = network.score(noise=np.float32(noise), kernels=Kernels(), **batch).reconstruction
            log_q = -0.5 * noise**2 - np.log(sigma)
            weights.append(-np.asarray(nats, np.float64) + np.sum(-0.5 * z**2 - log_q, -1))
        bits -= np.sum(np.logaddexp.reduce(weights) - math.log(3)) / math.log(2)
    assert bound.measures == 20
    assert bound.draws == 3
    assert_close(bound.bits_per_measure, bits / 20, NETWORK)

    one = bound_split(network, songs_dataset, "test", 1, seed=5, **common)
    many = bound_split(network, songs_dataset, "test", 20, seed=5, **common)
    assert many.bits_per_measure < bound.bits_per_measure < one.bits_per_measure
    elbo = evaluate(network, songs_dataset, "test", **common).bits_per_measure
    assert one.bits_per_measure == pytest.approx(elbo, rel=0.05)
