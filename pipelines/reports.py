"""Reports on the files of a run: their sums, and the files with losses as lists of rejects.

A report is a line of JSON (see `extract`). Those of a chunk are one compressed element, since a
runner in memory holds them all: 35 bytes per file.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import apache_beam as beam

from gm_vae import storage
from gm_vae.data import shards, statistics
from gm_vae.pipelines.sink import shard_names
from gm_vae.pipelines.splits import SplitAssignment
from gm_vae.storage import join

FILES_PER_REJECTS = 65_536


def pack(reports: Sequence[bytes]) -> bytes:
    """Some reports as one element."""
    return zlib.compress(b"\n".join(reports))


def unpack(packed: bytes) -> list[bytes]:
    """The inverse of `pack`."""
    return zlib.decompress(packed).splitlines()


def files(packed: bytes) -> int:
    """The number of reports."""
    return len(unpack(packed))


def counts(packed: bytes, plan: SplitAssignment) -> dict[str, Any]:
    """The sums of some reports, for `statistics.add`."""
    total: dict[str, Any] = {}
    for report in unpack(packed):
        statistics.add(total, _counts(json.loads(report), plan))
    return total


def _counts(values: dict[str, Any], plan: SplitAssignment) -> dict[str, Any]:
    if "error" in values:
        reason = re.sub(r"\d[\d,]*", "N", values["error"])  # "byte 17", "byte 99": one count
        return {"files": {"read": 1, "unparsable": 1}, "errors": {reason: 1}}
    result: dict[str, Any] = {
        "files": {"read": 1},
        "bars": {"seen": values["bars"], "kept": values["kept"]},
        "rejected": values["rejected"],
        "flaws": values["flaws"],
    }
    if "split_key" in values:
        result["files"]["with_measures"] = 1
        split = plan.split_of(bytes.fromhex(values["split_key"]))
        result["splits"] = {split: {"songs": 1, "keys": values["keys"]}}
    return result


def rejects(packed: bytes, count: int) -> Iterator[tuple[str, bytes]]:
    """Reports -> (file name, packed reports of files with losses), for a number of files."""
    names = shard_names("rejects", ".jsonl.gz", count, FILES_PER_REJECTS)
    by_name: dict[str, list[bytes]] = {}
    for report in unpack(packed):
        values = json.loads(report)
        if "error" in values or values["rejected"] or values["flaws"]:
            name = names[zlib.crc32(values["song"].encode()) % len(names)]
            by_name.setdefault(name, []).append(report)
    for name, lost in by_name.items():
        yield name, pack(lost)


class WriteRejects(beam.DoFn):
    """(file name, packed reports) -> counts; writes a line of JSON for each file with losses."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def process(self, item: tuple[str, Iterable[bytes]]) -> Iterator[dict[str, Any]]:
        name, parts = item
        lines = sorted(report for packed in parts for report in unpack(packed))
        content = b"".join(line + b"\n" for line in lines)
        storage.write(join(self._folder, name), shards.compress(content))
        yield {"rejects": [name]}
