"""Files on this machine, on storage that Beam has a file system for (`gs://`, `s3://`), on the web.

A path with a scheme is remote. Beam is imported for those only: a local job's caller does without.
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
# of clients, which log what is said in a sentence
_LOUD = ("apache_beam.utils.retry", "apache_beam.internal.gcp.auth", "google.auth._default")
_ANONYMOUS = "Anonymous credentials cannot be refreshed"  # Google's client, refused
_EXTRAS = {"gs": "gcp", "s3": "aws", "azfs": "azure", "hdfs": "hadoop"}  # of apache-beam


class FileInfo(NamedTuple):
    """A file: its path, its size in bytes and when it last changed (0.0 if nobody knows)."""

    path: str
    size: int
    changed: float


def scheme(path: str | os.PathLike[str]) -> str:
    """The scheme of a remote path, such as "gs"; "" for a path of this machine."""
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
    """A path of this machine. Raises UsageError for a character that no path can hold."""
    if "\0" in os.fspath(path):
        raise UsageError(f"{path} holds a NUL character, which no path can; write it without.")
    return pathlib.Path(path)


def to_bytes(path: str) -> bytes:
    """A path or name as bytes: Beam's coders and hashes know no name that is not UTF-8."""
    return path.encode("utf-8", "surrogatepass")


def from_bytes(data: bytes) -> str:
    """The path that `to_bytes` was given."""
    return data.decode("utf-8", "surrogatepass")


def open_file(path: str | os.PathLike[str]) -> BinaryIO:
    """A file for reading, which can seek unless it is of the web.

    Raises OSError if it cannot be read, FileNotFoundError if it is not there.
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
    """The bytes of a file, or those from `start` up to `stop`.

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
    """Write a file that is there whole or not at all. Raises UserError if it cannot be written."""
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

    try:  # an object of a store appears when it is closed
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
    """A file of this machine to write, which is there whole or not at all.

    Also if the machine fails, or two processes write it at once. Raises OSError.
    """
    with replacing(pathlib.Path(path)) as temporary, open(temporary, "wb") as stream:
        yield stream


@contextlib.contextmanager
def replacing(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A path beside `path`, of the same suffix: the file that the block writes there replaces it.

    If the block raises, what it wrote is removed. Raises OSError.
    """
    # a part of the name, since the whole one may be as long as names can be
    temporary = path.with_name(f".{path.stem[:40]}.{uuid.uuid4().hex[:8]}{path.suffix}")
    try:
        yield temporary
        with open(temporary, "rb") as stream:  # on the disk, before the name is
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):  # there is none, after success
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
    """Remove a folder and all in it, if there is one. Raises OSError for remote ones."""
    if not is_remote(path):
        shutil.rmtree(path, ignore_errors=True)
        return
    with as_os_error(path):
        paths = [file.path for file in matches(join(path, "**"))]
        if paths:
            _beam(path).delete(paths)


def files_in(folder: str) -> list[FileInfo]:
    """The files right in a folder, by path; none if there is no folder. Raises OSError."""
    return matches(join(folder if is_remote(folder) else local_glob.escape(folder), "*"))


def matches(pattern: str) -> list[FileInfo]:
    """The files (no folders) that a glob finds, by path; `**` goes into folders. Raises OSError."""
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
    """A file of this machine."""
    info = os.stat(path)
    return FileInfo(path, info.st_size, info.st_mtime)


def _beam(path: str) -> Any:
    """Beam's file system for a remote path. Raises UsageError if it has none."""
    logging.disable(logging.WARNING)  # of clients for other storage, which are not installed
    try:
        from apache_beam.io.filesystems import FileSystems
        from apache_beam.options.pipeline_options import PipelineOptions
    finally:
        logging.disable(logging.NOTSET)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.ERROR)
    if scheme(path) == "s3":
        _require_credentials(path)
    if FileSystems._pipeline_options is None:  # outside a pipeline nobody has set any
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
    """Raise UsageError where Beam would try for eight minutes to do without."""
    with contextlib.suppress(ImportError):  # which is said below
        if not _has_s3_credentials():
            raise UsageError(
                f"{path}: there are no credentials for s3:// here; set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY, or run aws configure."
            )


@contextlib.contextmanager
def as_os_error(path: str) -> Iterator[None]:
    """What a client of a storage raises, as OSError with a reason of one line."""
    try:
        yield
    except (UserError, ImportError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.strerror:
            raise
        details = getattr(error, "exception_details", None)  # of Beam, by path
        cause = next(iter(details.values())) if details else error
        code = 0  # of HTTP, as Google's client has it
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
