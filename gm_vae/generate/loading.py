"""Any model that people have -> one that makes music."""

from __future__ import annotations

import os

from absl import flags

from gm_vae.errors import naming
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.numpy_vae import NumpyVAE
from gm_vae.model.reading import DEFAULT, read_model


def define_model_flag(values: flags.FlagValues) -> None:
    """--model, of every verb that needs one."""
    flags.DEFINE_string(
        "model",
        DEFAULT,
        "Run or checkpoint folder, SavedModel, magenta.js folder or address, or a bundled model.",
        flag_values=values,
    )


def load(path: str | os.PathLike[str] = DEFAULT) -> GMVAE:
    """A model for making music.

    Args:
        path: a checkpoint folder or the run folder of a training; a SavedModel of ours; a
            magenta.js checkpoint of a multitrack model; an https://, gs:// or s3:// address of a
            checkpoint folder of either kind; or the name of a bundled model, such as "small".

    Raises:
        UserError: there is no such model, it is of another kind, or it is damaged.
    """
    found = read_model(path)
    with naming(path):
        return GMVAE(NumpyVAE(found.config, found.weights), found.training, found.attributes)
