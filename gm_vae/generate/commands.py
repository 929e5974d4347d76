"""The verbs that make music: sample, generate, interpolate, encode, reconstruct, vary."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Sequence

import numpy as np
from absl import flags

from gm_vae.command import Command, require
from gm_vae.errors import UsageError
from gm_vae.files import output_file, require_free, user_path
from gm_vae.generate import music_flags, operations
from gm_vae.generate.gmvae import GMVAE
from gm_vae.generate.loading import define_model_flag, load
from gm_vae.generate.outputs import Outputs, define_output_flags
from gm_vae.json_values import brief
from gm_vae.music.measure import Measure
from gm_vae.text import printable
from gm_vae.version import __version__


def _leave(
    values: flags.FlagValues, outputs: Outputs, measures: Sequence[Measure], title: str
) -> None:
    outputs.write(measures, brief(title, 200))
    music_flags.tell_seed(values)


def _define_count(values: flags.FlagValues) -> None:
    flags.DEFINE_integer(
        "count",
        8,
        "How many measures.",
        lower_bound=1,
        upper_bound=music_flags.MOST_MEASURES,
        flag_values=values,
    )


def _define_sample(values: flags.FlagValues) -> None:
    music_flags.define_music_flags(values)
    music_flags.define_chords_flag(values, "They repeat. No chord if left out.")
    _define_count(values)
    define_output_flags(values)


def _sample(values: flags.FlagValues, positional: Sequence[str]) -> None:
    outputs, chords = Outputs.from_flags(values), music_flags.chords(values)
    how = music_flags.decode_arguments(values)
    model = load(values.model)
    z = music_flags.moved(values, model, model.sample_points(values.count, values.seed))
    measures = model.decode(z, operations.repeated(chords or None, values.count), **how)
    _leave(values, outputs, measures, f"{values.count} styles")


SAMPLE = Command(
    name="sample",
    summary="Measures of as many styles, each from its own point of the latent space.",
    example='gm-vae sample --model=demo/run --count=16 --chords="C F" --output=styles.mid',
    define_flags=_define_sample,
    run=_sample,
)


def _define_generate(values: flags.FlagValues) -> None:
    music_flags.define_music_flags(values)
    music_flags.define_chords_flag(values, "")
    music_flags.define_source_flags(values)
    define_output_flags(values)


def _generate(values: flags.FlagValues, positional: Sequence[str]) -> None:
    require(values, "chords")
    outputs, chords = Outputs.from_flags(values), music_flags.chords(values)
    music_flags.require_bounded(len(chords), "chords")
    how = music_flags.decode_arguments(values)
    model = load(values.model)
    point = music_flags.start_points(values, model)[0]
    measures = operations.progression(model, point, chords, **how)
    _leave(values, outputs, measures, "one style over " + " ".join(chords))


GENERATE = Command(
    name="generate",
    summary="Hold one style (a point of the latent space) over a chord progression.",
    example=(
        'gm-vae generate --model=demo/run --chords="C G Bb F Ab Eb D G" --output=song.mid\n'
        'gm-vae generate --model=demo/run --midi=mine.mid --measure=5 --chords="C Am F G" '
        "--output=mine-again.mid\n"
        'gm-vae generate --model=demo/run --chords="C|G Am|Em F|C G" --require=drums,strings '
        "--more=density=1 --output=busy.mid"
    ),
    define_flags=_define_generate,
    run=_generate,
)


def _define_interpolate(values: flags.FlagValues) -> None:
    music_flags.define_music_flags(values)
    music_flags.define_chords_flag(values, "They repeat.")
    music_flags.define_source_flags(values, ": both ends as 5,12, or the four corners of a grid")
    flags.DEFINE_integer(
        "measures",
        0,
        "Length; 0: four times through the chords.",
        lower_bound=0,
        upper_bound=music_flags.MOST_MEASURES,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "to_seed", None, "Seed of the style to end with; the one after --seed.", flag_values=values
    )
    flags.DEFINE_bool(
        "linear", False, "Go straight instead of along the sphere.", flag_values=values
    )
    flags.DEFINE_string(
        "grid",
        "",
        "Rows x columns between four styles, such as 4x4, row after row; the chords repeat along "
        "each row.",
        flag_values=values,
    )
    define_output_flags(values)


def _interpolate(values: flags.FlagValues, positional: Sequence[str]) -> None:
    require(values, "chords")
    outputs, chords = Outputs.from_flags(values), music_flags.chords(values)
    shape = _grid_shape(values.grid)
    count = values.measures or 4 * len(chords)
    music_flags.require_bounded(count, "chords")
    how = music_flags.decode_arguments(values)
    spherical = not values.linear
    model = load(values.model)
    if shape:
        corners = music_flags.start_points(values, model, 4)
        rows = operations.grid(model, corners, *shape, chords, spherical, **how)
        _leave(
            values,
            outputs,
            [measure for row in rows for measure in row],
            f"{values.grid} between four styles",
        )
        return
    if values.to_seed is None or values.midi:
        ends = music_flags.start_points(values, model, 2)
    else:
        drawn = [model.sample_points(1, seed) for seed in (values.seed, values.to_seed)]
        ends = music_flags.moved(values, model, np.concatenate(drawn))
    measures = operations.morph(model, *ends, chords, count, spherical, **how)
    _leave(values, outputs, measures, "from one style to another over " + " ".join(chords))


def _grid_shape(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    match = re.fullmatch(r"0*([1-9]\d{0,9})[x×]0*([1-9]\d{0,9})", text.strip().lower())
    if not match or min(map(int, match.groups())) < 2:
        raise UsageError(
            f"--grid={brief(text)}; write rows x columns, each 2 or more, such as 4x4."
        )
    rows, columns = int(match[1]), int(match[2])
    music_flags.require_bounded(rows * columns, "grid")
    return rows, columns


INTERPOLATE = Command(
    name="interpolate",
    summary="Morph one style into another over a repeating chord progression.",
    example=(
        'gm-vae interpolate --model=demo/run --chords="Dm F Am G" --output=morph.mid\n'
        "gm-vae interpolate --model=demo/run --midi=mine.mid --measure=5,12 "
        '--chords="Dm F Am G" --output=mine-morph.mid\n'
        "gm-vae interpolate --model=demo/run --grid=4x4 --chords=C --output=grid.mid"
    ),
    define_flags=_define_interpolate,
    run=_interpolate,
)


def _define_encode(values: flags.FlagValues) -> None:
    define_model_flag(values)
    music_flags.define_source_flags(values, ", one or several")
    flags.DEFINE_bool("all", False, "All bars that fit the model.", flag_values=values)
    flags.DEFINE_string("output", None, "The .json file to write.", flag_values=values)
    flags.DEFINE_bool("force", False, "Replace the file.", flag_values=values)


def _encode(values: flags.FlagValues, positional: Sequence[str]) -> None:
    require(values, "midi", "output")
    output = user_path(values.output)
    require_free(output, values.force)
    model = load(values.model)
    chosen = _chosen(values, model)
    mu, sigma = model.encode(list(chosen.values()))
    points = [
        {
            "measure": number,
            "chords": list(measure.chords),
            "mu": [float(f"{x:.7g}") for x in mean],
            "sigma": [float(f"{x:.7g}") for x in deviation],
        }
        for (number, measure), mean, deviation in zip(chosen.items(), mu, sigma)
    ]
    name = printable(values.midi)
    about = {"gm_vae": __version__, "fingerprint": model.fingerprint, "midi": name}
    with output_file(output, values.force) as part:
        part.write_text(json.dumps({**about, "points": points}) + "\n", encoding="utf-8")
    print(printable(output))


def _chosen(values: flags.FlagValues, model: GMVAE) -> dict[int, Measure]:
    """The measures that --measure or --all name; the first that fits if neither does."""
    found = music_flags.numbered_measures(values.midi, model)
    numbers = music_flags.measure_numbers(values)
    if values.all and numbers:
        raise UsageError("--all and --measure exclude each other; leave one of them out.")
    if values.all:
        return found
    numbers = numbers or list(found)[:1]
    return dict(zip(numbers, music_flags.choose(values.midi, found, numbers)))


ENCODE = Command(
    name="encode",
    summary="Where measures of a MIDI file lie in the latent space: mu and sigma as JSON.",
    example=(
        "gm-vae encode --model=demo/run --midi=mine.mid --measure=12 --output=point.json\n"
        "gm-vae encode --model=demo/run --midi=mine.mid --all --output=points.json\n"
        "gm-vae generate --model=demo/run --midi=points.json --measure=12 "
        '--chords="C Am F G" --output=song.mid'
    ),
    define_flags=_define_encode,
    run=_encode,
)


def _define_reconstruct(values: flags.FlagValues) -> None:
    music_flags.define_music_flags(values)
    values["temperature"].value = values["temperature"].default = 0.0
    music_flags.define_source_flags(values, ", one or several")
    flags.DEFINE_bool("all", False, "All bars that fit the model.", flag_values=values)
    define_output_flags(values)


def _reconstruct(values: flags.FlagValues, positional: Sequence[str]) -> None:
    require(values, "midi")
    outputs = Outputs.from_flags(values)
    how = music_flags.decode_arguments(values)
    model = load(values.model)
    measures = list(_chosen(values, model).values())
    z = music_flags.moved(values, model, model.encode(measures)[0])
    made = model.decode(z, operations.chords_of(measures), **how)
    _leave(values, outputs, made, f"{pathlib.Path(values.midi).name}, encoded and decoded")


RECONSTRUCT = Command(
    name="reconstruct",
    summary="Encode measures of a MIDI file and decode them again, under their own chords.",
    example=(
        "gm-vae reconstruct --model=demo/run --midi=mine.mid --all --output=heard.mid\n"
        "gm-vae reconstruct --model=demo/run --midi=mine.mid --all --add=strings "
        "--output=with-strings.mid"
    ),
    define_flags=_define_reconstruct,
    run=_reconstruct,
)


def _define_vary(values: flags.FlagValues) -> None:
    music_flags.define_music_flags(values)
    music_flags.define_chords_flag(values, "They repeat. The measure's own if left out.")
    music_flags.define_source_flags(values)
    flags.DEFINE_float(
        "similarity",
        0.7,
        "From 1, the same style played anew, to 0, any style.",
        lower_bound=0.0,
        upper_bound=1.0,
        flag_values=values,
    )
    flags.DEFINE_string(
        "tracks",
        "",
        "Make only the tracks of these instruments anew and keep the others as they are, such as "
        "drums,bass; chords and instruments stay.",
        flag_values=values,
    )
    _define_count(values)
    define_output_flags(values)


def _vary(values: flags.FlagValues, positional: Sequence[str]) -> None:
    outputs, chords = Outputs.from_flags(values), music_flags.chords(values)
    how = music_flags.decode_arguments(values)
    variations = {"count": values.count, "similarity": values.similarity}
    model = load(values.model)
    if values.tracks:
        for flag in ("chords", "instruments", "require", "forbid", "more", "add", "remove"):
            if values[flag].value:
                raise UsageError(f"--{flag} does not go with --tracks, which keeps the others.")
        del how["instruments"]
        measure = music_flags.source_measures(values, model, 1)[0]
        made = operations.reroll(model, measure, values.tracks, **variations, **how)
        _leave(values, outputs, made, f"{values.tracks} made anew")
        return
    if values.midi and not chords and not music_flags.holds_points(values.midi):
        chords = operations.chords_of(music_flags.source_measures(values, model, 1))
    point = music_flags.start_points(values, model)[0]
    made = operations.vary(model, point, chords=chords or None, **variations, **how)
    _leave(values, outputs, made, f"{values.count} variations")


VARY = Command(
    name="vary",
    summary="Measures that resemble one; or only some of its tracks made anew.",
    example=(
        "gm-vae vary --model=demo/run --midi=mine.mid --measure=12 --similarity=0.8 "
        "--output=like-it.mid\n"
        "gm-vae vary --model=demo/run --midi=mine.mid --measure=12 --tracks=drums,bass "
        "--similarity=1 --temperature=1 --output=new-rhythm.mid"
    ),
    define_flags=_define_vary,
    run=_vary,
)
