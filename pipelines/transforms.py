"""The Beam graph from sources to shards.

    sources ─ read + extract ─┬─ songs (key, records) ─ assign to shards ─ group ─ write ─┐
                              └─ reports (a JSON line a file) ─┬─ keys ─ cuts of the splits │
                                                               ├─ rejects ─ group ─ write ─┤
                                                               └─ counts ──────────────────┴─ sum

Reading and extracting are one step, so MIDI bytes never travel; between steps go bytes, not protos.
A song is kept together until its split is known; within a song equal measures are already dropped.
"""

from __future__ import annotations

import heapq
import json
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsDict, AsSingleton, TaggedOutput

from gm_vae.data import examples, statistics
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import measures_from_score
from gm_vae.music.midi_file import MidiError, parse_midi
from gm_vae.pipelines import sink, sources, splits
from gm_vae.pipelines.progress import Ticker

_REPORTS = "reports"


def build(
    pipeline: beam.Pipeline,
    found: list[sources.Source],
    directory: str,
    fmt: MeasureFormat,
    validation_percent: float,
    test_percent: float,
    summary_path: str,
    progress_path: str | None = None,
) -> None:
    """Add to `pipeline` all that turns the sources found into shards and one summary file.

    Args:
        pipeline: an empty pipeline.
        found: what to read.
        directory: where shards and rejects go; it must exist and be reachable for all workers.
        fmt: the limits of measures.
        validation_percent: share of the songs for validation.
        test_percent: share of the songs for the test.
        summary_path: where the sums of all counts go, as JSON.
        progress_path: a file on this machine that workers tell of each file done, if any.
    """
    extracted = (
        pipeline
        | "Sources" >> beam.Create([_pack(source) for source in found])
        | "Extract" >> beam.ParDo(ExtractMeasures(fmt, progress_path)).with_outputs(
            _REPORTS, main="songs"
        )
    )  # fmt: skip
    songs, reports = extracted["songs"], extracted[_REPORTS]

    keys = songs | "SongKeys" >> beam.Keys() | beam.CombineGlobally(SmallestKeys())
    cuts = AsSingleton(keys | "Cuts" >> beam.Map(splits.cuts, validation_percent, test_percent))
    counts = AsDict(
        songs
        | "CountSong" >> beam.Map(lambda song, cuts: (cuts.split_of(song[0]), len(song[1])), cuts)
        | "CountSplits" >> beam.CombinePerKey(sum)
    )
    written = (
        songs
        | "AssignShards" >> beam.ParDo(sink.AssignShards(), cuts, counts)
        | "GroupShards" >> beam.GroupByKey()
        | "WriteShards" >> beam.ParDo(sink.WriteShard(directory, fmt))
    )
    files = AsSingleton(reports | "CountFiles" >> beam.combiners.Count.Globally())
    rejects = (
        reports
        | "AssignRejects" >> beam.FlatMap(_assign_rejects, files)
        | "GroupRejects" >> beam.GroupByKey()
        | "WriteRejects" >> beam.ParDo(sink.WriteRejects(directory))
    )
    counted = reports | "CountReports" >> beam.Map(_count_report, cuts)
    _ = (
        (written, rejects, counted)
        | beam.Flatten()
        | "Sum" >> beam.CombineGlobally(AddCounts())
        | "WriteSummary" >> beam.ParDo(sink.WriteSummary(summary_path))
    )


class ExtractMeasures(beam.DoFn):
    """A packed source -> (song key, records) per song, and a report per file.

    A record is the content hash of a measure and its serialized example. A report is JSON: "song"
    its name (first, so that lines sort by it); "error" why it could not be read, or "bars", "kept",
    "rejected" (bars by reason) and "key" (of its split; missing if nothing was kept).
    """

    def __init__(self, fmt: MeasureFormat, progress_path: str | None = None) -> None:
        self._fmt = fmt
        self._ticker = Ticker(progress_path)

    def process(self, packed: tuple[Any, ...]) -> Iterator[Any]:
        for song in sources.read(_unpack(packed)):
            report, key, records = extract(song, self._fmt)
            if records:
                yield key, records
            yield TaggedOutput(_REPORTS, json.dumps(report).encode())
            self._ticker.tick(song.input_bytes)


def extract(
    song: sources.SongFile, fmt: MeasureFormat
) -> tuple[dict[str, Any], bytes, list[bytes]]:
    """The report, the key and the records of a song; see `ExtractMeasures`."""
    report: dict[str, Any] = {"song": os.fsencode(song.name).decode("utf-8", "replace")}
    if song.error:
        return {**report, "error": song.error}, b"", []
    try:
        bars = measures_from_score(parse_midi(song.data), fmt)
    except MidiError as error:
        return {**report, "error": str(error)}, b"", []
    except Exception as error:  # a fault of ours must not cost a corpus of a million files
        return {**report, "error": f"internal error ({type(error).__name__}: {error})"}, b"", []
    kept = [bar for bar in bars if bar.measure]
    rejected = Counter(bar.reason.name.lower() for bar in bars if bar.reason)
    report |= {"bars": len(bars), "kept": len(kept), "rejected": dict(sorted(rejected.items()))}
    if not kept:
        return report, b"", []
    records: dict[bytes, bytes] = {}
    for bar in kept:
        digest = examples.content_hash(bar.measure)
        if digest not in records:
            identity = f"{report['song']}:{bar.number}"
            records[digest] = digest + examples.encode(bar.measure, identity)
    key = splits.song_key(bar.measure for bar in kept)
    return {**report, "key": key.hex()}, key, list(records.values())


class SmallestKeys(beam.CombineFn):
    """The distinct keys, but of more than `splits.RANKED` only the lowest ones and one more."""

    def create_accumulator(self) -> set[bytes]:
        return set()

    def add_input(self, keys: set[bytes], key: bytes) -> set[bytes]:
        keys.add(key)
        return self.compact(keys) if len(keys) > 8 * splits.RANKED else keys

    def merge_accumulators(self, accumulators: Iterable[set[bytes]]) -> set[bytes]:
        return self.compact(set().union(*accumulators))

    def compact(self, keys: set[bytes]) -> set[bytes]:
        return set(heapq.nsmallest(splits.RANKED + 1, keys))

    def extract_output(self, keys: set[bytes]) -> list[bytes]:
        return sorted(self.compact(keys))


class AddCounts(beam.CombineFn):
    """The sum of nested counts, see `gm_vae.data.statistics.add`."""

    def create_accumulator(self) -> dict[str, Any]:
        return {}

    def add_input(self, total: dict[str, Any], counts: dict[str, Any]) -> dict[str, Any]:
        return statistics.add(total, counts)

    def merge_accumulators(self, accumulators: Iterable[dict[str, Any]]) -> dict[str, Any]:
        total: dict[str, Any] = {}
        for counts in accumulators:
            statistics.add(total, counts)
        return total

    def extract_output(self, total: dict[str, Any]) -> dict[str, Any]:
        return total


def _assign_rejects(report: bytes, files: int) -> Iterator[tuple[str, bytes]]:
    values = json.loads(report)
    if "error" in values or values["rejected"]:
        names = sink.shard_names("rejects", ".jsonl.gz", files, sink.FILES_PER_REJECTS)
        yield names[zlib.crc32(values["song"].encode()) % len(names)], report


def _count_report(report: bytes, cuts: splits.Cuts) -> dict[str, Any]:
    values = json.loads(report)
    if "error" in values:
        reason = re.sub(r"\d[\d,]*", "N", values["error"])  # "byte 17", "byte 99": one count
        return {"files": {"read": 1, "unparsable": 1}, "errors": {reason: 1}}
    counts: dict[str, Any] = {
        "files": {"read": 1},
        "bars": {"seen": values["bars"], "kept": values["kept"]},
        "rejected": values["rejected"],
    }
    if "key" in values:
        counts["files"]["with_measures"] = 1
        counts["splits"] = {cuts.split_of(bytes.fromhex(values["key"])): {"songs": 1}}
    return counts


def _pack(source: sources.Source) -> tuple[Any, ...]:
    return (source.path, source.name, source.kind.value, source.size, source.part, source.parts)


def _unpack(packed: tuple[Any, ...]) -> sources.Source:
    path, name, kind, *numbers = packed
    return sources.Source(path, name, sources.Kind(kind), *numbers)
