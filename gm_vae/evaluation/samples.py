"""Samples of the prior under the chords of held-out measures, compared with such measures."""

from __future__ import annotations

import dataclasses
import itertools
import math
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from gm_vae.data import dataset as dataset_lib
from gm_vae.data import examples
from gm_vae.evaluation.comparison import Comparison, MeasureSet, compare
from gm_vae.evaluation.music_statistics import STATISTICS
from gm_vae.generate.gmvae import GMVAE, REPEAT_PENALTY, TEMPERATURE
from gm_vae.generate.operations import chords_of
from gm_vae.music.measure import Measure
from gm_vae.progress import Progress

_PART = 512  # measures decoded at once, so that progress is visible


@dataclasses.dataclass(frozen=True)
class Samples:
    """Properties of decoded points of the prior.

    Attributes:
        count: number of samples; they have the chords of the first real measures.
        real: number of real measures for comparison, twice as many.
        songs: number of their songs.
        temperature, repeat_penalty: how they were decoded.
        silent: samples without a note.
        comparison: the figures.
    """

    count: int
    real: int
    songs: int
    temperature: float
    repeat_penalty: float
    silent: int
    comparison: Comparison

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON values, None for unknown ones."""
        compared = self.comparison
        about = dataclasses.asdict(self)
        del about["comparison"]
        return {
            **about,
            "distance": _value(compared.distance),
            "distance_floor": _value(compared.floor),
            "auc": _value(compared.auc),
            "auc_floor": _value(compared.auc_floor),
            "statistics": {
                name: {key: _value(value) for key, value in dataclasses.asdict(each).items()}
                for name, each in compared.statistics.items()
            },
            "overlaps": {
                name: {"samples": _value(ours), "floor": _value(floor)}
                for name, (ours, floor) in compared.overlaps.items()
            },
        }

    def table(self) -> str:
        """The figures as a readable table."""
        compared = self.comparison
        lines = [
            f"{self.count:,} samples at temperature {self.temperature:g} compared with "
            f"{self.real:,} real measures of {self.songs:,} song{'s' * (self.songs != 1)}",
            "  distance: Wasserstein-1 from half of the real ones, over their deviation; floor: "
            "the other half's",
            f"  {'':<28}{'samples':>16}{'real':>18}{'distance':>12}{'floor':>8}",
        ]
        for statistic in STATISTICS:
            each = compared.statistics[statistic.name]
            lines.append(
                f"  {statistic.label:<28}{_mean(each.samples, each.samples_error):>16}"
                f"{_mean(each.real, each.real_error):>18}"
                f"{_text(each.distance):>12}{_text(each.floor):>8}"
            )
        lines += [
            f"  {'mean distance':<62}{_text(compared.distance):>12}{_text(compared.floor):>8}",
            f"  {'AUC of a classifier (0.5: it cannot distinguish them)':<62}"
            f"{_text(compared.auc):>12}{_text(compared.auc_floor):>8}",
        ]
        lines += [
            f"  {'overlap of ' + name.replace('_', ' ') + ' (1: the same)':<62}"
            f"{_text(ours):>12}{_text(floor):>8}"
            for name, (ours, floor) in compared.overlaps.items()
        ]
        return "\n".join(lines)


def sample_split(
    model: GMVAE,
    dataset_dir: str | os.PathLike[str],
    split: str,
    count: int,
    *,
    temperature: float = TEMPERATURE,
    seed: int = 0,
    show_progress: bool = False,
) -> Samples | None:
    """Decode up to `count` points of the prior and compare them with real measures of a split.

    Args:
        count: how many samples, at least 1, for the first 2 * `count` measures; if the split has
            fewer, half as many as it has.
        temperature: of the samples; the repeat penalty is the default one.
        seed: of points and decoding.

    Returns:
        The figures; None if the split has a single measure.

    Raises:
        UserError: the dataset does not exist, has another format than the model, or its split is
            empty.
    """
    data = dataset_lib.load(dataset_dir)
    data.fmt.require_equal(model.format, f"the dataset {dataset_dir}", "the model")
    real = real_measures(data, split, 2 * count)
    half = real.measures[: len(real.measures) // 2]
    if not half:
        return None
    made = decode_samples(model, half, temperature, seed, show_progress)
    return Samples(
        count=len(made),
        real=len(real.measures),
        songs=real.songs,
        temperature=temperature,
        repeat_penalty=REPEAT_PENALTY,
        silent=sum(not len(measure.notes()) for measure in made),
        comparison=compare(made, real, seed),
    )


def real_measures(data: dataset_lib.Dataset, split: str, count: int) -> MeasureSet:
    """The first `count` measures of a split, all if it has fewer, and their songs.

    The files contain measures in the order of their hashes, so these come from many songs.
    """
    records = list(itertools.islice(data.records(split), count))
    songs = [examples.identity(record).rpartition(":")[0] for record in records]
    measures = [data.decoded(examples.decode, record) for record in records]
    return MeasureSet(measures, np.unique(songs, return_inverse=True)[1].reshape(-1))


def decode_samples(
    model: GMVAE,
    real: Sequence[Measure],
    temperature: float,
    seed: int = 0,
    show_progress: bool = False,
) -> list[Measure]:
    """Decode a point of the prior for each real measure, under its chords."""
    z = model.sample_points(len(real), seed)
    measures: list[Measure] = []
    with Progress(len(real), "sample", shown=show_progress) as progress:
        for first in range(0, len(real), _PART):
            batch = slice(first, first + _PART)
            chords = chords_of(real[batch])
            measures += model.decode(z[batch], chords, temperature, seed + first)
            progress.update(len(chords), "decoded")
    return measures


def _value(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _text(number: float) -> str:
    return f"{number:.3f}" if math.isfinite(number) else "-"


def _mean(number: float, error: float) -> str:
    if not math.isfinite(number):
        return "-"
    digits = 1 if abs(number) >= 10 else 2 if abs(number) >= 1 else 3
    spread = f" ± {error:.{digits}f}" if math.isfinite(error) else ""
    return f"{number:.{digits}f}{spread}"
