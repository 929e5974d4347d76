"""Measures of a dataset as posteriors, some at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import numpy as np

from gm_vae.generate.gmvae import GMVAE
from gm_vae.music.measure import Measure
from gm_vae.progress import Progress

_BATCH = 512


def encoded(
    model: GMVAE, measures: Iterable[Measure]
) -> Iterator[tuple[list[Measure], np.ndarray, np.ndarray]]:
    """Batches of measures with their mu and sigma, each float32 [B, Z]; shows progress."""
    measures = iter(measures)
    with Progress(0, "measure") as progress:
        while batch := list(itertools.islice(measures, _BATCH)):
            yield batch, *model.encode(batch)
            progress.update(len(batch))
