"""Files on this machine, on remote storage with a Beam file system (`gs://`, `s3://`), on the web.

A path with a scheme is remote. Beam is imported only for remote paths.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import glob as local_glob
import logging
import os
import pathlib
import re
import shutil
import uuid
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from gm_vae.errors import UsageError, UserError

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")
_UNFINISHED = re.compile(r"\..*\.[0-9a-f]{8}(\.[^.]*)?")  # the names that `replacing` makes
# loggers of clients; our message is one sentence instead
_LOUD = ("apache_beam.utils.retry", "apache_beam.internal.gcp.auth", "google.auth._default")
_ANONYMOUS = "Anonymous credentials cannot be refreshed"  # Google's client, without rights
_EXTRAS = {"gs": "gcp", "s3": "aws", "azfs": "azure", "hdfs": "hadoop"}  # of apache-beam


class FileInfo(NamedTuple):
    """A file: its path, its size in bytes and the time of its last change (0.0 if unknown)."""

    path: str
    size: int
    changed: float


def scheme(path: str | os.PathLike[str]) -> str:
    """The scheme of a remote path, such as "gs"; "" for a path on this machine."""
    match = _SCHEME.match(os.fspath(path))
    return match[1] if match else ""


def join(folder: str | os.PathLike[str], name: str) -> str:
    """The path of `name` in a folder, which may be remote."""
    folder = os.fspath(folder)
    return f"{folder.rstrip('/')}/{name}" if scheme(folder) else os.path.join(folder, name)


def is_remote(path: str | os.PathLike[str]) -> bool:
    """Whether a path begins with a scheme, such as gs://."""
    return bool(scheme(path))


def local_path(path: str | os.PathLike[str]) -> pathlib.Path:
    """A path on this machine. Raises UsageError for a character that paths cannot contain."""
    if "\0" in os.fspath(path):
        raise UsageError(f"{path} holds a NUL character, which no path can; write it without.")
    return pathlib.Path(path)


def to_bytes(path: str) -> bytes:
    """A path or name as bytes: Beam's coders and hashes cannot handle names that are not UTF-8."""
    return path.encode("utf-8", "surrogatepass")


def from_bytes(data: bytes) -> str:
    """The inverse of `to_bytes`."""
    return data.decode("utf-8", "surrogatepass")


def open_file(path: str | os.PathLike[str]) -> BinaryIO:
    """A file for reading, which can seek unless it is on the web.

    Raises OSError if it cannot be read, FileNotFoundError if it does not exist.
    """
    path = os.fspath(path)
    if not is_remote(path):
        return open(local_path(path), "rb")
    if scheme(path).lower() in ("http", "https"):
        from gm_vae.web import open_address

        return open_address(path)
    from apache_beam.io.filesystem import CompressionTypes

    try:
        with as_os_error(path):
            return _beam(path).open(path, compression_type=CompressionTypes.UNCOMPRESSED)
    except OSError as error:
        with as_os_error(path):
            missing = not _beam(path).exists(path)
        if missing:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error
        raise


def read(path: str, start: int = 0, stop: int | None = None) -> bytes:
    """The bytes of a file, or its bytes from `start` to `stop`.

    Raises:
        UserError: it cannot be read, or ends before `stop`.
    """
    try:
        with open_file(path) as stream, as_os_error(path):
            stream.seek(start)
            data = stream.read() if stop is None else stream.read(stop - start)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror or error}).") from None
    if stop is not None and len(data) < stop - start:
        raise UserError(f"{path} cannot be read (it is cut short).")
    return data


def write(path: str, data: bytes) -> None:
    """Write a file completely or not at all. Raises UserError if it cannot be written."""
    if not is_remote(path):
        try:
            with whole_file(path) as stream:
                stream.write(data)
        except OSError as error:
            raise UserError(
                f"{path} cannot be written ({error.strerror}); free some space or choose another "
                "folder."
            ) from None
        return
    from apache_beam.io.filesystem import CompressionTypes

    try:  # objects in a store appear when they are closed
        with as_os_error(path):
            stream = _beam(path).create(path, compression_type=CompressionTypes.UNCOMPRESSED)
            with stream:
                stream.write(data)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror or error}); check the bucket and your "
            "rights on it."
        ) from None


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A local file to write, completely or not at all.

    This holds even if the machine fails, or two processes write it at once. Raises OSError.
    """
    with replacing(pathlib.Path(path)) as temporary, open(temporary, "wb") as stream:
        yield stream


@contextlib.contextmanager
def replacing(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A path beside `path` with its suffix; the file that the block writes there replaces `path`.

    If the block raises, its file is removed. Raises OSError.
    """
    # a part of the name, since the whole name may have the largest allowed length
    temporary = path.with_name(f".{path.stem[:40]}.{uuid.uuid4().hex[:8]}{path.suffix}")
    try:
        yield temporary
        with open(temporary, "rb") as stream:  # flush the content before the name
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):  # missing after success
            temporary.unlink()


def remove_unfinished(folder: str) -> None:
    """Remove what writers of whole files that were killed have left in a folder of this machine."""
    for path in pathlib.Path(folder).glob(".*"):
        if _UNFINISHED.fullmatch(path.name):
            path.unlink(missing_ok=True)


def remove(path: str) -> None:
    """Remove a file. Raises OSError."""
    if not is_remote(path):
        os.unlink(path)
        return
    with as_os_error(path):
        _beam(path).delete([path])


def remove_folder(path: str) -> None:
    """Remove a folder and its content, if it exists. Raises OSError for remote folders."""
    if not is_remote(path):
        shutil.rmtree(path, ignore_errors=True)
        return
    with as_os_error(path):
        paths = [file.path for file in matches(join(path, "**"))]
        if paths:
            _beam(path).delete(paths)


def files_in(folder: str) -> list[FileInfo]:
    """The files directly in a folder, by path; none if it does not exist. Raises OSError."""
    return matches(join(folder if is_remote(folder) else local_glob.escape(folder), "*"))


def matches(pattern: str) -> list[FileInfo]:
    """The files (no folders) that match a glob, by path; `**` includes subfolders. Raises
    OSError."""
    if is_remote(pattern):
        with as_os_error(pattern):
            (result,) = _beam(pattern).match([pattern])
        files = [
            FileInfo(file.path, file.size_in_bytes, file.last_updated_in_seconds or 0.0)
            for file in result.metadata_list
            if not file.path.endswith("/")
        ]
    else:
        paths = local_glob.glob(pattern, recursive=True)
        files = [local_file(path) for path in paths if os.path.isfile(path)]
    return sorted(files)


def local_file(path: str) -> FileInfo:
    """A file on this machine."""
    info = os.stat(path)
    return FileInfo(path, info.st_size, info.st_mtime)


def _beam(path: str) -> Any:
    """Beam's file system for a remote path. Raises UsageError if there is none."""
    logging.disable(logging.WARNING)  # about missing clients
    try:
        from apache_beam.io.filesystems import FileSystems
        from apache_beam.options.pipeline_options import PipelineOptions
    finally:
        logging.disable(logging.NOTSET)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.ERROR)
    if scheme(path) == "s3":
        _require_credentials(path)
    if FileSystems._pipeline_options is None:  # outside a pipeline they are not set
        FileSystems.set_options(PipelineOptions([]))
    try:
        return FileSystems.get_filesystem(path)
    except ValueError:
        extra = _EXTRAS.get(scheme(path))
        remedy = (
            f"pip install 'apache-beam[{extra}]'" if extra else f"use {', '.join(_EXTRAS)} or files"
        )
        raise UsageError(
            f"{path}: there is no file system for {scheme(path)}:// here; {remedy}."
        ) from None


@functools.lru_cache
def _has_s3_credentials() -> bool:
    import boto3

    return boto3.Session().get_credentials() is not None


def _require_credentials(path: str) -> None:
    """Raise UsageError where Beam would retry without credentials for eight minutes."""
    with contextlib.suppress(ImportError):  # which is reported below
        if not _has_s3_credentials():
            raise UsageError(
                f"{path}: there are no credentials for s3:// here; set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY, or run aws configure."
            )


@contextlib.contextmanager
def as_os_error(path: str) -> Iterator[None]:
    """Raise errors of a storage client as OSError with a one-line reason."""
    try:
        yield
    except (UserError, ImportError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.strerror:
            raise
        details = getattr(error, "exception_details", None)  # Beam's errors, by path
        cause = next(iter(details.values())) if details else error
        code = 0  # the HTTP status in errors of Google's client
        while isinstance(cause, Exception) and cause.args:
            code = getattr(cause, "code", code)
            cause = cause.args[0]
        text = str(cause).strip() or type(error).__name__
        if scheme(path) == "gs" and (code in (401, 403) or text.startswith(_ANONYMOUS)):
            text = (
                "no credentials with rights on it here: run gcloud auth application-default "
                "login, or set GOOGLE_APPLICATION_CREDENTIALS"
            )
        raise OSError(0, text.splitlines()[0].rstrip(".")) from error
