"""MIDI files -> a dataset of measures: `gm-vae preprocess`.

    gm-vae preprocess --input=~/midi --output=data/mine
    python -m gm_vae.pipelines.midi_to_measures --input=archive.tar.xz --output=data/archive

The same input and settings give the same bytes, with any number of workers and on any runner. A
finished dataset is not changed; an interrupted run is resumed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Sequence

from gm_vae import storage
from gm_vae.command import Command
from gm_vae.data import dataset as dataset_lib
from gm_vae.data import shards
from gm_vae.data.dataset import Dataset
from gm_vae.errors import UsageError, UserError
from gm_vae.files import user_path
from gm_vae.flags import Arguments, Overrides, fields_of, flag
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.midi_file import READING
from gm_vae.pipelines import dataset_card as card
from gm_vae.pipelines import (
    parquet_reader,
    run_pipeline,
    run_plan,
    songs,
    sources,
    splits,
    staging,
    task_lists,
)
from gm_vae.pipelines.parquet_reader import Columns
from gm_vae.pipelines.progress import ProgressLine
from gm_vae.scratch import scratch_folder
from gm_vae.storage import join
from gm_vae.text import printable

_MOST_WORKERS = 1024
_CLUSTER_WORKERS = 64  # workers in a plan
_CLUSTER_SHARES = 32  # number of cluster workers that read an archive
_BYTES_PER_WORKER = 8 << 20  # of MIDI; with less, starting a process takes longer than the work


def preprocess(
    input: sources.Inputs,
    output: str | os.PathLike[str],
    fmt: MeasureFormat | None = None,
    *,
    validation_percent: float = 5.0,
    test_percent: float = 5.0,
    parquet_column: str = "",
    parquet_id: str = "",
    workers: int = 0,
    force: bool = False,
    beam_runner: str = run_pipeline.LOCAL,
    beam_args: Sequence[str] = (),
    report: Callable[[str], None] | None = None,
) -> Dataset:
    """Write the measures of MIDI files as a dataset, unless it already exists.

    Args:
        input: folders, globs, MIDI files, .zip or .tar archives, TFRecord files of NoteSequences,
            Parquet files with MIDI files in a column, of this machine or with a scheme that Beam
            knows (gs://, s3://); a text may join some with commas.
        output: folder of the dataset, which is created; it may have such a scheme, too.
        fmt: limits of the measures; the published ones if None.
        validation_percent: share of the songs for evaluation during training.
        test_percent: share of the songs for the final evaluation.
        parquet_column: of Parquet files, the column with the bytes of MIDI files; "" finds it.
        parquet_id: likewise, that with a name for each; "" finds it or numbers the rows.
        workers: processes; 0 chooses by the size of the input, at most one per core.
        force: replace a finished dataset.
        beam_runner: Beam's name of a runner.
        beam_args: flags for a cluster's runner; `output` must be reachable for its workers.
        report: called with a line about the resources of a run on this machine.

    Returns:
        The dataset, new or existing.

    Raises:
        UserError: there are no MIDI files, no measure is kept, the output cannot be written or
            contains something else, or it is a finished dataset with other input or settings.
    """
    fmt = fmt or MeasureFormat()
    if not 0 <= workers <= _MOST_WORKERS:
        raise UsageError(f"workers is {workers}; give 0 (automatic) to {_MOST_WORKERS}.")
    splits.check_percents(validation_percent, test_percent)
    run_pipeline.check(beam_runner, beam_args)
    output = _output_path(output)
    entries = sources.entries(input)  # once: the input may be a generator
    columns = Columns(parquet_column, parquet_id)
    source_files = sources.find(entries, columns)
    names = sorted({_name(entry) for entry in entries})
    options = {
        "input": _fingerprint(source_files),
        "validation_percent": float(validation_percent),
        "test_percent": float(test_percent),
    }
    finished = _finished(output, fmt, options, force)
    if finished:
        return finished

    workers = workers or _worth(source_files)
    local = beam_runner == run_pipeline.LOCAL
    with staging.stage(output) as stage, scratch_folder() as scratch:
        if stage.resumes:
            print("gm-vae preprocess: resuming an interrupted run.", file=sys.stderr)
        progress_path = scratch / "progress"
        summary_path = join(stage.chunks, "summary.json")
        arguments = {
            "lists": task_lists.write(
                stage.chunks, songs.tasks(source_files, workers if local else _CLUSTER_SHARES)
            ),
            "folder": stage.folder,
            "chunk_folder": stage.chunks,
            "fmt": fmt,
            "validation_percent": validation_percent,
            "test_percent": test_percent,
            "summary_path": summary_path,
            "through_beam": not local,
            "progress_path": str(progress_path) if local and sys.stderr.isatty() else None,
        }
        usage = run_plan.Usage() if report and local else None
        with ProgressLine(progress_path, sum(source.size for source in source_files)):
            run_pipeline.run(
                arguments, workers=workers, scratch=scratch, runner=beam_runner, beam_args=beam_args
            )
        summary = json.loads(storage.read(summary_path))
        if lost := _not_as_found(summary):
            options["input"] = f"{options['input']}, of which {lost} changed or vanished"
        if report and usage:
            report(usage.line(sum(file.size for file in storage.files_in(stage.chunks))))
        dataset = _dataset(stage.folder, fmt, names, options, summary)
        if not dataset.measures:
            stage.clear(chunks_too=True)
            raise UserError(_nothing_kept(dataset))
        if lost:
            print(
                f"gm-vae preprocess: {lost} file{'s' * (lost != 1)} of the input changed or "
                "vanished while it was read; when it is whole, run the command again with --force.",
                file=sys.stderr,
            )
        card.write(dataset)
        storage.write(dataset.path(dataset_lib.FILE_NAME), dataset.to_json().encode())
    return _load(output)


def _output_path(output: str | os.PathLike[str]) -> str:
    return os.fspath(output) if storage.is_remote(output) else str(user_path(output))


def _name(entry: str) -> str:
    """The last part of a path, for display."""
    remote = storage.is_remote(entry)
    last = entry.rstrip("/").rsplit("/", 1)[-1] if remote else os.path.abspath(entry)
    return printable(os.path.basename(last))


def _load(output: str) -> Dataset:
    if not storage.is_remote(output):
        return dataset_lib.load(output)
    return dataset_lib.parse(storage.read(join(output, dataset_lib.FILE_NAME)), output)


def _fingerprint(source_files: Iterable[sources.Source]) -> str:
    """A hash that changes when a file is added, removed, renamed or grows."""
    digest = hashlib.sha256()
    for source in source_files:
        digest.update(storage.to_bytes(f"{source.name}\n{source.size}\n"))
        if source.columns != parquet_reader.FOUND:
            digest.update(f"{source.columns}\n".encode())
    return digest.hexdigest()[:16]


def _finished(
    output: str, fmt: MeasureFormat, options: dict[str, object], force: bool
) -> Dataset | None:
    """The existing dataset at `output`, unless `force` replaces it.

    Raises:
        UserError: `output` is something else, which even `force` does not replace.
    """
    is_dataset = staging.finished(output)
    if is_dataset is None:
        return None
    if not is_dataset:
        raise UsageError(f"{output} exists and is not a dataset; choose another folder as output.")
    if force:
        return None
    dataset = _load(output)
    differing = [name for name, value in options.items() if dataset.options.get(name) != value]
    if dataset.reading != READING:
        differing.append(f"reading of songs (version {dataset.reading}, now {READING})")
    if dataset.fmt != fmt:
        differing.append(f"measure format ({dataset.fmt.differences(fmt)})")
    if differing:
        raise UsageError(
            f"{output} is a finished dataset with another {' and '.join(differing)}; choose "
            "another output, or replace it with --force."
        )
    return dataset


def _worth(source_files: Iterable[sources.Source]) -> int:
    midi_bytes = sum(
        source.size * (1 if source.kind == sources.Kind.MIDI else songs.ARCHIVE_RATIO)
        for source in source_files
    )
    return max(1, min(os.cpu_count() or 1, midi_bytes // _BYTES_PER_WORKER))


def _not_as_found(summary: dict) -> int:
    """How many files changed or vanished after they were found."""
    return sum(summary.get("errors", {}).get(reason, 0) for reason in songs.NOT_AS_FOUND)


def _dataset(
    directory: str,
    fmt: MeasureFormat,
    names: Iterable[str],
    options: dict[str, object],
    summary: dict,
) -> Dataset:
    """The dataset that the summary of a run describes."""
    infos = {}
    for name in dataset_lib.SPLITS:
        split = summary.get("splits", {}).get(name, {})
        files = [shards.Shard(**values) for values in split.pop("shards", [])]
        files.sort(key=lambda shard: shard.name)
        infos[name] = dataset_lib.Split(shards=tuple(files), **split)
    return Dataset(
        directory,
        fmt,
        infos,
        sources=tuple(names),
        options=options,
        files={"unparsable": 0, "with_measures": 0, **summary.get("files", {"read": 0})},
        errors=summary.get("errors", {}),
        bars={"seen": 0, "kept": 0, **summary.get("bars", {})},
        rejected=summary.get("rejected", {}),
        flaws=summary.get("flaws", {}),
        rejects=tuple(sorted(summary.get("rejects", []))),
        reading=READING,
    )


def _nothing_kept(dataset: Dataset) -> str:
    counts, bars = dataset.files, dataset.bars
    if not counts["read"]:
        return "There is no MIDI file in the input; name a folder or archive with .mid files."
    if counts["unparsable"] == counts["read"]:
        reason = max(dataset.errors, key=dataset.errors.__getitem__)
        return (
            f"None of the {counts['read']} MIDI files can be read (most often: {reason}); "
            "check the files with gm-vae explain FILE."
        )
    reasons = card.most_common(dataset.rejected, 2)
    explain = f"gm-vae explain FILE {dataset.fmt.flags}".rstrip()
    return (
        f"No measure was kept of {bars['seen']} bars in {counts['read']} files ({reasons}); see "
        f"why with {explain}, or widen the limits (gm-vae preprocess --help)."
    )


@dataclasses.dataclass(frozen=True)
class PreprocessArguments(Arguments):
    """The flags of `preprocess`."""

    input: str = flag(
        None,
        "Folder, glob, MIDI file, .zip or .tar archive, TFRecord of NoteSequences, or Parquet file "
        "with a column of MIDI files; several are separated by commas. Local, gs:// or s3://.",
        required=True,
    )
    output: str = flag(None, "Folder for the dataset. Local, gs:// or s3://.", required=True)
    validation_percent: float = flag(5.0, "Percentage of songs for validation.")
    test_percent: float = flag(
        5.0,
        "Percentage of songs for testing; use 100 and --validation_percent=0 if the dataset is "
        "only for scoring.",
    )
    parquet_column: str = flag("", "Parquet: column with MIDI bytes; found if left out.")
    parquet_id: str = flag("", "Parquet: column with names; found if left out, or row numbers.")
    workers: int = flag(0, "Worker processes; 0 chooses by the size of the input.")
    force: bool = flag(False, "Replace a finished dataset.")
    plan: bool = flag(
        False,
        "Only print what a run will take, by a sample: CPU, memory, disk, reads and writes; of a "
        "cluster with --workers of them (64).",
    )
    runner: str = flag(
        run_pipeline.LOCAL,
        "Beam runner: FnApiRunner (this machine), FlinkRunner, DataflowRunner, ...",
        group="cluster",
    )
    beam_args: str = flag("", "Flags for the runner, separated by spaces.", group="cluster")
    fmt: Overrides[MeasureFormat] = fields_of(MeasureFormat(), "format")


def _run(args: PreprocessArguments) -> None:
    if args.plan:
        print(_planned(args).lines())
        return
    start = time.monotonic()
    took: list[str] = []
    was_finished = staging.finished(_output_path(args.output)) and not args.force
    dataset = preprocess(
        args.input,
        args.output,
        args.fmt.over(MeasureFormat()),
        validation_percent=args.validation_percent,
        test_percent=args.test_percent,
        parquet_column=args.parquet_column,
        parquet_id=args.parquet_id,
        workers=args.workers,
        force=args.force,
        beam_runner=args.runner,
        beam_args=_words(args.beam_args),
        report=took.append,
    )
    if was_finished:
        name = printable(dataset.directory)
        print(f"{name} is already finished; --force makes it again.")
    print("\n".join([card.summary(dataset, time.monotonic() - start), *took]))
    if printable(dataset.directory) == dataset.directory:  # otherwise it cannot be typed
        data = shlex.quote(dataset.directory)
        print(f"Next: gm-vae train --data={data} --output=run --finetune=small", file=sys.stderr)


def _planned(args: PreprocessArguments) -> run_plan.RunPlan:
    """Print the plan of a run with these flags."""
    source_files = sources.find(args.input, Columns(args.parquet_column, args.parquet_id))
    local = args.runner == run_pipeline.LOCAL
    workers = args.workers or (_worth(source_files) if local else _CLUSTER_WORKERS)
    return run_plan.make(
        source_files, args.fmt.over(MeasureFormat()), workers, through_beam=not local
    )


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError(
            f"--beam_args cannot be read ({str(error).lower()}); write it as flags with spaces "
            "between, in quotes where they hold spaces."
        ) from None


COMMAND = Command(
    name="preprocess",
    summary="Turn MIDI files into a dataset of measures for training.",
    example=(
        "gm-vae preprocess --input=~/midi --output=data/mine\n"
        "gm-vae preprocess --input=a.tar.xz,b.zip --output=data/both --workers=8"
    ),
    arguments=PreprocessArguments,
    run=_run,
)

if __name__ == "__main__":
    sys.exit(COMMAND.main())
