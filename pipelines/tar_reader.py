"""Tar archives as streams: ustar, GNU and pax, read from front to end, once.

All sizes are checked against limits before they are used, and extension headers, any number of
which may precede a file, are read in a loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from gm_vae.pipelines import compression
from gm_vae.pipelines.archives import ArchiveError, Budget, Entry, Readable, StreamError, reason

_BLOCK = 512
_MAX_EXTENSION_BYTES = 1 << 20  # of all headers of a file; a name has a few hundred bytes
_MAX_DIGITS = 20  # of a number in a pax header
_SKIPPED_AT_ONCE = 1 << 20

_REGULAR = (b"0", b"\0", b"7", b"S")
_WITHOUT_DATA = (b"1", b"2", b"3", b"4", b"5", b"6")  # links, devices, folders, pipes
_LONG_NAME, _SPARSE, _PAX = b"L", b"S", (b"x", b"X")
_EXTENSIONS = (_LONG_NAME, b"K", b"g", *_PAX)  # K: for links; g: for all files; both are not needed


def entries(stream: BinaryIO, budget: Budget) -> Iterator[Entry]:
    """The regular files of an archive, in order; links, folders and devices are skipped.

    Args:
        stream: the archive without its compression.
        budget: the limit on expanded bytes; skipped bytes count too.

    Raises:
        ArchiveError: it is not a tar archive, or the rest of it cannot be read.
    """
    reader = _Reader(stream, budget)
    while (header := reader.header()) is not None:
        extensions = _Extensions()
        extra: dict[bytes, bytes] = {}
        while header.kind in _EXTENSIONS:
            extensions.add(header.size)
            data = reader.read(_padded(header.size))[: header.size]
            if header.kind == _LONG_NAME:
                extra.setdefault(b"path", data.partition(b"\0")[0])
            elif header.kind in _PAX:
                extra = {**pax_records(data), **extra}  # the first of several headers is used
            header = reader.header()
            if header is None:
                raise ArchiveError("cut short")
        is_sparse = header.kind == _SPARSE or any(key.startswith(b"GNU.sparse.") for key in extra)
        more_holes = header.kind == _SPARSE and header.block[482]
        while more_holes:  # blocks that list them precede the data
            extensions.add(0)
            more_holes = reader.read(_BLOCK)[504]
        name = extra.get(b"GNU.sparse.name", extra.get(b"path", header.name))
        size = _size(extra[b"size"]) if b"size" in extra else header.size
        # the oldest archives mark a folder only by its name
        is_file = header.kind in _REGULAR and not (header.kind == b"\0" and name.endswith(b"/"))
        if not is_file and header.kind in (*_WITHOUT_DATA, b"\0"):
            size = 0
        content = _Data(reader, size)
        if is_file:
            opened = _refuse_sparse if is_sparse else content.get
            yield Entry(name.decode("utf-8", "surrogateescape"), size, opened)
        content.skip()


def pax_records(data: bytes) -> dict[bytes, bytes]:
    """The relevant fields of a pax header: the name, the size, and fields of sparse files.

    It is read as far as it is well-formed, in linear time.
    """
    records, position = {}, 0
    while position < len(data):  # records "LENGTH KEY=VALUE\n", with the length of the whole record
        space = data.find(b" ", position, position + _MAX_DIGITS)
        digits = data[position : max(space, position)]
        if not digits.isdigit():
            break
        end = position + int(digits)
        record = data[space + 1 : end]
        if end > len(data) or not record.endswith(b"\n"):
            break
        key, _, value = record[:-1].partition(b"=")
        if key in (b"path", b"size") or key.startswith(b"GNU.sparse."):
            records[key] = value
        position = end
    return records


class _Header(NamedTuple):
    """A header block: its bytes, and type, size and name of the data after it."""

    block: bytes
    kind: bytes
    size: int
    name: bytes


class _Reader:
    """Reads blocks of a stream, and counts expanded bytes."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self._stream, self._budget = stream, budget
        self._is_first = True

    def header(self) -> _Header | None:
        """The next header; None at the end of the archive or the stream."""
        block = self._read(_BLOCK)
        if not block and not self._is_first:
            return None
        if len(block) < _BLOCK:
            raise StreamError("cut short" if block else "it is empty")
        self._is_first = False
        if not any(block):
            return None
        checksum = block[148:156]
        unsigned = sum(block) - sum(checksum) + 8 * ord(" ")
        signed = unsigned - 256 * sum(byte > 127 for byte in block[:148] + block[156:])
        if _number(checksum) not in (unsigned, signed):  # some old programs sum bytes as signed
            raise ArchiveError("a header of wrong checksum")
        size = _number(block[124:136])
        if size < 0:
            raise ArchiveError("a file of negative size")
        name = block[:100].partition(b"\0")[0]
        prefix = block[345:500].partition(b"\0")[0]
        if prefix and block[257:263] == b"ustar\0":  # other formats use these bytes differently
            name = prefix + b"/" + name
        return _Header(block, block[156:157], size, name)

    def read(self, size: int) -> bytes:
        """This many bytes. Raises StreamError if there are fewer."""
        data = self._read(size)
        if len(data) < size:
            raise StreamError("cut short")
        return data

    def skip(self, size: int) -> None:
        """Skip this many bytes. Raises StreamError if there are fewer."""
        if size and self._stream.seekable():
            self._budget.spend(size - 1)
            try:
                self._stream.seek(size - 1, 1)
            except compression.ERRORS as error:
                raise StreamError(reason(error)) from None
            size = 1  # to check that it exists
        while size:
            size -= len(self.read(min(size, _SKIPPED_AT_ONCE)))

    def _read(self, size: int) -> bytes:
        self._budget.spend(size)
        try:
            return self._stream.read(size)
        except compression.ERRORS as error:
            raise StreamError(reason(error)) from None


class _Data:
    """The data after a header."""

    def __init__(self, reader: _Reader, size: int) -> None:
        self._reader, self._left = reader, size
        self._padding = _padded(size) - size
        self._failure: StreamError | None = None

    def get(self) -> Readable:
        """Itself, for `Entry`."""
        return self

    def read(self, size: int) -> bytes:
        size = min(size, self._left)
        try:
            data = self._reader.read(size)
        except StreamError as error:
            self._failure = error
            raise
        self._left -= size
        return data

    def skip(self) -> None:
        """Skip the rest. Raises StreamError, including one that `read` raised."""
        if self._failure:
            raise self._failure
        self._reader.skip(self._left + self._padding)


class _Extensions:
    """Limits the headers of one file."""

    def __init__(self) -> None:
        self._bytes = 0

    def add(self, size: int) -> None:
        """Count a header and its bytes. Raises ArchiveError for too many."""
        self._bytes += _BLOCK + size
        if self._bytes > _MAX_EXTENSION_BYTES:
            raise ArchiveError(f"headers of over {_MAX_EXTENSION_BYTES >> 20} MiB")


def _refuse_sparse() -> Readable:
    raise ArchiveError("a sparse file is not supported; pack it without --sparse")


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _number(field: bytes) -> int:
    """A number in a header: octal digits, or base 256 with the first bit set."""
    if field[0] & 0x80:
        value = int.from_bytes(field, "big") - (0x80 << 8 * (len(field) - 1))
        return value if not field[0] & 0x40 else value - (0x80 << 8 * (len(field) - 1))
    digits = field.partition(b"\0")[0].strip()
    if digits.strip(b"01234567"):
        raise ArchiveError("a header without numbers")
    return int(digits or b"0", 8)


def _size(value: bytes) -> int:
    """The size in a pax header."""
    if not value.isdigit() or len(value) > _MAX_DIGITS:
        raise ArchiveError("a size that is not a number")
    return int(value)
