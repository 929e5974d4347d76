"""The measures of a block of songs on disk, between reading songs and writing shards.

Workers exchange measures through files beside the output and not through the runner. So memory
stays small however large the corpus is, a restarted worker finds its earlier work, and an
interrupted run resumes where it stopped. A chunk is two files:

    NAME.records   framed records, sorted by content hash, so that a shard is a range of each chunk
    NAME.index     arrays that describe each record and song; written last, it completes a chunk

A record is the content hash of a measure, the number of its song in the chunk, and its example.
"""

from __future__ import annotations

import dataclasses
import io
import struct
import zipfile
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from gm_vae import storage
from gm_vae.data import shards
from gm_vae.errors import UserError

HASH_BYTES = 16  # of a record's content hash: among a billion measures, collisions are improbable

_SONG = struct.Struct("<I")
# of a record, besides its example: hash, song, and a frame's length and two checksums
FRAMING_BYTES = HASH_BYTES + _SONG.size + 16
_PREFIX_DTYPE = np.dtype(">u8")  # the first 8 bytes of a hash, as a number that sorts like them


class Song(NamedTuple):
    """The measures of one song: its key and sketch (see `splits`), and (content hash, example)s."""

    key: bytes
    sketch: bytes
    records: list[tuple[bytes, bytes]]


class SongInfo(NamedTuple):
    """A song without its measures: key, sketch and number of records."""

    key: bytes
    sketch: bytes
    records: int


class Record(NamedTuple):
    """A record as it is read back."""

    content_hash: bytes
    song: int
    example: bytes


@dataclasses.dataclass(frozen=True, eq=False)
class Chunk:
    """The index of a chunk of N records and S songs.

    Attributes:
        path: path of the chunk's files, without their suffixes.
        songs: S songs with measures.
        reports: a JSON line for each file that was read, with or without measures.
        prefixes: uint64 [N], the first bytes of each record's content hash, ascending.
        song_of: int64 [N], the number of its song.
        offsets: int64 [N + 1], where each record begins in the file, and the end of the file.
    """

    path: str
    songs: tuple[SongInfo, ...]
    reports: tuple[bytes, ...]
    prefixes: np.ndarray
    song_of: np.ndarray
    offsets: np.ndarray


def write(path: str, songs: Sequence[Song], reports: Sequence[bytes]) -> Chunk:
    """Write a chunk. Raises UserError if it cannot be written."""
    records = sorted(
        (content_hash, number, example)
        for number, song in enumerate(songs)
        for content_hash, example in song.records
    )
    frames = [shards.frame(h + _SONG.pack(number) + example) for h, number, example in records]
    prefixes = np.frombuffer(b"".join(h[:8] for h, _, _ in records), _PREFIX_DTYPE)
    chunk = Chunk(
        path,
        tuple(SongInfo(song.key, song.sketch, len(song.records)) for song in songs),
        tuple(reports),
        prefixes.astype(np.uint64),
        np.array([number for _, number, _ in records], np.int64),
        np.cumsum([0, *map(len, frames)], dtype=np.int64),
    )
    storage.write(path + ".records", b"".join(frames))
    storage.write(path + ".index", _index_bytes(chunk))
    return chunk


def load(path: str) -> Chunk | None:
    """The index of a chunk, or None if it is missing or incomplete."""
    try:
        with storage.open_file(path + ".index") as stream:
            content = io.BytesIO(stream.read())
        with np.load(content, allow_pickle=False) as arrays:
            values = {name: arrays[name] for name in arrays.files}
        ends = np.cumsum(values["song_sizes"][:, :2].ravel()).tolist()  # of keys and sketches
        texts = values["song_texts"].tobytes()
        pieces = [texts[start:stop] for start, stop in zip([0, *ends], ends)]
        songs = zip(pieces[::2], pieces[1::2], values["song_sizes"][:, 2].tolist())
        return Chunk(
            path,
            tuple(SongInfo(*song) for song in songs),
            tuple(values["reports"].tobytes().splitlines()),
            *(values[name] for name in ("prefixes", "song_of", "offsets")),
        )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def read(path: str, start: int, stop: int) -> Iterator[Record]:
    """The records between two offsets of a chunk, by content hash. Raises UserError."""
    return records(storage.read(path + ".records", start, stop), path + ".records")


def content(path: str) -> bytes:
    """All records of a chunk, framed. Raises UserError."""
    return storage.read(path + ".records")


def records(data: bytes, name: str) -> Iterator[Record]:
    """The records in a byte range. Raises UserError, which names their source."""
    try:
        for record in shards.records(io.BytesIO(data)):
            (song,) = _SONG.unpack_from(record, HASH_BYTES)
            yield Record(record[:HASH_BYTES], song, record[HASH_BYTES + _SONG.size :])
    except shards.DAMAGE:
        raise UserError(f"{name} is damaged; remove it and run the command again.") from None


def _index_bytes(chunk: Chunk) -> bytes:
    stream = io.BytesIO()
    sizes = [(len(song.key), len(song.sketch), song.records) for song in chunk.songs]
    texts = b"".join(song.key + song.sketch for song in chunk.songs)
    np.savez(
        stream,
        prefixes=chunk.prefixes,
        song_of=chunk.song_of,
        offsets=chunk.offsets,
        song_sizes=np.array(sizes, np.int64).reshape(-1, 3),
        song_texts=np.frombuffer(texts, np.uint8),
        reports=np.frombuffer(b"\n".join(chunk.reports), np.uint8),
    )
    return stream.getvalue()
