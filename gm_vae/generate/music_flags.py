"""The flags that several verbs of music share, and what they ask for."""

from __future__ import annotations

import math
import secrets
import shlex
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from absl import flags

from gm_vae import files
from gm_vae.command import require
from gm_vae.errors import UsageError, UserError
from gm_vae.generate.gmvae import FARTHEST, GMVAE
from gm_vae.generate.instruments import Instruments
from gm_vae.generate.loading import define_model_flag
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
    shown,
)
from gm_vae.music.chord_lines import chord_line
from gm_vae.music.chords import chord_id, chord_symbol, has_triad, nearest_chord_id
from gm_vae.music.measure import Measure
from gm_vae.music.token_json import MAX_BYTES, read_tokens

MOST_MEASURES = 10_000  # made at once: a MIDI file of them takes 0.5 GB and half a minute
_LONGEST_CHORDS, _LONGEST_BAR = 200_000, 1000  # letters of --chords


def define_music_flags(values: flags.FlagValues) -> None:
    """The model, and how it shall play: what `decode_arguments` and `moved` read."""
    define_model_flag(values)
    flags.DEFINE_float("temperature", 0.5, "0 plays safe, 1 and more dares.", flag_values=values)
    flags.DEFINE_integer("seed", None, "The same seed, the same music.", flag_values=values)
    names = "General MIDI names, families or numbers from 1, with commas, such as drums,finger bass"
    flags.DEFINE_string(
        "instruments", "", f"These instruments and no others: {names}.", flag_values=values
    )
    flags.DEFINE_string(
        "require", "", "These instruments play in any case; names as above.", flag_values=values
    )
    flags.DEFINE_string(
        "forbid", "", "None of these instruments plays; names as above.", flag_values=values
    )
    flags.DEFINE_string(
        "more",
        "",
        "Move along attributes learnt by gm-vae attributes, in standard deviations: "
        "density=1.5,pitch=-1.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "add",
        "",
        "Move towards music with these, as learnt: strings,drums. Unlike --require it promises "
        "nothing, but all that goes with them comes along.",
        flag_values=values,
    )
    flags.DEFINE_string("remove", "", "Move towards music without these.", flag_values=values)


def define_chords_flag(values: flags.FlagValues, default: str) -> None:
    """--chords and --strict; `default` says what is played without."""
    flags.DEFINE_string(
        "chords",
        None,
        "Chords, one a measure, with spaces between; several in a measure as C|G or C|C|F|G. Bar "
        "lines with spaces divide measures too: | C | Am F | % |. " + default,
        flag_values=values,
    )
    flags.register_validator(
        "chords",
        lambda text: text is None or _fits(text),
        f"it has more than {_LONGEST_CHORDS:,} letters, or {_LONGEST_BAR:,} in one measure",
        flag_values=values,
    )
    flags.DEFINE_bool(
        "strict",
        False,
        "Refuse chords without a triad (sus, power) instead of taking the nearest.",
        flag_values=values,
    )


def define_source_flags(values: flags.FlagValues, several: str = "") -> None:
    """--midi and --measure; `several` says what more than one measure is for."""
    flags.DEFINE_string(
        "midi",
        None,
        "Take the style of a measure of this MIDI file, of a .json of tokens, or of points as "
        "gm-vae encode writes them.",
        flag_values=values,
    )
    flags.DEFINE_list(
        "measure",
        [],
        f"Which bar of it, as gm-vae explain numbers them{several}; the first that fits if left "
        "out.",
        flag_values=values,
    )


def _fits(text: str) -> bool:
    return len(text) <= _LONGEST_CHORDS and max(map(len, text.split()), default=0) <= _LONGEST_BAR


def chords(values: flags.FlagValues) -> list[str]:
    """The measures' symbols in --chords, readable and with triads, before a model is loaded.

    Raises UsageError for one that cannot be read, or with --strict for one without a triad.
    """
    found, told = [], set()
    measures = chord_line(values.chords or "")
    if values.chords and not measures:
        raise UsageError('--chords names no chord; write for example --chords="C Am F G".')
    for measure in measures:
        parts = []
        for part in measure:
            if values.strict:
                chord_id(part)
            parts.append(chord_symbol(nearest_chord_id(part)))
            if part not in told and not has_triad(part):
                told.add(part)
                print(f"{part} has no triad; it is played as {parts[-1]}.", file=sys.stderr)
        found.append("|".join(parts))
    return found


def require_bounded(count: int, flag: str) -> None:
    """Raise UsageError if a flag asks for more measures than are made at once."""
    if count > MOST_MEASURES:
        raise UsageError(
            f"--{flag} asks for {shown(count)} measures, and {MOST_MEASURES:,} are made at a time; "
            "ask for fewer."
        )


def decode_arguments(values: flags.FlagValues) -> dict[str, Any]:
    """temperature, seed and instruments for `GMVAE.decode`; a seed is drawn if need be."""
    if values.seed is None:
        values.seed = secrets.randbelow(2**32)
    values.seed %= 2**32  # what a seed is to every draw
    wanted = Instruments.named(values.instruments, values.require, values.forbid)
    return {
        "temperature": values.temperature,
        "seed": values.seed,
        "instruments": None if wanted == Instruments() else wanted,
    }


def tell_seed(values: flags.FlagValues) -> None:
    """Say how to hear the same again, if the seed was drawn."""
    if not values["seed"].present and values.temperature > 0:
        print(f"--seed={values.seed} plays this again.", file=sys.stderr)


def moved(values: flags.FlagValues, model: GMVAE, z: np.ndarray) -> np.ndarray:
    """Points [..., Z] moved as --more, --add and --remove say.

    Raises UserError for words that are no attributes, or if the model has none yet.
    """
    steps: dict[str, float] = {}
    for part in filter(None, values.more.split(",")):
        name, _, number = part.partition("=")
        try:
            steps[name.strip()] = float(number)
        except ValueError:
            steps[name.strip()] = math.nan
        if not math.isfinite(steps[name.strip()]):
            raise UsageError(f"--more={brief(values.more, 100)}; write it as density=1.5,pitch=-1.")
    for flag, sign in (("add", 1.0), ("remove", -1.0)):
        for name in filter(None, values[flag].value.split(",")):
            steps[name.strip()] = sign
    if not steps:
        return z
    from gm_vae.generate.attributes import Attributes

    return Attributes.of(model, values.model).move(z, steps)


def start_points(values: flags.FlagValues, model: GMVAE, count: int = 1) -> np.ndarray:
    """float32 [count, Z]: of the measures that --midi and --measure name, or drawn by --seed."""
    if not values.midi:
        if values.measure:
            raise UsageError("--measure needs --midi, the file that the measure is in.")
        return moved(values, model, model.sample_points(count, values.seed))
    numbers = measure_numbers(values)
    if len(numbers) not in (0, count):
        raise UsageError(f"--measure names {len(numbers)} measures; this takes {count}.")
    if holds_points(values.midi):
        points = choose(values.midi, _read_points(values.midi, model), numbers, count)
        return moved(values, model, np.stack(points))
    return moved(values, model, model.encode(source_measures(values, model, count))[0])


def measure_numbers(values: flags.FlagValues) -> list[int]:
    """The numbers of --measure. Raises UsageError if they are none."""
    try:
        return [int(number) for number in values.measure]
    except ValueError:
        raise UsageError(
            f"--measure={brief(','.join(values.measure), 100)}; give numbers of bars, such as 12 "
            "or 5,12."
        ) from None


def source_measures(
    values: flags.FlagValues, model: GMVAE, count: int | None = None
) -> list[Measure]:
    """The measures that --midi and --measure name: the first `count`, or all, if none are named."""
    require(values, "midi")
    numbers = measure_numbers(values)
    return choose(values.midi, numbered_measures(values.midi, model), numbers, count)


def numbered_measures(path: str, model: GMVAE) -> dict[int, Measure]:
    """The measures of a MIDI file, or of a .json of tokens, by the number of their bar from 1.

    Raises:
        UserError: the file cannot be read, or no bar of it fits the model.
    """
    if path.lower().endswith(".json"):
        measures = read_tokens(path)
        if not measures:
            raise UserError(f"{path} holds no measures; give another file.")
        return dict(enumerate(measures, 1))
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
    found = {bar.number: bar.measure for bar in bars if bar.measure}
    if not found:
        raise UserError(
            f"none of the {len(bars)} bars of {path} fits the model; "
            f"{_explain(path, model)} tells why."
        )
    return _Bars(found, len(bars), _explain(path, model))


class _Bars(dict):
    """Measures by number, and what to say of the bars that are none."""

    def __init__(self, measures: dict[int, Measure], bars: int, explain: str) -> None:
        super().__init__(measures)
        self.bars, self.explain = bars, explain


def _explain(path: str, model: GMVAE) -> str:
    return f"gm-vae explain {shlex.quote(path)} {model.format.flags}".rstrip()


def choose(
    path: str, found: dict[int, Any], numbers: Sequence[int], count: int | None = None
) -> list:
    """Those of `found` with these numbers; without numbers the first `count`, or all.

    Raises UsageError if one is not there, or there are not as many as `count`.
    """
    for number in numbers:
        if number not in found:
            near = min(found, key=lambda other: abs(other - number))
            why = f"; {found.explain} tells why" if isinstance(found, _Bars) else ""
            raise UsageError(
                f"--measure={number}, but that is not one of the {len(found)} bars of {path} that "
                f"fit the model, such as {near}{why}."
            )
    chosen = [found[number] for number in numbers] if numbers else list(found.values())[:count]
    if count is not None and len(chosen) != count:
        raise UsageError(
            f"{path} has {len(found)} measures that fit the model; this takes {count}."
        )
    return chosen


def holds_points(path: str) -> bool:
    """Whether a file is what `gm-vae encode` writes. Raises UserError if it cannot be read."""
    return path.lower().endswith(".json") and "points" in _read_json(path)


def _read_points(path: str, model: GMVAE) -> dict[int, np.ndarray]:
    width = model.config.latent_size
    point = Fields({"measure": Whole(), "mu": ListOf(Number(-FARTHEST, FARTHEST), width, width)})
    values = _read_json(path)
    if values.get("fingerprint") != model.fingerprint:
        raise UserError(f"{path} has points of another model; encode the measures again.")
    try:
        Fields({"points": ListOf(point, least=1)})(values)
    except WrongValue as error:
        raise UserError(f"{path} is damaged ({error}); encode the measures again.") from None
    return {point["measure"]: np.array(point["mu"], np.float32) for point in values["points"]}


def _read_json(path: str) -> dict[str, Any]:
    try:
        return parse(files.read_bounded(path, MAX_BYTES), MapOf(anything))
    except OSError as error:
        raise UsageError(f"--midi={path} cannot be read ({error.strerror}).") from None
    except WrongValue as error:
        raise UserError(
            f"{path} holds no music ({error}); give a file that gm-vae wrote."
        ) from None
