"""Weights -> the checkpoint folder that the browser client (magenta.js) loads.

The folder holds config.json, weights_manifest.json and shards. `encoder/sigma` is left out: the
client encodes to mu and has no use for it.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Mapping

import numpy as np

from gm_vae.errors import UsageError, UserError
from gm_vae.files import output_folder
from gm_vae.model.checkpoint import FILE_NAME
from gm_vae.model.client_config import CONFIG, client_config
from gm_vae.model.magentajs import require_vocabulary
from gm_vae.model.published import SIGMA, sizes_from_shapes
from gm_vae.model.tensors import SHARD_BYTES, write_json, write_tensors
from gm_vae.music.measure_format import MeasureFormat


def export_magentajs(
    weights: Mapping[str, np.ndarray],
    fmt: MeasureFormat,
    output: str | os.PathLike[str],
    quantization: str = "float16",
    shard_bytes: int = SHARD_BYTES,
    force: bool = False,
) -> None:
    """Write the folder that `new MusicVAE(url)` of the client loads, whole or not at all.

    Args:
        weights: every variable by published name; `encoder/sigma` may be missing.
        fmt: the measures that the weights speak; the client takes any, told by config.json.
        output: the folder.
        quantization: "none", "float16", "uint16" or "uint8".
        shard_bytes: size of every shard but the last.
        force: replace `output` if something is in it, unless that is a checkpoint of gm-vae.

    Raises:
        UsageError: `output` is taken, or the quantization is unknown.
        UserError: the weights are no multitrack model's, of another format, or of decoder layers
            of unequal width, which the client cannot run; or `output` is not writable.
    """
    sizes = sizes_from_shapes({name: array.shape for name, array in weights.items()})
    require_vocabulary(sizes, fmt, "the measure format")
    if len(set(sizes.decoder_units)) > 1:  # the client cuts the initial state into equal parts
        raise UserError(
            f"the browser client needs decoder layers of equal width, and this model has "
            f"{', '.join(map(str, sizes.decoder_units))}; train one with equal layers."
        )
    output = pathlib.Path(output)
    if (output / FILE_NAME).exists():
        raise UsageError(
            f"{output} is a gm-vae checkpoint, which an export must not replace; choose another "
            "folder."
        )
    without_sigma = {
        name: array for name, array in weights.items() if not name.startswith(f"{SIGMA}/")
    }
    with output_folder(output, force) as part:
        write_json(part / CONFIG, client_config(fmt, sizes.chords))
        write_tensors(part, without_sigma, quantization, shard_bytes)
