"""Samples compared with real measures, and real measures with each other: the noise floor."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from gm_vae.evaluation.classifier import area_under_curve
from gm_vae.evaluation.distributions import counts, overlap
from gm_vae.evaluation.music_statistics import NAMES, statistics_of
from gm_vae.evaluation.note_table import NoteTable
from gm_vae.music.measure import Measure

_RESAMPLES = 1000  # of the bootstrap
_HALVINGS = 20  # of the real measures: a single one gives floors that are wrong by half
_CLASSIFIED = 3  # of these, since a classifier takes a second


@dataclasses.dataclass(frozen=True)
class MeasureSet:
    """Measures, and which of them belong together.

    Attributes:
        measures: B of one format.
        groups: int [B], the song of each; distinct numbers where the song is unknown.
    """

    measures: Sequence[Measure]
    groups: np.ndarray

    @classmethod
    def ungrouped(cls, measures: Sequence[Measure]) -> MeasureSet:
        """Measures that are each a group of their own, such as samples."""
        return cls(measures, np.arange(len(measures)))

    @property
    def songs(self) -> int:
        """How many groups there are."""
        return len(np.unique(self.groups))


@dataclasses.dataclass(frozen=True)
class ComparedStatistic:
    """A statistic of samples and of real measures.

    Attributes:
        samples, real: means over the measures; NaN if it is undefined for all of them.
        samples_error, real_error: their standard errors, by bootstrap over samples and over songs.
        distance: between samples and real measures: Wasserstein-1, in standard deviations of the
            real ones. NaN if these do not vary, or one side has no value.
        floor: the same distance between real measures and real measures of other songs.
    """

    samples: float
    samples_error: float
    real: float
    real_error: float
    distance: float
    floor: float


@dataclasses.dataclass(frozen=True)
class Comparison:
    """How samples, and real measures of other songs, differ from real measures.

    Attributes:
        statistics: by name of `STATISTICS`.
        overlaps: by name of `distributions.counts`: of samples and real, and their floor.
        distance, floor: means over the statistics that have both; NaN if there are none.
        auc: of a classifier that distinguishes samples from real measures by the statistics; NaN if
            there are too few songs.
        auc_floor: of a classifier that distinguishes real measures from real measures of other
            songs.
    """

    statistics: dict[str, ComparedStatistic]
    overlaps: dict[str, tuple[float, float]]
    distance: float
    floor: float
    auc: float
    auc_floor: float


def compare(samples: Sequence[Measure], real: MeasureSet, seed: int = 0) -> Comparison:
    """Compare samples with twice as many real measures.

    The real ones are split in halves by song many times. Each time the samples and the second half
    are both compared with the first half; distances are means over all splits. The excess of a
    distance over its floor is due to the model.

    Args:
        samples: measures from a model.
        real: real measures, at least two.
        seed: of splits, bootstrap and folds.
    """
    made = MeasureSet.ungrouped(samples)
    tables = NoteTable(samples), NoteTable(real.measures)
    ours, theirs = map(statistics_of, tables)  # [B, K]
    our_counts, their_counts = map(counts, tables)
    scale = np.sqrt(mean_of_known((theirs - mean_of_known(theirs)) ** 2))
    rng = np.random.default_rng(seed)
    distances, overlaps, areas = [], [], []
    for number in range(_HALVINGS):
        one, two = halves(real.groups, rng)
        distances.append([_distances(side, theirs[one], scale) for side in (ours, theirs[two])])
        overlaps.append(
            [
                [overlap(our_counts[name], each[one]), overlap(each[two], each[one])]
                for name, each in their_counts.items()
            ]
        )
        if number < _CLASSIFIED:
            groups = real.groups[one], real.groups[two]
            auc = area_under_curve(theirs[one], ours, (groups[0], made.groups), number)
            floor = area_under_curve(theirs[one], theirs[two], groups, number)
            areas.append([auc, floor])
    distance, floors = mean_of_known(np.array(distances))  # [K] each
    columns = (
        mean_of_known(ours), bootstrap_error(ours, made.groups, seed),
        mean_of_known(theirs), bootstrap_error(theirs, real.groups, seed), distance, floors,
    )  # fmt: skip
    known = np.isfinite(distance) & np.isfinite(floors)
    auc, auc_floor = mean_of_known(np.array(areas)).tolist()
    return Comparison(
        statistics={
            name: ComparedStatistic(*map(float, row)) for name, *row in zip(NAMES, *columns)
        },
        overlaps={
            name: (ours, floor)
            for name, (ours, floor) in zip(their_counts, mean_of_known(np.array(overlaps)).tolist())
        },
        distance=float(mean_of_known(distance[known])),
        floor=float(mean_of_known(floors[known])),
        auc=auc,
        auc_floor=auc_floor,
    )


def halves(groups: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The rows of two halves of equal size that have no group in common.

    Groups are added in random order to the half that has fewer rows; surplus rows of the larger
    half are left out. A single group is split by row.

    Args:
        groups: int [N].
        rng: draws the order.

    Returns:
        int [H] each, ascending, H <= N / 2.
    """
    names, index = np.unique(groups, return_inverse=True)
    if len(names) == 1:
        index = np.arange(len(groups))
    index = index.reshape(-1)
    sizes = np.bincount(index)
    side, total = np.zeros(len(sizes), int), [0, 0]
    for group in rng.permutation(len(sizes)):
        side[group] = total[1] < total[0]
        total[side[group]] += sizes[group]
    sides = (rng.permutation(np.flatnonzero(side[index] == number)) for number in (0, 1))
    one, two = (np.sort(half[: min(total)]) for half in sides)
    return one, two


def _distances(values: np.ndarray, real: np.ndarray, scale: np.ndarray) -> list[float]:
    return [scaled_distance(*each) for each in zip(values.T, real.T, scale)]


def mean_of_known(values: np.ndarray) -> np.ndarray:
    """float [...]: the mean over the first axis without NaNs, NaN where all values are NaN."""
    known = np.isfinite(values)
    count = known.sum(0)
    total = np.where(known, values, 0).sum(0)
    return np.divide(total, count, out=np.full(np.shape(total), np.nan), where=count > 0)


def bootstrap_error(values: np.ndarray, groups: np.ndarray, seed: int = 0) -> np.ndarray:
    """float [K]: the standard error of `mean_of_known`, by resampling whole groups.

    Measures of a song are similar, so errors that assume independence would be too small.

    Args:
        values: float [B, K], NaN where there is none.
        groups: int [B].
        seed: of the resampling.

    Returns:
        NaN where fewer than two groups have a value.
    """
    index = np.unique(groups, return_inverse=True)[1].reshape(-1)
    count = index.max(initial=-1) + 1
    known = np.isfinite(values)
    totals, counts = (np.zeros((count, values.shape[1])) for _ in range(2))
    np.add.at(totals, index, np.where(known, values, 0))
    np.add.at(counts, index, known)
    if count < 2:
        return np.full(values.shape[1], np.nan)
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(count, np.full(count, 1 / count), _RESAMPLES).astype(np.float64)
    total, size = weights @ totals, weights @ counts  # [R, K]
    means = np.divide(total, size, out=np.full(total.shape, np.nan), where=size > 0)
    mean = mean_of_known(means)
    error = np.sqrt(mean_of_known((means - mean) ** 2))
    return np.where((counts > 0).sum(0) > 1, error, np.nan)


def scaled_distance(values: np.ndarray, real: np.ndarray, scale: float) -> float:
    """Wasserstein-1 distance of two samples, [A] and [B], over a scale.

    NaNs do not count. NaN if a side has no value, or the scale is 0 or NaN.
    """
    values, real = (side[np.isfinite(side)] for side in (values, real))
    if not len(values) or not len(real) or not scale > 0:
        return float("nan")
    return wasserstein(values, real) / float(scale)


def wasserstein(first: np.ndarray, second: np.ndarray) -> float:
    """Wasserstein-1 distance of two samples: the area between their distribution functions."""
    first, second = np.sort(first), np.sort(second)
    places = np.sort(np.concatenate([first, second]))
    below = [np.searchsorted(side, places[:-1], "right") / len(side) for side in (first, second)]
    return float(np.sum(np.abs(below[0] - below[1]) * np.diff(places)))
