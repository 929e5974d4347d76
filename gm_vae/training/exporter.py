"""RUN/checkpoint: the current model, and after training the model to keep."""

from __future__ import annotations

import pathlib
from typing import Any

import numpy as np

from gm_vae.backends.batches import read_while_training
from gm_vae.backends.numpy.network import NumpyVAE
from gm_vae.checkpoints.checkpoint import Checkpoint
from gm_vae.checkpoints.folder import training_of, write_checkpoint
from gm_vae.data.arrays import MeasureArrays
from gm_vae.data.dataset import Dataset
from gm_vae.evaluation.scores import Evaluation
from gm_vae.model.prior import Prior, fit
from gm_vae.model.train_config import TrainConfig
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.model.whitening import whitened
from gm_vae.training.best import BestCheckpoint
from gm_vae.training.limits import StepLimit
from gm_vae.training.run_log import RunLog

_WHITENED_BY = (
    8192  # training measures: they determine the mean to a hundredth of a standard deviation
)
_WHITENED_BY_AT_LEAST = 1024  # if time is short: to a thirtieth
_REHEARSED_BY = 256  # to measure the time


class Exporter:
    """Writes the checkpoint of a run."""

    def __init__(
        self,
        folder: pathlib.Path,
        network: HierarchicalVAE,
        dataset: Dataset,
        config: TrainConfig,
        start: Checkpoint | None,
        best: BestCheckpoint | None,
        limit: StepLimit,
        log: RunLog,
    ) -> None:
        self._folder, self._network = folder / "checkpoint", network
        self._dataset, self._config, self._limit, self._log = dataset, config, limit, log
        self._best, self._count = best, _WHITENED_BY
        self._prior: Prior | None = None
        self._about: dict[str, Any] = {"finetuned_from": start.training} if start else {}

    def exported_step(self) -> int:
        """The step of the model in the folder, 0 if there is none."""
        steps = training_of(self._folder).get("steps")
        return steps if isinstance(steps, int) else 0

    def rehearse(self) -> None:
        """Determine how many measures there is time for when the model is whitened at the end.

        Raises DataLost if they cannot be read.
        """
        with self._limit.timed("align"):
            self._whitened(self._network.published_weights(), _REHEARSED_BY)
        known = self._dataset.split("train").measures
        rehearsed, least, most = (
            min(count, known) for count in (_REHEARSED_BY, _WHITENED_BY_AT_LEAST, _WHITENED_BY)
        )
        times = self._limit.allot("align", least / rehearsed, most / rehearsed)
        self._count = round(times * rehearsed)

    def finish(self, step: int) -> None:
        """After the last step: write the model to keep, with a whitened latent space.

        The state, from which a longer run may continue, keeps the original weights. Raises DataLost
        if the measures cannot be read.
        """
        weights, self._prior = self._whitened(self._final_weights(step), self._count)
        self._network.load_published_weights(weights)

    def write(self, step: int, validation: Evaluation | None) -> None:
        """Write the model as a checkpoint, with its figures. Raises UserError."""
        training = {
            "steps": step,
            "dataset": {
                "measures": self._dataset.split("train").measures,
                "sources": list(self._dataset.sources),
            },
            "config": self._config.to_dict(),
            "validation": validation.to_dict() if validation else {},
            **self._about,
        }
        network = self._network
        weights = network.published_weights()
        with self._limit.timed("export"):
            write_checkpoint(self._folder, network.config, weights, training, True, self._prior)

    def _final_weights(self, step: int) -> dict[str, np.ndarray]:
        """The weights of the last step, or of the best one if it is kept."""
        best = self._best
        if best is None or best.step >= step:
            return self._network.published_weights()
        if best.step:
            self._log.say(
                f"Held-out measures were best at step {best.step:,} ({best.bits:.1f} bits): "
                "that model was kept."
            )
        else:
            self._log.say(
                f"No step was better on held-out measures ({best.bits:.1f} bits) than the model "
                "before training, which was kept. Use a lower --learning_rate, or more music."
            )
        self._about["best_step"] = best.step
        return best.weights()

    def _whitened(
        self, weights: dict[str, np.ndarray], count: int
    ) -> tuple[dict[str, np.ndarray], Prior | None]:
        """The same model, with coordinates in which training measures match a standard normal.

        And a prior that matches them better.
        """
        # the first ones are a random sample, since they are ordered by hash
        with read_while_training():
            measures = MeasureArrays.load(self._dataset.directory, "train", count)
        index = np.arange(len(measures))

        def tensors(rows: slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            batch = measures.batch(index[rows])
            return batch["tokens"], batch["lengths"], batch["chords"]

        numpy = NumpyVAE(self._network.config, weights)
        weights, mu, sigma = whitened(weights, *numpy.encode_many(len(index), tensors))
        return weights, fit(mu, sigma)
