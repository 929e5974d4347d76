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

    data: str = flag(None, "Dataset folder of gm-vae preprocess.", required=True)
    output: str = flag(None, "Run folder; an interrupted run in it goes on.", required=True)
    finetune: str | None = flag(
        None,
        "Begin with the weights of this model, which brings its sizes along: a bundled model, or "
        "what --model names elsewhere.",
    )
    preset: str = flag("small", "Size of the model: tiny, small, base, med or big.")
    encoder_units: int | None = flag(None, "Instead of the preset's.")
    decoder_units: tuple[str, ...] | None = flag(None, "Instead, as in 256,256.")
    latent_size: int | None = flag(None, "Instead of the preset's.")
    start_units: int | None = flag(None, "Instead of the preset's.")
    chords: bool = flag(True, "Condition the model on chords.")
    strategy: str = flag(
        "default",
        "One device; all GPUs here; all processes that TF_CONFIG names, each started with this "
        "command and seeing one --output; a TPU (untested: we had none). The same seed and batch "
        "size give the same losses to rounding.",
        choices=STRATEGIES,
    )
    tpu: str = flag("", "Name or address of the TPU, or local.")
    recipe: str | None = flag(
        None,
        "What the other flags of training are where they are not given: default, whose values they "
        "show; finetune, which --finetune implies; or published, of the published models.",
        choices=tuple(RECIPES),
    )
    training: Overrides[TrainConfig] = fields_of(RECIPES["default"])


_SIZES = ("encoder_units", "latent_size", "start_units")


def _start(args: TrainArguments) -> Checkpoint | None:
    """The model that --finetune names."""
    if not args.finetune:
        return None
    from gm_vae.checkpoints.load import read_model

    for name in ("preset", "chords", "decoder_units", *_SIZES):
        if name in args.given:
            raise UsageError(
                f"--finetune={args.finetune} brings the sizes of its model along; leave "
                f"--{name} away."
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
                f"--decoder_units={','.join(args.decoder_units)[:100]} is no list of numbers; "
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
    """What --strategy names; None is the backend's one device."""
    if args.strategy == "default":
        return None
    from gm_vae import backends

    return backends.current().make_strategy(args.strategy, args.tpu)


def _train(args: TrainArguments) -> int | None:
    with ended_by_signals("gm-vae train: stopped; the same command goes on."):
        if args.strategy != "multiworker":
            return _train_here(args)
        cluster = read_cluster(os.environ.get(VARIABLE, ""))
        return supervised(cluster, lambda joined: _train_here(args, joined))


def _train_here(args: TrainArguments, joined: Callable[[], None] = lambda: None) -> int | None:
    """Train in this process; `joined` is called when the devices of --strategy are there."""
    import_tensorflow_quietly()
    from gm_vae.backends.interface import WorkerLost
    from gm_vae.data import dataset
    from gm_vae.training.run import train
    from gm_vae.training.state import RunState

    start = _start(args)
    recipe = args.recipe or ("finetune" if start else "default")
    if {"minutes", "steps"} <= args.given:
        raise UsageError("--minutes and --steps both say when the run ends; leave one away.")
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
        if states.steps() == before:  # no progress: whoever started us shall decide
            raise
        print(f"gm-vae train: {error} This one waits for them.", file=sys.stderr, flush=True)
        return AGAIN
    if result.after:
        print(f"\nheld-out measures after step {result.steps:,}:\n{result.after.table()}")
    if config.minutes is not None and result.steps > result.first_step:
        print(
            f"\n{duration(60 * config.minutes)} gave {result.steps:,} steps. The nearest run that "
            f"can be repeated has, instead of --minutes: {config.flags_over(result.steps)}"
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
        "Train a model on a dataset, or go on with a run that was interrupted.\n\n"
        "SIGTERM and Ctrl-C save after the step in work and end with exit code 75, as does the\n"
        "loss of another worker: start the same command again. After a kill or a crash too it\n"
        "goes on, from the last --save_every steps, with the losses that it would have had."
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
