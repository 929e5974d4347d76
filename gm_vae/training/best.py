"""RUN/best: the model of the step at which held-out measures took the fewest bits.

A model that is trained on few songs for long learns them by heart: from some step on it gets worse
on others. Which step that is shows only afterwards, so its weights are kept.
"""

from __future__ import annotations

import math
import pathlib

import numpy as np

from gm_vae.checkpoints.folder import read_checkpoint, training_of, write_checkpoint
from gm_vae.evaluation.scores import Evaluation
from gm_vae.model.vae import HierarchicalVAE


class BestCheckpoint:
    """The best step so far of a run, of this call or an earlier one.

    Attributes:
        step: which it was.
        bits: bits a held-out measure took there; infinite before the first.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        known = training_of(folder)
        self.step: int = known.get("steps", 0)
        self.bits: float = known.get("bits_per_measure", math.inf)

    def update(self, step: int, evaluation: Evaluation, network: HierarchicalVAE) -> None:
        """Keep the weights of a step if it is better than all before. Raises UserError."""
        if not evaluation.bits_per_measure < self.bits:
            return
        self.step, self.bits = step, evaluation.bits_per_measure
        training = {"steps": step, "bits_per_measure": self.bits}
        weights = network.published_weights()
        write_checkpoint(self._folder, network.config, weights, training, force=True)

    def weights(self) -> dict[str, np.ndarray]:
        """Those of the best step. Raises UserError if they cannot be read."""
        return read_checkpoint(self._folder).weights
