"""What `gm-vae preprocess` takes per file as the corpus grows, and what `--plan` says before.

Each corpus is made of a small one (see `corpus`) and removed before the next: it and its dataset
take some 30 kB of disk per file. What moves between the stages is counted by the system: opened
chunk files (each piece of a chunk that a shard reads is one), and the bytes that all processes read
and wrote, the input and Python's own files included. Linux only. Where other work runs beside,
`taskset -c 0 python -m benchmarks scaling ...` keeps to one core. `--shards` measures
what grows beside it in a chunk (see `one_chunk`), `--songs` and `--names` what one process has to
hold of a whole corpus (see `one_process`).
"""

from __future__ import annotations

import argparse
import ctypes
import os
import pathlib
import struct
import sys
import tempfile
from collections.abc import Iterator

from benchmarks.processes import Watched, watched
from benchmarks.results import Figure, figure
from benchmarks.scaling import corpus, one_chunk, one_process
from gm_vae.data import dataset
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.pipelines import run_plan, sources

_CLOSED_UNWRITTEN, _OPENED, _MOVED_HERE, _LOST = 0x10, 0x20, 0x80, 0x4000  # of inotify
_EVENT = struct.Struct("iIII")  # watch, mask, cookie, bytes of the name that follows
_ROLES = {"caller": "gm_vae preprocess", "pipeline": "run_pipeline", "worker": "sdk_worker_main"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", help="folder or archive of MIDI files")
    parser.add_argument("--files", default="1000,5000,25000", help="how many, several with commas")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--shards", default="", help="cut one chunk for so many shards")
    parser.add_argument("--songs", default="", help="plan the splits of so many made up songs")
    parser.add_argument("--names", default="", help="list a made up bucket of so many files")


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    for count in _numbers(args.files):
        with tempfile.TemporaryDirectory() as scratch:
            yield from run(args.source, count, args.workers, pathlib.Path(scratch))
    if args.shards:
        yield from one_chunk.figures(args.source, _numbers(args.shards))
    for what, unit, counts in (("plan", "songs", args.songs), ("names", "names", args.names)):
        for count in _numbers(counts):
            took = one_process.measured(what, count)
            of = {"in one process": f"{count:,} {unit}"}
            yield figure(of, "CPU", took["cpu"], "s", "less")
            yield figure(of, "memory", took["peak"] / 1e6, "MB", "less")


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",") if number]


def run(source: str, count: int, workers: int, scratch: pathlib.Path) -> Iterator[Figure]:
    """The figures of a corpus of so many files."""
    midi, output = scratch / "midi", scratch / "data"
    midi.mkdir()
    midi_bytes = corpus.write(midi, source, count)
    plan = run_plan.make(sources.find(midi), MeasureFormat(), workers, through_beam=False)
    counter = ChunkCounter(scratch / "data.partial" / "_chunks")
    command = [sys.executable, "-m", "gm_vae", "preprocess", f"--input={midi}"]
    command += [f"--output={output}", f"--workers={workers}"]
    seen = watched(command, counter.look)
    made = dataset.load(output)
    read = made.files["read"]
    of = {"files": count, "workers": workers}
    yield figure(of, "MIDI", midi_bytes / 1e9, "GB")
    yield figure(of, "bars kept", made.bars["kept"])
    yield figure(of, "distinct measures", made.measures)
    yield figure(of, "shards", sum(len(split.shards) for split in made.splits.values()))
    yield figure(of, "wall", seen.wall_seconds, "s", "less")
    yield figure(of, "CPU", seen.cpu_seconds, "s", "less")
    yield figure(of, "CPU per file", 1e3 * seen.cpu_seconds / read, "ms", "less")
    yield from _memory(of, seen)
    yield figure(of, "chunks", counter.chunks)
    yield figure(of, "bytes of chunks", counter.bytes / 1e6, "MB", "less")
    yield figure(of, "reads of chunks", counter.reads, better="less")
    processes = seen.processes.values()
    yield figure(of, "read by all", sum(p.read_bytes for p in processes) / 1e9, "GB", "less")
    yield figure(of, "written by all", sum(p.written_bytes for p in processes) / 1e9, "GB", "less")
    yield figure(of, "planned CPU", plan.cpu_seconds, "s")
    yield figure(of, "planned memory of a worker", plan.worker_bytes / 1e6, "MB")
    yield figure(of, "planned memory of the pipeline", plan.plan_bytes / 1e6, "MB")
    yield figure(of, "planned chunks", plan.chunks)
    yield figure(of, "planned bytes of chunks", plan.chunk_bytes / 1e6, "MB")
    yield figure(of, "planned reads of chunks", plan.reads - plan.files)


def _memory(of: dict[str, int], seen: Watched) -> Iterator[Figure]:
    for role, command in _ROLES.items():
        peaks = [p.peak_bytes for p in seen.processes.values() if command in p.command]
        if peaks:  # with one worker the pipeline's process does its work
            yield figure(of, f"memory of a {role}", max(peaks) / 1e6, "MB", "less")
    yield figure(of, "memory of all", seen.peak_bytes / 1e6, "MB", "less")


class ChunkCounter:
    """Counts what happens to the chunks in a folder, by the system's word.

    Attributes:
        chunks: how many were written.
        bytes: of these, records and indices.
        reads: how often one of their files was opened and read.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self.chunks = self.bytes = self.reads = 0
        libc = ctypes.CDLL(None, use_errno=True)
        self._queue = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        # with openings between them, equal events are not joined into one
        mask = _CLOSED_UNWRITTEN | _OPENED | _MOVED_HERE
        if libc.inotify_add_watch(self._queue, os.fsencode(folder), mask) < 0:
            raise OSError(ctypes.get_errno(), "inotify", str(folder))

    def look(self) -> None:
        """Count what has happened since the last look."""
        while True:
            try:
                data = os.read(self._queue, 1 << 20)
            except BlockingIOError:
                return
            at = 0
            while at < len(data):
                _, mask, _, size = _EVENT.unpack_from(data, at)
                at += _EVENT.size + size
                self._count(mask, data[at - size : at].rstrip(b"\0").decode())

    def _count(self, mask: int, name: str) -> None:
        if mask & _LOST:
            raise OSError(0, "the system did not keep all events")
        if name.startswith(".") or not name.endswith((".records", ".index")):
            return  # under a temporary name, or a list of tasks
        if mask & _CLOSED_UNWRITTEN:
            self.reads += 1
        elif mask & _MOVED_HERE:
            self.chunks += name.endswith(".index")
            self.bytes += (self._folder / name).stat().st_size
