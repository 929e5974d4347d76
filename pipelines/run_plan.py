"""An estimate of a run's resources from a sample of its songs: `gm-vae preprocess --plan`.

The cost model, for S songs with M kept measures in C chunks and N shards:

    CPU     S times a sampled song, M times a sampled measure that is sorted, counted and packed
    chunks  S times the bytes of a sampled song; they are removed at the end
    reads   each file once, two for each chunk, and on one machine C x N pieces of chunks
    writes  two for each chunk, one for each shard
    memory  a worker holds songs that it reads, and the measures of a block of songs or a shard;
            one process holds the keys of all songs

Equal measures are stored once in the dataset; their number is unknown, so M is an upper bound.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gm_vae.data import examples, shards, statistics
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.pipelines import chunks, songs
from gm_vae.pipelines.extract import extract
from gm_vae.pipelines.sources import Kind, Source
from gm_vae.progress import duration

_SAMPLED_SONGS = 500  # the standard deviation of a song's size is about its mean: 5 %
_SAMPLED_SOURCES = 64  # sources with many songs; the first songs of each are used
_SAMPLE_SECONDS = 60
_PROCESS_BYTES = 250 << 20  # Python, Beam and this package
_READING_BYTES = 200 << 20  # a row group and the largest songs, measured with files from the web
_PROCESS_SECONDS = 2.5  # of CPU, for importing Beam in a process
_PLAN_BYTES = 550  # a song, in the process that plans the splits: measured with 2 million
_INDEX_BYTES = 24  # a record
_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss
_HELD = 4  # bytes in Python objects per byte of a record


@dataclasses.dataclass(frozen=True)
class RunPlan:
    """The resources of a run.

    Attributes:
        files: number of input files, counting an archive as one.
        input_bytes: size of all files.
        sampled: number of sampled songs.
        songs, measures, chunks, shards: their numbers; songs of archives are estimated.
        cpu_seconds: of all workers.
        chunk_bytes: on the output's disk until the end of the run.
        dataset_bytes: of the shards.
        reads, writes: of files and parts of files.
        worker_bytes: memory of a worker.
        plan_bytes: memory of the process that plans the splits.
        workers: processes that share the work.
    """

    files: int
    input_bytes: int
    sampled: int
    songs: int
    measures: int
    chunks: int
    shards: int
    cpu_seconds: float
    chunk_bytes: int
    dataset_bytes: int
    reads: int
    writes: int
    worker_bytes: int
    plan_bytes: int
    workers: int

    def lines(self) -> str:
        """The plan as lines for the terminal."""
        each = duration(self.cpu_seconds / self.workers)
        return "\n".join(
            [
                f"{self.files:,} files, {size(self.input_bytes)}; some {self.songs:,} songs with "
                f"up to {self.measures:,} measures (by a sample of {self.sampled:,} songs)",
                f"CPU: {duration(self.cpu_seconds)}; with {self.workers} "
                f"worker{'s' * (self.workers != 1)} some {each}",
                f"memory: {size(self.worker_bytes)} a worker, {size(self.plan_bytes)} where the "
                "splits are planned",
                f"disk: {size(self.chunk_bytes)} for chunks until the end, up to "
                f"{size(self.dataset_bytes)} for the dataset",
                f"storage: {self.reads:,} reads, {self.writes:,} writes ({self.chunks:,} chunks, "
                f"{self.shards:,} shards)",
            ]
        )


@dataclasses.dataclass
class _Sample:
    """Sums over sampled songs."""

    songs: int = 0
    input_bytes: int = 0
    measures: int = 0
    record_bytes: int = 0
    seconds: float = 0.0


def make(
    source_files: Sequence[Source], fmt: MeasureFormat, workers: int, through_beam: bool
) -> RunPlan:
    """Read a sample of the songs and estimate the resources for all.

    Args:
        source_files: the input.
        fmt: the limits of measures.
        workers: processes that share the work.
        through_beam: whether the engine moves measures from chunks to shards.
    """
    single = [source for source in source_files if source.kind == Kind.MIDI]
    many = [source for source in source_files if source.kind != Kind.MIDI]
    kept: list[bytes] = []
    of_single = _measured(_first_songs(_spread(single, _SAMPLED_SONGS), None), fmt, kept)
    picked = _spread(many, _SAMPLED_SOURCES)
    each = math.ceil(_SAMPLED_SONGS / max(1, len(picked)))
    of_many = _measured(_first_songs(picked, each), fmt, kept)
    size_of_many = sum(source.size for source in many)
    factors = (
        len(single) / max(1, of_single.songs),
        size_of_many / max(1, of_many.input_bytes) if of_many.songs else 0,
    )

    def scaled(name: str) -> float:
        values = (getattr(of_single, name), getattr(of_many, name))
        return sum(factor * value for factor, value in zip(factors, values))

    count = round(scaled("songs"))
    pack_seconds, packed_bytes = _packing(kept, fmt)
    per_song = max(1, count)
    song = Song(
        scaled("seconds") / per_song + scaled("measures") / per_song * pack_seconds,
        scaled("measures") / per_song,
        scaled("record_bytes") / per_song,
        packed_bytes,
    )
    per_byte = of_many.songs / max(1, of_many.input_bytes)
    chunk_count = _blocks(len(single), songs.block_songs(len(single))) + sum(
        _blocks(source.size * per_byte, songs.block_songs_of(source)) for source in many
    )
    plan = scale(count, song, through_beam, files=len(source_files), chunk_count=chunk_count)
    return dataclasses.replace(
        plan,
        cpu_seconds=plan.cpu_seconds + workers * _PROCESS_SECONDS,
        input_bytes=sum(source.size for source in source_files),
        sampled=of_single.songs + of_many.songs,
        workers=workers,
    )


@dataclasses.dataclass(frozen=True)
class Song:
    """The average resources of a song.

    Attributes:
        cpu_seconds: to read it, and to write its measures.
        measures: number of measures that are kept.
        record_bytes: size of its measures in a chunk.
        packed_bytes: size of one measure in a shard.
    """

    cpu_seconds: float
    measures: float
    record_bytes: float
    packed_bytes: float


def _blocks(count: float, block: int) -> int:
    return math.ceil(count / block)


def scale(
    count: int, song: Song, through_beam: bool, files: int, chunk_count: int | None = None
) -> RunPlan:
    """The cost model: resources for a number of songs; `chunk_count` if it is known."""
    measures = round(count * song.measures)
    if chunk_count is None:
        chunk_count = _blocks(count, songs.block_songs(count))
    block = min(count, songs.MOST_BLOCK_SONGS)
    shard_count = max(1, math.ceil(measures / shards.MEASURES_PER_SHARD))
    pieces = 0 if through_beam else chunk_count * shard_count
    of_record = song.record_bytes / max(1.0, song.measures)
    in_shard = min(measures, shards.MEASURES_PER_SHARD) * of_record
    return RunPlan(
        files=files,
        input_bytes=0,
        sampled=0,
        songs=count,
        measures=measures,
        chunks=chunk_count,
        shards=shard_count,
        cpu_seconds=count * song.cpu_seconds,
        chunk_bytes=round(count * song.record_bytes + measures * _INDEX_BYTES),
        dataset_bytes=round(measures * song.packed_bytes),
        reads=files + 2 * chunk_count + pieces,
        writes=2 * chunk_count + shard_count,
        worker_bytes=round(
            _PROCESS_BYTES + _READING_BYTES + _HELD * max(block * song.record_bytes, in_shard)
        ),
        plan_bytes=_PROCESS_BYTES + _PLAN_BYTES * count,
        workers=1,
    )


def _first_songs(source_files: Iterable[Source], most: int | None) -> Iterator[songs.Member]:
    """The first songs of each source."""
    for source in source_files:
        yield from itertools.islice(songs.members(source), most)


def _spread(source_files: Sequence[Source], count: int) -> list[Source]:
    """A number of sources at equal distances."""
    step = max(1.0, len(source_files) / count)
    return [source_files[int(n * step)] for n in range(min(count, len(source_files)))]


def _measured(
    members: Iterable[songs.Member], fmt: MeasureFormat, examples_kept: list[bytes]
) -> _Sample:
    sample = _Sample()
    end = time.monotonic() + _SAMPLE_SECONDS
    start = time.process_time()
    for member in members:
        file = member.read()
        _, song = extract(file, fmt) if file else (None, None)
        records = song.records if song else []
        sample.songs += 1
        sample.input_bytes += member.input_bytes
        sample.measures += len(records)
        sample.record_bytes += sum(len(example) + chunks.FRAMING_BYTES for _, example in records)
        examples_kept += [example for _, example in records]
        if time.monotonic() > end:
            break
    sample.seconds = time.process_time() - start
    return sample


def _packing(kept: Sequence[bytes], fmt: MeasureFormat) -> tuple[float, float]:
    """Seconds and bytes per measure in a shard."""
    if not kept:
        return 0.0, 0.0
    start = time.process_time()
    _, data = shards.pack("sample", sorted(kept))
    statistics.histograms(examples.columns(kept, fmt), fmt)
    return (time.process_time() - start) / len(kept), len(data) / len(kept)


class Usage:
    """The resources of child processes that have ended since its construction."""

    def __init__(self) -> None:
        self._start = self._cpu()

    def line(self, chunk_bytes: int) -> str:
        """A line for the terminal, in the terms of a plan."""
        peak = _of_children().ru_maxrss * _MAXRSS_BYTES
        return (
            f"took: CPU {duration(self._cpu() - self._start)}, memory {size(peak)} in the largest "
            f"process, disk {size(chunk_bytes)} for chunks"
        )

    @staticmethod
    def _cpu() -> float:
        return _of_children().ru_utime + _of_children().ru_stime


def _of_children() -> Any:
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_CHILDREN)


def size(count: float) -> str:
    """A readable size: "35 MB", "1.2 GB"."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 999.5:
            return (
                f"{count:.0f} {unit}" if count >= 10 or unit == "bytes" else f"{count:.1f} {unit}"
            )
        count /= 1000
    return f"{count:,.1f} TB"
