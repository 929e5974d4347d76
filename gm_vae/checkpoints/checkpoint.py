"""A model as read from files of any format."""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from gm_vae.checkpoints.tensors import read_json, write_json
from gm_vae.json_values import MapOf, anything
from gm_vae.model.config import ModelConfig
from gm_vae.model.prior import Prior

ATTRIBUTES = "attributes.json"


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """A model as read from files of any format.

    Attributes:
        config: its sizes and format.
        weights: float32, every variable by published name.
        training: provenance of the weights (steps, dataset, figures), JSON values.
        attributes: the content of attributes.json, None if there is none.
        prior: what points are drawn from, None for a standard normal.
    """

    config: ModelConfig
    weights: dict[str, np.ndarray]
    training: dict[str, Any]
    attributes: dict[str, Any] | None = None
    prior: Prior | None = None


def stored_tensors(checkpoint: Checkpoint) -> dict[str, np.ndarray]:
    """The weights and the prior, by the names that files give them."""
    prior = checkpoint.prior.tensors() if checkpoint.prior else {}
    return {**checkpoint.weights, **prior}


def fingerprint(weights: Mapping[str, np.ndarray]) -> str:
    """A short hash of all weights by name, which identifies the model of learnt attributes."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(np.asarray(weights[name], np.float32).tobytes())
    return digest.hexdigest()[:16]


def write_attributes(folder: pathlib.Path, attributes: Mapping[str, Any] | None) -> None:
    """Write attributes.json, if there are any. Raises OSError."""
    if attributes is not None:
        write_json(folder / ATTRIBUTES, attributes)


def read_attributes(folder: pathlib.Path) -> dict[str, Any] | None:
    """The content of attributes.json in a folder, None if there is none. Raises UserError."""
    if not (folder / ATTRIBUTES).is_file():
        return None
    return read_json(folder / ATTRIBUTES, "copy it again", MapOf(anything))
