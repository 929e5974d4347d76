"""The folder of a trained model: configuration, provenance and weights, for reading anywhere.

gm_vae.json              version, model configuration, how it was trained, a checksum
config.json              the same for browsers (magenta.js)
weights_manifest.json    names, shapes and files of the weights, and
group1-shard*            the weights, in the layout that TensorFlow.js reads (`tensors.py`)
attributes.json          named directions of the latent space, if any were learnt
README.md                a card for readers, in exports
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from gm_vae.checkpoints.checkpoint import (
    Checkpoint,
    fingerprint,
    read_attributes,
    stored_tensors,
    write_attributes,
)
from gm_vae.checkpoints.client_config import CONFIG, client_config
from gm_vae.checkpoints.model_card import write_card
from gm_vae.checkpoints.tensors import (
    MANIFEST,
    StoredTensors,
    check_tensors,
    read_description,
    read_json,
    read_manifest,
    shapes_of,
    write_json,
    write_tensors,
)
from gm_vae.errors import UserError, naming
from gm_vae.files import output_folder
from gm_vae.json_values import (
    Fields,
    ListOf,
    MapOf,
    Maybe,
    Text,
    Whole,
    WrongValue,
    anything,
    boolean,
    figure,
    shown,
)
from gm_vae.model.config import ModelConfig
from gm_vae.model.prior import Prior, network_shapes, without_prior
from gm_vae.model.published import NetworkSizes
from gm_vae.version import __version__

FILE_NAME = "gm_vae.json"
VERSION = 2  # of the folder's layout; a reader refuses a greater one. 1 had no checksum.

_CHECKSUM = "sha256"

# What the card and resumed training read; other fields are kept as they are.
FIGURES = Fields(
    {},
    {
        "sources": ListOf(Text()),
        "split": Text(),
        "measures": Whole(),
        "importance_weighted": Maybe(Fields({}, {"bits_per_measure": figure})),
        "reconstructions": Maybe(
            Fields({}, dict.fromkeys(("note_f1", "pitched_note_f1", "drum_note_f1"), figure))
        ),
        "samples": Maybe(
            Fields(
                {"temperature": figure},
                dict.fromkeys(("distance", "distance_floor", "auc", "auc_floor"), Maybe(figure)),
            )
        ),
    },
)


def _training(value: Any) -> None:
    anything(value)  # nested once per fine-tuning
    _TRAINING(value)


_TRAINING = Fields(
    {},
    {
        "steps": Whole(),
        "best_step": Whole(),
        "bits_per_measure": figure,
        "dataset": Maybe(Fields({}, {"measures": Whole(), "sources": ListOf(Text())})),
        "config": Maybe(MapOf(anything)),
        "validation": Maybe(FIGURES),
        "evaluation": Maybe(FIGURES),
        "finetuned_from": Maybe(_training),
        "imported_from": Text(),
        "sigma_known": boolean,
        "license": Maybe(Text(100_000)),
    },
)
_FILE = Fields({"checkpoint_version": anything, "model": anything, "training": _training})


def write_checkpoint(
    folder: str | os.PathLike[str],
    config: ModelConfig,
    weights: Mapping[str, np.ndarray],
    training: Mapping[str, Any] | None = None,
    force: bool = False,
    prior: Prior | None = None,
) -> None:
    """Write a model as a folder, completely or not at all.

    Args:
        folder: the checkpoint folder.
        config: the model's configuration.
        weights: every weight by published name (`HierarchicalVAE.published_weights`).
        training: provenance of the weights (steps, dataset, figures), JSON values.
        force: replace an existing checkpoint.
        prior: what points are drawn from; a standard normal if None.

    Raises:
        UserError: the place cannot be written, or is taken and `force` is false.
    """
    with output_folder(folder, force) as temporary:
        checkpoint = Checkpoint(config, dict(weights), dict(training or {}), prior=prior)
        write_checkpoint_files(temporary, checkpoint)


def export_checkpoint(
    checkpoint: Checkpoint,
    output: str | os.PathLike[str],
    quantization: str = "none",
    force: bool = False,
) -> None:
    """Write a checkpoint folder, completely or not at all.

    Raises:
        UsageError: `output` is taken.
        UserError: the place cannot be written, or a weight is too large for float16.
    """
    with output_folder(output, force) as temporary:
        write_checkpoint_files(temporary, checkpoint, quantization)
        write_card(temporary, checkpoint, "checkpoint", quantization)


def write_checkpoint_files(
    folder: pathlib.Path, checkpoint: Checkpoint, quantization: str = "none"
) -> None:
    """Write the files of a checkpoint into an existing folder.

    `quantization` is the storage type of the weights (`write_tensors`). Raises OSError or
    UserError.
    """
    write_tensors(folder, stored_tensors(checkpoint), quantization)
    write_json(folder / CONFIG, client_config(checkpoint.config.fmt, checkpoint.config.chords))
    stored = StoredTensors.find(folder)
    values = {
        "checkpoint_version": VERSION,
        "gm_vae": __version__,
        "model": checkpoint.config.to_dict(),
        "training": checkpoint.training,
    }
    digest = _digest(values, stored)
    weights, _ = without_prior(stored.read(digest.update), str(folder))
    attributes = checkpoint.attributes
    if attributes and attributes.get("fingerprint") == fingerprint(checkpoint.weights):
        # the directions are valid for the quantized weights too
        attributes = {**attributes, "fingerprint": fingerprint(weights)}
    write_attributes(folder, attributes)
    write_json(folder / FILE_NAME, {**values, _CHECKSUM: digest.hexdigest()})


def read_checkpoint(folder: str | os.PathLike[str]) -> Checkpoint:
    """The model in a checkpoint folder.

    `folder` may also be a run folder of `gm-vae train`: its checkpoint is read then. Nothing
    outside the folder is opened, nothing in it is executed, and no weight is read before the sizes
    in all files agree.

    Raises:
        UserError: the folder does not exist, contains something else, is damaged, or was written by
            a newer version.
    """
    folder = checkpoint_folder(folder)
    values, config = _read_file(folder)
    stored = StoredTensors.find(folder)
    _require_shapes(folder, config, stored.shapes)
    digest = _digest(values, stored)
    tensors = stored.read(digest.update)  # the checksum covers the same bytes that are used
    if values["checkpoint_version"] > 1 and values.get(_CHECKSUM) != digest.hexdigest():
        path = folder / FILE_NAME
        raise _damaged(path, "the files do not match its checksum")
    weights, prior = without_prior(tensors, str(folder))
    return Checkpoint(config, weights, values["training"], read_attributes(folder), prior)


def check_descriptions(folder: pathlib.Path) -> None:
    """Raise UserError unless the description files of a checkpoint are valid; reads no shards."""
    groups = read_manifest(folder)
    check_tensors(folder, groups)
    _require_shapes(folder, _read_file(folder)[1], shapes_of(groups))
    read_attributes(folder)


def _read_file(folder: pathlib.Path) -> tuple[dict[str, Any], ModelConfig]:
    """The values of gm_vae.json, and its model configuration."""
    path = folder / FILE_NAME
    values = read_json(path, "copy the whole folder again", _FILE)
    version = values["checkpoint_version"]
    if type(version) is not int or not 1 <= version <= VERSION:
        raise UserError(
            f"{folder} has checkpoint version {shown(version)} and this gm-vae reads 1 to "
            f"{VERSION}; upgrade the package."
        )
    return values, _config(path, values["model"])


def training_of(folder: pathlib.Path) -> dict[str, Any]:
    """How the checkpoint in a folder was trained; empty if that cannot be read.

    The weights are not read.
    """
    try:
        return read_json(folder / FILE_NAME, "", _FILE)["training"]
    except UserError:
        return {}


def checkpoint_folder(path: str | os.PathLike[str]) -> pathlib.Path:
    """The checkpoint folder at a path, or the one in a run folder of `gm-vae train`.

    Raises:
        UserError: there is none; the message describes the folder instead.
    """
    folder = pathlib.Path(path)
    if not folder.exists():
        raise UserError(f"there is no checkpoint at {folder}; train one with gm-vae train.")
    for candidate in (folder, folder / "checkpoint"):
        if (candidate / FILE_NAME).is_file():
            return candidate
    raise UserError(_what_it_is_instead(folder))


def _digest(values: Mapping[str, Any], stored: StoredTensors) -> hashlib._Hash:
    """SHA-256 over gm_vae.json (without the checksum itself), config.json and manifest.

    The bytes of the shards complete the checksum.
    """
    rest = {name: value for name, value in values.items() if name != _CHECKSUM}
    digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode())
    for name in (CONFIG, MANIFEST):
        digest.update(read_description(stored.folder / name, "copy the whole folder again"))
    return digest


def read_model_description(path: pathlib.Path, remedy: str) -> tuple[ModelConfig, dict[str, Any]]:
    """Model configuration and training from a JSON file without weights.

    Raises UserError, with `remedy` if there is no file.
    """
    values = read_json(path, remedy, Fields({"model": anything, "training": _training}))
    return _config(path, values["model"]), values["training"]


def _config(path: pathlib.Path, values: Any) -> ModelConfig:
    try:
        with naming(path):
            return ModelConfig.from_dict(values)
    except WrongValue as error:
        raise _damaged(path, f"its model configuration is incomplete: {error}") from None


def _require_shapes(
    folder: pathlib.Path, config: ModelConfig, shapes: Mapping[str, tuple[int, ...]]
) -> None:
    sizes = NetworkSizes.of(config)
    expected, shapes = sizes.shapes(), network_shapes(shapes, str(folder))
    for name in sorted(set(expected) | set(shapes)):
        if expected.get(name) != shapes.get(name):
            raise UserError(
                f"the weights in {folder} are not of the model that its {FILE_NAME} describes: "
                f"{name[:100]!r} has the shape {shapes.get(name)} instead of {expected.get(name)}; "
                "copy the whole folder again."
            )


def _what_it_is_instead(folder: pathlib.Path) -> str:
    if (folder / "saved_model.pb").exists():
        kind = "a SavedModel; name the checkpoint it was exported from"
    elif (folder / MANIFEST).exists():
        kind = "a magenta.js checkpoint; turn it into ours with gm-vae import"
    elif list(folder.glob("*.index")) if folder.is_dir() else folder.suffix == ".index":
        kind = "a TensorFlow checkpoint; turn it into ours with gm-vae import"
    elif (folder / "dataset.json").exists():
        kind = "a dataset; train a model on it with gm-vae train"
    else:
        kind = f"not a gm-vae checkpoint (it has no {FILE_NAME}); name the run folder of a training"
    return f"{folder} is {kind}."


def _damaged(path: pathlib.Path, why: str) -> UserError:
    return UserError(f"{path} is damaged ({why}); copy the checkpoint again.")
