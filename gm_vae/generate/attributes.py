"""Directions of the latent space that have names: more notes, higher, with strings, ...

The direction of an attribute is its covariance with the points over the measures of a dataset; for
a presence (an instrument plays or not) it is the difference of means of Roberts et al. 2018. The
length of a step is such that a linear regression on the points predicts an increase by one, within
the range of the corpus. An attribute that the points hardly determine is left out: its steps would
change everything else.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import pathlib
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gm_vae import storage
from gm_vae.checkpoints.checkpoint import ATTRIBUTES, read_attributes
from gm_vae.checkpoints.folder import checkpoint_folder
from gm_vae.checkpoints.load import model_folder
from gm_vae.command import Command
from gm_vae.errors import UsageError, UserError
from gm_vae.files import output_file, require_free
from gm_vae.flags import flag
from gm_vae.generate.arguments import ModelArguments
from gm_vae.generate.encoding import encoded
from gm_vae.generate.gmvae import FARTHEST, GMVAE, checked_points
from gm_vae.generate.instruments import programs_named
from gm_vae.generate.loading import load
from gm_vae.json_values import Fields, ListOf, MapOf, Number, Rule, Text, Whole, WrongValue
from gm_vae.music.measure import Measure
from gm_vae.music.vocabulary import DRUMS
from gm_vae.text import printable
from gm_vae.version import __version__

VERSION = 1

SCALES = {
    "density": "notes per beat, all tracks together",
    "pitch": "mean MIDI pitch of the notes, drums apart",
    "velocity": "mean velocity of the notes",
    "polyphony": "notes that sound at a time on average, drums apart",
    "syncopation": "share of the notes that begin off a beat and sound over the next one",
    "tracks": "how many instruments play",
}
PRESENCES = (
    "drums", "piano", "mallets", "organ", "guitar", "bass", "strings", "choir", "brass",
    "woodwinds", "lead", "pad",
)  # fmt: skip
NAMES = (*SCALES, *PRESENCES)

_LONGEST = 3.0  # limit of a step, in standard deviations of the points along it
_LEAST_READABLE = (
    0.2  # share of an attribute's variance that a linear regression on the points must explain
)
_LEAST = 20  # measures with and without an instrument that its vector needs


def measure_attributes(measures: Sequence[Measure]) -> np.ndarray:
    """float32 [B, len(NAMES)]: the attributes of each measure; NaN where undefined.

    Scales are as in `SCALES`; presences are 1 where an instrument of the group plays, else 0.
    """
    values = np.full((len(measures), len(NAMES)), np.nan, np.float32)
    groups = [programs_named(name) for name in PRESENCES]
    for row, measure in zip(values, measures):
        fmt, notes, programs = measure.fmt, measure.notes(), set(measure.programs)
        beat = fmt.steps_per_beat
        row[0] = len(notes) * beat / fmt.steps_per_measure
        row[5] = len(measure.programs)
        row[6:] = [bool(group & programs) for group in groups]
        if not len(notes):
            continue
        row[2] = notes["velocity"].mean()
        pitched = notes[notes["program"] != DRUMS]
        start, end = (pitched[name].astype(int) for name in ("start_step", "end_step"))
        row[3] = (end - start).sum() / fmt.steps_per_measure
        if len(pitched):
            row[1] = pitched["pitch"].mean()
            over = (start % beat > 0) & (end > (start // beat + 1) * beat)
            row[4] = over.mean()
    return values


@dataclasses.dataclass(frozen=True)
class Attributes:
    """The attribute vectors of a model, along which points move.

    Attributes:
        names: names of the attributes, a subset of `NAMES`.
        vectors: float32 [K, Z]; a step of a scale is one standard deviation of the dataset, a step
            of a presence goes from without to with.
        means, deviations: float32 [K], of the dataset.
        measures: number of measures that they were learnt from.
        fingerprint: of the weights that they were learnt with.
    """

    names: tuple[str, ...]
    vectors: np.ndarray
    means: np.ndarray
    deviations: np.ndarray
    measures: int
    fingerprint: str

    def __repr__(self) -> str:
        return f"Attributes({', '.join(self.names)}; learnt from {self.measures:,} measures)"

    def move(self, z: np.ndarray, steps: Mapping[str, float]) -> np.ndarray:
        """Points [..., Z] moved by steps along each named vector; negative steps move back.

        Raises:
            UsageError: there is no vector with a name, or the point would leave the space.
        """
        z = np.array(z, np.float32)
        for name, step in steps.items():
            if name not in self.names:
                raise UsageError(
                    f"there is no attribute {name!r}; choose from {', '.join(self.names)}."
                )
            with np.errstate(over="ignore", invalid="ignore"):  # found below
                z += np.float32(step) * self.vectors[self.names.index(name)]
        return checked_points(z, "moved z")

    def save(self, folder: str | os.PathLike[str], force: bool = False) -> pathlib.Path:
        """Write `attributes.json` beside a checkpoint; returns its path.

        Raises:
            UserError: it exists and `force` is false, it cannot be written, or the checkpoint is
                not a folder on this machine.
        """
        path = _path_in(folder)
        values = {
            "attributes_version": VERSION,
            "gm_vae": __version__,
            "fingerprint": self.fingerprint,
            "measures": self.measures,
            "attributes": {
                name: {
                    "mean": _short(self.means[row]),
                    "deviation": _short(self.deviations[row]),
                    "vector": [_short(x) for x in self.vectors[row]],
                }
                for row, name in enumerate(self.names)
            },
        }
        with output_file(path, force) as temporary:
            temporary.write_text(json.dumps(values) + "\n", encoding="utf-8")
        return path

    @classmethod
    def load(cls, folder: str | os.PathLike[str], model: GMVAE) -> Attributes:
        """The attributes that `save` wrote beside the model's checkpoint.

        Raises:
            UserError: there are none, they are damaged, or they belong to other weights.
        """
        return cls._parsed(read_attributes(_path_in(folder).parent), model, folder)

    @classmethod
    def of(cls, model: GMVAE, source: str | os.PathLike[str]) -> Attributes:
        """The attributes that were loaded with a model; `source` names where it came from.

        Raises like `load`.
        """
        return cls._parsed(model.attributes, model, source)

    @classmethod
    def _parsed(
        cls, values: dict[str, Any] | None, model: GMVAE, source: str | os.PathLike[str]
    ) -> Attributes:
        path = "COPY" if storage.scheme(source) else shlex.quote(str(source))
        again = f"learn them with gm-vae attributes --model={path} --data=DATASET --force"
        if storage.scheme(source):
            again = f"copy the model to this machine and {again}"
        if values is None:
            raise UserError(f"{source} has no {ATTRIBUTES}; {again}.")
        try:
            _rule(model.config.latent_size)(values)
        except WrongValue as error:
            raise UserError(
                f"{ATTRIBUTES} of {source} is damaged or of another model ({error}); {again}."
            ) from None
        if values["fingerprint"] != model.fingerprint:
            raise UserError(f"{ATTRIBUTES} of {source} belongs to other weights; {again}.")
        attributes = values["attributes"]
        vectors, means, deviations = (
            np.array([each[column] for each in attributes.values()], np.float32)
            for column in ("vector", "mean", "deviation")
        )
        vectors = vectors.reshape(len(attributes), model.config.latent_size)
        return cls(
            tuple(attributes), vectors, means, deviations, values["measures"], values["fingerprint"]
        )


def _rule(latent_size: int) -> Rule:
    """The schema of attributes.json."""
    number = Number(-FARTHEST, FARTHEST)
    known = Fields(
        {
            "vector": ListOf(number, latent_size, latent_size),
            "mean": number,
            "deviation": number,
        }
    )
    return Fields({"fingerprint": Text(), "measures": Whole(), "attributes": MapOf(known)})


def _path_in(folder: str | os.PathLike[str]) -> pathlib.Path:
    """The path of the attributes.json of a model on this machine."""
    if storage.scheme(folder):
        raise UsageError(
            f"{folder} is not a folder of this machine, so nothing can be written beside it; copy "
            "the model here first."
        )
    return checkpoint_folder(model_folder(folder)) / ATTRIBUTES


def learn(model: GMVAE, measures: Iterable[Measure]) -> Attributes:
    """Learn the vectors of all attributes that the measures determine.

    Raises:
        UserError: there are too few measures.
    """
    results = [(measure_attributes(batch), mu) for batch, mu, _ in encoded(model, measures)]
    count = sum(len(values) for values, _ in results)
    if count <= 2 * len(NAMES):
        raise UserError(f"{count} measures are too few to learn from; give some thousands.")
    values, mu = (np.concatenate(column) for column in zip(*results))
    means, deviations = np.nanmean(values, 0), np.nanstd(values, 0)
    is_scale = np.arange(len(NAMES)) < len(SCALES)
    counts = means * count
    common = (counts >= _LEAST) & (counts <= count - _LEAST)
    kept = np.flatnonzero(np.where(is_scale, deviations > 1e-6, common))
    unit = np.where(is_scale, deviations, 1.0)[kept]
    design = np.nan_to_num((values[:, kept] - means[kept]) / unit)
    z = mu - mu.mean(0)
    covariance = z.T @ z / count
    pull = design.T @ z / count  # [K, Z]
    noise = 0.01 * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    reading = np.linalg.solve(covariance + noise, pull.T)  # [Z, K]
    read = np.einsum("kz,zk->k", pull, reading)  # the variance that it explains
    lengths = np.linalg.norm(pull, axis=1)
    spreads = np.sqrt(np.einsum("kz,zy,ky->k", pull, covariance, pull)) / lengths
    steps = np.minimum(lengths / read, _LONGEST * spreads)
    vectors = pull / lengths[:, None] * steps[:, None]
    readable = np.flatnonzero(read >= _LEAST_READABLE * design.var(0))
    if not len(readable):
        raise UserError(
            "no attribute can be read from the points of this model; train it for longer."
        )
    kept, vectors = kept[readable], vectors[readable]
    return Attributes(
        tuple(NAMES[index] for index in kept),
        vectors.astype(np.float32),
        means[kept],
        deviations[kept],
        count,
        model.fingerprint,
    )


def _short(x: float) -> float:
    return float(f"{float(x):.7g}")


@dataclasses.dataclass(frozen=True)
class AttributesArguments(ModelArguments):
    """The flags of `attributes`."""

    data: str | None = flag(
        None, "Dataset folder to learn from. Without it, the known attributes are printed."
    )
    split: str = flag("train", "Split of the dataset: train, validation or test.")
    limit: int = flag(20000, "Maximum number of measures to learn from.", least=1)
    force: bool = flag(False, "Replace the attributes that the model has.")


def _run(args: AttributesArguments) -> None:
    if args.data:
        require_free(_path_in(args.model), args.force)
    model = load(args.model)
    if args.data:
        from gm_vae.data.dataset import read_measures

        measures = itertools.islice(read_measures(args.data, args.split), args.limit)
        known = learn(model, measures)
        print(printable(known.save(args.model, args.force)))
    else:
        known = Attributes.of(model, args.model)
    print(_table(known))


def _table(known: Attributes) -> str:
    """The values that --more, --add and --remove accept."""
    lines = [f"learnt from {known.measures:,} measures"]
    for name, mean, deviation in zip(known.names, known.means, known.deviations):
        if name in SCALES:
            lines.append(f"{name:<12}{mean:7.2f} ± {deviation:5.2f}  {SCALES[name]}")
        else:
            lines.append(f"{name:<12}{100 * mean:7.1f} %       of the measures have them")
    missing = [name for name in NAMES if name not in known.names]
    if missing:
        lines.append(f"left out, because the points do not determine them: {', '.join(missing)}")
    return "\n".join(lines)


COMMAND = Command(
    name="attributes",
    summary="Learn directions of the latent space from a dataset, such as density or strings.",
    example=(
        "gm-vae attributes --model=demo/run --data=demo/data\n"
        'gm-vae generate --model=demo/run --chords="C Am F G" --more=density=1.5 --add=strings '
        "--output=more.mid"
    ),
    arguments=AttributesArguments,
    run=_run,
)
