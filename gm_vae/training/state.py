"""The state of a run on disk, to resume from: weights, optimiser slots and step in one file.

RUN/state/step-00001000.npz, the newest two. A file appears under its name once it is complete and
on the disk, and each of its arrays has a checksum, so damage is always detected. Random numbers and
measures of a step follow from its number, so that nothing else needs to be saved.
"""

from __future__ import annotations

import math
import os
import pathlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from keras import ops

from gm_vae.errors import UserError
from gm_vae.storage import whole_file

_KEPT = 2
_HEADERS = 1 << 20  # bytes of a file besides its numbers
_NAME = re.compile(r"step-(\d+)\.npz")


class RunState:
    """Saves and restores variables; the same files fit any strategy.

    Args:
        folder: the folder of the state files; created by the first `save`.
        variables: Keras variables by name.
    """

    def __init__(self, folder: pathlib.Path, variables: Mapping[str, Any]) -> None:
        self.folder, self.variables = folder, dict(variables)

    def steps(self) -> list[int]:
        """The steps that have files, in ascending order."""
        names = os.listdir(self.folder) if self.folder.is_dir() else []
        return sorted(int(match[1]) for match in map(_NAME.fullmatch, names) if match)

    def path(self, step: int) -> pathlib.Path:
        """The file of a step."""
        return self.folder / f"step-{step:08d}.npz"

    def save(self, step: int) -> None:
        """Write the variables after `step`, and remove all but the newest files.

        Raises:
            OSError: the folder cannot be written; existing files are kept.
        """
        arrays = {name: ops.convert_to_numpy(value) for name, value in self.variables.items()}
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.path(step)
        with whole_file(path) as stream:
            np.savez(stream, **arrays)
        # a file of a later step is damaged; otherwise the run would have continued from it
        kept = [saved for saved in self.steps() if saved <= step][-_KEPT:]
        for saved in set(self.steps()) - set(kept):
            self.path(saved).unlink(missing_ok=True)

    def restore(self, say: Callable[[str], None]) -> int:
        """Set the variables from the newest undamaged file.

        Args:
            say: called with a message about a damaged file that was skipped.

        Returns:
            Its step, or 0 if there are no files.

        Raises:
            UserError: there are files, but all are damaged.
        """
        steps = self.steps()
        for step in reversed(steps):
            try:
                arrays = self._read(step)
            except Exception:  # NumPy's reader raises many kinds of errors
                continue
            if step != steps[-1]:
                say(f"{self.path(steps[-1])} is damaged; using the one of step {step:,}.")
            for name, variable in self.variables.items():
                variable.assign(arrays[name])
            return step
        if steps:
            raise UserError(
                f"the states in {self.folder} are damaged, the newest ({self.path(steps[-1]).name})"
                " and the one before; choose another --output to start again."
            )
        return 0

    def _read(self, step: int) -> dict[str, np.ndarray]:
        numbers = sum(math.prod(variable.shape) for variable in self.variables.values())
        with np.load(self.path(step), allow_pickle=False) as stored:
            unpacked_bytes = sum(entry.file_size for entry in stored.zip.infolist())
            if unpacked_bytes > 8 * numbers + _HEADERS:
                raise ValueError("it unpacks to more than such a state has")
            arrays = {name: stored[name] for name in self.variables}
        for name, variable in self.variables.items():
            if arrays[name].shape != tuple(variable.shape):
                raise ValueError(name)
            if arrays[name].dtype.kind not in "iuf":
                raise ValueError(name)
        return arrays
