"""Sorted shards: the same records give the same bytes, whatever runner brought them together.

Stock Beam file sinks number and order their output by bundles, which differ from run to run. Here
a record's place follows from its content: shard = content hash modulo the number of shards, sorted
by hash within. Equal measures meet in one shard, next to each other, where one of them is kept:
the one whose id sorts first.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import pathlib
from collections.abc import Iterable, Iterator
from typing import Any

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindows

from gm_vae.data import examples, shards, statistics
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.pipelines.splits import Cuts

HASH_BYTES = 32  # in front of each record on its way here
MEASURES_PER_SHARD = 32_768
FILES_PER_REJECTS = 65_536

_BUFFERED = 512  # records sent on as one element


def shard_names(stem: str, suffix: str, records: int, per_shard: int) -> list[str]:
    """File names for so many records: "train-00000-of-00002.tfrecord.gz", ..."""
    count = max(1, math.ceil(records / per_shard))
    return [f"{stem}-{number:05}-of-{count:05}{suffix}" for number in range(count)]


class AssignShards(beam.DoFn):
    """(song key, records) -> (shard name, records of several songs)."""

    def start_bundle(self) -> None:
        self._buffers: dict[str, list[bytes]] = {}

    def process(
        self, song: tuple[bytes, list[bytes]], cuts: Cuts, counts: dict[str, int]
    ) -> Iterator[tuple[str, list[bytes]]]:
        """Sort a song's records into shards.

        Args:
            song: the song's key and its records, each a content hash and a serialized example.
            cuts: how songs are split.
            counts: records of each split, before deduplication, which set the number of shards.
        """
        key, records = song
        split = cuts.split_of(key)
        names = shard_names(split, ".tfrecord.gz", counts[split], MEASURES_PER_SHARD)
        for record in records:
            name = names[int.from_bytes(record[:8], "big") % len(names)]
            buffer = self._buffers.setdefault(name, [])
            buffer.append(record)
            if len(buffer) >= _BUFFERED:
                yield name, self._buffers.pop(name)

    def finish_bundle(self) -> Iterator[Any]:
        for item in self._buffers.items():
            yield GlobalWindows.windowed_value(item)


class WriteShard(beam.DoFn):
    """(shard name, lists of records) -> counts of what was written, as `statistics.add` joins."""

    def __init__(self, directory: str, fmt: MeasureFormat) -> None:
        self._directory = pathlib.Path(directory)
        self._fmt = fmt

    def process(self, shard: tuple[str, Iterable[list[bytes]]]) -> Iterator[dict[str, Any]]:
        name, lists = shard
        ordered = sorted(itertools.chain.from_iterable(lists), key=_content_hash)
        distinct = [
            min((copy[HASH_BYTES:] for copy in copies), key=examples.identity)
            for _, copies in itertools.groupby(ordered, key=_content_hash)
        ]
        info = shards.write(self._directory / name, distinct)
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


def _content_hash(record: bytes) -> bytes:
    return record[:HASH_BYTES]


class WriteRejects(beam.DoFn):
    """(file name, reports) -> counts; each report that lost something is a line of JSON."""

    def __init__(self, directory: str) -> None:
        self._directory = pathlib.Path(directory)

    def process(self, item: tuple[str, Iterable[bytes]]) -> Iterator[dict[str, Any]]:
        name, reports = item
        lines = b"".join(report + b"\n" for report in sorted(reports))
        shards.write_atomically(self._directory / name, shards.compress(lines))
        yield {"rejects": [name]}


class WriteSummary(beam.DoFn):
    """All counts of a run -> one JSON file, by which the run tells what it did."""

    def __init__(self, path: str) -> None:
        self._path = pathlib.Path(path)

    def process(self, summary: dict[str, Any]) -> None:
        shards.write_atomically(self._path, json.dumps(summary, sort_keys=True).encode())
