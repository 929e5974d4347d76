"""Other people's checkpoints -> a checkpoint folder of ours."""

from __future__ import annotations

import math
import os
import pathlib

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.export.magentajs import read_magentajs, require_vocabulary
from gm_vae.export.tf1 import read_tf1
from gm_vae.model.checkpoint import write_checkpoint
from gm_vae.model.config import ModelConfig
from gm_vae.model.published import MU, SIGMA, sizes_from_weights
from gm_vae.music.measure_format import MeasureFormat


def import_checkpoint(
    source: str | os.PathLike[str], output: str | os.PathLike[str], force: bool = False
) -> tuple[ModelConfig, bool]:
    """Read a TensorFlow 1 or magenta.js checkpoint and write it as ours.

    Those of TensorFlow 1 are of the published format; a magenta.js folder tells its own.
    Where sigma is missing (browsers do not need it), it becomes 1 everywhere, as in the prior.

    Returns:
        The configuration that the shapes tell, and whether sigma was there.

    Raises:
        UserError: there is no such checkpoint, it is damaged or of another kind of model, or the
            output cannot be written.
    """
    path = pathlib.Path(source).expanduser()
    if (path / "weights_manifest.json").is_file():
        weights, info = read_magentajs(path)
        fmt = info.fmt
    elif path.exists() or path.with_name(path.name + ".index").exists():
        weights, fmt = read_tf1(path), MeasureFormat()
    else:
        raise UsageError(f"there is no checkpoint at {source}; give a prefix, a folder or a .tar.")
    sizes = sizes_from_weights(weights)
    require_vocabulary(sizes, fmt, "the published format")
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
    training = {"imported_from": path.name, "sigma_known": sizes.has_sigma}
    write_checkpoint(output, config, weights, training, force)
    return config, sizes.has_sigma
