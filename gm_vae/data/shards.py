"""TFRecord files, gzipped, byte-reproducible, without TensorFlow.

A record is: uint64 length, masked crc32c of those 8 bytes, data, masked crc32c of the data; all
little-endian. A file appears under its name only once it is complete and on the disk.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import os
import pathlib
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import google_crc32c

from gm_vae import storage
from gm_vae.errors import UserError

MEASURES_PER_SHARD = 32_768

_COMPRESSION_LEVEL = 9  # a fixed level: the same records give the same bytes
_SIZE = struct.Struct("<Q")
_CRC = struct.Struct("<I")
_HEADER = struct.Struct("<QI")
_CRC_MASK_DELTA = 0xA282EAD8
DAMAGE = (EOFError, zlib.error)  # errors from reading a stream of records
_MAX_RECORD = 1 << 30  # bytes; a hostile header must not exhaust the memory


class Stream(Protocol):
    """The input of a record reader."""

    def read(self, size: int, /) -> bytes:
        """This many bytes, or fewer at the end."""
        ...


@dataclasses.dataclass(frozen=True)
class Shard:
    """One file of a split: its name, records (measures), size and checksum."""

    name: str
    measures: int
    bytes: int
    sha256: str


def write(path: pathlib.Path, records: Iterable[bytes]) -> Shard:
    """Write a gzipped TFRecord file. Raises UserError if it cannot be written."""
    shard, data = pack(path.name, records)
    storage.write(os.fspath(path), data)
    return shard


def pack(name: str, records: Iterable[bytes]) -> tuple[Shard, bytes]:
    """The content of a gzipped TFRecord file, and its entry in a dataset."""
    frames = [frame(record) for record in records]
    data = compress(b"".join(frames))
    return Shard(name, len(frames), len(data), hashlib.sha256(data).hexdigest()), data


def frame(record: bytes) -> bytes:
    """A record of an uncompressed TFRecord file."""
    size = _SIZE.pack(len(record))
    crc = google_crc32c.value
    return b"".join((size, _CRC.pack(_mask(crc(size))), record, _CRC.pack(_mask(crc(record)))))


def begins_with_record(head: bytes) -> bool:
    """Whether the first bytes of a file, uncompressed, are those of a TFRecord file."""
    if len(head) < _HEADER.size:
        return False
    _, crc = _HEADER.unpack_from(head)
    return crc == _mask(google_crc32c.value(head[: _SIZE.size]))


def records(stream: Stream, max_bytes: int = _MAX_RECORD) -> Iterator[bytes]:
    """The records of a TFRecord stream, uncompressed.

    Args:
        stream: the input, read to its end.
        max_bytes: a longer record counts as damaged.

    Raises:
        EOFError: it ends within a record.
        zlib.error: it is damaged.
    """
    while header := stream.read(_HEADER.size):
        if len(header) < _HEADER.size:
            raise EOFError
        if not begins_with_record(header):
            raise zlib.error("wrong checksum")
        size, _ = _HEADER.unpack(header)
        if size > max_bytes:
            raise zlib.error("a record of no sensible size")
        body = stream.read(size + _CRC.size)
        if len(body) < size + _CRC.size:
            raise EOFError
        record = body[:size]
        if _CRC.unpack(body[size:])[0] != _mask(google_crc32c.value(record)):
            raise zlib.error("wrong checksum")
        yield record


def read(path: str | os.PathLike[str], expected: Shard | None = None) -> Iterator[bytes]:
    """The records of a gzipped TFRecord file.

    Args:
        path: the file.
        expected: its entry in the dataset; if given, size and checksum are checked before the first
            record, and the number of records after the last, as another process may change the file
            meanwhile.

    Raises:
        UserError: the file is missing, cut short or damaged; the message names it.
    """
    if expected is not None:
        verify(path, expected)
    count = 0
    try:
        with storage.open_file(path) as raw, gzip.GzipFile(fileobj=raw) as stream:
            for record in records(stream):
                yield record
                count += 1
    except EOFError:
        raise damaged(path, "is cut short") from None
    except (zlib.error, gzip.BadGzipFile):
        raise damaged(path, "is damaged") from None
    except OSError as error:
        raise damaged(path, f"cannot be read ({error.strerror})") from None
    if expected is not None and count != expected.measures:
        raise damaged(path, f"has {count:,} records instead of {expected.measures:,}")


def verify(path: str | os.PathLike[str], expected: Shard) -> None:
    """Raise UserError unless the file exists with the expected size and checksum."""
    digest = hashlib.sha256()
    size = 0
    try:
        with storage.open_file(path) as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
                size += len(block)
                if size > expected.bytes:
                    break
    except FileNotFoundError:
        raise damaged(path, "is missing") from None
    except OSError as error:
        raise damaged(path, f"cannot be read ({error.strerror})") from None
    if size < expected.bytes:
        raise damaged(path, f"is cut short ({size} of {expected.bytes} bytes)")
    if digest.hexdigest() != expected.sha256:
        raise damaged(path, "is damaged (its checksum is not the one in dataset.json)")


def compress(data: bytes) -> bytes:
    """Gzip without a time or a name in the header, so that equal data give equal bytes."""
    compressed = io.BytesIO()
    with gzip.GzipFile("", "wb", _COMPRESSION_LEVEL, compressed, mtime=0) as stream:
        stream.write(data)
    return compressed.getvalue()


def damaged(path: str | os.PathLike[str], what: str) -> UserError:
    """The error for a file of a dataset; `what` describes the problem."""
    return UserError(f"{path} {what}; make the dataset again with gm-vae preprocess --force.")


def _mask(crc: int) -> int:
    return ((crc >> 15 | crc << 17) + _CRC_MASK_DELTA) & 0xFFFFFFFF
