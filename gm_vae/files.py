"""Files and folders: written whole or not at all, read from this machine or from remote storage."""

from __future__ import annotations

import contextlib
import http.client
import os
import pathlib
import re
import shutil
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import BinaryIO

from gm_vae.errors import UsageError, UserError

_PATIENCE_SECONDS = 60
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")


def scheme(path: str | os.PathLike[str]) -> str:
    """The scheme of a remote path, such as "gs"; "" for a path of this machine."""
    match = _SCHEME.match(os.fspath(path))
    return match[1] if match else ""


def join(folder: str | os.PathLike[str], name: str) -> str:
    """The path of `name` in a folder, which may be remote."""
    folder = os.fspath(folder)
    return f"{folder.rstrip('/')}/{name}" if scheme(folder) else os.path.join(folder, name)


def open_file(path: str | os.PathLike[str]) -> BinaryIO:
    """A file for reading; a remote one of the web by HTTP, of other places through TensorFlow.

    Raises OSError if it cannot be read.
    """
    if not scheme(path):
        return open(path, "rb")
    if scheme(path).lower() in ("http", "https"):
        try:
            return urllib.request.urlopen(os.fspath(path), timeout=_PATIENCE_SECONDS)
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                raise FileNotFoundError(2, "No such file", os.fspath(path)) from None
            raise OSError(5, f"{error.code} {error.reason}", os.fspath(path)) from None
        except (urllib.error.URLError, ValueError, http.client.HTTPException) as error:
            raise OSError(5, str(getattr(error, "reason", error)), os.fspath(path)) from None
    import tensorflow as tf

    try:
        stream = tf.io.gfile.GFile(os.fspath(path), "rb")
        stream.size()  # opens it
    except tf.errors.NotFoundError:
        raise FileNotFoundError(2, "No such file or directory", os.fspath(path)) from None
    except tf.errors.OpError as error:
        raise OSError(5, error.message.splitlines()[0].rstrip("."), os.fspath(path)) from None
    return stream


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
    require_free(path, force)
    part = path.with_name(f".{path.stem}.{uuid.uuid4().hex[:8]}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        os.replace(part, path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):  # there is none, after success
            part.unlink()


def require_free(path: pathlib.Path, force: bool) -> None:
    """Raise UsageError if `output_file` would: for a look before long work."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder; give the name of a file in it.")
    if path.exists() and not force:
        raise UsageError(f"{path} exists already; choose another name or add --force.")


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
        put_folder(part, path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def put_folder(part: pathlib.Path, path: pathlib.Path) -> None:
    """Give a folder the name of another one, which is removed. Raises OSError."""
    if path.exists():
        old = path.with_name(f".{path.name}.old.{uuid.uuid4().hex[:8]}")
        os.replace(path, old)
        os.replace(part, path)
        shutil.rmtree(old, ignore_errors=True)
    else:
        os.replace(part, path)


def unwritable(path: pathlib.Path, error: OSError) -> UserError:
    """What to tell of a place that refuses to be written."""
    reason = error.strerror or str(error)
    return UserError(f"Cannot write {path} ({reason}); choose a folder that you can write to.")
