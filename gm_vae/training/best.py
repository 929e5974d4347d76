"""RUN/best: the model of the step with the fewest bits on held-out measures.

A model that is trained on few songs for long overfits: from some step on it gets worse on other
songs. This step is known only afterwards, so its weights are kept.
"""

from __future__ import annotations

import math
import pathlib

import numpy as np

from gm_vae.checkpoints.folder import read_checkpoint, training_of, write_checkpoint
from gm_vae.evaluation.scores import Evaluation
from gm_vae.model.vae import HierarchicalVAE


class BestCheckpoint:
    """The best step of a run so far, including earlier calls.

    Attributes:
        step: its number.
        bits: its bits per held-out measure; infinite before the first.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        known = training_of(folder)
        self.step: int = known.get("steps", 0)
        self.bits: float = known.get("bits_per_measure", math.inf)

    def update(self, step: int, evaluation: Evaluation, network: HierarchicalVAE) -> None:
        """Keep the weights of a step if it is better than all previous ones. Raises UserError."""
        if not evaluation.bits_per_measure < self.bits:
            return
        self.step, self.bits = step, evaluation.bits_per_measure
        training = {"steps": step, "bits_per_measure": self.bits}
        weights = network.published_weights()
        write_checkpoint(self._folder, network.config, weights, training, force=True)

    def weights(self) -> dict[str, np.ndarray]:
        """The weights of the best step. Raises UserError if they cannot be read."""
        return read_checkpoint(self._folder).weights
