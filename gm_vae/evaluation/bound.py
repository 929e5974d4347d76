"""The importance-weighted bound of a split."""

from __future__ import annotations

import dataclasses
import functools
import math
import os
from typing import Any

import numpy as np
from keras import ops

from gm_vae.evaluation.scores import split_batches
from gm_vae.model.latent import importance_weighted_bound
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.progress import Progress


@dataclasses.dataclass(frozen=True)
class Bound:
    """An upper bound on the bits per measure, tighter than the negative ELBO.

    Attributes:
        measures: how many were scored.
        draws: K, the draws of z per measure.
        bits_per_measure: mean of -log2 of the importance-weighted estimate of p(measure).
    """

    measures: int
    draws: int
    bits_per_measure: float


def bound_split(
    network: HierarchicalVAE,
    dataset_dir: str | os.PathLike[str],
    split: str,
    draws: int,
    *,
    batch_size: int = 256,
    limit: int | None = None,
    seed: int = 0,
    show_progress: bool = False,
) -> Bound:
    """Bound the measures of a split with K = `draws` draws of z each.

    The other arguments and the errors are as in `gm_vae.evaluation.scores.evaluate`. It takes as
    long as K passes of the decoder.
    """
    batches, total = split_batches(network, dataset_dir, split, batch_size, limit)
    fmt = network.config.fmt
    ids = ([None, fmt.max_tracks, fmt.max_track_length], "int32")
    signature = [ids, ([None, fmt.max_tracks], "int32"), ids]
    point = ([None, network.config.latent_size], "float32")
    encode = network.kernels.jit(network, network.encode, signature)
    reconstruction = network.kernels.jit(network, network.reconstruction, [point, *signature])

    def log_likelihood(measures: tuple[np.ndarray, ...], z: Any) -> Any:
        return -reconstruction(z, *measures)

    nats = 0.0
    with Progress(total, "measure", shown=show_progress) as progress:
        for index, batch in enumerate(batches):
            measures = batch["tokens"], batch["lengths"], batch["chords"]
            mu, sigma = encode(*measures)
            bound = importance_weighted_bound(
                functools.partial(log_likelihood, measures), mu, sigma, draws, (seed, index)
            )
            nats -= float(ops.convert_to_numpy(bound).sum(dtype=np.float64))
            progress.update(len(mu), f"with {draws} draws of z")
    return Bound(total, draws, nats / total / math.log(2))
