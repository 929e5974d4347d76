"""The songs of a corpus as columns, for planning splits of millions of songs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np

from gm_vae.pipelines.chunks import SongInfo

SKETCH_HASHES = 8
HASH_DTYPE = np.dtype(">u8")  # sorts like the bytes

_KEY_BYTES = 32
_SKETCH_BYTES = SKETCH_HASHES * HASH_DTYPE.itemsize

Packed = tuple[bytes, bytes, bytes, bytes]  # the columns as bytes, which every coder supports


@dataclasses.dataclass(frozen=True, eq=False)
class SongTable:
    """S songs.

    Attributes:
        keys: uint8 [S, 32].
        sketches: uint64 [S, 8]; rows are ascending and padded with zeros.
        sizes: uint8 [S], number of hashes in each sketch.
        records: uint32 [S], number of measures.
    """

    keys: np.ndarray
    sketches: np.ndarray
    sizes: np.ndarray
    records: np.ndarray

    @classmethod
    def of(cls, songs: Iterable[SongInfo]) -> SongTable:
        """The table of some songs."""
        return cls.joined([pack(list(songs))])

    @classmethod
    def joined(cls, parts: Sequence[Packed]) -> SongTable:
        """The table of the songs of all parts, in order."""
        keys, sketches, sizes, records = (
            b"".join(column) for column in zip(*parts or [(b"",) * 4])
        )
        return cls(
            np.frombuffer(keys, np.uint8).reshape(-1, _KEY_BYTES),
            np.frombuffer(sketches, HASH_DTYPE).reshape(-1, SKETCH_HASHES).astype(np.uint64),
            np.frombuffer(sizes, np.uint8),
            np.frombuffer(records, np.uint32),
        )


def pack(songs: Sequence[SongInfo]) -> Packed:
    """The columns of some songs as bytes."""
    return (
        b"".join(song.key for song in songs),
        b"".join(song.sketch.ljust(_SKETCH_BYTES, b"\0") for song in songs),
        bytes(len(song.sketch) // HASH_DTYPE.itemsize for song in songs),
        np.array([song.records for song in songs], np.uint32).tobytes(),
    )
