"""Any kind of model -> a Checkpoint: by folder, address, or name of a bundled model."""

from __future__ import annotations

import dataclasses
import difflib
import os
import pathlib

from gm_vae import files, storage
from gm_vae.checkpoints import folder as checkpoint_lib
from gm_vae.checkpoints import magentajs
from gm_vae.checkpoints.checkpoint import Checkpoint, read_attributes
from gm_vae.checkpoints.fetching import fetched
from gm_vae.checkpoints.folder import checkpoint_folder, read_checkpoint
from gm_vae.checkpoints.tensors import MANIFEST
from gm_vae.errors import UsageError, UserError
from gm_vae.model.prior import without_prior

BUNDLED = pathlib.Path(__file__).parent.parent / "models"  # a checkpoint folder for each name
DEFAULT = "small"  # the bundled model that is used by default

_SAVED_MODEL = "saved_model.pb"
_VARIABLE = "/.ATTRIBUTES/VARIABLE_VALUE"


def read_model(path: str | os.PathLike[str]) -> Checkpoint:
    """The content of a model's files; `path` and errors are as in `gm_vae.load`."""
    if storage.scheme(path):
        with fetched(os.fspath(path), _check_descriptions) as folder:
            return _read_weights(folder, os.fspath(path))
    try:
        folder = model_folder(path)
        if (folder / _SAVED_MODEL).is_file():
            return _read_saved_model(folder)
        return _read_weights(folder, folder.name)
    except OSError as error:
        raise UserError(
            f"cannot read the model at {path} ({error.strerror}); check the path."
        ) from None


def model_folder(path: str | os.PathLike[str]) -> pathlib.Path:
    """The folder of a model on this machine: the path itself, or the folder of a bundled model.

    An existing folder takes precedence over a bundled model of the same name. Raises UsageError if
    there is neither.
    """
    folder = files.user_path(path)
    if folder.exists() or len(folder.parts) > 1:
        return folder
    names = bundled_models()
    if folder.name in names:
        return BUNDLED / folder.name
    near = difflib.get_close_matches(folder.name, names, 1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    bundled = f"; name a bundled model ({', '.join(names)}), or" if names else ";"
    raise UsageError(f"there is no model at {path}{hint}{bundled} train one with gm-vae train.")


def bundled_models() -> list[str]:
    """Names of the models in the package."""
    return sorted(each.parent.name for each in BUNDLED.glob(f"*/{checkpoint_lib.FILE_NAME}"))


def _read_weights(folder: pathlib.Path, source: str) -> Checkpoint:
    """The content of a folder with a manifest."""
    if _is_magentajs(folder):
        weights, info = magentajs.read_magentajs(folder)
        checkpoint = magentajs.from_external(weights, info.fmt, source)
        return dataclasses.replace(checkpoint, attributes=read_attributes(folder))
    return read_checkpoint(checkpoint_folder(folder))


def _check_descriptions(folder: pathlib.Path) -> None:
    (magentajs if _is_magentajs(folder) else checkpoint_lib).check_descriptions(folder)


def _is_magentajs(folder: pathlib.Path) -> bool:
    return (folder / MANIFEST).is_file() and not (folder / checkpoint_lib.FILE_NAME).is_file()


def _read_saved_model(folder: pathlib.Path) -> Checkpoint:
    """The weights and the configuration that `gm_vae.export.saved_model` stores in a SavedModel."""
    from gm_vae.checkpoints.tf_variables import read_variables

    config, training = checkpoint_lib.read_model_description(
        folder / "assets.extra" / checkpoint_lib.FILE_NAME,
        "name a SavedModel that gm-vae exported",
    )
    tensors = {
        name.removeprefix("weights/").removesuffix(_VARIABLE).replace("|", "/"): array
        for name, array in read_variables(
            folder / "variables/variables", str(folder), lambda name: name.startswith("weights/")
        ).items()
    }
    weights, prior = without_prior(tensors, str(folder))
    return Checkpoint(config, weights, training, read_attributes(folder), prior)
