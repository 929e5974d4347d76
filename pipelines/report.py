"""What a dataset holds, for people: its card (README.md) with pictures, and `gm-vae stats`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from absl import flags

from gm_vae.command import Command
from gm_vae.data import dataset as dataset_lib
from gm_vae.data import statistics
from gm_vae.data.dataset import Dataset
from gm_vae.errors import UsageError
from gm_vae.music.general_midi import instrument_name
from gm_vae.music.measures import RejectReason

_PICTURES = ("instruments.png", "measures.png")
_LISTED = 15  # rows of a table that could be long


def write(dataset: Dataset) -> None:
    """Write README.md and its pictures into the dataset's folder."""
    draw(dataset)
    text = markdown(dataset)
    (dataset.directory / "README.md").write_text(text, encoding="utf-8")


def summary(dataset: Dataset, seconds: float | None = None) -> str:
    """A few lines for the terminal."""
    files, bars = dataset.files, dataset.bars
    splits = ", ".join(f"{name} {split.measures:,}" for name, split in dataset.splits.items())
    lines = [
        f"{files['read']:,} files ({files['unparsable']:,} unparsable), {bars['seen']:,} bars, "
        f"{bars['kept']:,} kept, {dataset.measures:,} distinct measures ({splits})",
    ]
    if dataset.rejected:
        lines.append(f"rejected: {most_common(dataset.rejected, len(dataset.rejected))}")
    rate = "" if seconds is None else f" in {seconds:.1f} s"
    lines.append(f"{dataset.bytes:,} bytes in {dataset.directory}{rate}")
    return "\n".join(lines)


def most_common(counts: Mapping[str, int], listed: int) -> str:
    """The greatest counts in a line: "track too long 120, too few instruments 7"."""
    return ", ".join(
        f"{name.replace('_', ' ')} {count:,}" for name, count in _ordered(counts)[:listed]
    )


def markdown(dataset: Dataset) -> str:
    """The dataset card."""
    files, bars, fmt = dataset.files, dataset.bars, dataset.fmt
    total = _all_splits(dataset)
    lines = [
        f"# Measures of {', '.join(dataset.sources)}",
        "",
        f"{dataset.measures:,} distinct {fmt.beats_per_bar}/{fmt.beat_unit} measures of "
        f"{files['with_measures']:,} songs, written by gm-vae {dataset.gm_vae}. "
        "`dataset.json` says the same to programs.",
        "",
        "## Splits",
        "Songs, not measures, are held out; copies of a song are in the same split. Equal measures "
        "are stored once in each split.",
        "",
        *_table(
            ("split", "songs", "measures", "files", "bytes"),
            [
                (
                    name,
                    split.songs,
                    split.measures,
                    len(split.shards),
                    sum(shard.bytes for shard in split.shards),
                )
                for name, split in dataset.splits.items()
            ],
        ),
        "",
        "## From files to measures",
        *_table(
            ("", "count"),
            [
                ("MIDI files read", files["read"]),
                ("of these unparsable", files["unparsable"]),
                ("of these with measures", files["with_measures"]),
                ("bars", bars["seen"]),
                ("bars kept", bars["kept"]),
                ("distinct measures", dataset.measures),
            ],
        ),
        "",
        "## Bars rejected",
        *_table(
            ("because", "bars"),
            [
                (RejectReason[name.upper()].sentence(fmt), count)
                for name, count in _ordered(dataset.rejected)
            ],
        ),
        "",
    ]
    if dataset.errors:
        lines += ["## Files not parsed", *_table(("because", "files"), _top(dataset.errors)), ""]
    lines += [
        f"`{dataset.rejects[0]}` names them one by one." if dataset.rejects else "",
        "",
        "## Instruments",
        f"![instruments]({_PICTURES[0]})",
        "",
        *_table(
            ("instrument", "measures"),
            [(instrument_name(int(program)), n) for program, n in _top(total["instruments"])],
        ),
        "",
        "## Chords",
        *_table(("chord", "labels"), _top(total["chords"])),
        "",
        "## Size of measures",
        f"![tracks and events]({_PICTURES[1]})",
        "",
        *_table(("tracks", "measures"), _by_number(total["tracks"])),
        "",
    ]
    return "\n".join(lines).replace("\n\n\n", "\n\n")


def draw(dataset: Dataset) -> None:
    """Write the pictures of the card: instruments, and tracks and events per measure."""
    import matplotlib  # a second's work that no worker needs

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    total = _all_splits(dataset)
    metadata = {"Software": None}  # the version would change the bytes

    top = _top(total["instruments"])[::-1]
    figure = Figure(figsize=(8, 0.3 * len(top) + 1), layout="constrained")
    axes = figure.subplots()
    axes.barh([instrument_name(int(program)) for program, _ in top], [n for _, n in top])
    axes.set_xlabel("measures")
    figure.savefig(dataset.directory / _PICTURES[0], dpi=100, metadata=metadata)

    figure = Figure(figsize=(8, 3), layout="constrained")
    left, right = figure.subplots(1, 2)
    tracks, events = _by_number(total["tracks"]), _by_number(total["events"])
    left.bar([value for value, _ in tracks], [n for _, n in tracks])
    left.set(xlabel="tracks", ylabel="measures")
    width = statistics.EVENTS_BIN
    right.bar([value for value, _ in events], [n for _, n in events], width, align="edge")
    right.set(xlabel="events in all tracks")
    figure.savefig(dataset.directory / _PICTURES[1], dpi=100, metadata=metadata)


def _all_splits(dataset: Dataset) -> dict[str, dict[str, int]]:
    total: dict[str, dict[str, int]] = {"instruments": {}, "tracks": {}, "events": {}, "chords": {}}
    for split in dataset.splits.values():
        statistics.add(total, split.statistics)
    return total


def _ordered(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _top(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return _ordered(counts)[:_LISTED]


def _by_number(counts: Mapping[str, int]) -> list[tuple[int, int]]:
    return sorted((int(value), count) for value, count in counts.items())


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    def line(cells: Sequence[object]) -> str:
        texts = [f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells]
        return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"

    rule = "| --- |" + " ---: |" * (len(head) - 1)
    return [line(head), rule, *map(line, rows)]


def _run(values: flags.FlagValues, positional: Sequence[str]) -> int:
    if len(positional) != 1:
        raise UsageError("name one dataset folder: gm-vae stats DIR.")
    dataset = dataset_lib.load(positional[0])
    if values.json:
        print(dataset.to_json(), end="")
    else:
        print(markdown(dataset), end="")
    return 0


def _define_flags(values: flags.FlagValues) -> None:
    flags.DEFINE_bool("json", False, "Print dataset.json instead.", flag_values=values)


COMMAND = Command(
    name="stats",
    summary="Tell what a dataset holds: measures, songs, rejects, instruments, chords.",
    example="gm-vae stats data/mine",
    define_flags=_define_flags,
    run=_run,
    arguments="DIR",
)

if __name__ == "__main__":
    sys.exit(COMMAND.main())
