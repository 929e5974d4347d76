"""TF1 checkpoints of the original implementation (`hier-multiperf_vel_1bar_*`) -> weights."""

from __future__ import annotations

import contextlib
import lzma
import os
import pathlib
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator

import numpy as np

from gm_vae.errors import UserError
from gm_vae.model.published import sizes_from_shapes
from gm_vae.model.tf_variables import read_variables

_TAR = re.compile(r"\.(tar|tgz|tar\.\w+)$")
_PART = re.compile(r".*\.(index|data-\d{5}-of-\d{5})$")
# Slots of the optimizer and counters of the training loop: no part of the network.
_TRAINING = re.compile(
    r"(.*/)?(Adam(_\d+)?|Momentum|RMSProp(_\d+)?|ExponentialMovingAverage)$"
    r"|(.*/)?(beta[12]_power|global_step)(_\d+)?$"
)


def read_tf1(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Every variable of the network, float32, by published name.

    Args:
        path: a checkpoint prefix such as `model/ckpt-0`, its `.index` file, a folder with one
            checkpoint (or with a `checkpoint` file that names the latest), or a .tar, .tar.gz or
            .tgz of these.

    Raises:
        UserError: there is no checkpoint, it is damaged, or it is of another kind of model.
    """
    path = pathlib.Path(path)
    if _TAR.search(path.name) and path.is_file():
        with _unpacked(path) as folder:
            weights = _read_network(_prefix(folder, str(path)), str(path))
    else:
        weights = _read_network(_prefix(path, str(path)), str(path))
    sizes_from_shapes({name: array.shape for name, array in weights.items()})
    return weights


def _read_network(prefix: pathlib.Path, source: str) -> dict[str, np.ndarray]:
    variables = read_variables(prefix, source)
    return {name: array for name, array in variables.items() if not _TRAINING.match(name)}


def _prefix(path: pathlib.Path, source: str) -> pathlib.Path:
    """The checkpoint prefix that `path` stands for."""
    if path.is_dir():
        state = path / "checkpoint"
        if state.is_file():
            text = state.read_text(encoding="utf-8", errors="replace")
            latest = re.search(r'^model_checkpoint_path: "(.+)"', text, re.MULTILINE)
            # the path may be of the machine that trained: its last part is what counts
            if latest and (path / (pathlib.Path(latest[1]).name + ".index")).is_file():
                return path / pathlib.Path(latest[1]).name
        found = sorted(path.glob("*.index"))
        if len(found) == 1:
            return found[0].with_suffix("")
        if found:
            raise UserError(
                f"{source} holds {len(found)} checkpoints; name one of them, such as "
                f"{found[-1].with_suffix('')}."
            )
    elif path.suffix == ".index" and path.is_file():
        return path.with_suffix("")
    elif path.with_name(path.name + ".index").is_file():
        return path
    raise UserError(
        f"there is no TensorFlow checkpoint at {source}; name its .index file, the folder that "
        "holds it, or a .tar of them."
    )


@contextlib.contextmanager
def _unpacked(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A temporary folder with the checkpoint files of a tar, under their last names only."""
    with tempfile.TemporaryDirectory(prefix="gm_vae_tf1_") as folder:
        try:
            with tarfile.open(path) as tar:
                for member in tar:
                    name = pathlib.PurePosixPath(member.name).name
                    if not member.isreg() or not (_PART.match(name) or name == "checkpoint"):
                        continue
                    target = pathlib.Path(folder) / name
                    if target.exists():
                        raise UserError(
                            f"{path} holds several checkpoints named {name}; unpack it and name "
                            "one of them."
                        )
                    with tar.extractfile(member) as packed, open(target, "wb") as file:
                        shutil.copyfileobj(packed, file)
        except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError) as error:
            raise UserError(f"cannot unpack {path} ({_reason(error)}); copy it again.") from error
        yield pathlib.Path(folder)


def _reason(error: Exception) -> str:
    """The first line of what another library says, which says enough."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
