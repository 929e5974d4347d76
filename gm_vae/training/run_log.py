"""The log of a run: figures for TensorBoard, lines to print, and a check for NaN."""

from __future__ import annotations

import contextlib
import math
import pathlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gm_vae.errors import UserError
from gm_vae.model.diagnostics import diagnostic_line
from gm_vae.model.objective import Decay, beta
from gm_vae.model.train_config import TrainConfig
from gm_vae.training.summaries import Summaries


class RunLog:
    """The log of a run; only the chief writes.

    Attributes:
        say: prints a line.
        latest: the last line of figures.
        saved: the last step that was saved, 0 before the first.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        config: TrainConfig,
        say: Callable[[str], None],
        writes: bool,
        saved: int,
    ) -> None:
        self._folder, self._config = folder, config
        self.say, self.latest, self.saved = say, "", saved
        self._unchecked: list[tuple[int, Any, Any]] = []
        self._writer: Summaries | None = None
        if writes:
            with self.disk():
                self._writer = Summaries(folder / "logs")

    def add(self, step: int, results: Mapping[str, Any]) -> None:
        """Record a value that must be finite, without waiting for the device."""
        self._unchecked.append((step, results["loss"], results["gradient_norm"]))

    def catch_up(self) -> None:
        """Wait for all steps but the newest, so that the time reflects the device's progress."""
        if len(self._unchecked) > 1:
            float(self._unchecked[-2][1])

    def check(self) -> None:
        """Raise UserError if a value since the last check is not finite."""
        for step, *values in self._unchecked:
            for name, value in zip(("loss", "gradient"), map(float, values)):
                if not math.isfinite(value):
                    raise UserError(
                        f"the {name} is {value} at step {step:,}; {self.kept()}: train again with "
                        "a lower --learning_rate and another --output."
                    )
        self._unchecked = []

    def write_step(self, step: int, schedule_step: float, results: Mapping[str, Any]) -> str:
        """Write the figures of a step, whose position on the schedules is `schedule_step`.

        Returns them as a line. Raises UserError like `check`, or if the disk is full.
        """
        self.check()
        values = {name: float(value) for name, value in results.items()}
        values["reconstruction_bits"] = values.pop("reconstruction") / math.log(2)
        values["kl_bits"] = values.pop("kl") / math.log(2)
        values["beta"] = float(beta(self._config, schedule_step))
        values["learning_rate"] = float(Decay(self._config)(schedule_step))
        self.write(step, {f"train/{name}": value for name, value in values.items()})
        self.latest = (
            f"{values['reconstruction_bits']:.1f} + {values['kl_bits']:.1f} bits, "
            f"{diagnostic_line(values)}"
        )
        return self.latest

    def write(self, step: int, scalars: Mapping[str, float]) -> None:
        """Write figures by name. Raises UserError if the disk is full."""
        if self._writer is not None:
            with self.disk():
                self._writer.write(step, scalars)

    def flush(self) -> None:
        """Flush everything to the file. Raises OSError."""
        if self._writer is not None:
            self._writer.flush()

    def kept(self) -> str:
        """What is saved if the run ends now, for messages."""
        if not self.saved:
            return "nothing is saved yet"
        return f"step {self.saved:,} is saved in {self._folder}"

    def again(self) -> str:
        """The effect of starting the same command again, for messages."""
        return "resumes there" if self.saved else "starts from the beginning"

    @contextlib.contextmanager
    def disk(self) -> Iterator[None]:
        """Raise an OSError of the block as UserError."""
        try:
            yield
        except OSError as error:
            raise UserError(
                f"cannot write to {self._folder} ({error.strerror}); {self.kept()}: free some "
                "space and start the same command again."
            ) from None

    def close(self) -> None:
        """Close the file."""
        if self._writer is not None:
            with contextlib.suppress(OSError):  # `save` has flushed the important part
                self._writer.close()
