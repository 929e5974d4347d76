"""A training run: a folder, a loop, checkpoints to go on from.

RUN/run.json        model and training configuration, dataset
RUN/checkpoint/     the model so far, for `gm_vae.load` and the exporters
RUN/state/          weights, optimiser and step, to resume from
RUN/logs/           TensorBoard
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import pathlib
import sys
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from gm_vae.data import dataset as dataset_lib
from gm_vae.errors import UsageError, UserError
from gm_vae.model.checkpoint import write_checkpoint
from gm_vae.model.config import ModelConfig
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.progress import Progress
from gm_vae.training.batches import training_batches
from gm_vae.training.config import TrainConfig
from gm_vae.training.evaluation import Evaluation, evaluate, make_score
from gm_vae.training.health import CollapseWatch, health_line
from gm_vae.training.step import beta, make_optimizer, make_step

_MAY_CHANGE = ("steps", "save_every", "log_every", "validation_measures")  # between two resumptions


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
) -> RunResult:
    """Train a model, or go on with a run that was interrupted.

    Args:
        folder: the run folder; made if missing, resumed if it holds a run of the same settings.
        dataset_dir: a finished dataset of the model's format.
        strategy: devices to train on; the default one if None. The batch is shared among them.
        say: is given a line now and then.

    Raises:
        UserError: the dataset does not fit, the folder holds another run or cannot be written, or
            the loss is no longer a number.
    """
    strategy = strategy or tf.distribute.get_strategy()
    folder = pathlib.Path(folder)
    dataset = dataset_lib.load(dataset_dir)
    dataset.fmt.require_equal(model.fmt, f"the dataset {dataset_dir}", "the model")
    if config.batch_size % strategy.num_replicas_in_sync:
        raise UsageError(
            f"batch_size={config.batch_size} does not divide among "
            f"{strategy.num_replicas_in_sync} devices; choose a multiple of their number."
        )
    _claim(folder, model, config, dataset)

    keras.utils.set_random_seed(config.seed)
    with strategy.scope():
        network = HierarchicalVAE(model)
        optimizer = make_optimizer(config, network)
    state = tf.train.Checkpoint(
        weights=network.trackable_variables(),
        optimizer=[variable.value for variable in optimizer.variables],
    )
    manager = tf.train.CheckpointManager(state, str(folder / "state"), max_to_keep=2)
    if manager.latest_checkpoint:
        state.restore(manager.latest_checkpoint).assert_consumed()
    first_step = int(optimizer.iterations.numpy())
    if first_step >= config.steps:
        say(f"{folder} has done its {config.steps:,} steps; add --steps to go on.")
        return RunResult(folder, first_step, first_step, None, None)
    if first_step:
        say(f"Going on with {folder} at step {first_step:,}.")
    say(
        f"{model.preset}: {network.count_params():,} parameters; "
        f"{dataset.split('train').measures:,} training measures; "
        f"{config.steps - first_step:,} steps of {config.batch_size}."
    )

    held_out = bool(dataset.splits["validation"].measures)
    score = make_score(network) if held_out else None

    def validate() -> Evaluation | None:
        if score is None:
            return None
        limit = config.validation_measures
        return evaluate(network, dataset_dir, "validation", limit=limit, score=score)

    loop = _Loop(folder, network, optimizer, config, manager, dataset, say)
    before = after = validate()
    with Progress(config.steps, "step", done=first_step) as progress:
        step_function = make_step(network, optimizer, config, strategy)
        batches = training_batches(dataset_dir, model, config, first_step)
        batches = iter(strategy.experimental_distribute_dataset(batches))
        for step in range(first_step + 1, config.steps + 1):
            results = step_function(next(batches))
            text = loop.log(step, results) if _due(step, config.log_every, config) else ""
            if _due(step, config.save_every, config):
                after = validate()
                loop.save(step, after)
            progress.update(1, text or loop.latest)
    loop.close()
    return RunResult(folder, first_step, config.steps, before, after)


class _Loop:
    """What the loop writes: TensorBoard, lines for people, checkpoints."""

    def __init__(
        self,
        folder: pathlib.Path,
        network: HierarchicalVAE,
        optimizer: Any,
        config: TrainConfig,
        manager: tf.train.CheckpointManager,
        dataset: dataset_lib.Dataset,
        say: Callable[[str], None],
    ) -> None:
        self.folder, self.network, self.optimizer = folder, network, optimizer
        self.config, self.manager, self.dataset, self.say = config, manager, dataset, say
        self.latest = ""
        self._watch = CollapseWatch()
        self._writer = tf.summary.create_file_writer(str(folder / "logs"))

    def log(self, step: int, results: dict[str, tf.Tensor]) -> str:
        values = {name: float(value) for name, value in results.items()}
        if not all(math.isfinite(value) for value in values.values()):
            raise UserError(
                f"the loss is {values['loss']} at step {step}; the last good checkpoint is kept in "
                f"{self.folder / 'checkpoint'}: go on from it with a lower --learning_rate."
            )
        values["reconstruction_bits"] = values.pop("reconstruction") / math.log(2)
        values["kl_bits"] = values.pop("kl") / math.log(2)
        values["beta"] = float(beta(self.config, self.optimizer.iterations))
        values["learning_rate"] = float(self.optimizer.learning_rate)
        with self._writer.as_default(step=step):
            for name, value in values.items():
                tf.summary.scalar(f"train/{name}", value)
        self.latest = (
            f"{values['reconstruction_bits']:.1f} + {values['kl_bits']:.1f} bits, "
            f"{health_line(values)}"
        )
        return self.latest

    def save(self, step: int, validation: Evaluation | None) -> None:
        figures = validation.to_dict() if validation else {}
        training = {
            "steps": step,
            "dataset": {
                "measures": self.dataset.split("train").measures,
                "sources": list(self.dataset.sources),
            },
            "config": self.config.to_dict(),
            "validation": figures,
        }
        try:
            self.manager.save(checkpoint_number=step)
        except (OSError, tf.errors.OpError) as error:
            reason = str(error).splitlines()[0]
            raise UserError(
                f"cannot write a checkpoint to {self.folder} ({reason}); make room or choose "
                "another --output, then start the same command again."
            ) from None
        write_checkpoint(
            self.folder / "checkpoint",
            self.network.config,
            self.network.published_weights(),
            training,
            force=True,
        )
        if validation is None:
            return
        with self._writer.as_default(step=step):
            for name, value in validation.scalars().items():
                tf.summary.scalar(f"validation/{name}", value)
        if not sys.stderr.isatty():  # else the progress line tells
            self.say(
                f"step {step:,}: held-out {validation.bits_per_measure:.1f} bits a measure "
                f"(KL {validation.kl_bits:.1f}), accuracy {validation.accuracy:.3f}, "
                f"{validation.active_units} active units"
            )
        warning = self._watch.see(validation)
        if warning:
            self.say(warning)

    def close(self) -> None:
        self._writer.close()


def _due(step: int, every: int, config: TrainConfig) -> bool:
    return step % every == 0 or step == config.steps


def _claim(
    folder: pathlib.Path, model: ModelConfig, config: TrainConfig, dataset: dataset_lib.Dataset
) -> None:
    """Write run.json into a new run folder, or see that the run there is this one."""
    path = folder / "run.json"
    values = {
        "model": model.to_dict(),
        "training": config.to_dict(),
        "dataset": {name: split.measures for name, split in dataset.splits.items()},
    }
    if not path.exists():
        if folder.is_dir() and any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty and no run; choose another --output.")
    else:
        try:
            old = json.loads(path.read_text(encoding="utf-8"))
            old_fmt = MeasureFormat.from_dict(old["model"]["fmt"])
            differing = [
                f"{part}.{name}: {old[part].get(name)} there, {value} asked for"
                for part in values
                for name, value in values[part].items()
                if name not in (*_MAY_CHANGE, "fmt") and old[part].get(name) != value
            ]
            if old_fmt != model.fmt:
                differing.insert(0, f"measure format: {old_fmt.differences(model.fmt)}")
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            raise UserError(f"{path} cannot be read; choose another --output.") from None
        if differing:
            raise UsageError(
                f"{folder} holds a run with other settings ({'; '.join(differing)}); choose "
                "another --output, or the same flags to go on."
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".run.json.{os.getpid()}"
        part.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise UserError(
            f"cannot write to {folder} ({error.strerror}); choose another --output."
        ) from None
