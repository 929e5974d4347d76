"""The checkpoint folder of the browser client (magenta.js), read and written.

The folder holds config.json, weights_manifest.json and shards. `encoder/sigma` may be missing: the
client encodes to mu and does not use it.
"""

from __future__ import annotations

import dataclasses
import math
import os
import pathlib
from collections.abc import Mapping

import numpy as np

from gm_vae.checkpoints.checkpoint import Checkpoint, stored_tensors
from gm_vae.checkpoints.client_config import CONFIG, client_config, read_client_config
from gm_vae.checkpoints.folder import FILE_NAME
from gm_vae.checkpoints.model_card import write_about
from gm_vae.checkpoints.tensors import (
    SHARD_BYTES,
    StoredTensors,
    check_tensors,
    read_json,
    read_manifest,
    shapes_of,
    write_json,
    write_tensors,
)
from gm_vae.errors import UsageError, UserError, naming
from gm_vae.files import output_folder
from gm_vae.model.config import ModelConfig
from gm_vae.model.prior import network_shapes, without_prior
from gm_vae.model.published import MU, SIGMA, NetworkSizes, sizes_from_shapes
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import vocabulary


@dataclasses.dataclass(frozen=True)
class MagentaJsInfo:
    """Metadata of a browser checkpoint."""

    fmt: MeasureFormat
    sizes: NetworkSizes


def read_magentajs(
    folder: str | os.PathLike[str],
) -> tuple[dict[str, np.ndarray], MagentaJsInfo]:
    """The tensors (float32, by name: weights and prior) of a checkpoint for the client.

    Raises:
        UserError: the checkpoint does not exist, is damaged, or is of another kind of model.
    """
    folder = pathlib.Path(folder)
    client = _read_config(folder)
    stored = StoredTensors.find(folder)
    info = _info(folder, *client, stored.shapes)
    return stored.read(), info


def export_magentajs(
    checkpoint: Checkpoint,
    output: str | os.PathLike[str],
    quantization: str = "float16",
    shard_bytes: int = SHARD_BYTES,
    force: bool = False,
) -> None:
    """Write the folder that `new MusicVAE(url)` of the client loads, completely or not at all.

    Args:
        checkpoint: the model; config.json gives the client its measure format.
        output: the folder.
        quantization: "none", "float16", "uint16" or "uint8".
        shard_bytes: size of every shard but the last.
        force: replace `output` if it is not empty, unless it is a gm-vae checkpoint.

    Raises:
        UsageError: `output` is taken, or the quantization is unknown.
        UserError: the decoder layers are of unequal width, which the client cannot run; or
            `output` is not writable.
    """
    units = checkpoint.config.decoder_units
    if len(set(units)) > 1:  # the client splits the initial state into equal parts
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
        for name, array in stored_tensors(checkpoint).items()
        if not name.startswith(f"{SIGMA}/")
    }
    config = checkpoint.config
    with output_folder(output, force) as temporary:
        write_tensors(temporary, without_sigma, quantization, shard_bytes)
        write_json(temporary / CONFIG, client_config(config.fmt, config.chords))
        write_about(temporary, checkpoint, "magentajs", quantization)


def check_descriptions(folder: pathlib.Path) -> None:
    """Raise UserError unless the description files of a checkpoint are valid; reads no shards."""
    groups = read_manifest(folder)
    check_tensors(folder, groups)
    _info(folder, *_read_config(folder), shapes_of(groups))


def _read_config(folder: pathlib.Path) -> tuple[MeasureFormat, bool]:
    path = folder / CONFIG
    config = read_json(path, "name a folder that holds a magenta.js checkpoint")
    return read_client_config(config, str(path))


def _info(
    folder: pathlib.Path, fmt: MeasureFormat, chords: bool, shapes: Mapping[str, tuple[int, ...]]
) -> MagentaJsInfo:
    with naming(folder):
        sizes = sizes_from_shapes(network_shapes(shapes, str(folder)))
    require_vocabulary(sizes, fmt, str(folder / CONFIG))
    if sizes.chords != chords:
        has = ("without", "with")
        raise UserError(
            f"{folder / CONFIG} is of a model {has[chords]} chords and the weights are of one "
            f"{has[sizes.chords]}; copy both from the same checkpoint."
        )
    return MagentaJsInfo(fmt, sizes)


def require_vocabulary(sizes: NetworkSizes, fmt: MeasureFormat, source: str) -> None:
    """Raise UserError unless a network of these sizes has the vocabulary of a format."""
    if sizes.vocabulary_size != vocabulary(fmt).size:
        raise UserError(
            f"the weights speak {sizes.vocabulary_size} tokens and {source} has "
            f"{vocabulary(fmt).size}; use the format that the model was trained with."
        )


def from_external(weights: Mapping[str, np.ndarray], fmt: MeasureFormat, source: str) -> Checkpoint:
    """A model that another program trained, as a Checkpoint.

    Where sigma is missing it becomes 1 everywhere, as in the prior, and `sigma_known` is false.

    Args:
        weights: by published name; a prior may be among them.
        fmt: the measure format.
        source: its name, for the provenance.

    Raises:
        UserError: the weights are of another kind of model or another format.
    """
    weights, prior = without_prior(weights, source)
    sizes = sizes_from_shapes({name: array.shape for name, array in weights.items()})
    require_vocabulary(sizes, fmt, "the measure format")
    if not sizes.has_sigma:
        kernel = weights[f"{MU}/kernel"]
        weights[f"{SIGMA}/kernel"] = np.zeros_like(kernel)
        # softplus(bias) = 1
        weights[f"{SIGMA}/bias"] = np.full(kernel.shape[1], math.log(math.e - 1), np.float32)
    config = ModelConfig(
        sizes.encoder_units,
        sizes.decoder_units,
        sizes.latent_size,
        sizes.chords,
        fmt,
        preset="imported",
    )
    training = {"imported_from": source, "sigma_known": sizes.has_sigma}
    return Checkpoint(config, weights, training, prior=prior)
