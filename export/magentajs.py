"""Weights <-> the checkpoint folder that the browser client (magenta.js) loads.

The folder holds config.json, weights_manifest.json and shards. `encoder/sigma` is left out: the
client encodes to mu and has no use for it.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Mapping

import numpy as np

from gm_vae.errors import UsageError, UserError
from gm_vae.files import output_folder
from gm_vae.model.checkpoint import FILE_NAME
from gm_vae.model.client_config import CONFIG, client_config, read_client_config
from gm_vae.model.published import SIGMA, NetworkSizes, sizes_from_weights
from gm_vae.model.tensors import SHARD_BYTES, read_json, read_tensors, write_json, write_tensors
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import vocabulary


@dataclasses.dataclass(frozen=True)
class MagentaJsInfo:
    """What a browser's checkpoint says beside its weights."""

    fmt: MeasureFormat
    sizes: NetworkSizes


def export_magentajs(
    weights: Mapping[str, np.ndarray],
    fmt: MeasureFormat,
    output: str | os.PathLike[str],
    quantization: str = "float16",
    shard_bytes: int = SHARD_BYTES,
    force: bool = False,
) -> MagentaJsInfo:
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
    sizes = sizes_from_weights(weights)
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
    return MagentaJsInfo(fmt, dataclasses.replace(sizes, has_sigma=False))


def read_magentajs(
    folder: str | os.PathLike[str],
) -> tuple[dict[str, np.ndarray], MagentaJsInfo]:
    """The weights (float32, by published name) of a checkpoint that the client could load.

    Raises:
        UserError: there is no such checkpoint, it is damaged, or it is of another kind of model.
    """
    folder = pathlib.Path(folder)
    config = read_json(folder / CONFIG, "name a folder that holds a magenta.js checkpoint")
    fmt, chords = read_client_config(config)
    weights = read_tensors(folder)
    sizes = sizes_from_weights(weights)
    require_vocabulary(sizes, fmt, str(folder / CONFIG))
    if sizes.chords != chords:
        has = ("without", "with")
        raise UserError(
            f"{folder / CONFIG} is of a model {has[chords]} chords and the weights are of one "
            f"{has[sizes.chords]}; copy both from the same checkpoint."
        )
    return weights, MagentaJsInfo(fmt, sizes)


def require_vocabulary(sizes: NetworkSizes, fmt: MeasureFormat, source: str) -> None:
    """Raise UserError unless a network of these sizes speaks the tokens of a format."""
    if sizes.vocabulary_size != vocabulary(fmt).size:
        raise UserError(
            f"the weights speak {sizes.vocabulary_size} tokens and {source} has "
            f"{vocabulary(fmt).size}; use the format that the model was trained with."
        )
