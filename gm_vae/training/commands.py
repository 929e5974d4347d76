"""The verb `train`."""

from __future__ import annotations

import dataclasses
import math
import os
import pathlib
import shlex
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gm_vae.backends.cluster import VARIABLE, read_cluster
from gm_vae.command import Command
from gm_vae.errors import UsageError
from gm_vae.flags import Arguments, Overrides, fields_of, flag
from gm_vae.model.train_config import RECIPES, TrainConfig
from gm_vae.progress import duration
from gm_vae.quiet import import_tensorflow_quietly
from gm_vae.text import printable
from gm_vae.training.signals import ended_by_signals
from gm_vae.training.supervisor import AGAIN, supervised

if TYPE_CHECKING:
    import tensorflow as tf

    from gm_vae.checkpoints.checkpoint import Checkpoint
    from gm_vae.model.config import ModelConfig
    from gm_vae.music.measure_format import MeasureFormat

STRATEGIES = ("default", "mirrored", "multiworker", "tpu")


@dataclasses.dataclass(frozen=True)
class TrainArguments(Arguments):
    """The flags of `train`."""

    data: str = flag(None, "Dataset folder, made by gm-vae preprocess.", required=True)
    output: str = flag(
        None, "Run folder. If it holds an interrupted run, that run is resumed.", required=True
    )
    finetune: str | None = flag(
        None,
        "Model whose weights and sizes to start from: a bundled model (small), or anything that "
        "--model accepts in other commands.",
    )
    preset: str = flag(
        "small", "Size of a new model: tiny, small, base, med or big.", group="model"
    )
    encoder_units: int | None = flag(
        None, "Units of the encoder, instead of those of the preset.", group="model"
    )
    decoder_units: tuple[str, ...] | None = flag(
        None,
        "Units of the layers of the decoder, such as 256,256, instead of those of the preset.",
        group="model",
    )
    latent_size: int | None = flag(
        None, "Dimensions of the latent space, instead of those of the preset.", group="model"
    )
    start_units: int | None = flag(
        None, "Units that mark the start of a track, instead of those of the preset.", group="model"
    )
    chords: bool = flag(True, "Condition the model on chords.", group="model")
    strategy: str = flag(
        "default",
        "Devices: default is one device; mirrored is all GPUs of this machine; multiworker is all "
        "processes that TF_CONFIG names, each started with this command and the same --output; tpu "
        "is a TPU (untested). The same seed and batch size give the same losses, up to rounding.",
        choices=STRATEGIES,
        group="device",
    )
    tpu: str = flag("", "Name or address of the TPU, or local.", group="device")
    recipe: str | None = flag(
        None,
        "Defaults for the training flags that are not given: default (shown here), finetune "
        "(implied by --finetune) or published (those of the published models).",
        choices=tuple(RECIPES),
    )
    training: Overrides[TrainConfig] = fields_of(RECIPES["default"], "training")


_SIZES = ("encoder_units", "latent_size", "start_units")


def _start(args: TrainArguments) -> Checkpoint | None:
    """The model that --finetune names."""
    if not args.finetune:
        return None
    from gm_vae.checkpoints.load import read_model

    for name in ("preset", "chords", "decoder_units", *_SIZES):
        if name in args.given:
            raise UsageError(
                f"--finetune={args.finetune} takes the sizes of that model; leave --{name} out."
            )
    return read_model(args.finetune)


def _model_config(args: TrainArguments, fmt: MeasureFormat) -> ModelConfig:
    from gm_vae.checkpoints.tensors import MAX_NUMBERS
    from gm_vae.model.config import preset
    from gm_vae.model.published import NetworkSizes

    changes: dict[str, Any] = {"fmt": fmt, "chords": args.chords}
    for name in _SIZES:
        if getattr(args, name) is not None:
            changes[name] = getattr(args, name)
    if args.decoder_units:
        try:
            changes["decoder_units"] = tuple(int(units) for units in args.decoder_units)
        except ValueError:
            raise UsageError(
                f"--decoder_units={','.join(args.decoder_units)[:100]} is not a list of numbers; "
                "write it as 256,256."
            ) from None
        changes.setdefault("start_units", min(8, changes["decoder_units"][0] // 4))
    model = dataclasses.replace(preset(args.preset), **changes)
    if sum(map(math.prod, NetworkSizes.of(model).shapes().values())) > MAX_NUMBERS:
        raise UsageError(
            f"these sizes make more than {MAX_NUMBERS:,} weights; choose smaller ones, or the "
            "preset big."
        )
    return model


def _strategy(args: TrainArguments) -> tf.distribute.Strategy | None:
    """The strategy of --strategy; None is the backend's single device."""
    if args.strategy == "default":
        return None
    from gm_vae import backends

    return backends.current().make_strategy(args.strategy, args.tpu)


def _train(args: TrainArguments) -> int | None:
    with ended_by_signals("gm-vae train: stopped; the same command resumes it."):
        if args.strategy != "multiworker":
            return _train_here(args)
        cluster = read_cluster(os.environ.get(VARIABLE, ""))
        return supervised(cluster, lambda joined: _train_here(args, joined))


def _train_here(args: TrainArguments, joined: Callable[[], None] = lambda: None) -> int | None:
    """Train in this process; `joined` is called when the devices of --strategy are available."""
    import_tensorflow_quietly()
    from gm_vae.backends.interface import WorkerLost
    from gm_vae.data import dataset
    from gm_vae.training.run import train
    from gm_vae.training.state import RunState

    start = _start(args)
    recipe = args.recipe or ("finetune" if start else "default")
    if {"minutes", "steps"} <= args.given:
        raise UsageError("--minutes and --steps both set the length of the run; leave one out.")
    config = args.training.over(RECIPES[recipe])
    fmt = dataset.load(args.data).fmt
    model = start.config if start else _model_config(args, fmt)
    states = RunState(pathlib.Path(args.output) / "state", {})
    before = states.steps()
    strategy = _strategy(args)
    joined()
    try:
        result = train(args.output, args.data, model, config, strategy, start=start)
    except WorkerLost as error:
        if states.steps() == before:  # no progress: the caller should decide
            raise
        print(f"gm-vae train: {error} This one waits for them.", file=sys.stderr, flush=True)
        return AGAIN
    if result.after:
        print(f"\nheld-out measures after step {result.steps:,}:\n{result.after.table()}")
    if config.minutes is not None and result.steps > result.first_step:
        print(
            f"\n{duration(60 * config.minutes)} were enough for {result.steps:,} steps. To repeat "
            f"the run, replace --minutes by: {config.flags_over(result.steps)}"
        )
    print(f"\nmodel: {printable(result.folder / 'checkpoint')}")
    model_folder = shlex.quote(printable(result.folder))
    print(
        f'Next: gm-vae generate --model={model_folder} --chords="C Am F G" --output=song.mid',
        file=sys.stderr,
    )
    return None


TRAIN = Command(
    name="train",
    summary=(
        "Train a model on a dataset, or resume a run that was interrupted.\n\n"
        "On SIGTERM or Ctrl-C, or if another worker is lost, the run is saved after the current\n"
        "step and ends with exit code 75; the same command resumes it. After a crash, the run\n"
        "resumes from the last checkpoint (--save_every), with the same losses as without it."
    ),
    example=(
        "gm-vae train --data=data/mine --output=runs/mine --finetune=small\n"
        "gm-vae train --data=data/mine --output=runs/quick --finetune=small --minutes=10\n"
        "gm-vae train --data=data/web --output=runs/web --preset=small --steps=20000\n"
        "tensorboard --logdir=runs/mine/logs"
    ),
    arguments=TrainArguments,
    run=_train,
)
