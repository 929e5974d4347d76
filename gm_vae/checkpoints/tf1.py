"""TF1 checkpoints of the original implementation (`hier-multiperf_vel_1bar_*`) -> weights."""

from __future__ import annotations

import contextlib
import lzma
import os
import pathlib
import re
import tarfile
import zlib
from collections.abc import Iterator
from typing import IO

import numpy as np

from gm_vae.checkpoints.tf_variables import read_variables
from gm_vae.errors import UserError, naming
from gm_vae.model.published import sizes_from_shapes
from gm_vae.scratch import does_not_fit, scratch_folder

_MOST_BYTES = 1 << 32  # of unpacked files: the largest published model with optimizer slots
_MOST_ARCHIVE_BYTES = 1 << 34  # limit of uncompressed bytes that are read
_EXTENSIONS = (  # headers that describe the next member
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)
_LONGEST_EXTENSION = 1 << 14  # longer headers take some Python versions seconds to parse
_DAMAGE = (
    tarfile.TarError,
    EOFError,
    OSError,
    zlib.error,
    lzma.LZMAError,
    ValueError,  # errors from parsing the fields of a header
    OverflowError,
    RecursionError,
)
_TAR = re.compile(r"\.(tar|tgz|tar\.\w+)$")
_PART = re.compile(r".*\.(index|data-\d{5}-of-\d{5})$")
# Slots of the optimizer and counters of the training loop: not part of the network.
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
        UserError: there is no checkpoint, or it is damaged or of another kind of model.
    """
    path = pathlib.Path(path)
    if _TAR.search(path.name) and path.is_file():
        with _unpacked(path) as folder:
            weights = _read_network(_prefix(folder, str(path)), str(path))
    else:
        weights = _read_network(_prefix(path, str(path)), str(path))
    with naming(path):
        sizes_from_shapes({name: array.shape for name, array in weights.items()})
    return weights


def _read_network(prefix: pathlib.Path, source: str) -> dict[str, np.ndarray]:
    return read_variables(prefix, source, lambda name: not _TRAINING.match(name))


def _prefix(path: pathlib.Path, source: str) -> pathlib.Path:
    """The checkpoint prefix that `path` stands for."""
    if path.is_dir():
        state = path / "checkpoint"
        if state.is_file():
            text = state.read_text(encoding="utf-8", errors="replace")
            latest = re.search(r'^model_checkpoint_path: "(.+)"', text, re.MULTILINE)
            # the path may be from the machine that trained: only its last part matters
            if latest and (path / (pathlib.Path(latest[1]).name + ".index")).is_file():
                return path / pathlib.Path(latest[1]).name
        indices = sorted(path.glob("*.index"))
        if len(indices) == 1:
            return indices[0].with_suffix("")
        if indices:
            raise UserError(
                f"{source} holds {len(indices)} checkpoints; name one of them, such as "
                f"{indices[-1].with_suffix('')}."
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
    """A temporary folder with the checkpoint files of a tar, without their folders.

    At most `_MOST_BYTES` are written, and headers out of bounds are not followed.
    """
    with scratch_folder() as folder:
        left = _MOST_BYTES
        try:
            with tarfile.open(path, tarinfo=_Member) as tar:
                for member in tar:
                    _check(member)
                    name = pathlib.PurePosixPath(member.name).name
                    if not member.isreg() or not (_PART.match(name) or name == "checkpoint"):
                        continue
                    target = folder / name
                    if target.exists():
                        raise UserError(
                            f"{path} holds several checkpoints named {name}; unpack it and name "
                            "one of them."
                        )
                    left -= member.size
                    if left < 0:
                        raise UserError(
                            f"{path} holds over {_MOST_BYTES:,} bytes of checkpoints; unpack it "
                            "and name one of them."
                        )
                    packed = tar.extractfile(member)
                    if packed is None:  # not a regular file
                        continue
                    with packed:
                        _write(packed, target, path)
        except _DAMAGE as error:
            raise UserError(f"cannot unpack {path} ({_reason(error)}); copy it again.") from error
        yield folder


def _write(packed: IO[bytes], target: pathlib.Path, source: pathlib.Path) -> None:
    with open(target, "wb") as file:
        while piece := packed.read(1 << 20):
            try:
                file.write(piece)
                file.flush()
            except OSError as error:
                raise does_not_fit(source, target.parent, error) from None


class _Member(tarfile.TarInfo):
    """Refuses headers that ask for more than a checkpoint needs, before they are followed."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Member:
        member = super().frombuf(buf, encoding, errors)
        if member.type in _EXTENSIONS and member.size > _LONGEST_EXTENSION:
            raise tarfile.ReadError(f"a header of {member.size:,} bytes")
        _check(member)
        return member


def _check(member: tarfile.TarInfo) -> None:
    """Raise ReadError for sizes and kinds that checkpoints do not have."""
    if member.type == tarfile.GNUTYPE_SPARSE or member.sparse is not None:
        raise tarfile.ReadError("a file with holes")
    if not 0 <= member.size <= _MOST_ARCHIVE_BYTES - member.offset_data:
        raise tarfile.ReadError("a file of no sensible size")


def _reason(error: Exception) -> str:
    """The first line of another library's message."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
