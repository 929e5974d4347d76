"""What a run records: figures in TensorBoard, lines for people, whether all are numbers."""

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
    """The log of a run; only the chief's writes.

    Attributes:
        say: prints a line for people.
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
        """Note what must be a number, without waiting for the device."""
        self._unchecked.append((step, results["loss"], results["gradient_norm"]))

    def catch_up(self) -> None:
        """Wait for all steps but the newest, so that the clock tells how far the device is."""
        if len(self._unchecked) > 1:
            float(self._unchecked[-2][1])

    def check(self) -> None:
        """Raise UserError if a step since the last check gave no number."""
        for step, *values in self._unchecked:
            for name, value in zip(("loss", "gradient"), map(float, values)):
                if not math.isfinite(value):
                    raise UserError(
                        f"the {name} is {value} at step {step:,}; {self.kept()}: train again with "
                        "a lower --learning_rate and another --output."
                    )
        self._unchecked = []

    def write_step(self, step: int, schedule_step: float, results: Mapping[str, Any]) -> str:
        """Write the figures of a step, which stands at `schedule_step` of the schedules.

        Returns a line of them for people. Raises UserError like `check`, or if the disk is full.
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
        """Have all of it in the file. Raises OSError."""
        if self._writer is not None:
            self._writer.flush()

    def kept(self) -> str:
        """What a run that ends now leaves, for messages."""
        if not self.saved:
            return "nothing is saved yet"
        return f"step {self.saved:,} is saved in {self._folder}"

    def again(self) -> str:
        """What the command of this run does when it is started again, for messages."""
        return "resumes there" if self.saved else "starts from the beginning"

    @contextlib.contextmanager
    def disk(self) -> Iterator[None]:
        """An OSError of the block as UserError."""
        try:
            yield
        except OSError as error:
            raise UserError(
                f"cannot write to {self._folder} ({error.strerror}); {self.kept()}: free some "
                "space and start the same command again."
            ) from None

    def close(self) -> None:
        """End the file."""
        if self._writer is not None:
            with contextlib.suppress(OSError):  # what matters was flushed by `save`
                self._writer.close()
