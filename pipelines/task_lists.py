"""The tasks of a run as files for workers: a pipeline with millions of tasks is too large.

A job server receives its pipeline in one message, and keeps it. So the pipeline only names the
lists.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator

from gm_vae import storage
from gm_vae.pipelines.parquet_reader import Columns
from gm_vae.pipelines.songs import Task
from gm_vae.pipelines.sources import Kind, Source
from gm_vae.storage import join

_LIST_TASKS = 256  # about 130,000 files, 30 MB


def write(folder: str, tasks: Iterable[Task]) -> list[bytes]:
    """Write tasks into lists in a folder; returns their paths. Raises UserError."""
    tasks = iter(tasks)
    paths: list[bytes] = []
    while lines := [pack(task) for task in itertools.islice(tasks, _LIST_TASKS)]:
        path = join(folder, f"tasks-{len(paths):05}.list")
        storage.write(path, b"\n".join(lines))
        paths.append(storage.to_bytes(path))
    return paths


def read(path: bytes) -> Iterator[bytes]:
    """The packed tasks of a list. Raises UserError."""
    yield from storage.read(storage.from_bytes(path)).splitlines()


def pack(task: Task) -> bytes:
    """A task as a line of ASCII, even with names that are not UTF-8."""
    packed = [
        (s.path, s.name, s.kind.value, s.size, s.changed, s.error, s.columns.data, s.columns.id)
        for s in task.sources
    ]
    return json.dumps((packed, task.block_songs, task.share, task.shares)).encode()


def unpack(line: bytes) -> Task:
    """The inverse of `pack`."""
    packed, *numbers = json.loads(line)
    made = (
        Source(path, name, Kind(kind), size, changed, error, Columns(*columns))
        for path, name, kind, size, changed, error, *columns in packed
    )
    return Task(tuple(made), *numbers)
