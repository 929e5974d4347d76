"""Reads the songs of sources, shared among workers.

The songs of all sources are cut into *blocks* of some songs each. Blocks depend only on the input,
not on the number of workers, so that the next run can reuse the results of a block.

An archive is read as a stream and never unpacked to disk. To share one among n workers, each of
them goes through all of it and reads every n-th block. That costs n decompressions, but they run
side by side, so it takes no longer than one worker decompressing while the others wait, and no
MIDI bytes have to be held in memory or sent between processes. An archive in an archive is held in
memory, and its songs count as the outer one's.

Whatever is wrong with an archive becomes a report of it; other files are read all the same. So does
a file of this machine whose size is another than when it was found: a part of it may be of another
state than the rest. (Objects of a store are replaced whole.)
"""

from __future__ import annotations

import dataclasses
import errno
import functools
import hashlib
import io
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

from gm_vae import storage
from gm_vae.data import shards
from gm_vae.errors import UserError
from gm_vae.music.midi_bytes import MAX_BYTES
from gm_vae.pipelines import compression, parquet_reader, sources, tar_reader, zip_reader
from gm_vae.pipelines.archives import ArchiveError, Budget, Entry, StreamError, reason
from gm_vae.pipelines.sources import Kind, Source

ARCHIVE_RATIO = 6  # typical compression ratio of an archive of MIDI files
_BLOCKS = 64  # target, so that workers end at about the same time
_SONG_BYTES = 32_768  # of a typical MIDI file
MOST_BLOCK_SONGS = 512  # a block is held in memory
_BLOCK_SONGS = (8, MOST_BLOCK_SONGS)  # at least and at most
_MAX_INNER_BYTES = 128 << 20  # of an archive in an archive, which is held in memory
_MAX_RECORD_BYTES = 128 << 20  # of a NoteSequence
_MAX_NAME = 1000  # characters of a name in an archive that reports and ids keep
_CHANGED, _VANISHED = "changed while it was read", os.strerror(errno.ENOENT).lower()
NOT_AS_FOUND = (_CHANGED, _VANISHED)
"""Errors of files that were whole when they were found."""


@dataclasses.dataclass(frozen=True)
class SongFile:
    """The bytes of one song, or the reason why it cannot be read.

    Attributes:
        name: its name in reports: the source's name, and for one of many also its name there.
        data: the bytes of a MIDI file, decompressed, or of a NoteSequence.
        error: why it could not be read, "" if it was read.
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
        number: from 0; -1 for a report without a file.
        input_bytes: bytes of the source that reading it consumes (for progress).
        read: the song, or None if it is not a song. To be called, if at all, before the
            next member is asked for.
    """

    number: int
    input_bytes: int
    read: Callable[[], SongFile | None]


@dataclasses.dataclass(frozen=True)
class Task:
    """The work of one worker: some sources as one block, or every n-th block of one source.

    Attributes:
        sources: MIDI files, or one source of many songs.
        block_songs: songs in a block.
        share, shares: this worker takes the blocks whose number is `share` modulo `shares`; of a
            Parquet file the row groups.
    """

    sources: tuple[Source, ...]
    block_songs: int
    share: int = 0
    shares: int = 1


def tasks(source_files: Sequence[Source], shares: int) -> Iterator[Task]:
    """The work of reading all sources, with each archive shared among `shares` workers."""
    files = [source for source in source_files if source.kind == Kind.MIDI]
    size = block_songs(len(files))
    for first in range(0, len(files), size):
        yield Task(tuple(files[first : first + size]), size)
    for source in source_files:
        if source.kind != Kind.MIDI:
            size = block_songs_of(source)
            for share in range(shares):
                yield Task((source,), size, share, shares)


def blocks(task: Task) -> Iterator[tuple[str, Iterator[Member]]]:
    """The blocks of a task: a name that identifies the input, and the members.

    The members of a block must be used up before the next block is asked for; they need not be
    read.
    """
    if task.sources[0].kind == Kind.MIDI:
        yield _block_name(task.sources, 0), map(_file, itertools.count(), task.sources)
        return
    (source,) = task.sources
    if source.kind == Kind.PARQUET:
        for place, rows in _parquet(source, task.share, task.shares):
            yield _block_name(task.sources, *place), rows
        return
    grouped = itertools.groupby(members(source), lambda member: member.number // task.block_songs)
    for block, block_members in grouped:
        if block % task.shares == task.share:
            yield _block_name(task.sources, task.block_songs, block), block_members


def members(source: Source) -> Iterator[Member]:
    """The files of a source, in order."""
    if source.kind == Kind.MIDI:
        yield _file(0, source)
    elif source.kind == Kind.PARQUET:
        for _, rows in _parquet(source, 0, 1):
            yield from rows
    else:
        yield from _many(source)


def read(source_files: Iterable[Source]) -> Iterator[SongFile]:
    """All songs of some sources; unreadable ones have a `SongFile.error`."""
    for source in source_files:
        for member in members(source):
            song = member.read()
            if song:
                yield song


def block_songs(songs: int) -> int:
    """The number of songs per block, given the total."""
    least, most = _BLOCK_SONGS
    return min(max(songs // _BLOCKS, least), most)


def block_songs_of(source: Source) -> int:
    """How many songs of a source of many are a block; of a Parquet file the most rows."""
    if source.kind == Kind.PARQUET:
        return MOST_BLOCK_SONGS
    return block_songs(source.size * ARCHIVE_RATIO // _SONG_BYTES)


def _block_name(source_files: Sequence[Source], *numbers: int) -> str:
    """A name that changes when a source is renamed, grows or is changed."""
    digest = hashlib.sha256(repr(numbers).encode())
    for source in source_files:
        text = f"{source.path}\n{source.name}\n{source.size}\n{source.changed}\n{source.error}\n"
        if source.kind == Kind.PARQUET:
            text += f"{source.columns}\n"
        digest.update(storage.to_bytes(text))
    return digest.hexdigest()[:24]


def _file(number: int, source: Source) -> Member:
    def read_file() -> SongFile:
        if source.error:
            return SongFile(source.name, error=source.error)
        try:
            with storage.open_file(source.path) as stream, storage.as_os_error(source.path):
                song = _song(source.name, stream)
            return SongFile(source.name, error=_CHANGED) if _has_changed(source) else song
        except OSError as error:
            return SongFile(source.name, error=reason(error))

    return Member(number, source.size, read_file)


def _many(source: Source) -> Iterator[Member]:
    """The songs of an archive or a file of records."""
    number = gone = 0
    try:
        with storage.open_file(source.path) as raw:
            budget = Budget(source.size)
            for stored_bytes, read_song in _songs_in(source.kind, raw, source.name, budget):
                position = raw.tell()
                input_bytes = stored_bytes if source.kind == Kind.ZIP else position - gone
                yield Member(number, input_bytes, read_song)
                number, gone = number + 1, position
        _require_unchanged(source)
    except UserError:  # of a storage that nothing can be read from
        raise
    except Exception as error:  # one archive must not cost a corpus of a million files
        yield Member(-1, 0, _report(source.name, _lost(source, error) or _damaged(error)))


def _parquet(
    source: Source, share: int, shares: int
) -> Iterator[tuple[tuple[int, int], Iterator[Member]]]:
    """Batches of rows of a Parquet file: row group and first row, and the songs."""
    try:
        with storage.open_file(source.path) as raw:
            for batch in parquet_reader.batches(
                raw, source.columns, Budget(source.size), lambda group: group % shares == share
            ):
                yield (batch.group, batch.first_row), _batch_members(source.name, batch)
        _require_unchanged(source)
    except UserError:
        raise
    except Exception as error:
        if share == 0:  # each worker meets it, one reports it
            text = _lost(source, error) or _unreadable(reason(error))
            yield (-1, 0), iter([Member(-1, 0, _report(source.name, text))])


def _batch_members(name: str, batch: parquet_reader.Batch) -> Iterator[Member]:
    if batch.error:
        name = f"{name}/row group {batch.group}"
        yield Member(-1, 0, _report(name, _unreadable(batch.error)))
    for number, (id_, data) in enumerate(batch.rows):
        inner = f"{name}/{_shortened(id_)}"
        if data is None:
            yield Member(number, batch.row_bytes, _report(inner, "the row holds no bytes"))
        else:
            read_song = functools.partial(_song, inner, io.BytesIO(data))
            yield Member(number, batch.row_bytes, read_song)


def _has_changed(source: Source) -> bool:
    try:
        return not storage.is_remote(source.path) and os.stat(source.path).st_size != source.size
    except OSError:  # it has vanished, but not before it was read
        return False


def _require_unchanged(source: Source) -> None:
    if _has_changed(source):
        raise ArchiveError(_CHANGED)


def _lost(source: Source, error: Exception) -> str:
    """What happened to a source that was whole when it was found; "" if it was damaged then."""
    if isinstance(error, FileNotFoundError):
        return _VANISHED
    return _CHANGED if _has_changed(source) else ""


def _unreadable(cause: str) -> str:
    return f"this Parquet file cannot be read ({cause})"


_Reading = tuple[int, Callable[[], SongFile | None]]  # bytes of a zip archive; what reads a song


def _songs_in(
    kind: Kind, stream: BinaryIO, name: str, budget: Budget, is_inner: bool = False
) -> Iterator[_Reading]:
    """The songs of an archive or a file of records, and of the archives in it.

    Raises ArchiveError, or errors from reading records, if the rest cannot be read.
    """
    if kind == Kind.SEQUENCES:
        yield from _records(stream, name, budget)
        return
    if kind == Kind.ZIP:
        entries = zip_reader.entries(stream)
    else:
        entries = tar_reader.entries(compression.expanded(stream), budget)
    for entry in entries:
        if sources.is_litter(entry.name):
            continue
        entry_kind, refusal = _kind_of(entry)
        inner = f"{name}/{_shortened(entry.name)}"
        if entry_kind == Kind.MIDI:
            budget.spend(min(entry.cost, MAX_BYTES))
            yield entry.stored_bytes, functools.partial(_member_song, inner, entry)
            continue
        if entry_kind == Kind.PARQUET:
            refusal = "a Parquet file in an archive is not read; unpack the archive"
        elif entry_kind and is_inner:
            refusal = "an archive in an archive in an archive is not read; unpack the outer ones"
        elif entry_kind and entry.size > _MAX_INNER_BYTES:
            size = f"{_MAX_INNER_BYTES >> 20} MiB"
            refusal = f"an archive in an archive, larger than {size}; unpack the outer one"
        if refusal:
            yield entry.stored_bytes, _report(inner, refusal)
        elif entry_kind:
            budget.spend(entry.cost)
            yield from _inner_songs(entry_kind, entry, inner, budget)


def _kind_of(entry: Entry) -> tuple[Kind | None, str]:
    """The type of an entry, None if unsupported, and why it cannot be read, if known.

    An entry with the name of a MIDI file is opened only by the worker that reads it.
    """
    by_name = sources.kind_by_name(entry.name)
    if by_name == Kind.MIDI:
        return by_name, ""
    try:
        head = entry.head
    except StreamError:
        raise
    except ArchiveError as error:
        return None, str(error) if by_name else ""
    kind = sources.kind_of(io.BytesIO(head), entry.name)
    return kind, "" if kind else sources.foreign_archive(head, entry.name)


def _inner_songs(kind: Kind, entry: Entry, name: str, budget: Budget) -> Iterator[_Reading]:
    """The songs of an archive in an archive."""
    try:
        content = entry.content()
    except StreamError:
        raise
    except ArchiveError as error:
        yield entry.stored_bytes, _report(name, str(error))
        return
    try:
        yield from _songs_in(kind, io.BytesIO(content), name, budget, is_inner=True)
    except (ArchiveError, *compression.ERRORS) as error:
        yield 0, _report(name, _damaged(error))


def _records(stream: BinaryIO, name: str, budget: Budget) -> Iterator[_Reading]:
    """The NoteSequences of a TFRecord file, compressed or not."""
    records = shards.records(compression.expanded(stream), _MAX_RECORD_BYTES)
    for number, record in enumerate(records):
        budget.spend(len(record))
        yield 0, functools.partial(SongFile, f"{name}/{number}", record, is_sequence=True)


def _member_song(name: str, entry: Entry) -> SongFile | None:
    """A song of an archive; None if the archive is damaged there, which is reported."""
    if entry.size > MAX_BYTES:
        return SongFile(name, error=_too_large())
    try:
        data = entry.content()
    except StreamError:
        return None
    except ArchiveError as error:
        return SongFile(name, error=str(error))
    if sources.kind_of(io.BytesIO(data), name) != Kind.MIDI:
        return SongFile(name, error="an archive under the name of a MIDI file; rename it")
    return _song(name, io.BytesIO(data))


def _song(name: str, stream: BinaryIO) -> SongFile:
    data = stream.read(MAX_BYTES + 1)
    try:
        data = compression.expanded(io.BytesIO(data)).read(MAX_BYTES + 1)
    except compression.ERRORS as error:  # of this file; an archive may continue after it
        return SongFile(name, error=reason(error))
    return SongFile(name, error=_too_large()) if len(data) > MAX_BYTES else SongFile(name, data)


def _report(name: str, error: str) -> Callable[[], SongFile]:
    return lambda: SongFile(name, error=error)


def _damaged(error: Exception) -> str:
    return f"damaged archive, read as far as possible ({reason(error)})"


def _shortened(name: str) -> str:
    return name if len(name) <= _MAX_NAME else name[:_MAX_NAME] + "…"


def _too_large() -> str:
    return f"larger than {MAX_BYTES >> 20} MiB"
