"""What benchmarks measure on, in words that name no path."""

from __future__ import annotations

import os

from gm_vae.data import dataset


def dataset_facts(folder: str | os.PathLike[str]) -> dict[str, str]:
    """A dataset: its size and the beginning of its hash. Raises UserError if there is none."""
    found = dataset.load(folder)
    training = found.split("train").measures
    return {"dataset": f"{training:,} training measures, SHA-256 {found.sha256[:12]}"}
