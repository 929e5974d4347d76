"""A training run: a folder, a loop, checkpoints to go on from.

RUN/run.json        model and training configuration, dataset
RUN/checkpoint/     the model so far, for `gm_vae.load` and the exporters
RUN/state/          weights, optimiser and step, to go on from (`state.py`)
RUN/best/           the model of the best step so far, where that is to be kept (`best.py`)
RUN/logs/           TensorBoard
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import math
import os
import pathlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from gm_vae import backends
from gm_vae.backends.interface import DataLost, Trainer
from gm_vae.backends.numpy.network import NumpyVAE
from gm_vae.checkpoints.checkpoint import Checkpoint
from gm_vae.checkpoints.folder import training_of, write_checkpoint
from gm_vae.data import dataset as dataset_lib
from gm_vae.data.arrays import MeasureArrays
from gm_vae.errors import Interrupted, UserError
from gm_vae.evaluation.collapse import CollapseWatch
from gm_vae.evaluation.scores import Evaluation, evaluate, make_score
from gm_vae.model.config import ModelConfig
from gm_vae.model.diagnostics import diagnostic_line
from gm_vae.model.objective import Decay, beta
from gm_vae.model.train_config import TrainConfig
from gm_vae.model.whitening import whitened
from gm_vae.progress import Progress
from gm_vae.training.best import Best
from gm_vae.training.limits import StepLimit, TimeLimit
from gm_vae.training.run_config import check_workers_agree, claimed, settings_of
from gm_vae.training.signals import StopSignals
from gm_vae.training.state import RunState
from gm_vae.training.summaries import Summaries

if TYPE_CHECKING:
    import tensorflow as tf

_STEPS_BETWEEN_AGREEMENTS = 10  # of several workers on whether to stop
_WHITENED_BY = 8192  # training measures: their mean is known to a hundredth of a standard deviation
_WHITENED_BY_AT_LEAST = 1024  # where time is short: to a thirtieth
_REHEARSED_BY = 256  # to see how long it takes


@dataclasses.dataclass(frozen=True)
class RunResult:
    """What a call of `train` did.

    Attributes:
        folder: the run.
        first_step: where this call began; 0 for a new run.
        steps: steps done in all.
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
    """Train a model, or go on with a run that was interrupted.

    Args:
        folder: the run folder; made if missing, resumed if it holds a run of the same settings.
        dataset_dir: a finished dataset of the model's format.
        strategy: devices to train on; the default one if None. The batch is shared among them.
        say: is given a line now and then.
        start: a new run begins with its weights, which are of this model, instead of random ones.

    Raises:
        UserError: the dataset does not fit, the folder holds another run or cannot be written, or
            the loss is no longer a number.
        Interrupted: SIGTERM or Ctrl-C came, or another worker has gone; the same call goes on.
    """
    with contextlib.ExitStack() as held:
        return _train(held, pathlib.Path(folder), dataset_dir, model, config, strategy, say, start)


def _train(
    held: contextlib.ExitStack,
    folder: pathlib.Path,
    dataset_dir: str | os.PathLike[str],
    model: ModelConfig,
    config: TrainConfig,
    strategy: tf.distribute.Strategy | None,
    say: Callable[[str], None],
    start: Checkpoint | None,
) -> RunResult:
    """`train`; the caller lets go of what is `held`."""
    limit = StepLimit(config) if config.minutes is None else TimeLimit(config)
    dataset = dataset_lib.load(dataset_dir)
    dataset.fmt.require_equal(model.fmt, f"the dataset {dataset_dir}", "the model")
    keras.utils.set_random_seed(config.seed)  # of the weights that the trainer makes
    trainer = backends.current().Trainer(dataset_dir, model, config, strategy)
    progress = Progress(
        config.steps if config.minutes is None else 0,
        "step",
        shown=trainer.chief,
        seconds_left=limit.seconds_left,
    )
    say = progress.above(say) if trainer.chief else lambda line: None
    settings = settings_of(model, config, dataset, start)
    if trainer.chief:
        held.enter_context(claimed(folder, settings, model.fmt))

    network = trainer.network
    if start:
        network.load_published_weights(start.weights)
    slots = {f"optimizer/{i:03}": value for i, value in enumerate(trainer.optimizer.variables)}
    variables = {**network.published_variables(), **slots, **limit.variables}
    state = RunState(folder / "state", variables)
    first_step = state.restore(say)
    ended = limit.begin(float(ops.convert_to_numpy(trainer.optimizer.schedule_step)))
    with trainer.watch():
        check_workers_agree(trainer, folder, first_step, settings)
    held_out = trainer.chief and bool(dataset.splits["validation"].measures)
    best = Best(folder / "best") if held_out and config.keep == "best" else None
    loop = _Loop(folder, trainer, config, limit, state, dataset, say, start, best)
    model_step = loop.exported_step()
    if model_step and not first_step:
        raise UserError(
            f"{folder} holds a model of step {model_step:,} and no state to go on from; choose "
            "another --output."
        )

    score = make_score(network) if held_out else None
    stop = StopSignals()

    def stoppable_score(*args: Any, **kwargs: Any) -> Any:
        if stop.requested:
            raise _ScoringStopped
        return score(*args, **kwargs)

    def validate() -> Evaluation | None:
        if score is None:
            return None
        count = config.validation_measures
        with contextlib.suppress(_ScoringStopped), limit.timed("validate"):
            return evaluate(network, dataset_dir, "validation", limit=count, score=stoppable_score)
        return None

    def conclude(step: int, last: bool) -> Evaluation | None:
        """Score and export the model of a step whose state is saved."""
        found = None
        if best or not last:
            found = validate()
            loop.hold(step, found)
        if last:
            loop.finish(step)
            found = validate()
        loop.export(step, found)
        return found

    with contextlib.closing(loop), trainer.watch(), stop:
        before = None
        if model_step < first_step:  # killed between the writing of the state and of the model
            before = conclude(first_step, ended)
        if ended:
            open_end = config.minutes is None and config.schedule != "cosine"
            more = "add --steps to go on" if open_end else "the model is there"
            say(f"{folder} has {limit.used()}; {more}.")
            return RunResult(folder, first_step, first_step, None, None)
        if first_step:
            say(f"Going on with {folder} at step {first_step:,}.")
        say(
            f"{model.preset}: {network.count_params():,} parameters; "
            f"{dataset.split('train').measures:,} training measures; "
            f"{limit.ahead(first_step)}{_on(trainer)}."
        )
        if config.keep == "best" and not held_out:
            say("The dataset holds no measures out to tell the best step by; the last is kept.")
        with progress:
            progress.begin(first_step, "scoring held-out measures")
            if before is None:
                before = validate()
                loop.hold(first_step, before)
                if before:
                    say(_held_out(first_step, before))
            if limit.seconds_left is not None:
                loop.rehearse(first_step)
            progress.begin(first_step, "compiling the step")
            trainer.start(first_step)
            for step in itertools.count(first_step + 1):
                if limit.schedule_step is not None:
                    loop.catch_up()
                if _stops(trainer, stop, limit, step, first_step):
                    raise loop.interrupted(step - 1)
                last = limit.is_last(step)
                results = loop.step(step - 1)
                loop.remember(step, results)
                text = loop.log(step, results) if last or step % config.log_every == 0 else ""
                if step == first_step + 1:
                    progress.begin(step, text)
                else:
                    progress.update(1, text or loop.latest)
                if last or step % config.save_every == 0:
                    loop.save(step, last)
                    after = conclude(step, last)
                if last:
                    break
    return RunResult(folder, first_step, step, before, after)


class _Loop:
    """What the loop writes: TensorBoard, lines for people, states, models. Only the chief does."""

    def __init__(
        self,
        folder: pathlib.Path,
        trainer: Trainer,
        config: TrainConfig,
        limit: StepLimit,
        state: RunState,
        dataset: dataset_lib.Dataset,
        say: Callable[[str], None],
        start: Checkpoint | None,
        best: Best | None,
    ) -> None:
        self.folder, self.trainer = folder, trainer
        self.config, self.limit, self.state = config, limit, state
        self.dataset, self.say = dataset, say
        self._about: dict[str, Any] = {"finetuned_from": start.training} if start else {}
        self._best, self._whitened_by = best, _WHITENED_BY
        self.latest = ""
        self._watch = CollapseWatch()
        self.saved = int(trainer.optimizer.iterations.numpy())
        self._unchecked: list[tuple[int, Any, Any]] = []
        self._writer = None
        if trainer.chief:
            with self._disk():
                self._writer = Summaries(folder / "logs")

    def exported_step(self) -> int:
        """The step of the model in the folder, 0 if there is none."""
        steps = training_of(self.folder / "checkpoint").get("steps")
        return steps if isinstance(steps, int) else 0

    def step(self, done: int) -> dict[str, Any]:
        """The step after `done` steps; if the data has gone, those are kept."""
        if self.limit.schedule_step is not None:
            self.trainer.set_schedule_step(self.limit.schedule_step)
        try:
            return self.trainer.step()
        except DataLost as reason:
            raise self._data_lost(done, reason) from None

    def catch_up(self) -> None:
        """Wait for all steps but the newest, so that the clock tells how far the device is."""
        if len(self._unchecked) > 1:
            float(self._unchecked[-2][1])

    def _data_lost(self, done: int, reason: Exception) -> UserError:
        return UserError(
            f"the dataset {self.dataset.directory} cannot be read any more ({reason}); "
            f"{self._keep(done)}: bring the data back and start the same command again."
        )

    def interrupted(self, step: int) -> Interrupted:
        """Keep what was done until a stop."""
        return Interrupted(f"stopped; {self._keep(step)}: the same command goes on.")

    def _keep(self, step: int) -> str:
        if step not in (0, self.saved):
            self.save(step)
            self.export(step, None)
        return self._kept()

    def _kept(self) -> str:
        return f"step {self.saved:,} is kept in {self.folder}" if self.saved else "nothing is kept"

    def remember(self, step: int, results: dict[str, Any]) -> None:
        """Note what must be a number, without waiting for the device."""
        self._unchecked.append((step, results["loss"], results["gradient_norm"]))

    def _check(self) -> None:
        """Raise UserError if a step since the last check gave no number."""
        for step, *values in self._unchecked:
            for name, value in zip(("loss", "gradient"), map(float, values)):
                if not math.isfinite(value):
                    raise UserError(
                        f"the {name} is {value} at step {step:,}; {self._kept()}: train anew with "
                        "a lower --learning_rate and another --output."
                    )
        self._unchecked = []

    def log(self, step: int, results: dict[str, Any]) -> str:
        self._check()
        values = {name: float(value) for name, value in results.items()}
        values["reconstruction_bits"] = values.pop("reconstruction") / math.log(2)
        values["kl_bits"] = values.pop("kl") / math.log(2)
        place = self.limit.schedule_step
        place = step if place is None else place
        values["beta"] = float(beta(self.config, place))
        values["learning_rate"] = float(Decay(self.config)(place))
        self._write(step, {f"train/{name}": value for name, value in values.items()})
        self.latest = (
            f"{values['reconstruction_bits']:.1f} + {values['kl_bits']:.1f} bits, "
            f"{diagnostic_line(values)}"
        )
        return self.latest

    def save(self, step: int, last: bool = False) -> None:
        """Write the state, which a run that is killed goes on from."""
        self._check()
        if last and self.limit.schedule_step is not None:
            self.trainer.set_schedule_step(self.config.steps)  # by which it is known to have ended
        self.trainer.sync()
        self.limit.keep()
        if self._writer is not None:
            with self._disk(), self.limit.timed("save"):
                self._writer.flush()
                self.state.save(step)
        self.saved = step

    def hold(self, step: int, found: Evaluation | None) -> None:
        """Keep the weights of a step if they are the best so far and the best shall be kept."""
        if self._best and found:
            self._best.see(step, found, self.trainer.network)

    def rehearse(self, step: int) -> None:
        """See by how many measures there is time to align the model at the end."""
        if self._writer is None:
            return
        with self.limit.timed("align"):
            self._whitened(self.trainer.network.published_weights(), step, _REHEARSED_BY)
        known = self.dataset.split("train").measures
        rehearsed, least, most = (
            min(count, known) for count in (_REHEARSED_BY, _WHITENED_BY_AT_LEAST, _WHITENED_BY)
        )
        times = self.limit.allot("align", least / rehearsed, most / rehearsed)
        self._whitened_by = round(times * rehearsed)

    def finish(self, step: int) -> None:
        """After the last step: leave the model that is to be kept, its points laid as the prior's.

        The state, which a longer run may go on from, keeps the weights as they were.
        """
        if self._writer is not None:
            weights = self._whitened(self._kept_weights(step), step, self._whitened_by)
            self.trainer.network.load_published_weights(weights)

    def _kept_weights(self, step: int) -> dict[str, np.ndarray]:
        """Those of the last step, or of the best one if that is to be kept."""
        best = self._best
        if best is None or best.step >= step:
            return self.trainer.network.published_weights()
        if best.step:
            self.say(
                f"Held-out measures were best at step {best.step:,} ({best.bits:.1f} bits): "
                "that model is left."
            )
        else:
            self.say(
                f"No step was better on held-out measures ({best.bits:.1f} bits) than the model "
                "before the first; it is left. Give a lower --learning_rate or more music."
            )
        self._about["best_step"] = best.step
        return best.weights()

    def _whitened(
        self, weights: dict[str, np.ndarray], step: int, count: int
    ) -> dict[str, np.ndarray]:
        """The same model, in whose coordinates training measures lie as the prior's points do."""
        # the first ones are a random sample: their order is that of their hashes
        try:
            found = MeasureArrays.load(self.dataset.directory, "train", count)
        except UserError as error:
            reason = str(error).partition(";")[0]  # its remedy would cost the run
            raise self._data_lost(step, DataLost(reason)) from None
        index = np.arange(len(found.lengths))

        def tensors(part: slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            batch = found.batch(index[part])
            return batch["tokens"], batch["lengths"], batch["chords"]

        numpy = NumpyVAE(self.trainer.network.config, weights)
        return whitened(weights, *numpy.encode_many(len(index), tensors))

    def export(self, step: int, validation: Evaluation | None) -> None:
        """Write the model as others read it, and how good it is."""
        if self._writer is None:
            return
        figures = validation.to_dict() if validation else {}
        training = {
            "steps": step,
            "dataset": {
                "measures": self.dataset.split("train").measures,
                "sources": list(self.dataset.sources),
            },
            "config": self.config.to_dict(),
            "validation": figures,
            **self._about,
        }
        with self.limit.timed("export"):
            write_checkpoint(
                self.folder / "checkpoint",
                self.trainer.network.config,
                self.trainer.network.published_weights(),
                training,
                force=True,
            )
        if validation is None:
            return
        self._write(step, {f"validation/{k}": v for k, v in validation.scalars().items()})
        if not sys.stderr.isatty():  # else the progress line tells
            self.say(_held_out(step, validation))
        warning = self._watch.update(validation)
        if warning:
            self.say(warning)

    def _write(self, step: int, scalars: dict[str, float]) -> None:
        if self._writer is not None:
            with self._disk():
                self._writer.write(step, scalars)

    @contextlib.contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UserError(
                f"cannot write to {self.folder} ({error.strerror}); {self._kept()}: make room and "
                "start the same command again."
            ) from None

    def close(self) -> None:
        if self._writer is not None:
            with contextlib.suppress(OSError):  # what matters was flushed by `save`
                self._writer.close()


class _ScoringStopped(Exception):
    """Leaves `evaluate`, since the run shall stop."""


def _held_out(step: int, found: Evaluation) -> str:
    return (
        f"step {step:,}: held-out {found.bits_per_measure:.1f} bits a measure "
        f"(KL {found.kl_bits:.1f}), accuracy {found.accuracy:.3f}, "
        f"{found.active_units} active units"
    )


def _stops(
    trainer: Trainer, stop: StopSignals, limit: StepLimit, step: int, first_step: int
) -> bool:
    """Whether to stop before a step; several workers agree now and then, on the time too."""
    stride = _STEPS_BETWEEN_AGREEMENTS if trainer.multiworker else 1
    if (step - 1 - first_step) % stride:
        return False
    asked = [int(stop.requested), *limit.wish(step, stride)]
    if trainer.multiworker:
        asked = [max(column) for column in zip(*trainer.gather(asked))]
    stops, *wish = asked
    limit.agree(wish)
    return bool(stops)


def _on(trainer: Trainer) -> str:
    return f" on {trainer.replicas} devices" if trainer.replicas > 1 else ""
