"""The common part of the tar and zip readers: entries, errors, and a limit on expanded bytes.

Archives are untrusted. Values in headers are compared with limits before they are used: we have our
own readers, since those of many Python versions trust such values.
"""

from __future__ import annotations

import functools
import lzma
from collections.abc import Callable
from typing import Protocol

from gm_vae.pipelines import compression

HEAD_BYTES = 512  # enough to recognise the type of a file: a tar header

_EXPANSION = 100  # MIDI files compress about 6 times, many copies of one file 50 times
_LEAST_EXPANDED_BYTES = 256 << 20


class ArchiveError(Exception):
    """Why a file, or the rest, of an archive cannot be read; a short text for a report."""


class StreamError(ArchiveError):
    """Damage to the stream of an archive: nothing after it can be read."""


class Budget:
    """The limit on the expanded bytes of an archive, a multiple of its size.

    Otherwise a small file that expands endlessly would occupy a worker forever.
    """

    def __init__(self, archive_bytes: int) -> None:
        self._left = max(_LEAST_EXPANDED_BYTES, _EXPANSION * archive_bytes)

    def spend(self, count: int) -> None:
        """Count expanded bytes. Raises StreamError if they exceed the limit."""
        self._left -= count
        if self._left < 0:
            raise StreamError(f"it expands to over {_EXPANSION} times its size")


class Readable(Protocol):
    """A stream that is read once."""

    def read(self, size: int) -> bytes:
        """This many bytes, or fewer at the end. Raises ArchiveError."""
        ...


class Entry:
    """A file in an archive. It must be read before the next entry is requested.

    Attributes:
        name: its path in the archive; undecodable bytes as surrogates.
        size: its size in bytes, according to the archive.
        stored_bytes: its size within the archive; 0 if unknown.
        cost: bytes that reading it expands and that `Budget` has not counted yet.
    """

    def __init__(
        self,
        name: str,
        size: int,
        open_stream: Callable[[], Readable],
        stored_bytes: int = 0,
        cost: int = 0,
    ) -> None:
        self.name, self.size, self.stored_bytes, self.cost = name, size, stored_bytes, cost
        self._open_stream = open_stream

    @functools.cached_property
    def _stream(self) -> Readable:
        return self._open_stream()

    @functools.cached_property
    def head(self) -> bytes:
        """Its first bytes. Raises ArchiveError."""
        return self._stream.read(HEAD_BYTES)

    def content(self) -> bytes:
        """All its bytes, once; check `size` first. Raises ArchiveError."""
        return self.head + self._stream.read(self.size - len(self.head))


def reason(error: Exception) -> str:
    """An exception as a short text for a report."""
    if isinstance(error, ArchiveError):
        return str(error)
    if isinstance(error, EOFError):
        return "cut short"
    if isinstance(error, MemoryError):
        return "it needs too much memory"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    if isinstance(error, lzma.LZMAError) and "memory" in str(error).lower():
        return "xz asks for over 1 GiB of memory; pack it again with xz -9"
    if isinstance(error, compression.ERRORS):
        return f"damaged ({str(error).rstrip('.').lower()})"
    return f"internal error ({type(error).__name__}: {error})"
