"""A training run: a folder, a loop, checkpoints to resume from.

RUN/run.json        model and training configuration, dataset (`run_config.py`)
RUN/checkpoint/     the current model, for `gm_vae.load` and exports (`exporter.py`)
RUN/state/          weights, optimiser and step, to resume from (`state.py`)
RUN/best/           the model of the best step so far, with --keep=best (`best.py`)
RUN/logs/           TensorBoard (`run_log.py`)
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import pathlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from gm_vae import backends
from gm_vae.backends.interface import DataLost, Trainer
from gm_vae.checkpoints.checkpoint import Checkpoint
from gm_vae.data import dataset as dataset_lib
from gm_vae.errors import Interrupted, UserError
from gm_vae.evaluation.scores import Evaluation
from gm_vae.model.config import ModelConfig
from gm_vae.model.train_config import TrainConfig
from gm_vae.progress import Progress
from gm_vae.training.best import BestCheckpoint
from gm_vae.training.exporter import Exporter
from gm_vae.training.limits import StepLimit, TimeLimit
from gm_vae.training.run_config import check_workers_agree, claimed, settings_of
from gm_vae.training.run_log import RunLog
from gm_vae.training.signals import StopSignals
from gm_vae.training.state import RunState
from gm_vae.training.validator import Validator, held_out_line

if TYPE_CHECKING:
    import tensorflow as tf

_STEPS_BETWEEN_AGREEMENTS = 10  # between several workers on whether to stop


@dataclasses.dataclass(frozen=True)
class RunResult:
    """The result of a call of `train`.

    Attributes:
        folder: the run.
        first_step: where this call began; 0 for a new run.
        steps: total number of steps.
        before, after: held-out figures at the first and the last step of this call, None where
            the dataset has no validation split.
    """

    folder: pathlib.Path
    first_step: int
    steps: int
    before: Evaluation | None
    after: Evaluation | None


def train(
    folder: str | os.PathLike[str],
    dataset_dir: str | os.PathLike[str],
    model: ModelConfig,
    config: TrainConfig,
    strategy: tf.distribute.Strategy | None = None,
    say: Callable[[str], None] = print,
    start: Checkpoint | None = None,
) -> RunResult:
    """Train a model, or resume a run that was interrupted.

    Args:
        folder: the run folder; created if missing, resumed if it contains a run with the same
            settings.
        dataset_dir: a finished dataset of the model's format.
        strategy: devices to train on; the default one if None. The batch is shared among them.
        say: called with each line of the report.
        start: weights of this model for a new run to start from, instead of random ones.

    Raises:
        UserError: the dataset does not fit, the folder contains another run or cannot be written,
            or the loss is NaN or infinite.
        Interrupted: SIGTERM or Ctrl-C came, or another worker was lost; the same call resumes.
    """
    limit = StepLimit(config) if config.minutes is None else TimeLimit(config)
    dataset = dataset_lib.load(dataset_dir)
    dataset.fmt.require_equal(model.fmt, f"the dataset {dataset_dir}", "the model")
    keras.utils.set_random_seed(config.seed)  # of the trainer's initial weights
    trainer = backends.current().Trainer(dataset_dir, model, config, strategy)
    progress = Progress(
        config.steps if config.minutes is None else 0,
        "step",
        shown=trainer.chief,
        seconds_left=limit.seconds_left,
    )
    say = progress.above(say) if trainer.chief else lambda line: None
    settings = settings_of(model, config, dataset, start)
    with contextlib.ExitStack() as held:
        if trainer.chief:
            held.enter_context(claimed(pathlib.Path(folder), settings, model.fmt))
        run = Run(pathlib.Path(folder), dataset, config, trainer, limit, say, start)
        held.callback(run.log.close)
        with trainer.watch():
            check_workers_agree(trainer, run.folder, run.first_step, settings)
        held.enter_context(trainer.watch())
        held.enter_context(run.stop)
        return run.train(progress)


class Run:
    """A run in a folder that this process has claimed.

    Attributes:
        folder: the run.
        first_step: where this call begins; 0 for a new run.
        log: the log of the run.
        stop: signals that end it after the current step.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        dataset: dataset_lib.Dataset,
        config: TrainConfig,
        trainer: Trainer,
        limit: StepLimit,
        say: Callable[[str], None],
        start: Checkpoint | None,
    ) -> None:
        self.folder, self._dataset, self._config = folder, dataset, config
        self._trainer, self._limit = trainer, limit
        network = trainer.network
        if start:
            network.load_published_weights(start.weights)
        slots = {f"optimizer/{i:03}": value for i, value in enumerate(trainer.optimizer.variables)}
        variables = {**network.published_variables(), **slots, **limit.variables}
        self._state = RunState(folder / "state", variables)
        self.first_step = self._state.restore(say)
        schedule_step = float(ops.convert_to_numpy(trainer.optimizer.schedule_step))
        self._ended = limit.begin(schedule_step)
        self.stop = StopSignals()
        self.log = RunLog(folder, config, say, trainer.chief, self.first_step)
        self._held_out = bool(dataset.splits["validation"].measures)
        self._validator: Validator | None = None
        self._exporter: Exporter | None = None
        if trainer.chief:  # other workers only take part in the steps
            keeps_best = self._held_out and config.keep == "best"
            best = BestCheckpoint(folder / "best") if keeps_best else None
            self._exporter = Exporter(
                folder, network, dataset, config, start, best, limit, self.log
            )
            if self._held_out:
                self._validator = Validator(
                    network, dataset.directory, config.validation_measures, best, limit, self.log,
                    lambda: self.stop.requested,
                )  # fmt: skip

    def train(self, progress: Progress) -> RunResult:
        """Run all steps until the limit; raises like `train`."""
        first_step, limit, say = self.first_step, self._limit, self.log.say
        before = self._catch_up_export()
        if self._ended:
            open_end = self._config.minutes is None and self._config.schedule != "cosine"
            more = "raise --steps to continue" if open_end else "the model is finished"
            say(f"{self.folder} has {limit.used()}; {more}.")
            return RunResult(self.folder, first_step, first_step, None, None)
        self._announce()
        with progress:
            progress.begin(first_step, "scoring held-out measures")
            if before is None and self._validator:
                before = self._validator.score_step(first_step)
                if before:
                    say(held_out_line(first_step, before))
            if limit.seconds_left is not None and self._exporter:
                with self._data_kept(first_step):
                    self._exporter.rehearse()
            progress.begin(first_step, "compiling the step")
            self._trainer.start(first_step)
            for step in itertools.count(first_step + 1):
                after = self._step(step, progress)
                if limit.is_last(step):
                    return RunResult(self.folder, first_step, step, before, after)
        raise AssertionError("the steps have no end")

    def _catch_up_export(self) -> Evaluation | None:
        """Write the model of the state, if the process was killed between writing the two."""
        exported = self._exporter.exported_step() if self._exporter else self.first_step
        if exported and not self.first_step:
            raise UserError(
                f"{self.folder} holds a model of step {exported:,} but no state to resume from; "
                "choose another --output."
            )
        if exported < self.first_step:
            return self._checkpoint(self.first_step, self._ended)
        return None

    def _announce(self) -> None:
        network, say = self._trainer.network, self.log.say
        if self.first_step:
            say(f"Resuming {self.folder} at step {self.first_step:,}.")
        devices = self._trainer.replicas
        say(
            f"{network.config.preset}: {network.count_params():,} parameters; "
            f"{self._dataset.split('train').measures:,} training measures; "
            f"{self._limit.ahead(self.first_step)}{f' on {devices} devices' * (devices > 1)}."
        )
        if self._config.keep == "best" and not self._held_out:
            say("The dataset has no validation split; the last step is kept instead of the best.")

    def _step(self, step: int, progress: Progress) -> Evaluation | None:
        """Run step number `step`, and a checkpoint if due; returns the checkpoint's figures."""
        trainer, limit, config = self._trainer, self._limit, self._config
        if limit.schedule_step is not None:
            self.log.catch_up()
        if _stops(trainer, self.stop, limit, step, self.first_step):
            kept = self._keep(step - 1)
            raise Interrupted(f"stopped; {kept}; the same command {self.log.again()}.")
        last = limit.is_last(step)
        if limit.schedule_step is not None:
            trainer.set_schedule_step(limit.schedule_step)
        with self._data_kept(step - 1):
            results = trainer.step()
        self.log.add(step, results)
        text = self._log_figures(step, results) if last or step % config.log_every == 0 else ""
        if step == self.first_step + 1:
            progress.begin(step, text)
        else:
            progress.update(1, text or self.log.latest)
        if not last and step % config.save_every:
            return None
        self._save(step, last)
        return self._checkpoint(step, last)

    def _log_figures(self, step: int, results: dict[str, Any]) -> str:
        schedule_step = self._limit.schedule_step
        shown_step = step if schedule_step is None else schedule_step
        return self.log.write_step(step, shown_step, results)

    def _save(self, step: int, last: bool = False) -> None:
        """Write the state, from which a killed run resumes."""
        self.log.check()
        if last and self._limit.schedule_step is not None:
            self._trainer.set_schedule_step(self._config.steps)  # which marks it as ended
        self._trainer.sync()
        self._limit.keep()
        if self._trainer.chief:
            with self.log.disk(), self._limit.timed("save"):
                self.log.flush()
                self._state.save(step)
        self.log.saved = step

    def _checkpoint(self, step: int, last: bool) -> Evaluation | None:
        """Score and export the model of a saved step."""
        validator, exporter, evaluation = self._validator, self._exporter, None
        if exporter is None:
            return None
        if validator and (validator.best or not last):
            evaluation = validator.score_step(step)
        if last:
            with self._data_kept(step):
                exporter.finish(step)
            evaluation = validator.score() if validator else None
        exporter.write(step, evaluation)
        if validator and evaluation:
            validator.report(step, evaluation)
        return evaluation

    def _keep(self, step: int) -> str:
        """Save the state before a stop; returns a description of it for the message."""
        if step not in (0, self.log.saved):
            self._save(step)
            if self._exporter:
                self._exporter.write(step, None)
        return self.log.kept()

    @contextlib.contextmanager
    def _data_kept(self, done: int) -> Iterator[None]:
        """A context for reading data after `done` steps, which are saved if the data is lost."""
        try:
            yield
        except DataLost as reason:
            raise UserError(
                f"the dataset {self._dataset.directory} can no longer be read ({reason}); "
                f"{self._keep(done)}: restore the data and start the same command again."
            ) from None


def _stops(
    trainer: Trainer, stop: StopSignals, limit: StepLimit, step: int, first_step: int
) -> bool:
    """Whether to stop before a step; several workers agree from time to time, also on the time."""
    stride = _STEPS_BETWEEN_AGREEMENTS if trainer.multiworker else 1
    if (step - 1 - first_step) % stride:
        return False
    asked = [int(stop.requested), *limit.wish(step, stride)]
    if trainer.multiworker:
        asked = [max(column) for column in zip(*trainer.gather(asked))]
    stops, *wish = asked
    limit.agree(wish)
    return bool(stops)
