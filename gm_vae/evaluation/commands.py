"""The verb `evaluate`."""

from __future__ import annotations

from collections.abc import Sequence

from absl import flags

from gm_vae.command import Command, require
from gm_vae.errors import UsageError
from gm_vae.generate.loading import define_model_flag
from gm_vae.json_values import shown
from gm_vae.music.note_matching import TOLERANCE_STEPS

_BOUNDS = (
    ("samples", 0, 100_000),
    ("onset_tolerance", 0, 32_767),
    ("batch_size", 1, 65_536),
    ("limit", 1, 2**53),
    ("seed", 0, 2**32 - 1),
)
_EXAMPLES = 4  # pictures of a measure and its reconstruction


def _define(values: flags.FlagValues) -> None:
    define_model_flag(values)
    flags.DEFINE_string("data", None, "Dataset folder.", flag_values=values)
    flags.DEFINE_string("split", "test", "train, validation or test.", flag_values=values)
    flags.DEFINE_integer(
        "limit", None, "At most so many measures, the first of the files.", flag_values=values
    )
    flags.DEFINE_integer(
        "samples",
        16,
        "Draws of z for the importance-weighted bound, a decoder pass each; 0 leaves it out.",
        flag_values=values,
    )
    flags.DEFINE_integer(
        "onset_tolerance",
        TOLERANCE_STEPS,
        "Steps by which the onset of a matching note may differ.",
        flag_values=values,
    )
    flags.DEFINE_integer("batch_size", 256, "Measures scored at once.", flag_values=values)
    flags.DEFINE_integer("seed", 0, "Seed of the draws of z.", flag_values=values)
    flags.DEFINE_string(
        "output",
        None,
        "Also write the figures: a file that ends in .json, or a folder, with pictures too.",
        flag_values=values,
    )
    flags.DEFINE_bool("force", False, "Replace that file or folder.", flag_values=values)


def _evaluate(values: flags.FlagValues, positional: Sequence[str]) -> None:
    require(values, "data")
    for name, least, most in _BOUNDS:
        given = values[name].value
        if given is None or least <= given <= most:
            continue
        if given < least:
            raise UsageError(f"--{name}={given}; give {least} or more.")
        raise UsageError(f"--{name}={shown(given)}; give {most:,} at most.")
    from gm_vae.evaluation.bound import bound_split
    from gm_vae.evaluation.reconstruction import reconstruct_split
    from gm_vae.evaluation.report import Report, check_output, write_report
    from gm_vae.evaluation.scores import evaluate
    from gm_vae.generate.loading import load

    if values.output:
        check_output(values.output, values.force)
    model = load(values.model)
    where = values.data, values.split
    common = {
        "batch_size": values.batch_size, "limit": values.limit, "show_progress": True
    }  # fmt: skip
    figures = evaluate(model.network, *where, seed=values.seed, **common)
    bound = None
    if values.samples:
        bound = bound_split(model.network, *where, values.samples, seed=values.seed, **common)
    reconstructions = reconstruct_split(
        model, *where, tolerance_steps=values.onset_tolerance, examples=_EXAMPLES, **common
    )
    about = {"model": values.model, "data": values.data, "split": values.split, "seed": values.seed}
    report = Report(about, figures, bound, reconstructions)
    if values.output:
        write_report(report, values.output, values.force)
    print(report.table())


EVALUATE = Command(
    name="evaluate",
    summary="Score how well a model explains measures that it was not trained on.",
    example=(
        "gm-vae evaluate --model=runs/mine --data=data/mine\n"
        "gm-vae evaluate --model=runs/mine --data=data/mine --split=validation --samples=64 "
        "--output=report"
    ),
    define_flags=_define,
    run=_evaluate,
)
