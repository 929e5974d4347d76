"""Descriptions of benchmark inputs, without paths."""

from __future__ import annotations

import os

from gm_vae.data import dataset


def dataset_facts(folder: str | os.PathLike[str]) -> dict[str, str]:
    """A dataset: its size and the beginning of its hash. Raises UserError if there is none."""
    data = dataset.load(folder)
    training = data.split("train").measures
    return {"dataset": f"{training:,} training measures, SHA-256 {data.sha256[:12]}"}
