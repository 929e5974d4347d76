"""The folder of a trained model: configuration, provenance and weights, for reading anywhere.

gm_vae.json              version, model configuration, how it was trained
weights_manifest.json    names, shapes and files of the weights, and
group1-shard*            the weights, in the layout that TensorFlow.js reads (`model.tensors`)
"""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from gm_vae.errors import UserError
from gm_vae.files import output_folder
from gm_vae.model.client_config import CONFIG, client_config
from gm_vae.model.config import ModelConfig
from gm_vae.model.tensors import read_tensors, write_json, write_tensors
from gm_vae.version import __version__

FILE_NAME = "gm_vae.json"
VERSION = 1  # of the folder's layout; a reader refuses a greater one


def write_checkpoint(
    folder: str | os.PathLike[str],
    config: ModelConfig,
    weights: Mapping[str, np.ndarray],
    training: Mapping[str, Any] | None = None,
    force: bool = False,
) -> None:
    """Write a model as a folder that appears whole or not at all.

    Args:
        folder: the checkpoint folder.
        config: the model's configuration.
        weights: every weight by published name (`HierarchicalVAE.published_weights`).
        training: how the weights came about (steps, dataset, figures), JSON values.
        force: replace a checkpoint that is there already.

    Raises:
        UserError: the place cannot be written, or is taken and `force` is false.
    """
    values = {
        "checkpoint_version": VERSION,
        "gm_vae": __version__,
        "model": config.to_dict(),
        "training": dict(training or {}),
    }
    with output_folder(folder, force) as part:
        write_tensors(part, dict(weights))
        write_json(part / CONFIG, client_config(config.fmt, config.chords))
        (part / FILE_NAME).write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def checkpoint_folder(folder: str | os.PathLike[str]) -> pathlib.Path:
    """The checkpoint folder itself, given it or a run folder of `gm-vae train`.

    Raises UserError if there is no such folder.
    """
    folder = pathlib.Path(folder)
    if not folder.exists():
        raise UserError(f"there is no checkpoint at {folder}; train one with gm-vae train.")
    if not (folder / FILE_NAME).is_file() and (folder / "checkpoint" / FILE_NAME).is_file():
        return folder / "checkpoint"
    return folder


def read_checkpoint(
    folder: str | os.PathLike[str],
) -> tuple[ModelConfig, dict[str, np.ndarray], dict[str, Any]]:
    """(configuration, weights by published name, how it was trained) of a checkpoint folder.

    `folder` may also be a run folder of `gm-vae train`: its checkpoint is read then.

    Raises:
        UserError: there is no such folder, it holds something else, or it is damaged.
    """
    folder = checkpoint_folder(folder)
    path = folder / FILE_NAME
    if not path.is_file():
        raise UserError(_what_it_is_instead(folder))
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        version, model, training = (
            values[key] for key in ("checkpoint_version", "model", "training")
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{path} cannot be read ({type(error).__name__}); the checkpoint is damaged: "
            "copy it again or train anew."
        ) from None
    if version != VERSION:
        raise UserError(
            f"{folder} has checkpoint version {version!r} and this gm-vae reads {VERSION}; "
            "upgrade the package."
        )
    try:
        config = ModelConfig.from_dict(model)
    except (TypeError, KeyError, AttributeError):
        raise UserError(
            f"{path} has no whole model configuration; the checkpoint is damaged: copy it again."
        ) from None
    return config, read_tensors(folder), training


def _what_it_is_instead(folder: pathlib.Path) -> str:
    if (folder / "saved_model.pb").exists():
        kind = "a SavedModel; name the checkpoint it was exported from"
    elif (folder / "weights_manifest.json").exists():
        kind = "a magenta.js checkpoint; turn it into ours with gm-vae import"
    elif list(folder.glob("*.index")) if folder.is_dir() else folder.suffix == ".index":
        kind = "a TensorFlow checkpoint; turn it into ours with gm-vae import"
    elif (folder / "dataset.json").exists():
        kind = "a dataset; train a model on it with gm-vae train"
    else:
        kind = f"not a gm-vae checkpoint (it has no {FILE_NAME}); name the run folder of a training"
    return f"{folder} is {kind}."
