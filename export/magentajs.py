"""Weights -> the checkpoint folder that the browser client (magenta.js) loads.

The folder holds config.json, weights_manifest.json and shards. `encoder/sigma` is left out: the
client encodes to mu and has no use for it.
"""

from __future__ import annotations

import os
import pathlib

from gm_vae.errors import UsageError, UserError
from gm_vae.export.card import write_about
from gm_vae.files import output_folder
from gm_vae.model.checkpoint import FILE_NAME, Checkpoint
from gm_vae.model.client_config import CONFIG, client_config
from gm_vae.model.published import SIGMA
from gm_vae.model.tensors import SHARD_BYTES, write_json, write_tensors


def export_magentajs(
    checkpoint: Checkpoint,
    output: str | os.PathLike[str],
    quantization: str = "float16",
    shard_bytes: int = SHARD_BYTES,
    force: bool = False,
) -> None:
    """Write the folder that `new MusicVAE(url)` of the client loads, whole or not at all.

    Args:
        checkpoint: the model; the client takes measures of any format, told by config.json.
        output: the folder.
        quantization: "none", "float16", "uint16" or "uint8".
        shard_bytes: size of every shard but the last.
        force: replace `output` if something is in it, unless that is a checkpoint of gm-vae.

    Raises:
        UsageError: `output` is taken, or the quantization is unknown.
        UserError: the decoder layers are of unequal width, which the client cannot run; or
            `output` is not writable.
    """
    units = checkpoint.config.decoder_units
    if len(set(units)) > 1:  # the client cuts the initial state into equal parts
        raise UserError(
            f"the browser client needs decoder layers of equal width, and this model has "
            f"{', '.join(map(str, units))}; train one with equal layers."
        )
    output = pathlib.Path(output)
    if (output / FILE_NAME).exists():
        raise UsageError(
            f"{output} is a gm-vae checkpoint, which an export must not replace; choose another "
            "folder."
        )
    without_sigma = {
        name: array
        for name, array in checkpoint.weights.items()
        if not name.startswith(f"{SIGMA}/")
    }
    config = checkpoint.config
    with output_folder(output, force) as part:
        write_tensors(part, without_sigma, quantization, shard_bytes)
        write_json(part / CONFIG, client_config(config.fmt, config.chords))
        write_about(part, checkpoint, "magentajs", quantization)
