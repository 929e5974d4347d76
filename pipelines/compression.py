"""Decompressed streams (gzip, bzip2, xz), read in bounded memory.

Python's own file objects allocate as much memory as an xz header requests, and read the name in a
gzip header byte by byte, however long it is.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from typing_extensions import Buffer

# Of a decompressor. xz needs 65 MB at its highest level, but large corpora are packed with larger
# dictionaries. The system provides this memory only as bytes are written.
MEMORY_BYTES = 1100 << 20
ERRORS = (OSError, EOFError, zlib.error, lzma.LZMAError)  # of `expanded` streams

_CHUNK = 1 << 16  # compressed bytes read at a time
_MAGIC_BYTES = 6
_GZIP, _RAW = 16 + zlib.MAX_WBITS, -zlib.MAX_WBITS


class Decoder(Protocol):
    """A decompressor: `bz2.BZ2Decompressor`, `lzma.LZMADecompressor`, `Inflate`.

    Attributes:
        eof: whether the end of the compressed data was reached.
        needs_input: whether the input so far gives no more output.
        unused_data: data found after the end.
    """

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most this many bytes; the rest of `data` is kept."""
        ...


class Inflate:
    """zlib's decompressor as a `Decoder`: for raw deflate data, or for a gzip member."""

    def __init__(self, gzip: bool = False) -> None:
        self._zlib = zlib.decompressobj(_GZIP if gzip else _RAW)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        content = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        # a full output buffer: there may be more, even if all input was consumed
        self.needs_input = not self._zlib.unconsumed_tail and len(content) < max_length
        return content


_DECODERS: dict[bytes, Callable[[], Decoder]] = {
    b"\x1f\x8b": lambda: Inflate(gzip=True),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\x00": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, MEMORY_BYTES),
}


def is_compressed(head: bytes) -> bool:
    """Whether a file is compressed, by its first bytes."""
    return head.startswith(tuple(_DECODERS))


def expanded(stream: BinaryIO) -> BinaryIO:
    """A seekable stream, decompressed if it is compressed.

    The result cannot seek if the stream was compressed; reading it raises one of `ERRORS` if the
    data are damaged (EOFError: cut short).
    """
    head = stream.read(_MAGIC_BYTES)
    stream.seek(0)
    for magic, decoder in _DECODERS.items():
        if head.startswith(magic):
            return io.BufferedReader(_Expanded(stream, magic, decoder), _CHUNK)
    return stream


class _Expanded(io.RawIOBase):
    """Consecutive compressed streams, as files may contain; other data after them is ignored."""

    def __init__(self, stream: BinaryIO, magic: bytes, new_decoder: Callable[[], Decoder]) -> None:
        self._stream, self._magic, self._new_decoder = stream, magic, new_decoder
        self._decoder = new_decoder()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        data = b""
        while True:
            if self._decoder.eof:
                data = self._next_stream()
                if not data:
                    return 0
            elif self._decoder.needs_input and not data:
                data = self._stream.read(_CHUNK)
                if not data:
                    raise EOFError
            content = self._decoder.decompress(data, len(view))
            if content:
                view[: len(content)] = content
                return len(content)
            data = b""

    def _next_stream(self) -> bytes:
        """The data after a stream, with a new decoder; empty at the end."""
        data = self._decoder.unused_data.lstrip(b"\0")  # streams may be padded
        while len(data) < _MAGIC_BYTES:
            block = self._stream.read(_CHUNK)
            if not block:
                break
            data = (data + block).lstrip(b"\0")
        if not data.startswith(self._magic):
            return b""
        self._decoder = self._new_decoder()
        return data
