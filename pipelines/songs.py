"""Reading the songs of sources, and how the reading is shared among workers.

The songs of all sources are cut into *blocks* of some songs each. Blocks follow from the input
alone, not from the number of workers, so that what one run has made of a block serves the next.

An archive is read as a stream and never unpacked to disk. To share one among n workers, each of
them goes through all of it and reads every n-th block. That costs n decompressions, but they run
side by side, so it takes no longer than one worker decompressing while the others wait, and no
MIDI bytes have to be held in memory or sent between processes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import itertools
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

from gm_vae.data import shards
from gm_vae.music.midi_bytes import MAX_BYTES
from gm_vae.pipelines import sources, storage
from gm_vae.pipelines.sources import Kind, Source

ARCHIVE_RATIO = 6  # an archive of MIDI files is so many times smaller than they
_BLOCKS = 64  # wished for, so that workers end at about the same time
_SONG_BYTES = 32_768  # of a typical MIDI file
_BLOCK_SONGS = (8, 512)  # at least and at most: a block is held in memory

_MEMBER_ERRORS = (
    *sources.DECOMPRESSION_ERRORS,
    zipfile.BadZipFile,
    RuntimeError,
    NotImplementedError,
)


@dataclasses.dataclass(frozen=True)
class SongFile:
    """The bytes of one song, or the reason why there are none.

    Attributes:
        name: for reports: the source's name, and for one of many its name in there.
        data: the bytes of a MIDI file, decompressed, or of a NoteSequence.
        error: why it could not be read, if it could not.
        is_sequence: whether it is a serialized NoteSequence and not a MIDI file.
    """

    name: str
    data: bytes = b""
    error: str = ""
    is_sequence: bool = False


@dataclasses.dataclass(frozen=True)
class Member:
    """One file of a source, not yet read.

    Attributes:
        number: from 0; of a report that stands for no file, -1.
        input_bytes: how much of the source is gone through for it (for progress).
        read: the song, or None if it is no song after all. To be called, if at all, before the
            next member is asked for.
    """

    number: int
    input_bytes: int
    read: Callable[[], SongFile | None]


@dataclasses.dataclass(frozen=True)
class Task:
    """What one worker reads in one go: some sources as one block, or every n-th block of one.

    Attributes:
        sources: MIDI files, or one source of many songs.
        block_songs: songs in a block.
        part, parts: this worker takes the blocks whose number is `part` modulo `parts`.
    """

    sources: tuple[Source, ...]
    block_songs: int
    part: int = 0
    parts: int = 1


def tasks(found: Sequence[Source], parts: int) -> list[Task]:
    """The work of reading all sources, with each archive shared among `parts` workers."""
    files = [source for source in found if source.kind == Kind.MIDI]
    size = _block_songs(len(files))
    made = [Task(tuple(files[n : n + size]), size) for n in range(0, len(files), size)]
    for source in found:
        if source.kind != Kind.MIDI:
            size = _block_songs(source.size * ARCHIVE_RATIO // _SONG_BYTES)
            made += [Task((source,), size, part, parts) for part in range(parts)]
    return made


def blocks(task: Task) -> Iterator[tuple[str, Iterator[Member]]]:
    """The blocks of a task: a name that tells what went in, and the members.

    The members of a block must be used up before the next block is asked for; they need not be
    read.
    """
    if task.sources[0].kind == Kind.MIDI:
        yield _block_name(task.sources, 0), map(_file, itertools.count(), task.sources)
        return
    (source,) = task.sources
    grouped = itertools.groupby(members(source), lambda member: member.number // task.block_songs)
    for block, found in grouped:
        if block % task.parts == task.part:
            yield _block_name(task.sources, task.block_songs, block), found


def members(source: Source) -> Iterator[Member]:
    """The files of a source, in order."""
    if source.kind == Kind.MIDI:
        yield _file(0, source)
    elif source.kind == Kind.ZIP:
        yield from _zip_members(source)
    elif source.kind == Kind.TAR:
        yield from _tar_members(source)
    else:
        yield from _records(source)


def read(found: Iterable[Source]) -> Iterator[SongFile]:
    """All songs of some sources. What cannot be read comes as a `SongFile.error`."""
    for source in found:
        for member in members(source):
            song = member.read()
            if song:
                yield song


def _block_songs(songs: int) -> int:
    least, most = _BLOCK_SONGS
    return min(max(songs // _BLOCKS, least), most)


def _block_name(found: Sequence[Source], *numbers: int) -> str:
    """Changes when a source is renamed, grows or is changed."""
    digest = hashlib.sha256(repr(numbers).encode())
    for source in found:
        text = f"{source.path}\n{source.name}\n{source.size}\n{source.changed}\n{source.error}\n"
        digest.update(storage.to_bytes(text))
    return digest.hexdigest()[:24]


def _file(number: int, source: Source) -> Member:
    def read_file() -> SongFile:
        if source.error:
            return SongFile(source.name, error=source.error)
        try:
            with storage.open_file(source.path) as stream:
                return _song(source.name, stream)
        except OSError as error:
            return SongFile(source.name, error=_reason(error))

    return Member(number, source.size, read_file)


def _zip_members(source: Source) -> Iterator[Member]:
    try:
        with (
            storage.open_file(source.path) as raw,
            zipfile.ZipFile(raw) as archive,
        ):
            wanted = (
                info
                for info in archive.infolist()
                if not info.is_dir() and not sources.is_litter(info.filename)
            )
            for number, info in enumerate(wanted):

                def read_member(info: zipfile.ZipInfo = info) -> SongFile | None:
                    name = f"{source.name}/{info.filename}"
                    try:
                        with archive.open(info) as stream:
                            return _member_song(name, stream, info.file_size)
                    except _MEMBER_ERRORS as error:
                        return _member_error(name, error)

                yield Member(number, info.compress_size, read_member)
    except (zipfile.BadZipFile, OSError) as error:
        yield _damaged_archive(source, error)


def _tar_members(source: Source) -> Iterator[Member]:
    damage = (tarfile.TarError, *sources.DECOMPRESSION_ERRORS)
    gone = number = 0
    try:
        with storage.open_file(source.path) as raw, _open_tar(raw) as archive:
            for info in archive:
                archive.members = []  # else they pile up
                if not info.isreg() or sources.is_litter(info.name):
                    continue
                met: list[Exception] = []  # damage in the member's data is damage to the archive

                def read_member(
                    info: tarfile.TarInfo = info, met: list[Exception] = met
                ) -> SongFile | None:
                    try:
                        stream = archive.extractfile(info)
                        return _member_song(f"{source.name}/{info.name}", stream, info.size)
                    except damage as error:
                        met.append(error)
                        return None

                position = raw.tell()
                yield Member(number, position - gone, read_member)
                number, gone = number + 1, position
                if met:
                    raise met[0]
    except damage as error:
        yield _damaged_archive(source, error)


def _records(source: Source) -> Iterator[Member]:
    """The NoteSequences of a TFRecord file, compressed or not."""
    gone = number = 0
    try:
        with storage.open_file(source.path) as raw:
            for record in shards.records(_expanded(raw)):
                name = f"{source.name}/{number}"

                def read_record(name: str = name, record: bytes = record) -> SongFile:
                    return SongFile(name, record, is_sequence=True)

                position = raw.tell()
                yield Member(number, position - gone, read_record)
                number, gone = number + 1, position
    except sources.DECOMPRESSION_ERRORS as error:
        yield _damaged_archive(source, error)


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


def _expanded(stream: BinaryIO) -> BinaryIO:
    """The stream without its compression, if it has one."""
    head = stream.read(8)
    stream.seek(0)
    for magic, decompressor in sources.DECOMPRESSORS.items():
        if head.startswith(magic):
            return decompressor(stream)
    return stream


def _member_song(name: str, stream: BinaryIO, size: int) -> SongFile | None:
    """A member of an archive if it is MIDI, else None."""
    head = stream.read(sources.HEAD_BYTES)
    if sources.kind_of(io.BytesIO(head), name) != Kind.MIDI:
        return None
    if size > MAX_BYTES:
        return SongFile(name, error=_too_large())
    return _song(name, io.BytesIO(head + stream.read(MAX_BYTES)))


def _song(name: str, stream: BinaryIO) -> SongFile:
    data = stream.read(MAX_BYTES + 1)
    try:
        data = _expanded(io.BytesIO(data)).read(MAX_BYTES + 1)
    except sources.DECOMPRESSION_ERRORS as error:  # of this file; an archive may go on behind it
        return SongFile(name, error=_reason(error))
    return SongFile(name, error=_too_large()) if len(data) > MAX_BYTES else SongFile(name, data)


def _member_error(name: str, error: Exception) -> SongFile | None:
    if sources.kind_of(io.BytesIO(), name) != Kind.MIDI:
        return None
    return SongFile(name, error=_reason(error))


def _damaged_archive(source: Source, error: Exception) -> Member:
    reason = f"damaged archive, read as far as possible ({_reason(error)})"
    return Member(-1, 0, lambda: SongFile(source.name, error=reason))


def _reason(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "cut short"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    if isinstance(error, RuntimeError) and "password" in str(error):
        return "encrypted"
    return f"damaged ({str(error).rstrip('.').lower()})"


def _too_large() -> str:
    return f"larger than {MAX_BYTES >> 20} MiB"
