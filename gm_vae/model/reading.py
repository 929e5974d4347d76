"""Any model that people have -> a Checkpoint: by folder, address, or name of a bundled model."""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile
import urllib.parse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gm_vae import files
from gm_vae.errors import UserError
from gm_vae.model import checkpoint as checkpoint_lib
from gm_vae.model.checkpoint import Checkpoint, checkpoint_folder, read_attributes, read_checkpoint
from gm_vae.model.client_config import CONFIG
from gm_vae.model.config import ModelConfig
from gm_vae.model.magentajs import adopt, read_magentajs
from gm_vae.model.tensors import MANIFEST, read_json, shard_names

if TYPE_CHECKING:
    from gm_vae.model.vae import HierarchicalVAE

BUNDLED = pathlib.Path(__file__).parent.parent / "models"  # a checkpoint folder for each name
DEFAULT = "small"  # the bundled model that is meant where none is named

_SAVED_MODEL = "saved_model.pb"
_VARIABLE = "/.ATTRIBUTES/VARIABLE_VALUE"
_MOST_BYTES = 1 << 31  # of one file that is fetched
_ABSENT_WITHOUT_HARM = (checkpoint_lib.FILE_NAME, checkpoint_lib.ATTRIBUTES, CONFIG)


def read_model(path: str | os.PathLike[str]) -> Checkpoint:
    """What the files of a model hold; `path` and errors are those of `gm_vae.load`."""
    if files.scheme(path):
        with _fetched(os.fspath(path)) as folder:
            return _read_folder(folder, os.fspath(path))
    folder = model_folder(path)
    return _read_folder(folder, folder.name)


def network_of(checkpoint: Checkpoint) -> HierarchicalVAE:
    """The Keras model with these weights."""
    from gm_vae.model.vae import HierarchicalVAE

    network = HierarchicalVAE(checkpoint.config)
    network.load_published_weights(checkpoint.weights)
    return network


def model_folder(path: str | os.PathLike[str]) -> pathlib.Path:
    """The folder of a model on this machine: a path as it is, or the place of a bundled model.

    A folder that is there comes before a bundled model of the same name. Raises UserError for a
    name of neither.
    """
    folder = pathlib.Path(path).expanduser()
    if folder.exists() or len(folder.parts) > 1:
        return folder
    names = bundled_models()
    if folder.name in names:
        return BUNDLED / folder.name
    bundled = f"; bundled models are {', '.join(names)}" if names else ""
    raise UserError(f"there is no model at {path}{bundled}; train one with gm-vae train.")


def bundled_models() -> list[str]:
    """Names of the models that the package carries."""
    return sorted(each.parent.name for each in BUNDLED.glob(f"*/{checkpoint_lib.FILE_NAME}"))


def _read_folder(folder: pathlib.Path, source: str) -> Checkpoint:
    if (folder / _SAVED_MODEL).is_file():
        return _read_saved_model(folder)
    if (folder / MANIFEST).is_file() and not (folder / checkpoint_lib.FILE_NAME).is_file():
        weights, info = read_magentajs(folder)
        found = adopt(weights, info.fmt, source)
        return Checkpoint(found.config, found.weights, found.training, read_attributes(folder))
    return read_checkpoint(checkpoint_folder(folder))


def _read_saved_model(folder: pathlib.Path) -> Checkpoint:
    """The weights and the configuration that `gm_vae.export.saved_model` leaves in a SavedModel."""
    from gm_vae.model.tf_variables import read_variables

    extra = folder / "assets.extra"
    values = read_json(extra / checkpoint_lib.FILE_NAME, "name a SavedModel that gm-vae exported")
    try:
        config = ModelConfig.from_dict(values["model"])
        training = dict(values["training"])
    except (TypeError, KeyError, AttributeError, ValueError):
        raise UserError(
            f"{extra / checkpoint_lib.FILE_NAME} describes no model; export the SavedModel again."
        ) from None
    weights = {
        name.removeprefix("weights/").removesuffix(_VARIABLE).replace("|", "/"): array
        for name, array in read_variables(folder / "variables/variables", str(folder)).items()
        if name.startswith("weights/")
    }
    return Checkpoint(config, weights, training, read_attributes(folder))


@contextlib.contextmanager
def _fetched(address: str) -> Iterator[pathlib.Path]:
    """A temporary folder with the files of a checkpoint folder that lies elsewhere."""
    with tempfile.TemporaryDirectory(prefix="gm_vae_") as name:
        folder = pathlib.Path(name)
        for file in (MANIFEST, *_ABSENT_WITHOUT_HARM):
            _fetch(address, file, folder)
        for file in shard_names(folder):
            _fetch(address, file, folder)
        yield folder


def _fetch(address: str, name: str, folder: pathlib.Path) -> None:
    place = files.join(address, urllib.parse.quote(name))
    target = folder / name
    try:
        with files.open_file(place) as stream:
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(target, "wb") as copy:
                while piece := stream.read(1 << 20):
                    copy.write(piece)
                    if copy.tell() > _MOST_BYTES:
                        raise UserError(f"{place} has over {_MOST_BYTES:,} bytes; take another.")
    except FileNotFoundError:
        if name not in _ABSENT_WITHOUT_HARM:
            raise UserError(
                f"there is no {place}; give the address of a folder that holds {MANIFEST} and the "
                "files that it names."
            ) from None
    except OSError as error:
        reason = error.strerror or getattr(error, "reason", None) or error
        raise UserError(f"cannot read {place} ({reason}); try again later.") from None
