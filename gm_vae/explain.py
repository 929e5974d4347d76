"""`gm-vae explain FILE`: which bars of a MIDI file become measures, and why the others do not."""

from __future__ import annotations

import collections
import dataclasses
import sys
from collections.abc import Iterator, Sequence

from gm_vae.command import Command
from gm_vae.errors import UsageError
from gm_vae.files import read_bounded
from gm_vae.flags import Arguments, Overrides, fields_of
from gm_vae.music import midi_flaws
from gm_vae.music.general_midi import instrument_name
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import Bar, RejectReason, measures_from_score
from gm_vae.music.midi_bytes import MAX_BYTES
from gm_vae.music.midi_file import MidiError, Score, parse_midi
from gm_vae.text import printable


def explain(data: bytes, fmt: MeasureFormat | None = None) -> str:
    """A table of the bars of a MIDI file and a summary, as lines of text.

    Raises:
        MidiError: the bytes cannot be read.
    """
    fmt = fmt or MeasureFormat()
    score = parse_midi(data)
    bars = measures_from_score(score, fmt)
    flaws = [f"{sentence}." for sentence in midi_flaws.sentences(score.flaws)]
    if not bars:
        return "\n".join(["The file has no notes.", *flaws])
    return "\n".join([*_table(bars, fmt), "", *_summary(score, bars, fmt), *flaws])


def _table(bars: Sequence[Bar], fmt: MeasureFormat) -> Iterator[str]:
    rows = [("bar", "meter", "measure?", "chords", "instruments")]
    for bar in bars:
        rows.append(
            (
                str(bar.number),
                "/".join(map(str, bar.meter)),
                f"no: {bar.reason.sentence(fmt)}" if bar.reason else "yes",
                _chords(bar.chords),
                _instruments(bar.programs),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows)]
    for number, *texts, last in rows:
        cells = [text.ljust(width) for text, width in zip(texts, widths[1:])]
        yield "  ".join([number.rjust(widths[0]), *cells, last]).rstrip()


def _chords(symbols: Sequence[str]) -> str:
    """Chords joined by "|"; a single one if all are the same."""
    return symbols[0] if len(set(symbols)) == 1 else "|".join(symbols)


def _instruments(programs: Sequence[int]) -> str:
    counts = collections.Counter(programs)
    names = (
        instrument_name(program) + (f" ×{count}" if count > 1 else "")
        for program, count in counts.items()
    )
    return ", ".join(names)


def _summary(score: Score, bars: Sequence[Bar], fmt: MeasureFormat) -> Iterator[str]:
    kept = sum(bar.measure is not None for bar in bars)
    count = len(set(score.instrument.tolist()))
    yield (
        f"{len(score.pitch):,} notes of {count} instrument{'s' * (count != 1)} in {len(bars):,} "
        f"bar{'s' * (len(bars) != 1)}; {kept:,} can be used as measures."
    )
    if not score.time_signatures:
        yield "The file has no time signature, so its bars are taken to be 4/4."
    reasons = collections.Counter(bar.reason for bar in bars if bar.reason)
    for reason, times in reasons.most_common():
        yield f"{times:7,} not: {reason.sentence(fmt)}."
    others = collections.Counter(
        bar.meter for bar in bars if bar.reason == RejectReason.WRONG_METER and bar.meter[0] > 1
    )
    if others:
        (beats, unit), times = others.most_common(1)[0]
        yield (
            f"Its {times:,} {beats}/{unit} bar{'s' * (times != 1)} can be measures of another "
            f"format: --beats_per_bar={beats} --beat_unit={unit}."
        )


@dataclasses.dataclass(frozen=True)
class ExplainArguments(Arguments):
    """The flags of `explain`."""

    fmt: Overrides[MeasureFormat] = fields_of(MeasureFormat(), "format")


def _run(args: ExplainArguments) -> int:
    paths = args.positional
    if not paths:
        raise UsageError("name the MIDI files to explain, as in gm-vae explain song.mid.")
    fmt = args.fmt.over(MeasureFormat())
    contents = [_read(path) for path in paths]
    failed = False
    for number, (path, data) in enumerate(zip(paths, contents)):
        if len(paths) > 1:
            print("\n" * (number > 0) + f"{printable(path)}:")
        try:
            print(explain(data, fmt))
        except MidiError as error:
            failed = True
            sys.stdout.flush()  # in order, where both streams have the same destination
            print(f"gm-vae explain: {printable(path)}: {error}", file=sys.stderr)
    return int(failed)


def _read(path: str) -> bytes:
    try:
        return read_bounded(path, MAX_BYTES)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); name a MIDI file.") from error


COMMAND = Command(
    name="explain",
    summary="Print which bars of MIDI files can be used as measures, and why the others cannot.",
    example="gm-vae explain song.mid\ngm-vae explain waltz.mid --beats_per_bar=3",
    arguments=ExplainArguments,
    run=_run,
    words="FILE...",
)

if __name__ == "__main__":
    sys.exit(COMMAND.main())
