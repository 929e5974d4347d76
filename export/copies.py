"""A checkpoint folder of our own, with a card: to give away, or to bundle with the package."""

from __future__ import annotations

import os

from gm_vae.export.card import write_card
from gm_vae.files import output_folder
from gm_vae.model.checkpoint import Checkpoint, write_checkpoint_files


def export_checkpoint(
    checkpoint: Checkpoint,
    output: str | os.PathLike[str],
    quantization: str = "none",
    force: bool = False,
) -> None:
    """Write a checkpoint folder that appears whole or not at all.

    Raises:
        UsageError: `output` is taken.
        UserError: the place cannot be written, or a weight is too large for float16.
    """
    with output_folder(output, force) as part:
        write_checkpoint_files(part, checkpoint, quantization)
        write_card(part, checkpoint, "checkpoint", quantization)
