"""The measures and points that --midi and --measure name."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

from gm_vae import files
from gm_vae.errors import UsageError, UserError
from gm_vae.flags import require
from gm_vae.generate.arguments import SourceArguments
from gm_vae.generate.gmvae import FARTHEST, GMVAE
from gm_vae.json_values import (
    Fields,
    ListOf,
    MapOf,
    Number,
    Whole,
    WrongValue,
    anything,
    brief,
    parse,
)
from gm_vae.music.measure import Measure
from gm_vae.music.token_json import MAX_BYTES, read_tokens

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Numbered(Generic[T]):
    """The content of a file, by bar number.

    Attributes:
        path: the file.
        items: measures or points, by number from 1.
        explain: a command that reports why other bars are missing, "" if there is none.
        bars: number of bars of the file, including those that do not fit.
    """

    path: str
    items: Mapping[int, T]
    explain: str = ""
    bars: int = 0

    def choose(self, numbers: Sequence[int], count: int | None = None) -> list[T]:
        """The items with these numbers; without numbers the first `count`, or all.

        Raises UsageError if one is missing, or their number is not `count`.
        """
        for number in numbers:
            if number not in self.items:
                near = min(self.items, key=lambda other: abs(other - number))
                why = f"; {self.explain} shows why" if self.explain else ""
                raise UsageError(
                    f"--measure={number} is not one of the {len(self.items)} bars of {self.path} "
                    f"that fit the model, such as {near}{why}."
                )
        items = self.items
        chosen = [items[number] for number in numbers] or list(items.values())[:count]
        if count is not None and len(chosen) != count:
            raise UsageError(
                f"{self.path} has {len(items)} measures that fit the model; this takes {count}."
            )
        return chosen


def measure_numbers(args: SourceArguments) -> list[int]:
    """The numbers of --measure. Raises UsageError if they are not numbers."""
    try:
        return [int(number) for number in args.measure]
    except ValueError:
        raise UsageError(
            f"--measure={brief(','.join(args.measure), 100)}; give numbers of bars, such as 12 "
            "or 5,12."
        ) from None


def source_measures(args: SourceArguments, model: GMVAE, count: int | None = None) -> list[Measure]:
    """The measures that --midi and --measure select: by default the first `count`, or all."""
    require(args, "midi")
    numbers = measure_numbers(args)
    return numbered_measures(args.midi or "", model).choose(numbers, count)


def source_points(args: SourceArguments, model: GMVAE, count: int) -> np.ndarray:
    """float32 [count, Z]: the points of the measures that --midi and --measure select.

    Raises UsageError if their number is not `count`.
    """
    require(args, "midi")
    path, numbers = args.midi or "", measure_numbers(args)
    if len(numbers) not in (0, count):
        raise UsageError(f"--measure names {len(numbers)} measures; this takes {count}.")
    if holds_points(path):
        return np.stack(_read_points(path, model).choose(numbers, count))
    return model.encode(source_measures(args, model, count))[0]


def numbered_measures(path: str, model: GMVAE) -> Numbered[Measure]:
    """The measures of a MIDI file, or of a .json of tokens.

    Raises:
        UserError: the file cannot be read, or none of its bars fits the model.
    """
    if path.lower().endswith(".json"):
        measures = read_tokens(path)
        if not measures:
            raise UserError(f"{path} holds no measures; give another file.")
        return Numbered(path, dict(enumerate(measures, 1)))
    from gm_vae.music.measures import measures_from_score
    from gm_vae.music.midi_bytes import MAX_BYTES as MAX_MIDI_BYTES
    from gm_vae.music.midi_file import MidiError, parse_midi

    try:
        data = files.read_bounded(path, MAX_MIDI_BYTES)
        bars = measures_from_score(parse_midi(data), model.format)
    except OSError as error:
        raise UsageError(f"--midi={path} cannot be read ({error.strerror}).") from None
    except MidiError as error:
        raise UserError(f"{path}: {error}") from None
    measure_of_bar = {bar.number: bar.measure for bar in bars if bar.measure}
    explain = f"gm-vae explain {shlex.quote(path)} {model.format.flags}".rstrip()
    if not bars:
        raise UserError(f"{path} has no notes; give another file.")
    if not measure_of_bar:
        raise UserError(
            f"none of the {len(bars)} bars of {path} fits the model; {explain} shows why."
        )
    return Numbered(path, measure_of_bar, explain, len(bars))


def holds_points(path: str) -> bool:
    """Whether `gm-vae encode` wrote a file. Raises UserError if it cannot be read."""
    return path.lower().endswith(".json") and "points" in _read_json(path)


def _read_points(path: str, model: GMVAE) -> Numbered[np.ndarray]:
    width = model.config.latent_size
    point = Fields({"measure": Whole(), "mu": ListOf(Number(-FARTHEST, FARTHEST), width, width)})
    values = _read_json(path)
    if values.get("fingerprint") != model.fingerprint:
        raise UserError(f"{path} has points of another model; encode the measures again.")
    try:
        Fields({"points": ListOf(point, least=1)})(values)
    except WrongValue as error:
        raise UserError(f"{path} is damaged ({error}); encode the measures again.") from None
    points = values["points"]
    return Numbered(path, {each["measure"]: np.array(each["mu"], np.float32) for each in points})


def _read_json(path: str) -> dict[str, Any]:
    try:
        return parse(files.read_bounded(path, MAX_BYTES), MapOf(anything))
    except OSError as error:
        raise UsageError(f"--midi={path} cannot be read ({error.strerror}).") from None
    except WrongValue as error:
        raise UserError(
            f"{path} holds no music ({error}); give a file that gm-vae wrote."
        ) from None
