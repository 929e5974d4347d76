"""What the readers of tar and zip archives share: entries, errors, and how much may come out.

Archives come from anywhere. So nothing that a header claims is believed before it is compared with
a bound: the readers are our own, since those of Python follow such claims in many of its versions.
"""

from __future__ import annotations

import functools
import lzma
from collections.abc import Callable
from typing import Protocol

from gm_vae.pipelines import compression

HEAD_BYTES = 512  # enough to tell what a file is: a tar header

_EXPANSION = 100  # MIDI files become some 6 times smaller, the same file many times 50 times
_LEAST_EXPANDED_BYTES = 256 << 20


class ArchiveError(Exception):
    """Why a file of an archive cannot be read, or the rest of it; some words for a report."""


class StreamError(ArchiveError):
    """Damage to what an archive is read from: nothing that follows can be read either."""


class Budget:
    """How many bytes may come out of an archive, which is a multiple of its size.

    A small file that expands without end would keep a worker for ever.
    """

    def __init__(self, archive_bytes: int) -> None:
        self._left = max(_LEAST_EXPANDED_BYTES, _EXPANSION * archive_bytes)

    def spend(self, count: int) -> None:
        """Raise StreamError if so many more bytes are too many."""
        self._left -= count
        if self._left < 0:
            raise StreamError(f"it expands to over {_EXPANSION} times its size")


class Readable(Protocol):
    """A stream that is read once."""

    def read(self, size: int) -> bytes:
        """So many bytes, or fewer at the end. Raises ArchiveError."""
        ...


class Entry:
    """A file in an archive. To be read before the next entry is asked for.

    Attributes:
        name: its path in the archive; bytes that are no text as surrogates.
        size: its bytes, as the archive says.
        stored_bytes: how much of the archive it takes; 0 if nobody knows.
        cost: how many bytes come out when it is read that are not counted yet, for `Budget`.
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
        """All its bytes, once; look at `size` before. Raises ArchiveError."""
        return self.head + self._stream.read(self.size - len(self.head))


def reason(error: Exception) -> str:
    """An exception in some words for a report."""
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
