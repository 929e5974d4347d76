"""Finds songs in folders, globs, MIDI files and archives. Local paths do not need Beam.

The type of a file follows from its bytes; names are used only if bytes do not suffice. `songs`
reads the files.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import glob
import io
import os
from collections.abc import Iterable
from typing import BinaryIO

from gm_vae import storage
from gm_vae.data import shards
from gm_vae.errors import UsageError, UserError
from gm_vae.pipelines import compression, folders, parquet_reader
from gm_vae.pipelines.archives import HEAD_BYTES
from gm_vae.pipelines.parquet_reader import Columns

_MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi")
_TAR_SUFFIXES = (".tar", ".tgz", ".tbz2", ".txz")
_COMPRESSED_SUFFIXES = (".gz", ".bz2", ".xz")
_PARQUET_SUFFIXES = (".parquet", ".pq")
_RECORD_SUFFIXES = (".tfrecord", ".tfrecords")
_FOREIGN_ARCHIVES = (
    ("RAR", b"Rar!\x1a\x07", ".rar"),
    ("7-Zip", b"7z\xbc\xaf\x27\x1c", ".7z"),
    ("Zstandard", b"\x28\xb5\x2f\xfd", ".zst"),
)
AnyPath = str | bytes | os.PathLike
Inputs = AnyPath | Iterable[AnyPath]


class Kind(str, enum.Enum):
    """The type of a file."""

    MIDI = "midi"
    TAR = "tar"
    ZIP = "zip"
    SEQUENCES = "sequences"  # a TFRecord file of NoteSequence protos
    PARQUET = "parquet"  # with MIDI files in a column


@dataclasses.dataclass(frozen=True, slots=True)  # there may be millions
class Source:
    """A file with one song or many.

    Attributes:
        path: its path; absolute if from `find`.
        name: its name in reports and ids: its path in the input folder.
        kind: its type.
        size: its size in bytes.
        changed: when it last changed, in seconds; 0 if unknown.
        error: why it is unusable; then it is only reported.
        columns: of a Parquet file.
    """

    path: str
    name: str
    kind: Kind
    size: int
    changed: float = 0.0
    error: str = ""
    columns: Columns = parquet_reader.FOUND


def entries(inputs: Inputs) -> list[str]:
    """The folders, globs and files that the inputs name; a text may list several with commas."""
    if not isinstance(inputs, (str, bytes, os.PathLike)):
        return [os.path.expanduser(os.fsdecode(entry)) for entry in inputs]
    text = os.path.expanduser(os.fsdecode(inputs))
    if os.path.exists(text):
        return [text]  # a name with a comma in it
    paths = [os.path.expanduser(path.strip()) for path in text.split(",")]
    return [path for path in paths if path] or [text]


def find(inputs: Inputs, columns: Columns = parquet_reader.FOUND) -> list[Source]:
    """The files with songs that the inputs name, sorted by name.

    Args:
        inputs: folders (with their subfolders), globs (including `**`), files, on this machine or
            with a scheme such as gs://, or a text that lists several of these with commas.
        columns: columns of Parquet files with songs and their names.

    Raises:
        UserError: a path does not exist, is not a MIDI file or archive, or a folder has none.
    """
    by_path: dict[str, Source] = {}  # by real path
    for entry in entries(inputs):
        new = _remote(entry) if storage.is_remote(entry) else _local(entry)
        if not new:
            raise UsageError(
                f"There is no MIDI file in {entry}; name a folder, a .zip or a .tar archive with "
                ".mid files."
            )
        for source in new:  # each file once, under its first name
            real = source.path
            if source.kind == Kind.PARQUET:
                source = dataclasses.replace(source, columns=columns)
            if not storage.is_remote(real):
                real = os.path.realpath(source.path)
                # cluster workers start in another folder
                source = dataclasses.replace(source, path=os.path.abspath(source.path))
            by_path[real] = min(source, by_path.get(real, source), key=_order)
    return sorted(by_path.values(), key=_order)


def _order(source: Source) -> tuple[str, str]:
    return source.name, source.path


def kind_of(stream: BinaryIO, name: str) -> Kind | None:
    """The type of a file, from its first bytes and its name; None if it is unsupported.

    Args:
        stream: the file, seekable; its first 512 bytes are enough.
        name: its name, for MIDI files without a header and for archives of an old kind.
    """
    head = stream.read(HEAD_BYTES)
    for _ in range(2):  # again after decompression
        if head.startswith(b"MThd") or (head.startswith(b"RIFF") and head[8:12] == b"RMID"):
            return Kind.MIDI
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return Kind.ZIP
        if head[257:262] == b"ustar":
            return Kind.TAR
        if head.startswith(parquet_reader.MAGIC):
            return Kind.PARQUET
        if shards.begins_with_record(head):
            return Kind.SEQUENCES
        head = _expanded_head(head, stream)
    return kind_by_name(name)


def kind_by_name(name: str) -> Kind | None:
    """The type of a file by its name; None if it is unsupported."""
    stem = name.lower()
    for suffix in _COMPRESSED_SUFFIXES:
        stem = stem.removesuffix(suffix)
    if stem.endswith(_MIDI_SUFFIXES):
        return Kind.MIDI  # may be unparsable, and is then reported
    if stem.endswith(_TAR_SUFFIXES):
        return Kind.TAR
    if stem.endswith(".zip"):
        return Kind.ZIP
    if name.lower().endswith(_PARQUET_SUFFIXES):
        return Kind.PARQUET
    return Kind.SEQUENCES if stem.endswith(_RECORD_SUFFIXES) else None


def is_litter(name: str) -> bool:
    """Whether a file is metadata that macOS adds to folders and archives."""
    parts = name.split("/")
    return "__MACOSX" in parts or parts[-1].startswith("._")


def _local(entry: str) -> list[Source]:
    if os.path.isdir(entry):
        return _in_folder(entry)
    if os.path.exists(entry):
        return [_single_file(storage.local_file(entry))]
    if not glob.has_magic(entry):
        raise UsageError(f"{entry} does not exist; check the path given as input.")
    if folders.has_any_folders(entry):
        return [
            source
            for file in folders.matches(entry)
            for source in _candidate(file.path, os.path.basename(file.path), file.error)
        ]
    candidates = []
    for path in sorted(glob.glob(entry)):
        if os.path.isdir(path):
            candidates += _in_folder(path)
        else:
            candidates += _candidate(path, os.path.basename(path))
    return candidates


def _remote(entry: str) -> list[Source]:
    """A file, a glob, or a folder (all paths that begin with the entry and a slash)."""
    base = entry.rstrip("/") + "/"
    is_glob = glob.has_magic(entry)
    try:
        files = storage.matches(entry) if is_glob or not entry.endswith("/") else []
        if files and not is_glob:
            return [_single_file(files[0])]
        if not is_glob:
            files = storage.matches(base + "**")
    except OSError as error:
        raise UserError(f"{entry} cannot be read ({error.strerror}); check the path.") from None
    if not files:
        raise UsageError(f"{entry} does not exist; check the path given as input.")
    sources = []
    for file in files:
        name = file.path.removeprefix(base)
        # Reading the first bytes of each file in a bucket takes a request each, so only names are
        # used.
        kind = kind_by_name(name)
        reason = "" if kind else foreign_archive(b"", name)
        if (kind or reason) and not is_litter(name):
            name = name if name != file.path else file.path.rsplit("/", 1)[1]
            kind = kind or Kind.MIDI
            sources.append(Source(file.path, name, kind, file.size, file.changed, reason))
    return sources


def _in_folder(folder: str) -> list[Source]:
    return [source for file in folders.files_below(folder) for source in _candidate(*file)]


def _candidate(path: str, name: str, error: str = "") -> list[Source]:
    """A file below a folder as a source; None if it is unsupported."""
    if error:  # a folder that cannot be read
        return [Source(path, name, Kind.MIDI, 0, error=error)]
    if is_litter(name):
        return []
    try:
        file = storage.local_file(path)
    except OSError as failure:
        reason = "a link to nothing" if os.path.islink(path) else str(failure.strerror).lower()
        return [Source(path, name, Kind.MIDI, 0, error=reason)]
    if not os.path.isfile(path):  # a pipe, which may never end, or a device
        reason = "no regular file"
        return [Source(path, name, Kind.MIDI, 0, error=reason)] if kind_by_name(name) else []
    try:
        with open(path, "rb") as stream:
            kind = kind_of(stream, name)
            stream.seek(0)
            reason = "" if kind else foreign_archive(stream.read(HEAD_BYTES), name)
    except OSError:  # reported as unreadable if it has the name of a supported file
        kind, reason = kind_by_name(name), ""
    if reason:
        return [Source(path, name, Kind.MIDI, file.size, file.changed, reason)]
    return [Source(path, name, kind, file.size, file.changed)] if kind else []


def _single_file(file: storage.FileInfo) -> Source:
    if not storage.is_remote(file.path) and not os.path.isfile(file.path):
        raise UsageError(f"{file.path} is not a regular file; copy it to one first.")
    try:
        with storage.open_file(file.path) as stream:
            kind = kind_of(stream, file.path)
    except OSError as error:
        raise UserError(f"{file.path} cannot be read ({error.strerror}); check the file.") from None
    if kind is None:
        raise UsageError(
            f"{file.path} is neither a MIDI file nor a .zip, .tar or Parquet file of them; "
            "unpack other archives first."
        )
    return Source(file.path, os.path.basename(file.path), kind, file.size, file.changed)


def foreign_archive(head: bytes, name: str) -> str:
    """Why an unsupported archive cannot be read; "" for anything else."""
    for kind, magic, suffix in _FOREIGN_ARCHIVES:
        if head.startswith(magic) or name.lower().endswith(suffix):
            return f"a {kind} archive is not supported; unpack it first"
    return ""


def _expanded_head(head: bytes, stream: BinaryIO) -> bytes:
    """The first decompressed bytes; none if the file is not compressed."""
    if compression.is_compressed(head):
        stream.seek(0)
        with contextlib.suppress(*compression.ERRORS):
            expanded = compression.expanded(stream)
            if isinstance(expanded, io.BufferedReader):
                return expanded.read1(HEAD_BYTES)  # what is available, if cut short
    return b""
