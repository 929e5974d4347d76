"""The verbs `generate` and `interpolate`."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

import numpy as np
from absl import flags

from gm_vae.command import Command, require
from gm_vae.errors import UsageError
from gm_vae.generate.gmvae import GMVAE, chord_ids_of
from gm_vae.generate.loading import load
from gm_vae.music.measure import Measure


def _define_common(values: flags.FlagValues) -> None:
    flags.DEFINE_string("model", None, "Run or checkpoint folder.", flag_values=values)
    flags.DEFINE_string(
        "chords",
        None,
        "Chords, one a measure, separated by spaces; several in a measure as C|G.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "output",
        None,
        "The .mid file to write; a piano roll of the same name, .png, goes beside it.",
        flag_values=values,
    )
    flags.DEFINE_float("temperature", 0.5, "0 plays safe, 1 and more dares.", flag_values=values)
    flags.DEFINE_integer("seed", None, "The same seed, the same music.", flag_values=values)
    flags.DEFINE_float("qpm", 120.0, "Tempo in quarter notes a minute.", flag_values=values)
    flags.DEFINE_bool("force", False, "Replace files that are there.", flag_values=values)


def _define_generate(values: flags.FlagValues) -> None:
    _define_common(values)
    flags.DEFINE_string(
        "midi", None, "Take the style of a measure of this MIDI file.", flag_values=values
    )
    flags.DEFINE_integer("measure", 1, "Which of its kept measures, from 1.", flag_values=values)


def _chords(values: flags.FlagValues) -> list[str]:
    """The symbols of --chords, each known to be readable before a model is loaded."""
    symbols = values.chords.split()
    for symbol in symbols:
        chord_ids_of(symbol)
    return symbols


def _generate(values: flags.FlagValues, positional: Sequence[str]) -> None:
    require(values, "model", "chords", "output")
    outputs, chords = Outputs(values.output, values.force), _chords(values)
    model = load(values.model)
    if values.midi:
        point = encode_measure(model, values.midi, values.measure)
    else:
        point = model.sample_points(1, values.seed)[0]
    measures = progression(model, point, chords, values.temperature, values.seed)
    outputs.write(measures, values.qpm, "one style over " + " ".join(chords))


GENERATE = Command(
    name="generate",
    summary="Hold one style (a point of the latent space) over a chord progression.",
    example=(
        'gm-vae generate --model=demo/run --chords="C G Bb F Ab Eb D G" --output=song.mid\n'
        'gm-vae generate --model=demo/run --midi=mine.mid --measure=5 --chords="C Am F G" '
        "--output=mine-again.mid"
    ),
    define_flags=_define_generate,
    run=_generate,
)


def _define_interpolate(values: flags.FlagValues) -> None:
    _define_common(values)
    flags.DEFINE_integer(
        "measures", 0, "Length; 0: four times through the chords.", flag_values=values
    )
    flags.DEFINE_integer(
        "to_seed", None, "Seed of the style to end with; the one after --seed.", flag_values=values
    )


def _interpolate(values: flags.FlagValues, positional: Sequence[str]) -> None:
    require(values, "model", "chords", "output")
    outputs, chords = Outputs(values.output, values.force), _chords(values)
    model = load(values.model)
    count = values.measures or 4 * len(chords)
    if values.to_seed is None:
        ends = model.sample_points(2, values.seed)
    else:
        ends = np.concatenate(
            [model.sample_points(1, seed) for seed in (values.seed, values.to_seed)]
        )
    measures = morph(model, ends[0], ends[1], chords, count, values.temperature, values.seed)
    outputs.write(measures, values.qpm, "from one style to another over " + " ".join(chords))


INTERPOLATE = Command(
    name="interpolate",
    summary="Morph one style into another over a repeating chord progression.",
    example='gm-vae interpolate --model=demo/run --chords="Dm F Am G" --output=morph.mid',
    define_flags=_define_interpolate,
    run=_interpolate,
)


def progression(
    model: GMVAE,
    point: np.ndarray,
    chords: Sequence[str],
    temperature: float = 0.5,
    seed: int | None = None,
) -> list[Measure]:
    """One style over chords: a measure for each chord from the same point float [Z]."""
    z = np.repeat(np.asarray(point, np.float32)[None], len(chords), 0)
    return model.decode(z, chords, temperature, seed, same_draw=True)


def morph(
    model: GMVAE,
    start: np.ndarray,
    end: np.ndarray,
    chords: Sequence[str],
    count: int,
    temperature: float = 0.5,
    seed: int | None = None,
) -> list[Measure]:
    """`count` measures from one point float [Z] to another, over chords that repeat."""
    from gm_vae.generate.points import interpolate

    z = interpolate(start, end, count)
    symbols = [chords[index % len(chords)] for index in range(count)]
    return model.decode(z, symbols, temperature, seed, same_draw=True)


def encode_measure(model: GMVAE, path: str, number: int) -> np.ndarray:
    """The point float [Z] of the `number`-th kept measure, from 1, of a MIDI file."""
    from gm_vae.music.measures import measures_from_midi

    try:
        data = pathlib.Path(path).expanduser().read_bytes()
    except OSError as error:
        raise UsageError(f"--midi={path} cannot be read ({error.strerror}).") from None
    measures, rejected = measures_from_midi(data, model.format)
    if not 1 <= number <= len(measures):
        reasons = "; ".join(
            f"{count}: {reason.sentence(model.format)}" for reason, count in rejected.most_common(2)
        )
        explain = f"gm-vae explain {path} {model.format.flags}".rstrip()
        raise UsageError(
            f"--measure={number}, but {path} has {len(measures)} measures that fit the model and "
            f"{rejected.total()} bars that do not{f' ({reasons})' if reasons else ''}; "
            f"{explain} tells more."
        )
    return model.encode(measures[number - 1 : number])[0][0]


class Outputs:
    """The files of a piece: MIDI and a picture of the same name."""

    def __init__(self, path: str, force: bool) -> None:
        self.midi = pathlib.Path(path).expanduser()
        if self.midi.suffix.lower() not in (".mid", ".midi"):
            raise UsageError(f"--output={path} is no MIDI file; let its name end in .mid.")
        self.picture = self.midi.with_suffix(".png")
        self.force = force
        for file in (self.midi, self.picture):
            if file.exists() and not force:  # found out before the work, not after it
                raise UsageError(f"{file} exists already; choose another name or add --force.")

    def write(self, measures: Sequence[Measure], qpm: float, title: str) -> None:
        """Write both files and print where they are."""
        from gm_vae.generate.midi_writer import write_midi
        from gm_vae.generate.piano_roll import draw_piano_roll

        write_midi(measures, self.midi, qpm=qpm, title=title, force=self.force)
        draw_piano_roll(measures, self.picture, title=title, force=self.force)
        print(self.midi)
        print(self.picture)
