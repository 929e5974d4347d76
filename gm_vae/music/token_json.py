"""Measures <-> JSON: the tokens, for other programs."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

from gm_vae import files
from gm_vae.errors import UsageError, UserError
from gm_vae.files import output_file
from gm_vae.json_values import Fields, ListOf, MapOf, Text, Whole, WrongValue, parse
from gm_vae.music.chords import chord_id
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import vocabulary
from gm_vae.text import printable

MAX_BYTES = 1 << 26  # of a file, about 100,000 measures
_MOST_PLACES = 1 << 28  # for tokens, of all measures


def _token(value: Any) -> None:
    """Placeholder rule for a token; `_measure` checks tokens, whose range depends on the format."""


_FILE = Fields(
    {
        "format": MapOf(Whole()),
        "measures": ListOf(
            Fields(
                {
                    "chords": ListOf(Text(100)),
                    "tracks": ListOf(ListOf(_token)),
                }
            )
        ),
    }
)


def write_tokens(
    measures: Sequence[Measure],
    path: str | os.PathLike[str],
    qpm: float = 120.0,
    title: str = "",
    force: bool = False,
) -> None:
    """Write measures as JSON that `read_tokens` reads, one track per line.

    The file is an object with
    `format`, the fields of the `MeasureFormat`;
    `title` and `qpm`, for display and players;
    `measures`, each with `chords`, evenly spaced symbols, and `tracks`, lists of token ids from
    program to end (see `gm_vae.music.vocabulary`).

    Args:
        measures: one or more measures of one format.
        path: the file to write; it appears only once it is complete.
        qpm: tempo in quarter notes per minute.
        title: title of the piece.
        force: replace an existing file.

    Raises:
        UsageError: `path` exists, there are no measures or their formats differ.
        UserError: the path cannot be written.
    """
    if not measures:
        raise UsageError("There are no measures to put together; give at least one.")
    fmt = measures[0].fmt
    for bar, measure in enumerate(measures[1:], 2):
        fmt.require_equal(measure.fmt, "Measure 1", f"measure {bar}")
    head = {"format": fmt.to_dict(), "title": printable(title), "qpm": qpm}
    lines = [f' "{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in head.items()]
    bars = ",\n".join(_bar(measure) for measure in measures)
    lines.append(f' "measures": [\n{bars}\n ]')
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    with output_file(path, force) as temporary:
        temporary.write_text(text, encoding="utf-8")


def read_tokens(path: str | os.PathLike[str]) -> list[Measure]:
    """The measures in a file that `write_tokens` wrote.

    Raises:
        UserError: the file cannot be read, or contains something else; the message names the
            position.
    """
    try:
        piece = parse(files.read_bounded(path, MAX_BYTES), _FILE)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}).") from None
    except WrongValue as error:
        raise UserError(
            f"{path} holds no measures ({error}); give a .json file that gm-vae wrote."
        ) from None
    try:
        fmt = MeasureFormat.from_dict(piece["format"])
        most = _MOST_PLACES // (fmt.max_tracks * fmt.max_track_length)
        if len(piece["measures"]) > most:
            raise UserError(
                f"{len(piece['measures']):,} measures are more than the {most:,} that can be read "
                "of this format; cut the file into several."
            )
        return [_measure(bar, number, fmt) for number, bar in enumerate(piece["measures"], 1)]
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def _bar(measure: Measure) -> str:
    present = max((row for row, length in enumerate(measure.lengths) if length > 1), default=-1)
    tracks = [
        tokens[:length].tolist()
        for tokens, length in zip(measure.tokens[: present + 1], measure.lengths)
    ]
    rows = ",\n".join(f"   {json.dumps(track)}" for track in tracks)
    rows = f"[\n{rows}]" if tracks else "[]"
    return f'  {{"chords": {json.dumps(measure.chords)}, "tracks": {rows}}}'


def _measure(bar: dict[str, Any], number: int, fmt: MeasureFormat) -> Measure:
    """A measure from its JSON value. Raises UserError."""
    tracks, vocab = bar["tracks"], vocabulary(fmt)
    if len(tracks) > fmt.max_tracks:
        raise UserError(
            f"measure {number} has {len(tracks)} tracks and its format holds {fmt.max_tracks}."
        )
    for track in tracks:
        if not all(type(token) is int and 0 <= token < vocab.size for token in track):
            raise UserError(
                f"measure {number} has tokens that are not whole numbers from 0 to "
                f"{vocab.size - 1}."
            )
        if track.count(vocab.end) != 1 or track[-1] != vocab.end:
            raise UserError(
                f"measure {number} has a track that does not end at its only end token."
            )
        if len(track) > fmt.max_track_length:
            raise UserError(
                f"measure {number} has a track of {len(track)} tokens and its format holds "
                f"{fmt.max_track_length}."
            )
    chords = [chord_id(symbol) for symbol in bar["chords"]]
    if not chords or fmt.steps_per_measure % len(chords):
        raise UserError(
            f"measure {number} has {len(chords)} chords, which do not divide its "
            f"{fmt.steps_per_measure} steps."
        )
    return Measure.from_tracks(tracks, chords, fmt)
