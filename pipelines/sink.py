"""Sorted shards: the same records give the same bytes on any runner.

Stock Beam file sinks number and order their output by bundles, which differ from run to run. Here a
record's position follows from its content: shard n of a split contains the n-th range of all
hashes, sorted. Equal measures end up in one shard, next to each other, and only the one whose id
sorts first is kept.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

import apache_beam as beam
import numpy as np

from gm_vae import storage
from gm_vae.data import examples, shards, statistics
from gm_vae.data.shards import MEASURES_PER_SHARD
from gm_vae.errors import UserError
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.pipelines import chunks
from gm_vae.pipelines.splits import SplitAssignment
from gm_vae.storage import join

# A chunk's records for one shard: path, first and last offset, selected songs (packed bits); or the
# records themselves
Piece = tuple[bytes, int, int, bytes] | bytes


def shard_names(stem: str, suffix: str, records: int, per_shard: int) -> list[str]:
    """File names for a number of records: "train-00000-of-00002.tfrecord.gz", ..."""
    count = max(1, math.ceil(records / per_shard))
    return [f"{stem}-{number:05}-of-{count:05}{suffix}" for number in range(count)]


class CutChunks(beam.DoFn):
    """Path of a chunk -> (shard name, piece of the chunk) for each shard with records from it.

    On one machine a piece states the position of the records, so that none is held in memory. On a
    cluster it contains them: reading each shard's range of each chunk would take chunks times
    shards small reads of a bucket, which grow with the square of the corpus (ten million for two
    million files). So each chunk is read once, and the engine's shuffle, which is designed for
    this, collects the pieces of a shard.

    Args:
        with_records: whether pieces contain the records.
    """

    def __init__(self, with_records: bool = False) -> None:
        self._with_records = with_records

    def process(self, path: bytes, plan: SplitAssignment) -> Iterator[tuple[str, Piece]]:
        """Cut a chunk at the bounds of the shards.

        Args:
            path: path of a complete chunk, as bytes.
            plan: the split of each song; its counts determine the number of shards.
        """
        name = storage.from_bytes(path)
        chunk = chunks.load(name)
        if chunk is None:
            raise UserError(f"{name}.index has vanished; run the command again.")
        content = chunks.content(name) if self._with_records else b""
        split_of_song = np.array([plan.split_of(song.key) for song in chunk.songs])
        for split, records in plan.measures.items():
            songs = split_of_song == split
            mine = np.flatnonzero(songs[chunk.song_of])  # records of this split
            if not len(mine):
                continue
            names = shard_names(split, ".tfrecord.gz", records, MEASURES_PER_SHARD)
            starts = [-(-(number << 64) // len(names)) for number in range(1, len(names))]
            inner = np.searchsorted(chunk.prefixes[mine], np.array(starts, np.uint64))
            bounds = [0, *inner.tolist(), len(mine)]
            for name, first, stop in zip(names, bounds, bounds[1:]):
                if first == stop:
                    continue
                if self._with_records:
                    ours = mine[first:stop]
                    ranges = zip(chunk.offsets[ours].tolist(), chunk.offsets[ours + 1].tolist())
                    yield name, b"".join(content[start:end] for start, end in ranges)
                else:
                    start, end = chunk.offsets[mine[first]], chunk.offsets[mine[stop - 1] + 1]
                    yield name, (path, int(start), int(end), np.packbits(songs).tobytes())


class WriteShard(beam.DoFn):
    """(shard name, pieces of chunks) -> counts of written records, for `statistics.add`."""

    def __init__(self, folder: str, fmt: MeasureFormat) -> None:
        self._folder = folder
        self._fmt = fmt

    def process(self, shard: tuple[str, Iterable[Piece]]) -> Iterator[dict[str, Any]]:
        name, pieces = shard
        by_hash: dict[bytes, bytes] = {}  # content hash -> example
        for record in itertools.chain.from_iterable(map(_records, pieces)):
            copy = by_hash.setdefault(record.content_hash, record.example)
            if copy is not record.example:
                by_hash[record.content_hash] = min(copy, record.example, key=examples.identity)
        distinct = [by_hash[content_hash] for content_hash in sorted(by_hash)]
        info, data = shards.pack(name, distinct)
        storage.write(join(self._folder, name), data)
        yield {
            "splits": {
                name.split("-")[0]: {
                    "measures": len(distinct),
                    "shards": [dataclasses.asdict(info)],
                    "statistics": statistics.histograms(
                        examples.columns(distinct, self._fmt), self._fmt
                    ),
                }
            }
        }


def _records(piece: Piece) -> Iterator[chunks.Record]:
    if isinstance(piece, bytes):
        yield from chunks.records(piece, "a piece of a chunk")
        return
    path, start, stop, packed = piece
    wanted = np.unpackbits(np.frombuffer(packed, np.uint8)).astype(bool).tolist()
    for record in chunks.read(storage.from_bytes(path), start, stop):
        if wanted[record.song]:
            yield record


class WriteSummary(beam.DoFn):
    """All counts of a run -> one JSON file, the result of the run."""

    def __init__(self, path: str) -> None:
        self._path = path

    def process(self, summary: dict[str, Any]) -> None:
        storage.write(self._path, json.dumps(summary, sort_keys=True).encode())
