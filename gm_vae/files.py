"""Files and folders that users name: read within bounds, written completely or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import pathlib
import shutil
import uuid
from collections.abc import Iterator

from gm_vae.errors import UsageError, UserError
from gm_vae.storage import local_path, replacing


def user_path(path: str | os.PathLike[str]) -> pathlib.Path:
    """A path of this machine as people write it: `~` and `~name` are home folders.

    Raises UsageError if there is no such home folder, or for a character that no path can hold.
    """
    try:
        return local_path(path).expanduser()
    except RuntimeError:
        raise UsageError(
            f"{path} names a home folder that does not exist; write the full path."
        ) from None


def read_bounded(path: str | os.PathLike[str], most: int) -> bytes:
    """The content of a file of this machine, which may be a pipe.

    Raises:
        OSError: it cannot be read.
        UserError: it has over `most` bytes.
    """
    with open(user_path(path), "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise UserError(f"{path} has over {most:,} bytes; give a smaller file.")
    return data


@contextlib.contextmanager
def output_file(path: str | os.PathLike[str], force: bool = False) -> Iterator[pathlib.Path]:
    """A path beside `path`, to be written by the block, that then takes its place.

    Missing folders are made. If the block raises, what it wrote is removed. The suffix is that of
    `path`, for writers that choose a format by it.

    Args:
        path: where the finished file shall lie.
        force: replace a file that is there already.

    Raises:
        UsageError: `path` exists and `force` is false, or it is a folder.
        UserError: the place cannot be written.
    """
    path = local_path(path)
    require_free(path, force)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            yield temporary
    except OSError as error:
        raise unwritable(path, error) from error


def require_free(path: pathlib.Path, force: bool) -> None:
    """Raise UserError if `output_file` would: for a look before long work."""
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except OSError as error:  # such as a name that is too long
        raise unwritable(path, error) from error
    if is_folder:
        raise UsageError(f"{path} is a folder; give the name of a file in it.")
    if exists and not force:
        raise taken(path)


@contextlib.contextmanager
def output_folder(path: str | os.PathLike[str], force: bool = False) -> Iterator[pathlib.Path]:
    """A new folder beside `path`, to be filled by the block, that then takes its place.

    If the block raises, what it wrote is removed and an old folder stays as it was.

    Args:
        path: where the finished folder shall lie; an empty folder there is replaced.
        force: replace a folder that is not empty.

    Raises:
        UsageError: `path` is a file, or a folder with something in it and `force` is false.
        UserError: the place cannot be written.
    """
    path = local_path(path)
    try:
        if path.exists() and not path.is_dir():
            raise UsageError(f"{path} is a file; give the name of a folder.")
        if path.is_dir() and any(path.iterdir()) and not force:
            raise taken(path)
    except OSError as error:
        raise unwritable(path, error) from error
    if not path.name:
        raise UsageError(f"{path} cannot be replaced; give the name of a folder in it.")
    temporary = path.with_name(f".{path.name[:40]}.{uuid.uuid4().hex[:8]}")
    try:
        temporary.mkdir(parents=True)
        yield temporary
        put_folder(temporary, path)
    except OSError as error:
        raise unwritable(path, error) from error
    except UserError as error:  # of the place that the user named, not of the one beside it
        raise type(error)(str(error).replace(str(temporary), str(path))) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def put_folder(new: pathlib.Path, path: pathlib.Path) -> None:
    """Give a folder the name of another one, which is removed. Raises OSError.

    Whatever ends it, short of SIGKILL, `path` is the one or the other.
    """
    old = path.with_name(f".{path.name[:40]}.old.{uuid.uuid4().hex[:8]}")
    try:
        if path.exists():
            os.replace(path, old)
        os.replace(new, path)
    finally:
        if old.exists() and not path.exists():
            os.replace(old, path)
        shutil.rmtree(old, ignore_errors=True)


def taken(path: str | os.PathLike[str]) -> UsageError:
    """The error for a name that something has already."""
    return UsageError(
        f"{path} already exists; choose another name, or replace it with --force (in Python "
        "force=True)."
    )


def unwritable(path: str | os.PathLike[str], error: OSError) -> UserError:
    """What to report of a place that refuses to be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = "free some space on that disk, or choose another place"
    elif error.errno == errno.ENAMETOOLONG:
        remedy = "choose a shorter name"
    else:
        remedy = "choose a folder that you can write to"
    return UserError(f"Cannot write {path} ({error.strerror or error}); {remedy}.")
