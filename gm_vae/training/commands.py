"""The verb `train`."""

from __future__ import annotations

import dataclasses
import math
import os
import pathlib
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from absl import flags

from gm_vae.backends.cluster import VARIABLE, read_cluster
from gm_vae.command import Command, define_fields, from_fields, require
from gm_vae.errors import UsageError
from gm_vae.model.train_config import RECIPES
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


def _define_train(values: flags.FlagValues) -> None:
    flags.DEFINE_string("data", None, "Dataset folder of gm-vae preprocess.", flag_values=values)
    flags.DEFINE_string(
        "output", None, "Run folder; an interrupted run in it goes on.", flag_values=values
    )
    flags.DEFINE_string(
        "finetune",
        None,
        "Begin with the weights of this model, which brings its sizes along: a bundled model, or "
        "what --model names elsewhere.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "preset", "small", "Size of the model: tiny, small, base, med or big.", flag_values=values
    )
    flags.DEFINE_integer("encoder_units", None, "Instead of the preset's.", flag_values=values)
    flags.DEFINE_list("decoder_units", None, "Instead, as in 256,256.", flag_values=values)
    flags.DEFINE_integer("latent_size", None, "Instead of the preset's.", flag_values=values)
    flags.DEFINE_integer("start_units", None, "Instead of the preset's.", flag_values=values)
    flags.DEFINE_bool("chords", True, "Condition the model on chords.", flag_values=values)
    flags.DEFINE_enum(
        "strategy",
        "default",
        STRATEGIES,
        "One device; all GPUs here; all processes that TF_CONFIG names, each started with this "
        "command and seeing one --output; a TPU (untested: we had none). The same seed and batch "
        "size give the same losses to rounding.",
        flag_values=values,
    )
    flags.DEFINE_string("tpu", "", "Name or address of the TPU, or local.", flag_values=values)
    flags.DEFINE_enum(
        "recipe",
        None,
        RECIPES,
        "What the other flags of training are where they are not given: default, whose values they "
        "show; finetune, which --finetune implies; or published, of the published models.",
        flag_values=values,
    )
    define_fields(values, RECIPES["default"])


_SIZES = ("encoder_units", "latent_size", "start_units")


def _start(values: flags.FlagValues) -> Checkpoint | None:
    """The model that --finetune names."""
    if not values.finetune:
        return None
    from gm_vae.checkpoints.load import read_model

    for name in ("preset", "chords", "decoder_units", *_SIZES):
        if values[name].present:
            raise UsageError(
                f"--finetune={values.finetune} brings the sizes of its model along; leave "
                f"--{name} away."
            )
    return read_model(values.finetune)


def _model_config(values: flags.FlagValues, fmt: MeasureFormat) -> ModelConfig:
    from gm_vae.checkpoints.tensors import MAX_NUMBERS
    from gm_vae.model.config import preset
    from gm_vae.model.published import NetworkSizes

    changes = {"fmt": fmt, "chords": values.chords}
    for name in _SIZES:
        if values[name].value is not None:
            changes[name] = values[name].value
    if values.decoder_units:
        try:
            changes["decoder_units"] = tuple(int(units) for units in values.decoder_units)
        except ValueError:
            raise UsageError(
                f"--decoder_units={','.join(values.decoder_units)[:100]} is no list of numbers; "
                "write it as 256,256."
            ) from None
        changes.setdefault("start_units", min(8, changes["decoder_units"][0] // 4))
    model = dataclasses.replace(preset(values.preset), **changes)
    if sum(map(math.prod, NetworkSizes.of(model).shapes().values())) > MAX_NUMBERS:
        raise UsageError(
            f"these sizes make more than {MAX_NUMBERS:,} weights; choose smaller ones, or the "
            "preset big."
        )
    return model


def _strategy(values: flags.FlagValues) -> tf.distribute.Strategy | None:
    """What --strategy names; None is the backend's one device."""
    if values.strategy == "default":
        return None
    from gm_vae import backends

    return backends.current().make_strategy(values.strategy, values.tpu)


def _train(values: flags.FlagValues, positional: Sequence[str]) -> int | None:
    require(values, "data", "output")
    with ended_by_signals("gm-vae train: stopped; the same command goes on."):
        if values.strategy != "multiworker":
            return _train_here(values)
        cluster = read_cluster(os.environ.get(VARIABLE, ""))
        return supervised(cluster, lambda joined: _train_here(values, joined))


def _train_here(values: flags.FlagValues, joined: Callable[[], None] = lambda: None) -> int | None:
    """Train in this process; `joined` is called when the devices of --strategy are there."""
    import_tensorflow_quietly()
    from gm_vae.backends.interface import WorkerLost
    from gm_vae.data import dataset
    from gm_vae.training.run import train
    from gm_vae.training.state import RunState

    start = _start(values)
    recipe = values.recipe or ("finetune" if start else "default")
    if values["minutes"].present and values["steps"].present:
        raise UsageError("--minutes and --steps both say when the run ends; leave one away.")
    config = from_fields(values, RECIPES[recipe])
    fmt = dataset.load(values.data).fmt
    model = start.config if start else _model_config(values, fmt)
    states = RunState(pathlib.Path(values.output) / "state", {})
    before = states.steps()
    strategy = _strategy(values)
    joined()
    try:
        result = train(values.output, values.data, model, config, strategy, start=start)
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
    define_flags=_define_train,
    run=_train,
)
