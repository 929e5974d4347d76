"""What a song takes in each stage, when its chunk is cut into ever more shards.

A chunk has the same number of songs in all large corpora, so reading songs costs the same per song.
What grows is the number of shards that each chunk is cut into, and read again for, on one machine.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from unittest import mock

from benchmarks.results import Figure, figure
from gm_vae import storage
from gm_vae.data import examples, statistics
from gm_vae.data import shards as shards_lib
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.pipelines import sink, songs, sources, splits
from gm_vae.pipelines.extract import Extractor
from gm_vae.pipelines.song_table import SongTable

_SONGS = 512  # of a chunk
_REPEATS = 4  # of short work, of which the shortest counts


def figures(source: str, shard_counts: Sequence[int]) -> Iterator[Figure]:
    """Of the first songs of an archive."""
    fmt = MeasureFormat()
    with tempfile.TemporaryDirectory() as folder:
        task = songs.Task(tuple(sources.find(source)), _SONGS)
        made, seconds = _timed(lambda: next(Extractor(folder, fmt).chunks(task, lambda size: None)))
        read = len(made.reports)
        of: dict[str, Any] = {"one chunk": f"{read} songs"}
        yield figure(of, "read a song", 1e3 * seconds / read, "ms", "less")
        plan = splits.plan(SongTable.of(made.songs), 5, 5)
        measures = sum(plan.measures.values())
        path = storage.to_bytes(made.path)
        records = [record for _, piece in _cut(path, plan) for record in sink._records(piece)]
        kept = [record.example for record in records]
        pack = min(_timed(lambda: _pack(kept, fmt))[1] for _ in range(_REPEATS))
        yield figure(of, "pack its measures", 1e3 * pack / read, "ms", "less")
        for count in shard_counts:
            of = {"shards": count}
            with mock.patch.object(sink, "MEASURES_PER_SHARD", measures / count):
                runs = [_timed(lambda: _cut(path, plan)) for _ in range(_REPEATS)]
            pieces = runs[0][0]
            again = min(_timed(lambda: _read(pieces))[1] for _ in range(_REPEATS))
            cut = min(seconds for _, seconds in runs)
            yield figure(of, "pieces of a chunk", len(pieces))
            yield figure(of, "cut a chunk, per song", 1e6 * cut / read, "µs", "less")
            yield figure(of, "read its pieces, per song", 1e6 * again / read, "µs", "less")


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    made = work()
    return made, time.process_time() - start


def _cut(path: bytes, plan: splits.SplitAssignment) -> list[tuple[str, sink.Piece]]:
    return list(sink.CutChunks().process(path, plan))


def _read(pieces: Sequence[tuple[str, sink.Piece]]) -> None:
    for _, piece in pieces:
        for _ in sink._records(piece):
            pass


def _pack(kept: Sequence[bytes], fmt: MeasureFormat) -> None:
    shards_lib.pack("train", sorted(kept))
    statistics.histograms(examples.columns(kept, fmt), fmt)
