"""External checkpoints -> a gm-vae checkpoint folder."""

from __future__ import annotations

import os

from gm_vae import files, storage
from gm_vae.checkpoints.checkpoint import Checkpoint
from gm_vae.checkpoints.folder import write_checkpoint_files
from gm_vae.checkpoints.load import read_model
from gm_vae.checkpoints.magentajs import from_external
from gm_vae.checkpoints.tensors import MANIFEST
from gm_vae.checkpoints.tf1 import read_tf1
from gm_vae.errors import UsageError
from gm_vae.music.measure_format import MeasureFormat


def import_checkpoint(
    source: str | os.PathLike[str], output: str | os.PathLike[str], force: bool = False
) -> Checkpoint:
    """Read a TensorFlow 1 or magenta.js checkpoint and write it as a gm-vae checkpoint.

    TensorFlow 1 checkpoints have the published format; a magenta.js folder contains its format.
    `training["sigma_known"]` is false where sigma was missing (`from_external`).

    Raises:
        UserError: the checkpoint does not exist, is damaged or of another kind of model, or the
            output cannot be written.
    """
    path = files.user_path(source)
    if storage.scheme(source) or (path / MANIFEST).is_file() or (path / "saved_model.pb").is_file():
        checkpoint = read_model(source)
    elif path.exists() or path.with_name(path.name + ".index").exists():
        checkpoint = from_external(read_tf1(path), MeasureFormat(), path.name)
    else:
        raise UsageError(f"there is no checkpoint at {source}; give a prefix, a folder or a .tar.")
    with files.output_folder(output, force) as temporary:
        write_checkpoint_files(temporary, checkpoint)
    return checkpoint
