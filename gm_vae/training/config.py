"""What fixes a training run beside the model and the data."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from gm_vae.errors import UsageError


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """Objective, optimiser and length of a run. Saved as JSON in the run folder.

    Attributes:
        steps: optimiser steps.
        batch_size: measures a step, over all replicas.
        learning_rate: of Adam at step 0.
        min_learning_rate: what it falls to.
        learning_rate_decay: factor a step: (first - min) * decay ** step + min.
        clip_norm: gradients are scaled down to this global norm.
        max_beta: weight of the KL cost in the end.
        beta_rate: the weight is max_beta * (1 - beta_rate ** step); 0 means from step 1 on.
        free_bits: bits of KL a measure that cost nothing.
        random_first_inputs: feed random tokens before later tracks, so that decoding does not
            depend on them and all tracks can be decoded at once.
        transpose: measures are moved by up to this many semitones, drawn anew every epoch.
        bucket: batches of measures of like length instead of random ones.
        seed: of the initial weights, the order of the data and all noise.
        save_every: steps between checkpoints.
        log_every: steps between lines in the log and in TensorBoard.
        validation_measures: at most so many held-out measures are scored at a checkpoint.
    """

    steps: int = 20_000
    batch_size: int = 128
    learning_rate: float = 1e-3
    min_learning_rate: float = 1e-5
    learning_rate_decay: float = 0.9999
    clip_norm: float = 1.0
    max_beta: float = 0.3
    beta_rate: float = 0.0
    free_bits: float = 48.0
    random_first_inputs: bool = True
    transpose: int = 0
    bucket: bool = False
    seed: int = 0
    save_every: int = 1000
    log_every: int = 50
    validation_measures: int = 2048

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "save_every", "log_every", "validation_measures"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} is {getattr(self, name)}; give 1 or more.")
        for name in ("learning_rate", "min_learning_rate", "clip_norm"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise UsageError(f"{name} is {value}; give a number above 0.")
        for name in ("learning_rate_decay", "beta_rate"):
            if not 0 <= getattr(self, name) <= 1:
                raise UsageError(f"{name} is {getattr(self, name)}; give a number from 0 to 1.")
        for name in ("max_beta", "free_bits"):
            if not getattr(self, name) >= 0:
                raise UsageError(f"{name} is {getattr(self, name)}; give 0 or more.")

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return dataclasses.asdict(self)
