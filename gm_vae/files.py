"""Files and folders that users name: read with limits, written completely or not at all."""

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
    """A path on this machine as users write it: `~` and `~name` are home folders.

    Raises UsageError if the home folder does not exist, or for a character that paths cannot
    contain.
    """
    try:
        return local_path(path).expanduser()
    except RuntimeError:
        raise UsageError(
            f"{path} names a home folder that does not exist; write the full path."
        ) from None


def read_bounded(path: str | os.PathLike[str], most: int) -> bytes:
    """The content of a file on this machine, which may be a pipe.

    Raises:
        OSError: it cannot be read.
        UserError: it has more than `most` bytes.
    """
    with open(user_path(path), "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise UserError(f"{path} has over {most:,} bytes; give a smaller file.")
    return data


@contextlib.contextmanager
def output_file(path: str | os.PathLike[str], force: bool = False) -> Iterator[pathlib.Path]:
    """A temporary path beside `path`; after the block has written it, it replaces `path`.

    Missing folders are created. If the block raises, the temporary file is removed. It has the
    suffix of `path`, for writers that choose a format by it.

    Args:
        path: the finished file.
        force: replace an existing file.

    Raises:
        UsageError: `path` exists and `force` is false, or it is a folder.
        UserError: the path cannot be written.
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
    """Raise UserError if `output_file` would: a check before long work."""
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
    """A new folder beside `path`; after the block has filled it, it replaces `path`.

    If the block raises, the new folder is removed and an old one is unchanged.

    Args:
        path: the finished folder; an existing empty folder is replaced.
        force: replace a folder that is not empty.

    Raises:
        UsageError: `path` is a file, or a folder that is not empty and `force` is false.
        UserError: the path cannot be written.
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
    except UserError as error:  # names the user's path, not the temporary one
        raise type(error)(str(error).replace(str(temporary), str(path))) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def put_folder(new: pathlib.Path, path: pathlib.Path) -> None:
    """Rename a folder to the name of another one, which is removed. Raises OSError.

    Unless SIGKILL ends it, `path` is always one of the two.
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
    """The error for a path that already exists."""
    return UsageError(
        f"{path} already exists; choose another name, or replace it with --force (in Python "
        "force=True)."
    )


def unwritable(path: str | os.PathLike[str], error: OSError) -> UserError:
    """The error for a path that cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = "free some space on that disk, or choose another place"
    elif error.errno == errno.ENAMETOOLONG:
        remedy = "choose a shorter name"
    else:
        remedy = "choose a folder that you can write to"
    return UserError(f"Cannot write {path} ({error.strerror or error}); {remedy}.")
