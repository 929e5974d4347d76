"""RUN/best: the model of the step at which held-out measures took the fewest bits.

A model that is trained on few songs for long learns them by heart: from some step on it gets worse
on others. Which step that is shows only afterwards, so its weights are kept.
"""

from __future__ import annotations

import json
import math
import pathlib
from collections.abc import Mapping

import numpy as np

from gm_vae.model.checkpoint import FILE_NAME, read_checkpoint, write_checkpoint
from gm_vae.model.config import ModelConfig
from gm_vae.training.evaluation import Evaluation


class Best:
    """The best step so far of a run, of this call or an earlier one.

    Attributes:
        step: which it was.
        bits: bits a held-out measure took there; infinite before the first.
    """

    def __init__(self, folder: pathlib.Path, model: ModelConfig) -> None:
        self._folder, self._model = folder, model
        self.step, self.bits = 0, math.inf
        try:
            known = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))["training"]
            self.step, self.bits = int(known["steps"]), float(known["bits_per_measure"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # none yet

    def see(self, step: int, found: Evaluation, weights: Mapping[str, np.ndarray]) -> None:
        """Keep the weights of a step if it is better than all before. Raises UserError."""
        if not found.bits_per_measure < self.bits:
            return
        self.step, self.bits = step, found.bits_per_measure
        training = {"steps": step, "bits_per_measure": self.bits}
        write_checkpoint(self._folder, self._model, weights, training, force=True)

    def weights(self) -> dict[str, np.ndarray]:
        """Those of the best step. Raises UserError if they cannot be read."""
        return read_checkpoint(self._folder).weights
