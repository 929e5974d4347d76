"""The Beam graph from sources to shards.

    tasks ─ extract ─┬─ chunks ────────── cut ─ group ─ write shards ─┐
                     ├─ songs ─ plan ──────┘ └────────────┐           │
                     └─ reports (a JSON line a file) ─┬─ count ───────┼─ sum ─ summary
                                                      └─ group ─ write rejects

Reading and extracting are one step, so MIDI bytes are never sent. Measures are exchanged in chunk
files (see `chunks`), and on a cluster sent from these to the shards through Beam (see
`sink.CutChunks`). Beam moves only small values: paths, songs' keys and sketches, reports, counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsSingleton, TaggedOutput

from gm_vae import storage
from gm_vae.data import statistics
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.pipelines import reports, sink, song_table, splits, task_lists
from gm_vae.pipelines.extract import Extractor
from gm_vae.pipelines.progress import Ticker

_SONGS, _REPORTS = "songs", "reports"


def build(
    pipeline: beam.Pipeline,
    lists: Sequence[bytes],
    folder: str,
    chunk_folder: str,
    fmt: MeasureFormat,
    validation_percent: float,
    test_percent: float,
    summary_path: str,
    progress_path: str | None = None,
    through_beam: bool = False,
) -> None:
    """Add the steps from the songs of some tasks to shards and a summary file to `pipeline`.

    Args:
        pipeline: an empty pipeline.
        lists: paths of lists of tasks (see `task_lists`) to read.
        folder: output of shards and rejects; it must exist and be reachable for all workers.
        chunk_folder: likewise for chunks; complete chunks of an earlier run in it are used.
        fmt: the limits of measures.
        validation_percent: share of the songs for validation.
        test_percent: share of the songs for the test.
        summary_path: output of the sums of all counts, as JSON.
        progress_path: a file on this machine in which workers record finished files, if any.
        through_beam: let the engine move measures, too; for engines that shuffle on disk.
    """
    extracted = (
        pipeline
        | "TaskLists" >> beam.Create(lists, reshuffle=False)
        | "Tasks" >> beam.FlatMap(task_lists.read)
        | "ShareTasks" >> beam.Reshuffle()
        | "Extract" >> beam.ParDo(ExtractChunks(chunk_folder, fmt, progress_path)).with_outputs(
            _SONGS, _REPORTS, main="chunks"
        )
    )  # fmt: skip
    reported = extracted[_REPORTS]
    plan = AsSingleton(
        extracted[_SONGS]
        | "GatherSongs" >> beam.combiners.ToList()
        | "Plan" >> beam.Map(_plan, validation_percent, test_percent)
    )
    written = (
        extracted["chunks"]
        | "CutChunks" >> beam.ParDo(sink.CutChunks(through_beam), plan)
        | "GroupShards" >> beam.GroupByKey()
        | "WriteShards" >> beam.ParDo(sink.WriteShard(folder, fmt))
    )
    files = AsSingleton(
        reported | "CountFiles" >> beam.Map(reports.files) | beam.CombineGlobally(sum)
    )
    rejects = (
        reported
        | "AssignRejects" >> beam.FlatMap(reports.rejects, files)
        | "GroupRejects" >> beam.GroupByKey()
        | "WriteRejects" >> beam.ParDo(reports.WriteRejects(folder))
    )
    counted = reported | "CountReports" >> beam.Map(reports.counts, plan)
    _ = (
        (written, rejects, counted)
        | beam.Flatten()
        | "Sum" >> beam.CombineGlobally(AddCounts())
        | "WriteSummary" >> beam.ParDo(sink.WriteSummary(summary_path))
    )


class ExtractChunks(beam.DoFn):
    """A packed task -> paths of chunks; the songs (infos) and the reports of each.

    Chunks from an earlier run, or an earlier attempt, are reused.
    """

    def __init__(self, folder: str, fmt: MeasureFormat, progress_path: str | None = None) -> None:
        self._extractor = Extractor(folder, fmt)
        self._ticker = Ticker(progress_path)

    def process(self, packed: bytes) -> Iterator[Any]:
        for chunk in self._extractor.chunks(task_lists.unpack(packed), self._ticker.tick):
            yield TaggedOutput(_REPORTS, reports.pack(chunk.reports))
            if chunk.songs:
                yield TaggedOutput(_SONGS, song_table.pack(chunk.songs))
                yield storage.to_bytes(chunk.path)


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


def _plan(parts: Sequence[song_table.Packed], *percents: float) -> splits.SplitAssignment:
    return splits.plan(song_table.SongTable.joined(parts), *percents)
