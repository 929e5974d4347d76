"""The measures that a run trains on, for any backend."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TypeVar

from gm_vae.backends.interface import DataLost
from gm_vae.data.reader import MeasureBatches, measure_batches
from gm_vae.errors import UserError
from gm_vae.model.train_config import TrainConfig

T = TypeVar("T")


def training_measures(
    dataset_dir: str | os.PathLike[str],
    config: TrainConfig,
    first_step: int,
    share: tuple[int, int] = (0, 1),
) -> MeasureBatches:
    """Endless batches of the training split, as the recipe defines them, from `first_step`.

    `share` and errors are as in `measure_batches`.
    """
    return measure_batches(
        dataset_dir,
        "train",
        config.batch_size,
        shuffle_seed=config.seed,
        repeat=True,
        drop_remainder=True,
        transpose=config.transpose,
        bucket=config.bucket,
        first_batch=first_step,
        share=share,
    )


def next_batch(batches: Iterator[T]) -> T:
    """The next batch of a dataset. Raises DataLost if a file has disappeared or changed."""
    with read_while_training():
        return next(batches)


@contextlib.contextmanager
def read_while_training() -> Iterator[None]:
    """Raise a UserError of the block as DataLost, because its remedy would cost the run."""
    try:
        yield
    except UserError as error:
        raise DataLost(str(error).partition(";")[0]) from None
