"""Load a model from any kind of checkpoint."""

from __future__ import annotations

import os

from gm_vae.backends.numpy.network import NumpyVAE
from gm_vae.checkpoints.load import DEFAULT, read_model
from gm_vae.errors import naming
from gm_vae.generate.gmvae import GMVAE


def load(path: str | os.PathLike[str] = DEFAULT) -> GMVAE:
    """Load a model.

    Args:
        path: the name of a bundled model, such as "small"; a checkpoint folder or the run folder of
            a training; a SavedModel exported by gm-vae; a magenta.js checkpoint of a multitrack
            model; or an https://, gs:// or s3:// address of a checkpoint folder of either kind.

    Raises:
        UserError: the model does not exist, is of another kind, or is damaged.
    """
    checkpoint = read_model(path)
    with naming(path):
        return GMVAE(
            NumpyVAE(checkpoint.config, checkpoint.weights),
            checkpoint.training,
            checkpoint.attributes,
            checkpoint.prior,
        )
