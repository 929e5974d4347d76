"""The verbs `export` and `import`."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from absl import flags

from gm_vae.command import Command, require
from gm_vae.export.web_page import define_soundfont

FORMATS = ("savedmodel", "magentajs", "web")


def _define_export(values: flags.FlagValues) -> None:
    flags.DEFINE_string("model", None, "Run or checkpoint folder.", flag_values=values)
    flags.DEFINE_string("output", None, "Folder to write.", flag_values=values)
    flags.DEFINE_enum("format", None, FORMATS, "What to write.", flag_values=values)
    flags.DEFINE_enum(
        "quantize",
        "float16",
        ["none", "float16", "uint16", "uint8"],
        "How files for browsers keep the weights.",
        flag_values=values,
    )
    define_soundfont(values)
    flags.DEFINE_bool("force", False, "Replace what is there.", flag_values=values)


def _export(values: flags.FlagValues, positional: Sequence[str]) -> None:
    require(values, "model", "output", "format")
    if values.format == "savedmodel":
        from gm_vae.export.saved_model import export_saved_model
        from gm_vae.generate.gmvae import load

        export_saved_model(load(values.model), values.output, values.force)
    elif values.format == "web":
        from gm_vae.export.web_page import export_web

        export_web(values.model, values.output, values.quantize, values.force, values.soundfont)
    else:
        from gm_vae.export.magentajs import export_magentajs
        from gm_vae.model.checkpoint import read_checkpoint

        config, weights, _ = read_checkpoint(values.model)
        export_magentajs(weights, config.fmt, values.output, values.quantize, force=values.force)
    print(pathlib.Path(values.output))


EXPORT = Command(
    name="export",
    summary="Write a model for TensorFlow (SavedModel), for magenta.js, or as a web page.",
    example=(
        "gm-vae export --model=demo/run --format=savedmodel --output=served\n"
        "gm-vae export --model=demo/run --format=magentajs --quantize=uint8 --output=site/model\n"
        "gm-vae export --model=demo/run --format=web --quantize=uint8 --output=site"
    ),
    define_flags=_define_export,
    run=_export,
)


def _define_import(values: flags.FlagValues) -> None:
    flags.DEFINE_string(
        "checkpoint",
        None,
        "A TensorFlow 1 checkpoint of hier-multiperf_vel_1bar_* (prefix, folder or .tar), or a "
        "magenta.js folder.",
        flag_values=values,
    )
    flags.DEFINE_string("output", None, "Checkpoint folder to write.", flag_values=values)
    flags.DEFINE_bool("force", False, "Replace what is there.", flag_values=values)


def _import(values: flags.FlagValues, positional: Sequence[str]) -> None:
    require(values, "checkpoint", "output")
    from gm_vae.export.importers import import_checkpoint

    config, sigma_known = import_checkpoint(values.checkpoint, values.output, values.force)
    print(
        f"encoder {config.encoder_units}, decoder {'x'.join(map(str, config.decoder_units))}, "
        f"z {config.latent_size}, {'with' if config.chords else 'without'} chords"
    )
    if not sigma_known:
        print("The checkpoint has no sigma: what it tells of uncertainty is the prior's.")
    print(pathlib.Path(values.output))


IMPORT = Command(
    name="import",
    summary="Turn a published or a magenta.js checkpoint into one of ours.",
    example="gm-vae import --checkpoint=downloaded/model.ckpt-100000 --output=models/published",
    define_flags=_define_import,
    run=_import,
)
