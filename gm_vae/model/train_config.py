"""Configuration of a training run, besides the model and the data."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from gm_vae.errors import UsageError
from gm_vae.json_values import shown

_MOST = {
    "steps": 10**9,
    "batch_size": 10**6,
    "warmup_steps": 10**9,
    "transpose": 127,
    "seed": 2**32 - 1,
    "save_every": 10**9,
    "log_every": 10**9,
    "validation_measures": 10**9,
}


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """Objective, optimiser and length of a run. Saved as JSON in the run folder.

    Attributes:
        steps: optimiser steps.
        minutes: time limit in minutes, instead of `steps`, for everything from the first scoring to
            the export. The schedules (learning rate, warm-up, weight of the KL) stretch over this
            time as they would over `steps`. Time used before an interruption counts. The number
            of steps depends on the machine, so such a run is not repeatable.
        batch_size: measures per step, over all replicas.
        learning_rate: initial learning rate of Adam.
        min_learning_rate: final learning rate.
        schedule: schedule of the learning rate: "cosine", which reaches the minimum at the last
            step, or "exponential" as published, (first - min) * decay ** step + min.
        learning_rate_decay: decay per step of the exponential schedule.
        warmup_steps: steps of linear warm-up of the learning rate.
        clip_norm: largest global norm of the gradients.
        max_beta: final weight of the KL term.
        beta_rate: rate at which that weight rises: max_beta * (1 - beta_rate ** step); with 0 it is
            max_beta from step 1.
        free_bits: bits of KL per measure that are free of cost.
        transpose: largest random transposition in semitones, drawn again in every epoch.
        bucket: make batches of measures of similar length: faster steps, but each step learns a
            little less.
        precision: "float32", or "bfloat16" for matrix products on accelerators; weights and sums
            stay float32. bfloat16 is slower on a CPU without such instructions.
        initializer: initialiser of the layers to mu, sigma and initial states: "glorot" as in all
            other layers, or "published", normal with a standard deviation of 0.001.
        seed: seed of the initial weights, the order of the data and all noise.
        keep: which model remains: "last", that of the last step, or "best", that of the checkpoint
            with the fewest bits on held-out measures.
        save_every: steps between checkpoints.
        log_every: steps between lines in the log and in TensorBoard.
        validation_measures: maximum number of held-out measures to score at a checkpoint.
    """

    steps: int = 20_000
    minutes: float | None = None
    batch_size: int = 128
    learning_rate: float = 1e-3
    min_learning_rate: float = 1e-5
    schedule: str = "cosine"
    learning_rate_decay: float = 0.9999
    warmup_steps: int = 0
    clip_norm: float = 1.0
    max_beta: float = 1.0
    beta_rate: float = 0.0
    free_bits: float = 64.0
    transpose: int = 5
    bucket: bool = False
    precision: str = "float32"
    initializer: str = "glorot"
    seed: int = 0
    keep: str = "last"
    save_every: int = 1000
    log_every: int = 50
    validation_measures: int = 2048

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "save_every", "log_every", "validation_measures"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} is {getattr(self, name)}; give 1 or more.")
        for name, most in _MOST.items():
            if getattr(self, name) > most:
                raise UsageError(f"{name} is {shown(getattr(self, name))}; give {most:,} at most.")
        for name in ("minutes", "learning_rate", "min_learning_rate", "clip_norm"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise UsageError(f"{name} is {value}; give a number above 0.")
        for name, choices in (
            ("schedule", ("exponential", "cosine")),
            ("precision", ("float32", "bfloat16")),
            ("initializer", ("glorot", "published")),
            ("keep", ("last", "best")),
        ):
            if getattr(self, name) not in choices:
                raise UsageError(f"{name} is {getattr(self, name)}; give {' or '.join(choices)}.")
        for name in ("warmup_steps", "transpose", "seed"):
            if getattr(self, name) < 0:
                raise UsageError(f"{name} is {getattr(self, name)}; give 0 or more.")
        for name in ("learning_rate_decay", "beta_rate"):
            if not 0 <= getattr(self, name) <= 1:
                raise UsageError(f"{name} is {getattr(self, name)}; give a number from 0 to 1.")
        for name in ("max_beta", "free_bits"):
            if not 0 <= getattr(self, name) < math.inf:
                raise UsageError(f"{name} is {getattr(self, name)}; give 0 or more.")

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return dataclasses.asdict(self)

    def over(self, steps: int) -> TrainConfig:
        """The same schedules over another number of steps, without a time limit."""
        longer = steps / self.steps
        return dataclasses.replace(
            self,
            steps=steps,
            minutes=None,
            warmup_steps=round(self.warmup_steps * longer),
            learning_rate_decay=self.learning_rate_decay ** (1 / longer),
            beta_rate=self.beta_rate ** (1 / longer),
        )

    def flags_over(self, steps: int) -> str:
        """The flags that turn this configuration into `over(steps)`."""
        names = ["warmup_steps", "beta_rate"]
        if self.schedule == "exponential":
            names.append("learning_rate_decay")
        other = self.over(steps)
        changed = [name for name in names if getattr(other, name) != getattr(self, name)]
        return " ".join(f"--{name}={getattr(other, name)}" for name in ["steps", *changed])


# Defaults of a run, by recipe.
RECIPES = {
    # objective and schedule of the bundled model; with max_beta 0.2 and 0.5 the same steps reached
    # 293.0 and 286.8 bits per measure instead of 283.7
    "default": TrainConfig(),
    # lower rates forget less, higher ones learn a distant corpus sooner; a small corpus is
    # overfitted before the last step (figures in docs/tutorials/fine-tune.md)
    "finetune": TrainConfig(
        steps=1000,
        batch_size=32,
        learning_rate=5e-4,
        warmup_steps=50,
        keep="best",
        save_every=50,
        validation_measures=512,
    ),
    # of the published hier-multiperf_vel_1bar models
    "published": TrainConfig(
        batch_size=256,
        schedule="exponential",
        free_bits=0.0,
        transpose=0,
        initializer="published",
    ),
}
