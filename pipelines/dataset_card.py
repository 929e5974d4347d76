"""The card of a dataset (README.md) with pictures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from gm_vae import storage
from gm_vae.data import statistics
from gm_vae.data.dataset import Dataset
from gm_vae.music import midi_flaws
from gm_vae.music.chords import NO_CHORD, QUALITIES, ROOTS, chord_symbol
from gm_vae.music.general_midi import instrument_name
from gm_vae.music.measures import RejectReason
from gm_vae.music.midi_flaws import Flaw
from gm_vae.quiet import import_matplotlib_quietly
from gm_vae.text import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PICTURES = ("instruments.png", "measures.png", "harmony.png")
_LISTED = 15  # rows of a table that could be long


def write(dataset: Dataset) -> None:
    """Write README.md and its pictures into the dataset's folder."""
    for name, picture in draw(dataset).items():
        storage.write(dataset.path(name), picture)
    storage.write(dataset.path("README.md"), markdown(dataset).encode())


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
    lines.append(f"{dataset.bytes:,} bytes in {printable(dataset.directory)}{rate}")
    return "\n".join(lines)


def most_common(counts: Mapping[str, int], listed: int) -> str:
    """The largest counts in a line: "track too long 120, too few instruments 7"."""
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
        "`dataset.json` contains the same for programs.",
        "",
        f"SHA-256 of the measures: `{dataset.sha256}`.",
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
    if dataset.flaws:
        flaws = {Flaw[name.upper()]: count for name, count in dataset.flaws.items()}
        lines += [
            "## Mended or skipped in these files",
            *(f"- {sentence}" for sentence in midi_flaws.sentences(flaws)),
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
        "## Harmony",
        f"![chords and keys]({_PICTURES[2]})",
        "",
        *_table(("chord", "labels"), _top(total["chords"])),
        "",
        "A minor key counts with its relative major.",
        "",
        *_table(("key", "bars"), _ordered(total["keys"])),
        "",
        "## Size of measures",
        f"![tracks, events and notes]({_PICTURES[1]})",
        "",
        *_table(("tracks", "measures"), _by_number(total["tracks"])),
        "",
    ]
    return "\n".join(lines).replace("\n\n\n", "\n\n")


def draw(dataset: Dataset) -> dict[str, bytes]:
    """The pictures of the card as PNG files by name."""
    import_matplotlib_quietly()  # takes a second, and workers do not need it
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    total = _all_splits(dataset)

    top = _top(total["instruments"])[::-1]
    instruments = Figure(figsize=(8, 0.3 * len(top) + 1), layout="constrained")
    axes = instruments.subplots()
    axes.barh([instrument_name(int(program)) for program, _ in top], [n for _, n in top])
    axes.set_xlabel("measures")

    measures = Figure(figsize=(8, 3), layout="constrained")
    for axes, name, width in zip(
        measures.subplots(1, 3),
        ("tracks", "events", "notes"),
        (1, statistics.EVENTS_BIN, statistics.NOTES_BIN),
    ):
        counts = _by_number(total[name])
        left = [value - 0.5 if width == 1 else value for value, _ in counts]
        axes.bar(left, [n for _, n in counts], 0.95 * width, align="edge")
        axes.set_xlabel(f"{name} of a measure")
    measures.axes[0].set_ylabel("measures")

    harmony = Figure(figsize=(8, 3.4), layout="constrained")
    chords, keys = harmony.subplots(1, 2, width_ratios=(3, 1))
    bottom = np.zeros(len(ROOTS))
    for quality, name in enumerate(QUALITIES):
        first = 1 + 12 * quality
        symbols = [chord_symbol(first + root) for root in range(len(ROOTS))]
        heights = [total["chords"].get(symbol, 0) for symbol in symbols]
        chords.bar(ROOTS, heights, bottom=bottom, label=name)
        bottom += heights
    none = total["chords"].get(chord_symbol(NO_CHORD), 0)
    chords.bar(["none"], [none], color="grey")
    chords.set_ylabel("chord labels")
    chords.legend()
    keys.barh(ROOTS[::-1], [total["keys"].get(root, 0) for root in ROOTS[::-1]])
    keys.set_xlabel("bars in the key of")

    return dict(zip(_PICTURES, map(_png, (instruments, measures, harmony))))


def _png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, dpi=100, metadata={"Software": None})  # no version number
    return stream.getvalue()


def _all_splits(dataset: Dataset) -> dict[str, dict[str, int]]:
    names = ("instruments", "tracks", "events", "notes", "chords", "keys")
    total: dict[str, dict[str, int]] = {name: {} for name in names}
    for split in dataset.splits.values():
        statistics.add(total, {**split.statistics, "keys": split.keys})
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
