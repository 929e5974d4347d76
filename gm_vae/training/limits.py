"""When a run ends, and the positions of its steps on the schedules: by count or by time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras

from gm_vae.model.train_config import TrainConfig
from gm_vae.progress import duration

_FINE = 1e6  # parts of a step on the schedules, as whole numbers
_SHARE = 0.05  # of the time, as a margin


class StepLimit:
    """A run of `config.steps` steps; the schedules follow the number of steps done.

    Attributes:
        variables: variables of the state besides weights and optimiser, by name.
        schedule_step: the position of the next step on the schedules, from 0 to `config.steps`;
            None if it is the number of steps done.
        seconds_left: a function that returns the seconds until the end; None if unknown.
    """

    schedule_step: float | None = None
    seconds_left: Callable[[], float] | None = None

    def __init__(self, config: TrainConfig) -> None:
        self.config = config
        self.variables: dict[str, Any] = {}

    def begin(self, schedule_step: float) -> bool:
        """Continue a run from its restored state; returns whether it had already ended."""
        return schedule_step >= self.config.steps

    def wish(self, step: int, stride: int) -> list[int]:
        """The numbers that this worker proposes for `stride` steps from step `step`.

        The maxima over all workers are used.
        """
        return []

    def agree(self, wish: Sequence[int]) -> None:
        """Accept the numbers that all workers agreed on."""

    def is_last(self, step: int) -> bool:
        """Whether the run ends with the next step, number `step`."""
        return step >= self.config.steps

    @contextlib.contextmanager
    def timed(self, work: str) -> Iterator[None]:
        """A context for work other than steps: "save", "validate", "align" or "export"."""
        yield

    def allot(self, work: str, least: float, most: float) -> float:
        """How many times the last timed work can be done at the end of the run."""
        return most

    def keep(self) -> None:
        """Update `variables`."""

    def ahead(self, done: int) -> str:
        """A readable description of the remaining work after a number of steps."""
        return f"{self.config.steps - done:,} steps of {self.config.batch_size}"

    def used(self) -> str:
        """A readable description of a finished run."""
        return f"done its {self.config.steps:,} steps"


class TimeLimit(StepLimit):
    """A run of `config.minutes` of wall time, including work before and after its steps.

    The schedules follow wall time, from the second step of a call (the first one compiles) until
    just enough time is left to save, align, score and export the model. Time used by earlier calls
    counts.

    Args:
        clock: a function that returns seconds, like `time.monotonic`; time starts now.
    """

    def __init__(self, config: TrainConfig, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(config)
        self._clock, self._began = clock, clock()
        self._total = 60 * (config.minutes or 0.0)
        self._earlier = 0.0  # seconds that earlier calls used
        self._used = keras.Variable(0.0, trainable=False, dtype="float32", name="seconds_used")
        self.variables = {"limit/seconds_used": self._used}
        self.schedule_step = self._start = 0.0
        self.seconds_left = self._seconds_left
        # last duration of each kind of work besides steps
        self._costs = {"save": 1.0, "validate": 0.0, "align": 0.0, "export": 1.0}
        self._compiled = self._last = False
        self._first, self._since = 0, 0.0  # step and seconds after compiling
        self._beside = 0.0  # seconds of work besides steps since then

    def begin(self, schedule_step: float) -> bool:
        self._earlier = float(keras.ops.convert_to_numpy(self._used))
        self.schedule_step = self._start = schedule_step
        return super().begin(schedule_step)

    def wish(self, step: int, stride: int) -> list[int]:
        now = self._seconds()
        if not self._compiled:
            self._compiled = True
            return self._numbers(last=False)
        if not self._first:
            self._first, self._since, self._beside = step, now, 0.0
        end = self._total - self._ending()
        share = min((now - self._since) / (end - self._since), 1.0) if end > now else 1.0
        self.schedule_step = max(
            self.schedule_step or 0.0, self._start + (self.config.steps - self._start) * share
        )
        done = step - self._first
        pace = (now - self._since - self._beside) / done if done else 0.0
        needed = (stride + 1) * pace  # this step, and the steps until the run can end again
        if any(number % self.config.save_every == 0 for number in range(step, step + stride)):
            needed += sum(self._costs[work] for work in ("save", "validate", "export"))
        return self._numbers(last=now + needed > end)

    def _numbers(self, last: bool) -> list[int]:
        return [int(last), round(_FINE * (self.schedule_step or 0.0))]

    def agree(self, wish: Sequence[int]) -> None:
        last, schedule = wish
        self._last, self.schedule_step = bool(last), schedule / _FINE

    def is_last(self, step: int) -> bool:
        return self._last

    @contextlib.contextmanager
    def timed(self, work: str) -> Iterator[None]:
        start = self._clock()
        yield
        seconds = self._clock() - start
        self._costs[work] = seconds
        self._beside += seconds

    def allot(self, work: str, least: float, most: float) -> float:
        seconds = self._costs[work]
        enough = most * seconds <= _SHARE * self._total
        times = most if enough else max(_SHARE * self._total / seconds, least)
        self._costs[work] = times * seconds
        return times

    def keep(self) -> None:
        self._used.assign(self._seconds())

    def ahead(self, done: int) -> str:
        return f"steps of {self.config.batch_size} for {duration(self._seconds_left())}"

    def used(self) -> str:
        return f"used its {duration(self._total)}"

    def _seconds(self) -> float:
        """Total seconds used."""
        return self._earlier + self._clock() - self._began

    def _seconds_left(self) -> float:
        return max(self._total - self._seconds(), 0.0)

    def _ending(self) -> float:
        """Seconds from the last step to the end."""
        costs = self._costs
        scorings = 2 if self.config.keep == "best" else 1
        return costs["save"] + costs["align"] + scorings * costs["validate"] + costs["export"]
