"""The verbs `export` and `import`."""

from __future__ import annotations

import dataclasses
import sys
from typing import Any

from gm_vae import files
from gm_vae.checkpoints.tensors import QUANTIZATIONS
from gm_vae.command import Command
from gm_vae.errors import UsageError
from gm_vae.export.web_page import SOUNDFONT_HELP
from gm_vae.flags import Arguments, flag
from gm_vae.generate.arguments import ModelArguments
from gm_vae.json_values import WrongValue, parse
from gm_vae.text import printable

FORMATS = ("savedmodel", "magentajs", "tfjs", "web", "checkpoint")
# default of --quantize; none for the others
_QUANTIZED = {"magentajs": "float16", "web": "float16"}


@dataclasses.dataclass(frozen=True)
class ExportArguments(ModelArguments):
    """The flags of `export`."""

    output: str = flag(None, "Folder to write.", required=True)
    format: str = flag(
        None,
        "savedmodel for TensorFlow, magentajs for magenta.js, tfjs for TensorFlow.js alone, web "
        "for a site with the page, checkpoint for gm-vae itself.",
        choices=FORMATS,
        required=True,
    )
    quantize: str | None = flag(
        None,
        "Storage of the weights (not of a SavedModel). Without it, float16 for magentajs and web, "
        "none for the others.",
        choices=QUANTIZATIONS,
    )
    half: bool = flag(False, "Store the weights of a SavedModel as float16.")
    shard_bytes: int | None = flag(
        None, "Size of each file of weights, in bytes (magentajs and tfjs)."
    )
    evaluation: str | None = flag(
        None,
        "Figures for the card: the .json file or folder that gm-vae evaluate --output wrote.",
    )
    license: str | None = flag(None, "License of the weights, for the card.")
    soundfont: str | None = flag(None, SOUNDFONT_HELP)
    force: bool = flag(False, "Replace an existing folder.")


def _export(args: ExportArguments) -> None:
    browsers = args.format in ("magentajs", "tfjs")
    for name, fits in (
        ("quantize", args.format != "savedmodel"),
        ("half", args.format == "savedmodel"),
        ("shard_bytes", browsers),
        ("soundfont", args.format == "web"),
    ):
        if getattr(args, name) not in (None, False) and not fits:
            raise UsageError(f"--{name} does not go with --format={args.format}; leave it out.")
    from gm_vae.checkpoints.load import read_model

    output = files.user_path(args.output)
    about: dict[str, Any] = {} if args.license is None else {"license": args.license}
    if args.evaluation:
        about["evaluation"] = _evaluation(args.evaluation)
    checkpoint = read_model(args.model)
    checkpoint = dataclasses.replace(checkpoint, training={**checkpoint.training, **about})
    quantization = args.quantize or _QUANTIZED.get(args.format, "none")
    if args.format == "savedmodel":
        from gm_vae.export.saved_model import export_saved_model

        export_saved_model(checkpoint, output, args.half, args.force)
    elif args.format == "checkpoint":
        from gm_vae.checkpoints.folder import export_checkpoint

        export_checkpoint(checkpoint, output, quantization, args.force)
    elif args.format == "web":
        from gm_vae.export.web_page import export_web, outdated

        export_web(checkpoint, output, quantization, args.force, args.soundfont)
        if problem := outdated():
            print(f"gm-vae export: {problem}", file=sys.stderr)
    else:
        from gm_vae.checkpoints.tensors import SHARD_BYTES

        shard_bytes = SHARD_BYTES if args.shard_bytes is None else args.shard_bytes
        export = _for_browsers(args.format)
        export(checkpoint, output, quantization, shard_bytes, args.force)
    print(printable(output))
    if (output / "README.md").exists():
        print(f"{printable(output / 'README.md')} explains how to use it.", file=sys.stderr)


def _for_browsers(name: str) -> Any:
    if name == "tfjs":
        from gm_vae.export.tfjs import export_tfjs

        return export_tfjs
    from gm_vae.checkpoints.magentajs import export_magentajs

    return export_magentajs


def _evaluation(path: str) -> dict[str, Any]:
    """The figures that `gm-vae evaluate` wrote to a file or folder, but those of single units.

    Paths of model and dataset are left out too: they are private.
    """
    from gm_vae.checkpoints.folder import FIGURES
    from gm_vae.checkpoints.tensors import MAX_DESCRIPTION_BYTES
    from gm_vae.evaluation.report import FILE_NAME

    file = files.user_path(path)
    file = file / FILE_NAME if file.is_dir() else file
    try:
        figures = parse(files.read_bounded(file, MAX_DESCRIPTION_BYTES), FIGURES)
    except (OSError, WrongValue) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"--evaluation={path} was not written by gm-vae evaluate --output ({reason}); name its "
            ".json file or folder."
        ) from None
    private = ("model", "data")
    return {
        name: value
        for name, value in figures.items()
        if not name.startswith("unit_") and name not in private
    }


EXPORT = Command(
    name="export",
    summary="Export a model for TensorFlow, for web apps, as a web page, or as a checkpoint.",
    example=(
        "gm-vae export --model=demo/run --format=savedmodel --output=served/1\n"
        "gm-vae export --model=demo/run --format=magentajs --quantize=uint8 --output=site/model\n"
        "gm-vae export --model=demo/run --format=tfjs --output=site/graphs\n"
        "gm-vae export --model=demo/run --format=web --quantize=float16 --output=site\n"
        "gm-vae export --model=demo/run --format=checkpoint --quantize=float16 --output=mine "
        "--license=CC-BY-4.0"
    ),
    arguments=ExportArguments,
    run=_export,
)


@dataclasses.dataclass(frozen=True)
class ImportArguments(Arguments):
    """The flags of `import`."""

    checkpoint: str = flag(
        None,
        "A TensorFlow 1 checkpoint of hier-multiperf_vel_1bar_* (prefix, folder or .tar), or a "
        "magenta.js folder or its address.",
        required=True,
    )
    output: str = flag(None, "Checkpoint folder to write.", required=True)
    force: bool = flag(False, "Replace an existing folder.")


def _import(args: ImportArguments) -> None:
    from gm_vae.checkpoints.importing import import_checkpoint

    output = files.user_path(args.output)
    checkpoint = import_checkpoint(args.checkpoint, output, args.force)
    config = checkpoint.config
    print(
        f"encoder {config.encoder_units}, decoder {'x'.join(map(str, config.decoder_units))}, "
        f"z {config.latent_size}, {'with' if config.chords else 'without'} chords"
    )
    if not checkpoint.training.get("sigma_known", True):
        print("The checkpoint has no sigma, so encode returns the sigma of the prior.")
    print(printable(output))


IMPORT = Command(
    name="import",
    summary="Convert a published or a magenta.js checkpoint to a gm-vae checkpoint.",
    example="gm-vae import --checkpoint=downloaded/model.ckpt-100000 --output=models/published",
    arguments=ImportArguments,
    run=_import,
)
