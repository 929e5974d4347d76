"""The verbs that make music: sample, generate, song, interpolate, encode, reconstruct, vary."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import re
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from gm_vae.command import Command
from gm_vae.errors import UsageError
from gm_vae.files import output_file, require_free, user_path
from gm_vae.flags import flag
from gm_vae.generate import operations
from gm_vae.generate.arguments import (
    MOST_MEASURES,
    TEMPERATURE_HELP,
    ChordArguments,
    CountArguments,
    ModelArguments,
    PhraseArguments,
    PlayArguments,
    SourceArguments,
    VoicingArguments,
    chords_flag,
    measure_flag,
    midi_flag,
)
from gm_vae.generate.gmvae import GMVAE
from gm_vae.generate.loading import load
from gm_vae.generate.midi_writer import Sections
from gm_vae.generate.outputs import OutputArguments, Outputs
from gm_vae.generate.playing import (
    Playing,
    chords,
    moved,
    print_folded,
    require_bounded,
    triads,
)
from gm_vae.generate.song import CONTRAST, Section, letters, read_form, song
from gm_vae.generate.sources import (
    holds_points,
    measure_numbers,
    numbered_measures,
    source_measures,
    source_points,
)
from gm_vae.json_values import brief
from gm_vae.music.arrangement import Arrangement
from gm_vae.music.measure import Measure
from gm_vae.music.voicing import voiced
from gm_vae.text import printable
from gm_vae.version import __version__

_NAMED = 8  # instruments


def _leave(
    outputs: Outputs,
    measures: Sequence[Measure],
    title: str,
    playing: Playing,
    symbols: Sequence[str] = (),
    sections: Sections = (),
    voice_chords: bool = False,
) -> None:
    """Write the measures.

    Args:
        symbols: the chords as typed; they repeat.
        voice_chords: whether notes move to the tones of the chords beyond their triads.
    """
    names = [symbols[index % len(symbols)] for index in range(len(measures) if symbols else 0)]
    if names and voice_chords:
        measures = voiced(measures, names)
    outputs.write(measures, brief(title, 200), sections, names or None)
    if not outputs.quiet:
        playing.print_seed()
        print(_contents(measures, outputs.qpm), file=sys.stderr)


def _contents(measures: Sequence[Measure], qpm: float) -> str:
    """A summary of the music in one line: length, tempo and instruments."""
    arrangement = Arrangement.from_measures(measures)
    bars = "1 bar" if len(measures) == 1 else f"{len(measures):,} bars"
    names = [part.name for part in arrangement.parts]
    if not names:
        return f"{bars} without a note: the model plays nothing at this point; try another --seed."
    seconds = arrangement.total_steps / arrangement.fmt.steps_per_quarter * 60 / qpm
    several = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{bars}, {seconds:.0f} s at {qpm:g} qpm: {', '.join(names[:_NAMED])}{several}."


def _start_points(
    args: SourceAndPlayArguments, model: GMVAE, playing: Playing, count: int = 1
) -> np.ndarray:
    """float32 [count, Z]: points of the measures of --midi and --measure, or drawn by --seed."""
    if args.midi:
        z = source_points(args, model, count)
    elif args.measure:
        raise UsageError("--measure needs --midi, the file that the measure is in.")
    else:
        z = model.sample_points(count, playing.decoding.seed)
    return moved(args, model, z)


@dataclasses.dataclass(frozen=True)
class SourceAndPlayArguments(SourceArguments, PlayArguments):
    """A style, and how it is played."""


@dataclasses.dataclass(frozen=True)
class SampleArguments(PlayArguments, ChordArguments, CountArguments, OutputArguments):
    """The flags of `sample`."""

    chords: str | None = chords_flag("They repeat. Without it, no chords.")


def _sample(args: SampleArguments) -> None:
    outputs, symbols, playing = Outputs.of(args), chords(args), Playing.of(args)
    model = load(args.model)
    z = moved(args, model, model.sample_points(args.count, playing.decoding.seed))
    each = operations.repeated(triads(symbols) or None, args.count)
    measures = model.decode(z, each, **playing.arguments)
    title = f"{args.count} styles"
    _leave(outputs, measures, title, playing, symbols, voice_chords=args.voice_chords)


SAMPLE = Command(
    name="sample",
    summary="Generate measures in different styles, each from its own point of the latent space.",
    example='gm-vae sample --model=demo/run --count=16 --chords="C F" --output=styles.mid',
    arguments=SampleArguments,
    run=_sample,
)


@dataclasses.dataclass(frozen=True)
class GenerateArguments(SourceAndPlayArguments, ChordArguments, PhraseArguments, OutputArguments):
    """The flags of `generate`."""

    chords: str | None = chords_flag(required=True)


def _generate(args: GenerateArguments) -> None:
    outputs, symbols = Outputs.of(args), chords(args)
    require_bounded(len(symbols), "chords")
    playing = Playing.of(args)
    model = load(args.model)
    point = _start_points(args, model, playing)[0]
    measures = operations.progression(
        model, point, triads(symbols), **args.phrasing, **playing.arguments
    )
    title = "one style over " + " ".join(symbols)
    _leave(outputs, measures, title, playing, symbols, voice_chords=args.voice_chords)


GENERATE = Command(
    name="generate",
    summary="Play one style (a point of the latent space) over a chord progression.",
    example=(
        'gm-vae generate --model=demo/run --chords="C G Bb F Ab Eb D G" --output=song.mid\n'
        'gm-vae generate --model=demo/run --midi=mine.mid --measure=5 --chords="C Am F G" '
        "--output=mine-again.mid\n"
        'gm-vae generate --model=demo/run --chords="C|G Am|Em F|C G" --require=drums,strings '
        "--more=density=1 --output=busy.mid"
    ),
    arguments=GenerateArguments,
    run=_generate,
)


@dataclasses.dataclass(frozen=True)
class SongArguments(SourceAndPlayArguments, VoicingArguments, PhraseArguments, OutputArguments):
    """The flags of `song`."""

    form: str = flag(
        "A A B A",
        "Sections in order; A>B is a section that leads from the style of A to that of B.",
    )
    chords: str | None = flag(
        None,
        "Chords of each section, one per measure, such as 'A: C G Am F; B: F G Em Am'. Chords "
        "without a name are for all other sections. They repeat.",
        required=True,
    )
    bars: int | None = flag(
        None,
        "Total number of bars, shared equally among the sections. Without it, each section plays "
        "its chords once.",
        least=1,
        most=MOST_MEASURES,
    )
    measure: tuple[str, ...] = measure_flag(": one bar for A, or one per letter")
    contrast: float = flag(
        CONTRAST,
        "How far the styles of the other letters are from the style of A: 0 is the same style, 1 "
        "any style.",
        least=0.0,
        most=1.0,
    )
    ending: bool = flag(True, "Add a last bar, in which all instruments strike the first chord.")


def _song(args: SongArguments) -> None:
    outputs, playing = Outputs.of(args), Playing.of(args)
    sections = read_form(args.form, args.chords or "", args.bars)
    symbols = [chord for section in sections for chord in section.chords]
    require_bounded(len(symbols), "chords")
    if not args.voice_chords:
        print_folded(symbols)
    model, names = load(args.model), letters(sections)
    own = len(measure_numbers(args)) > 1
    drawn = _start_points(args, model, playing, len(names) if own else 1)
    heard = [Section(section.name, tuple(triads(section.chords))) for section in sections]
    piece = song(
        model,
        heard,
        dict(zip(names, drawn)) if own else drawn[0],
        contrast=args.contrast,
        ending=args.ending,
        **args.phrasing,
        **playing.arguments,
    )
    title = f"{args.form} over {args.chords}"
    if args.ending:
        symbols.append(symbols[0].split("|")[0])
    _leave(outputs, piece.measures, title, playing, symbols, piece.sections, args.voice_chords)


SONG = Command(
    name="song",
    summary="Generate a song of several sections, with variations, drum fills and an ending.",
    example=(
        'gm-vae song --form="A A B A" --chords="A: C G Am F; B: F G Em Am" --bars=32 '
        "--output=song.mid\n"
        'gm-vae song --midi=mine.mid --measure=5,12 --form="A A>B B" --chords="Dm F Am G" '
        "--bars=24 --output=mine.mid"
    ),
    arguments=SongArguments,
    run=_song,
)


@dataclasses.dataclass(frozen=True)
class InterpolateArguments(SourceAndPlayArguments, ChordArguments, OutputArguments):
    """The flags of `interpolate`."""

    chords: str | None = chords_flag("They repeat.", required=True)
    measure: tuple[str, ...] = measure_flag(": both ends, such as 5,12, or four corners of a grid")
    measures: int = flag(
        0, "Number of measures; 0 plays the chords four times.", least=0, most=MOST_MEASURES
    )
    to_seed: int | None = flag(
        None, "Seed of the last style. Without it, --seed gives both styles."
    )
    linear: bool = flag(False, "Interpolate linearly instead of spherically.")
    grid: str = flag(
        "",
        "Interpolate between four styles instead: rows x columns, such as 4x4, written row after "
        "row. The chords repeat along each row.",
    )


def _interpolate(args: InterpolateArguments) -> None:
    outputs, symbols = Outputs.of(args), chords(args)
    shape = _grid_shape(args.grid)
    count = args.measures or 4 * len(symbols)
    require_bounded(count, "chords")
    playing, spherical = Playing.of(args), not args.linear
    model = load(args.model)
    if shape:
        corners = _start_points(args, model, playing, 4)
        rows = operations.grid(
            model, corners, *shape, triads(symbols), spherical, **playing.arguments
        )
        measures = [measure for row in rows for measure in row]
        names = [symbols[column % len(symbols)] for column in range(shape[1])]
        title = f"{args.grid} between four styles"
        return _leave(outputs, measures, title, playing, names, voice_chords=args.voice_chords)
    if args.to_seed is None or args.midi:
        start, end = _start_points(args, model, playing, 2)
    else:
        drawn = [model.sample_points(1, seed) for seed in (playing.decoding.seed, args.to_seed)]
        start, end = moved(args, model, np.concatenate(drawn))
    measures = operations.interpolate(
        model, start, end, triads(symbols), count, spherical, **playing.arguments
    )
    title = "from one style to another over " + " ".join(symbols)
    return _leave(outputs, measures, title, playing, symbols, voice_chords=args.voice_chords)


def _grid_shape(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    match = re.fullmatch(r"0*([1-9]\d{0,9})[x×]0*([1-9]\d{0,9})", text.strip().lower())
    if not match or min(map(int, match.groups())) < 2:
        raise UsageError(
            f"--grid={brief(text)}; write rows x columns, each 2 or more, such as 4x4."
        )
    rows, columns = int(match[1]), int(match[2])
    require_bounded(rows * columns, "grid")
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
    arguments=InterpolateArguments,
    run=_interpolate,
)


@dataclasses.dataclass(frozen=True)
class _AllArguments(SourceArguments):
    measure: tuple[str, ...] = measure_flag("; several, such as 5,12")
    all: bool = flag(False, "Take all bars that fit the model.")


@dataclasses.dataclass(frozen=True)
class EncodeArguments(_AllArguments, ModelArguments):
    """The flags of `encode`."""

    midi: str | None = midi_flag(required=True)
    output: str | None = flag(None, "The .json file to write.", required=True)
    force: bool = flag(False, "Replace an existing file.")


def _encode(args: EncodeArguments) -> None:
    output = user_path(args.output or "")
    require_free(output, args.force)
    model = load(args.model)
    chosen = _chosen(args, model)
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
    name = printable(args.midi or "")
    about = {"gm_vae": __version__, "fingerprint": model.fingerprint, "midi": name}
    with output_file(output, args.force) as temporary:
        temporary.write_text(json.dumps({**about, "points": points}) + "\n", encoding="utf-8")
    print(printable(output))


def _chosen(args: _AllArguments, model: GMVAE) -> dict[int, Measure]:
    """The measures that --measure or --all select; by default the first that fits."""
    numbered = numbered_measures(args.midi or "", model)
    numbers = measure_numbers(args)
    if args.all and numbers:
        raise UsageError("--all and --measure exclude each other; leave one of them out.")
    left_out = numbered.bars - len(numbered.items)
    if args.all and left_out > 0:
        print(
            f"{left_out:,} of {numbered.bars:,} bars do not fit the model and are left out; "
            f"{numbered.explain} shows why.",
            file=sys.stderr,
        )
    numbers = numbers or (list(numbered.items) if args.all else list(numbered.items)[:1])
    return dict(zip(numbers, numbered.choose(numbers)))


ENCODE = Command(
    name="encode",
    summary="Write the position of measures in the latent space (mu and sigma) as JSON.",
    example=(
        "gm-vae encode --model=demo/run --midi=mine.mid --measure=12 --output=point.json\n"
        "gm-vae encode --model=demo/run --midi=mine.mid --all --output=points.json\n"
        "gm-vae generate --model=demo/run --midi=points.json --measure=12 "
        '--chords="C Am F G" --output=song.mid'
    ),
    arguments=EncodeArguments,
    run=_encode,
)


@dataclasses.dataclass(frozen=True)
class ReconstructArguments(_AllArguments, PlayArguments, OutputArguments):
    """The flags of `reconstruct`."""

    midi: str | None = midi_flag(required=True)
    temperature: float = flag(0.0, TEMPERATURE_HELP, group="sampling")


def _reconstruct(args: ReconstructArguments) -> None:
    outputs, playing = Outputs.of(args), Playing.of(args)
    model = load(args.model)
    measures = list(_chosen(args, model).values())
    z = moved(args, model, model.encode(measures)[0])
    made = model.decode(z, operations.chords_of(measures), **playing.arguments)
    _leave(outputs, made, f"{pathlib.Path(args.midi or '').name}, encoded and decoded", playing)


RECONSTRUCT = Command(
    name="reconstruct",
    summary="Encode measures of a MIDI file and decode them again, under their own chords.",
    example=(
        "gm-vae reconstruct --model=demo/run --midi=mine.mid --all --output=heard.mid\n"
        "gm-vae reconstruct --model=demo/run --midi=mine.mid --all --add=strings "
        "--output=with-strings.mid"
    ),
    arguments=ReconstructArguments,
    run=_reconstruct,
)


@dataclasses.dataclass(frozen=True)
class VaryArguments(SourceAndPlayArguments, ChordArguments, CountArguments, OutputArguments):
    """The flags of `vary`."""

    chords: str | None = chords_flag("They repeat. Without it, the chords of the measure.")
    similarity: float = flag(
        0.7,
        "How close the new measures are: 1 is the same point with other random numbers, 0 any "
        "point.",
        least=0.0,
        most=1.0,
    )
    tracks: str = flag(
        "",
        "Replace only the tracks of these instruments, such as drums,bass, and keep all others. "
        "Chords and instruments stay the same.",
    )


def _vary(args: VaryArguments) -> None:
    outputs, symbols, playing = Outputs.of(args), chords(args), Playing.of(args)
    variations: dict[str, Any] = {"count": args.count, "similarity": args.similarity}
    model = load(args.model)
    if args.tracks:
        for name in ("chords", "instruments", "require", "forbid", "more", "add", "remove"):
            if getattr(args, name):
                raise UsageError(f"--{name} does not go with --tracks, which keeps the others.")
        how = playing.arguments
        del how["instruments"]
        measure = source_measures(args, model, 1)[0]
        made = operations.reroll(model, measure, args.tracks, **variations, **how)
        return _leave(outputs, made, f"new {args.tracks}", playing)
    if args.midi and not symbols and not holds_points(args.midi):
        symbols = operations.chords_of(source_measures(args, model, 1))
    point = _start_points(args, model, playing)[0]
    heard = triads(symbols) or None
    made = operations.vary(model, point, chords=heard, **variations, **playing.arguments)
    title = f"{args.count} variations"
    return _leave(outputs, made, title, playing, symbols, voice_chords=args.voice_chords)


VARY = Command(
    name="vary",
    summary="Generate measures that resemble one, or replace only some of its tracks.",
    example=(
        "gm-vae vary --model=demo/run --midi=mine.mid --measure=12 --similarity=0.8 "
        "--output=like-it.mid\n"
        "gm-vae vary --model=demo/run --midi=mine.mid --measure=12 --tracks=drums,bass "
        "--similarity=1 --temperature=1 --output=new-rhythm.mid"
    ),
    arguments=VaryArguments,
    run=_vary,
)
