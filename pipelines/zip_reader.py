"""Zip archives: the directory at the end, and the files that it names.

Values in the directory (sizes, offsets, methods) are compared with the file before they are used,
and data are decompressed piece by piece: bzip2 and LZMA can expand a byte to a thousand.
"""

from __future__ import annotations

import bz2
import functools
import lzma
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from gm_vae.pipelines import compression
from gm_vae.pipelines.archives import ArchiveError, Entry, Readable, StreamError, reason
from gm_vae.pipelines.compression import Decoder

# disk, disk of the directory, entries there and in all, bytes and offset of the directory, comment
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")  # bytes, versions, then the same with larger numbers
_LOCATOR_64 = struct.Struct("<4sLQL")
# versions, flags, method, time, date, checksum, stored and real bytes, lengths of name, extra
# fields and comment, disk, attributes, offset of the local header
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENTRY_MAGIC, _LOCAL_MAGIC, _END_MAGIC = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"
_MAX_COMMENT = 0xFFFF

_ENCRYPTED, _STRONGLY_ENCRYPTED, _UTF_8 = 1 << 0, 1 << 6, 1 << 11
_IN_EXTRA = 0xFFFFFFFF  # a number that is stored in the zip64 field
_ZIP64 = 1
_MAX_DIRECTORY_BYTES = 256 << 20  # of about two million files
_CHUNK = 1 << 16


def entries(stream: BinaryIO) -> Iterator[Entry]:
    """The files of an archive, in the order of its directory; folders are skipped.

    Args:
        stream: the archive; it must be able to seek.

    Raises:
        ArchiveError: it is not a zip archive, or the rest of its directory cannot be read.
    """
    try:
        length = stream.seek(0, os.SEEK_END)
        directory, shift = _directory(stream, length)
    except OSError as error:
        raise StreamError(reason(error)) from None
    position = 0
    while position < len(directory):
        name_at = position + _ENTRY.size
        if name_at > len(directory):
            raise ArchiveError("its directory is cut short")
        values = _ENTRY.unpack_from(directory, position)
        if values[0] != _ENTRY_MAGIC:
            raise ArchiveError("its directory is damaged")
        flags, method, _, _, checksum, stored_bytes, size = values[3:10]
        name_bytes, extra_bytes, comment_bytes = values[10:13]
        extra_at = name_at + name_bytes
        position = extra_at + extra_bytes + comment_bytes
        if position > len(directory):
            raise ArchiveError("its directory is cut short")
        name = directory[name_at:extra_at].partition(b"\0")[0]
        if name.endswith(b"/"):  # a folder
            continue
        extra = directory[extra_at : extra_at + extra_bytes]
        size, stored_bytes, offset = _large_numbers(extra, [size, stored_bytes, values[-1]])
        file = _File(flags, method, checksum, stored_bytes, size, offset + shift)
        yield Entry(
            name.decode("utf-8", "surrogateescape") if flags & _UTF_8 else name.decode("cp437"),
            size,
            functools.partial(_opened, stream, length, file),
            stored_bytes,
            cost=size,
        )


class _File(NamedTuple):
    """A directory entry of a file; the checksum is a CRC-32, the offset that of its header."""

    flags: int
    method: int
    checksum: int
    stored_bytes: int
    size: int
    offset: int


def _directory(stream: BinaryIO, length: int) -> tuple[bytes, int]:
    """The directory, and a correction of all offsets (for data before the archive).

    Raises ArchiveError or OSError.
    """
    before = max(0, length - _END.size - _MAX_COMMENT - _LOCATOR_64.size - _END_64.size)
    stream.seek(before)
    tail = stream.read(length - before)
    latest = max(0, len(tail) - _END.size + len(_END_MAGIC))
    end = candidate = tail.rfind(_END_MAGIC, 0, latest)
    if end < 0:
        raise ArchiveError("it has no directory")
    while candidate >= 0:  # the one whose comment ends the file: a comment may contain anything
        *_, comment_bytes = _END.unpack_from(tail, candidate)
        if candidate + _END.size + comment_bytes == len(tail):
            end = candidate
            break
        candidate = tail.rfind(_END_MAGIC, 0, candidate + len(_END_MAGIC) - 1)
    *_, size, offset, _ = _END.unpack_from(tail, end)
    locator, end_64 = end - _LOCATOR_64.size, end - _LOCATOR_64.size - _END_64.size
    if end_64 >= 0 and tail[locator:].startswith(b"PK\x06\x07"):
        magic, *_, size_64, offset_64 = _END_64.unpack_from(tail, end_64)
        if magic == b"PK\x06\x06":
            size, offset, end = size_64, offset_64, end_64
    start = before + end - size
    if start < 0 or size > _MAX_DIRECTORY_BYTES:
        raise ArchiveError(f"a directory of {size} bytes")
    stream.seek(start)
    return stream.read(size), start - offset


def _large_numbers(extra: bytes, numbers: list[int]) -> list[int]:
    """Size, stored bytes and offset; those that do not fit are in the zip64 field."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _ZIP64:
            for index, number in enumerate(numbers):
                if number == _IN_EXTRA and len(field) >= 8:
                    (numbers[index],) = struct.unpack_from("<Q", field)
                    field = field[8:]
    return numbers


def _opened(stream: BinaryIO, length: int, file: _File) -> Readable:
    """The data of a file. Raises ArchiveError."""
    if file.flags & (_ENCRYPTED | _STRONGLY_ENCRYPTED):
        raise ArchiveError("encrypted")
    try:
        if not 0 <= file.offset < length:
            raise ArchiveError("damaged (it lies outside the archive)")
        stream.seek(file.offset)
        header = stream.read(_LOCAL.size)
        if len(header) < _LOCAL.size:
            raise ArchiveError("cut short")
        magic, *_, name_bytes, extra_bytes = _LOCAL.unpack(header)
        if magic != _LOCAL_MAGIC:
            raise ArchiveError("damaged (the directory leads astray)")
        stream.seek(name_bytes + extra_bytes, os.SEEK_CUR)
        return _Data(stream, file)
    except OSError as error:
        raise ArchiveError(reason(error)) from None


class _Data:
    """The data of a file, decompressed as they are read."""

    def __init__(self, stream: BinaryIO, file: _File) -> None:
        self._stream, self._checksum = stream, file.checksum
        self._stored_left, self._left, self._crc = file.stored_bytes, file.size, 0
        if file.method == 14:
            self._decoder = _lzma_decoder(self._stored(4), self._stored)
        elif file.method in _DECODERS:
            self._decoder = _DECODERS[file.method]()
        else:
            raise ArchiveError(f"compression method {file.method} is not supported")

    def read(self, size: int) -> bytes:
        pieces, wanted = [], min(size, self._left)
        try:
            while wanted and not self._decoder.eof:
                data = self._stored(_CHUNK) if self._decoder.needs_input else b""
                piece = self._decoder.decompress(data, wanted)
                if not data and not piece:
                    raise EOFError
                pieces.append(piece)
                wanted -= len(piece)
        except compression.ERRORS as error:
            raise ArchiveError(reason(error)) from None
        content = b"".join(pieces)
        self._crc = zlib.crc32(content, self._crc)
        self._left -= len(content)
        at_end = not self._left or self._decoder.eof
        if at_end and self._crc != self._checksum:
            raise ArchiveError("damaged (wrong checksum)")
        return content

    def _stored(self, size: int) -> bytes:
        """The next bytes of the archive that belong to this file."""
        data = self._stream.read(min(size, self._stored_left))
        self._stored_left -= len(data)
        return data


class _Stored:
    """A `Decoder` for uncompressed data."""

    eof, unused_data = False, b""

    def __init__(self) -> None:
        self._data = b""

    @property
    def needs_input(self) -> bool:
        return not self._data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        data = self._data + data
        self._data = data[max_length:]
        return data[:max_length]


_DECODERS: dict[int, Callable[[], Decoder]] = {
    0: _Stored,
    8: compression.Inflate,
    12: bz2.BZ2Decompressor,
}


def _lzma_decoder(version: bytes, read: Callable[[int], bytes]) -> Decoder:
    """LZMA in zip archives: four bytes with the length of the properties, then the properties."""
    properties = read(5)
    if version[2:] != b"\x05\x00" or len(properties) < 5:
        raise ArchiveError("damaged (LZMA without its properties)")
    packed, dictionary = struct.unpack("<BL", properties)
    if dictionary > compression.MEMORY_BYTES:
        raise ArchiveError("damaged (LZMA with a dictionary of no sensible size)")
    packed, literal_context = divmod(packed, 9)
    position, literal_position = divmod(packed, 5)
    filters = {"id": lzma.FILTER_LZMA1, "dict_size": max(dictionary, 4096), "pb": position}
    filters |= {"lc": literal_context, "lp": literal_position}
    try:
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[filters])
    except (lzma.LZMAError, ValueError):
        raise ArchiveError("damaged (LZMA of impossible properties)") from None
