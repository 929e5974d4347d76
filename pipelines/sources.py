"""Where MIDI files come from: folders, globs, single files, .zip and .tar archives. No Beam here.

What a file is, is told by its bytes; names only help where bytes cannot. An archive is read as a
stream and never unpacked to disk. To share one archive among n workers, each of them reads through
all of it and keeps every n-th member. That costs n decompressions, but they run side by side, so it
takes no longer than one worker decompressing while the others wait, and no MIDI bytes have to be
held in memory or sent between processes.
"""

from __future__ import annotations

import bz2
import contextlib
import dataclasses
import enum
import glob
import gzip
import io
import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from gm_vae.errors import UsageError, UserError
from gm_vae.music.midi_bytes import MAX_BYTES

_MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi")
_HEAD_BYTES = 512  # one tar block
_DECOMPRESSORS: dict[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": lambda stream: gzip.GzipFile(fileobj=stream),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
_DECOMPRESSION_ERRORS = (OSError, EOFError, zlib.error, lzma.LZMAError)
_MEMBER_ERRORS = (*_DECOMPRESSION_ERRORS, zipfile.BadZipFile, RuntimeError, NotImplementedError)


class Kind(str, enum.Enum):
    """What a file is."""

    MIDI = "midi"
    TAR = "tar"
    ZIP = "zip"


@dataclasses.dataclass(frozen=True)
class Source:
    """A MIDI file, or one worker's part of an archive.

    Attributes:
        path: where it lies.
        name: how reports and ids call it: its path in the input folder.
        kind: what it is.
        size: its bytes.
        part: of an archive, the members whose number is `part` modulo `parts`.
    """

    path: str
    name: str
    kind: Kind
    size: int
    part: int = 0
    parts: int = 1


@dataclasses.dataclass(frozen=True)
class SongFile:
    """The bytes of one MIDI file, or the reason why there are none.

    Attributes:
        name: for reports: the source's name, and for a member of an archive its path in there.
        data: the bytes of the file, decompressed.
        error: why it could not be read, if it could not.
        input_bytes: how much of the input was gone through for it (for progress).
    """

    name: str
    data: bytes = b""
    error: str = ""
    input_bytes: int = 0


def entries(inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[str]:
    """The folders, globs and files that the inputs name; a text may join some with commas."""
    if not isinstance(inputs, (str, os.PathLike)):
        return [os.path.expanduser(os.fspath(entry)) for entry in inputs]
    text = os.path.expanduser(os.fspath(inputs))
    if os.path.exists(text):
        return [text]  # a name with a comma in it
    parts = [os.path.expanduser(part.strip()) for part in text.split(",")]
    return [part for part in parts if part] or [text]


def find(inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[Source]:
    """The MIDI files and archives that the inputs name, sorted by name.

    Args:
        inputs: folders (with all folders in them), globs (`**` too), files, or a text that joins
            several of these with commas.

    Raises:
        UserError: a path does not exist, is no MIDI file or archive, or there is none in a folder.
    """
    found: dict[str, Source] = {}
    for entry in entries(inputs):
        if os.path.isdir(entry):
            new = _in_folder(entry)
        elif os.path.exists(entry):
            new = [_single_file(entry)]
        else:
            new = _matches(entry)
        if not new:
            raise UsageError(
                f"There is no MIDI file in {entry}; name a folder, a .zip or a .tar archive with "
                ".mid files."
            )
        for source in new:  # named twice, or reached twice: read once
            found.setdefault(os.path.realpath(source.path), source)
    return sorted(found.values(), key=lambda source: (source.name, source.path))


def share(sources: Iterable[Source], parts: int) -> list[Source]:
    """The sources with each archive cut into `parts`, so that as many workers can read it."""
    shared = []
    for source in sources:
        count = 1 if source.kind == Kind.MIDI else parts
        shared += [dataclasses.replace(source, part=n, parts=count) for n in range(count)]
    return shared


def read(source: Source) -> Iterator[SongFile]:
    """The MIDI files of a source, in order. What cannot be read comes as a `SongFile.error`."""
    if source.kind == Kind.MIDI:
        yield _read_file(source)
    elif source.kind == Kind.ZIP:
        yield from _read_zip(source)
    else:
        yield from _read_tar(source)


def kind_of(stream: BinaryIO, name: str) -> Kind | None:
    """What a file is, from its first bytes and its name; None if it is not for us.

    Args:
        stream: the file, seekable; its first 512 bytes are enough.
        name: its name, for MIDI files without a header and for archives of an old kind.
    """
    head = stream.read(_HEAD_BYTES)
    for _ in range(2):  # once more behind compression
        if head.startswith(b"MThd") or (head.startswith(b"RIFF") and head[8:12] == b"RMID"):
            return Kind.MIDI
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return Kind.ZIP
        if head[257:262] == b"ustar":
            return Kind.TAR
        head = _expanded_head(head, stream)
    stem = name.lower()
    for suffix in (".gz", ".bz2", ".xz"):
        stem = stem.removesuffix(suffix)
    if stem.endswith(_MIDI_SUFFIXES):
        return Kind.MIDI  # which may turn out to be unparsable, and is then reported
    if stem.endswith((".tar", ".tgz", ".tbz2", ".txz")):
        return Kind.TAR
    return None


def _matches(pattern: str) -> list[Source]:
    if not glob.has_magic(pattern):
        raise UsageError(f"{pattern} does not exist; check the path given as input.")
    found = []
    for path in sorted(glob.glob(pattern, recursive=True)):
        if os.path.isdir(path):
            found += _in_folder(path) if "**" not in pattern else []
        else:
            found += _candidate(path, os.path.basename(path))
    return found


def _in_folder(folder: str) -> list[Source]:
    def refused(error: OSError) -> None:
        raise UserError(
            f"{error.filename} cannot be read ({error.strerror}); check its permissions."
        )

    found = []
    for parent, folders, names in os.walk(folder, onerror=refused):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(parent, name)
            relative = os.path.relpath(path, folder).replace(os.sep, "/")
            found += _candidate(path, relative)
    return found


def _candidate(path: str, name: str) -> list[Source]:
    """The file as a source, or nothing if it is no MIDI file and no archive."""
    if _is_litter(name) or not os.path.isfile(path):
        return []
    try:
        with open(path, "rb") as stream:
            kind = kind_of(stream, name)
    except OSError:
        kind = kind_of(
            io.BytesIO(), name
        )  # reported as unreadable if its name says that it is ours
    return [Source(path, name, kind, os.path.getsize(path))] if kind else []


def _single_file(path: str) -> Source:
    try:
        with open(path, "rb") as stream:
            kind = kind_of(stream, path)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); check the file.") from None
    if kind is None:
        raise UsageError(
            f"{path} is neither a MIDI file nor a .zip or .tar archive of them; "
            "unpack other archives first."
        )
    return Source(path, os.path.basename(path), kind, os.path.getsize(path))


def _is_litter(name: str) -> bool:
    """Whether a file is what macOS adds to folders and archives beside the real files."""
    parts = name.split("/")
    return "__MACOSX" in parts or parts[-1].startswith("._")


def _read_file(source: Source) -> SongFile:
    try:
        with open(source.path, "rb") as stream:
            return _song(source.name, stream, source.size)
    except OSError as error:
        return SongFile(source.name, error=_reason(error), input_bytes=source.size)


def _read_zip(source: Source) -> Iterator[SongFile]:
    try:
        with zipfile.ZipFile(source.path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            for member in members[source.part :: source.parts]:
                if _is_litter(member.filename):
                    continue
                name = f"{source.name}/{member.filename}"
                try:
                    with archive.open(member) as stream:
                        song = _member_song(name, stream, member.file_size, member.compress_size)
                except _MEMBER_ERRORS as error:
                    song = _member_error(name, error, member.compress_size)
                if song:
                    yield song
    except (zipfile.BadZipFile, OSError) as error:
        yield from _archive_error(source, error)


def _read_tar(source: Source) -> Iterator[SongFile]:
    gone = 0
    number = 0
    try:
        with open(source.path, "rb") as raw, _open_tar(raw) as archive:
            for member in archive:
                archive.members = []  # else they pile up
                if not member.isreg() or _is_litter(member.name):
                    continue
                number += 1
                if number % source.parts != source.part:
                    continue
                stream = archive.extractfile(member)
                song = _member_song(f"{source.name}/{member.name}", stream, member.size, 0)
                if song:
                    position = raw.tell()
                    yield dataclasses.replace(song, input_bytes=(position - gone) // source.parts)
                    gone = position
    except (tarfile.TarError, *_DECOMPRESSION_ERRORS) as error:
        yield from _archive_error(source, error)


class _TarMember(tarfile.TarInfo):
    """Does not take a damaged header for the end of the archive, as Python's reader does."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> tarfile.TarInfo:
        try:
            return super().fromtarfile(archive)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:
            raise tarfile.ReadError(str(error)) from None


def _open_tar(stream: BinaryIO) -> tarfile.TarFile:
    return tarfile.open(fileobj=stream, mode="r:*", tarinfo=_TarMember)


def _member_song(name: str, stream: BinaryIO, size: int, input_bytes: int) -> SongFile | None:
    """A member of an archive if it is MIDI, else None."""
    head = stream.read(_HEAD_BYTES)
    if kind_of(io.BytesIO(head), name) != Kind.MIDI:
        return None
    if size > MAX_BYTES:
        return SongFile(name, error=_TOO_LARGE, input_bytes=input_bytes)
    return _song(name, io.BytesIO(head + stream.read(MAX_BYTES)), input_bytes)


def _song(name: str, stream: BinaryIO, input_bytes: int) -> SongFile:
    data = stream.read(MAX_BYTES + 1)
    for magic, decompressor in _DECOMPRESSORS.items():
        if data.startswith(magic):
            try:
                data = decompressor(io.BytesIO(data)).read(MAX_BYTES + 1)
            except _DECOMPRESSION_ERRORS as error:  # of this file; an archive may go on behind it
                return SongFile(name, error=_reason(error), input_bytes=input_bytes)
    if len(data) > MAX_BYTES:
        return SongFile(name, error=_TOO_LARGE, input_bytes=input_bytes)
    return SongFile(name, data, input_bytes=input_bytes)


def _member_error(name: str, error: Exception, input_bytes: int) -> SongFile | None:
    if kind_of(io.BytesIO(), name) != Kind.MIDI:
        return None
    return SongFile(name, error=_reason(error), input_bytes=input_bytes)


def _archive_error(source: Source, error: Exception) -> Iterator[SongFile]:
    if source.part == 0:  # all parts meet the same error
        reason = f"damaged archive, read as far as possible ({_reason(error)})"
        yield SongFile(source.name, error=reason)


def _expanded_head(head: bytes, stream: BinaryIO) -> bytes:
    """The first bytes behind a compression; none if there is no compression."""
    for magic, decompressor in _DECOMPRESSORS.items():
        if head.startswith(magic):
            stream.seek(0)
            with contextlib.suppress(*_DECOMPRESSION_ERRORS):
                return decompressor(stream).read(_HEAD_BYTES)
    return b""


def _reason(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "cut short"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    if isinstance(error, RuntimeError) and "password" in str(error):
        return "encrypted"
    return f"damaged ({str(error).rstrip('.').lower()})"


_TOO_LARGE = f"larger than {MAX_BYTES >> 20} MiB"
