"""The verbs `export` and `import`."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from absl import flags

from gm_vae import files
from gm_vae.command import Command, require
from gm_vae.errors import UsageError
from gm_vae.export.web_page import define_soundfont
from gm_vae.generate.loading import define_model_flag
from gm_vae.json_values import WrongValue, parse
from gm_vae.text import printable

FORMATS = ("savedmodel", "magentajs", "tfjs", "web", "checkpoint")
# what --quantize is by default; none for the others
_QUANTIZED = {"magentajs": "float16", "web": "float16"}


def _define_export(values: flags.FlagValues) -> None:
    define_model_flag(values)
    flags.DEFINE_string("output", None, "Folder to write.", flag_values=values)
    flags.DEFINE_enum(
        "format",
        None,
        FORMATS,
        "What to write: savedmodel for TensorFlow, magentajs for magenta.js, tfjs for "
        "TensorFlow.js alone, web for a site with the page, checkpoint for gm-vae itself.",
        flag_values=values,
    )
    flags.DEFINE_enum(
        "quantize",
        None,
        ["none", "float16", "uint16", "uint8"],
        "How weights are stored, but in a SavedModel; float16 for magentajs unless said otherwise.",
        flag_values=values,
    )
    flags.DEFINE_bool(
        "half", False, "Store the weights of a SavedModel as float16.", flag_values=values
    )
    flags.DEFINE_integer(
        "shard_bytes", None, "Size of the files of weights for browsers.", flag_values=values
    )
    flags.DEFINE_string(
        "evaluation",
        None,
        "What gm-vae evaluate --output wrote, a .json file or a folder: figures for the card.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "license", None, "Under which terms the weights are, for the card.", flag_values=values
    )
    define_soundfont(values)
    flags.DEFINE_bool("force", False, "Replace what is there.", flag_values=values)


def _export(values: flags.FlagValues, positional: Sequence[str]) -> None:
    require(values, "output", "format")
    browsers = values.format in ("magentajs", "tfjs")
    for name, fits in (
        ("quantize", values.format != "savedmodel"),
        ("half", values.format == "savedmodel"),
        ("shard_bytes", browsers),
        ("soundfont", values.format == "web"),
    ):
        if values[name].value not in (None, False) and not fits:
            raise UsageError(f"--{name} does not go with --format={values.format}; leave it out.")
    from gm_vae.checkpoints.load import read_model

    output = files.user_path(values.output)
    about = {} if values.license is None else {"license": values.license}
    if values.evaluation:
        about["evaluation"] = _evaluation(values.evaluation)
    found = read_model(values.model)
    found = dataclasses.replace(found, training={**found.training, **about})
    quantization = values.quantize or _QUANTIZED.get(values.format, "none")
    if values.format == "savedmodel":
        from gm_vae.export.saved_model import export_saved_model

        export_saved_model(found, output, values.half, values.force)
    elif values.format == "checkpoint":
        from gm_vae.checkpoints.folder import export_checkpoint

        export_checkpoint(found, output, quantization, values.force)
    elif values.format == "web":
        from gm_vae.export.web_page import export_web

        export_web(found, output, quantization, values.force, values.soundfont)
    else:
        from gm_vae.checkpoints.tensors import SHARD_BYTES

        shard_bytes = SHARD_BYTES if values.shard_bytes is None else values.shard_bytes
        export = _for_browsers(values.format)
        export(found, output, quantization, shard_bytes, values.force)
    print(printable(output))


def _for_browsers(name: str) -> Any:
    if name == "tfjs":
        from gm_vae.export.tfjs import export_tfjs

        return export_tfjs
    from gm_vae.checkpoints.magentajs import export_magentajs

    return export_magentajs


def _evaluation(path: str) -> dict[str, Any]:
    """The figures that `gm-vae evaluate` wrote to a file or folder, but those of single units.

    Nor where model and dataset lay: those are paths of whoever evaluated.
    """
    from gm_vae.checkpoints.folder import FIGURES
    from gm_vae.checkpoints.tensors import MAX_DESCRIPTION_BYTES
    from gm_vae.evaluation.report import FILE_NAME

    place = files.user_path(path)
    place = place / FILE_NAME if place.is_dir() else place
    try:
        found = parse(files.read_bounded(place, MAX_DESCRIPTION_BYTES), FIGURES)
    except (OSError, WrongValue) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"--evaluation={path} is nothing that gm-vae evaluate --output writes ({reason}); name "
            "its .json file or folder."
        ) from None
    private = ("model", "data")
    return {
        name: value
        for name, value in found.items()
        if not name.startswith("unit_") and name not in private
    }


EXPORT = Command(
    name="export",
    summary="Write a model for TensorFlow, for web apps, as a page, or as a checkpoint.",
    example=(
        "gm-vae export --model=demo/run --format=savedmodel --output=served/1\n"
        "gm-vae export --model=demo/run --format=magentajs --quantize=uint8 --output=site/model\n"
        "gm-vae export --model=demo/run --format=tfjs --output=site/graphs\n"
        "gm-vae export --model=demo/run --format=web --quantize=float16 --output=site\n"
        "gm-vae export --model=demo/run --format=checkpoint --quantize=float16 --output=mine "
        "--license=CC-BY-4.0"
    ),
    define_flags=_define_export,
    run=_export,
)


def _define_import(values: flags.FlagValues) -> None:
    flags.DEFINE_string(
        "checkpoint",
        None,
        "A TensorFlow 1 checkpoint of hier-multiperf_vel_1bar_* (prefix, folder or .tar), or a "
        "magenta.js folder or its address.",
        flag_values=values,
    )
    flags.DEFINE_string("output", None, "Checkpoint folder to write.", flag_values=values)
    flags.DEFINE_bool("force", False, "Replace what is there.", flag_values=values)


def _import(values: flags.FlagValues, positional: Sequence[str]) -> None:
    require(values, "checkpoint", "output")
    from gm_vae.checkpoints.importing import import_checkpoint

    output = files.user_path(values.output)
    found = import_checkpoint(values.checkpoint, output, values.force)
    config = found.config
    print(
        f"encoder {config.encoder_units}, decoder {'x'.join(map(str, config.decoder_units))}, "
        f"z {config.latent_size}, {'with' if config.chords else 'without'} chords"
    )
    if not found.training.get("sigma_known", True):
        print("The checkpoint has no sigma: what it tells of uncertainty is the prior's.")
    print(printable(output))


IMPORT = Command(
    name="import",
    summary="Turn a published or a magenta.js checkpoint into one of ours.",
    example="gm-vae import --checkpoint=downloaded/model.ckpt-100000 --output=models/published",
    define_flags=_define_import,
    run=_import,
)
