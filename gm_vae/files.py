"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import uuid
from collections.abc import Iterator

from gm_vae.errors import UsageError, UserError


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
    path = pathlib.Path(path)
    if path.is_dir():
        raise UsageError(f"{path} is a folder; give the name of a file in it.")
    if path.exists() and not force:
        raise UsageError(f"{path} exists already; choose another name or add --force.")
    part = path.with_name(f".{path.stem}.{uuid.uuid4().hex[:8]}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        os.replace(part, path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):  # there is none, after success
            part.unlink()


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
    path = pathlib.Path(path)
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file; give the name of a folder.")
    if path.is_dir() and any(path.iterdir()) and not force:
        raise UsageError(f"{path} exists already; choose another name or add --force.")
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        part.mkdir(parents=True)
        yield part
        if path.exists():
            old = path.with_name(f".{path.name}.old.{uuid.uuid4().hex[:8]}")
            os.replace(path, old)
            os.replace(part, path)
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.replace(part, path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _unwritable(path: pathlib.Path, error: OSError) -> UserError:
    reason = error.strerror or str(error)
    return UserError(f"Cannot write {path} ({reason}); choose a folder that you can write to.")
