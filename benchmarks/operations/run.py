"""Effects of the operations of `gm_vae.generate` on music, with a trained model.

Points are from the prior and from held-out measures; attributes are learnt from the training split.

chords      share of note time in the requested chord, for 1, 2 and 4 chords per measure, compared
            with measures decoded under other chords
style       similarity of measures of one point under different chords, compared with measures of
            different points: Jaccard overlap of programs, share with the same drum track
ways        edit distance of tokens between neighbours of interpolations in 8 steps, compared with
            the two ends
attributes  change by a step of each vector, in standard deviations of the dataset (scales) or share
            of measures (presences), and the largest change of any other attribute
"""

import argparse
import itertools
from collections.abc import Iterator

import numpy as np

import gm_vae
from benchmarks.inputs import dataset_facts
from benchmarks.results import Figure, figure
from gm_vae.data.dataset import read_measures
from gm_vae.generate import attributes, points
from gm_vae.generate.gmvae import GMVAE
from gm_vae.music.chords import ROOTS
from gm_vae.music.consonance import note_time_in_chord
from gm_vae.music.measure import Measure
from gm_vae.music.vocabulary import DRUMS

TRIADS = [root + kind for root in ROOTS for kind in ("", "m")]


def chords(kind: str, model: GMVAE, z: np.ndarray, seed: int) -> Iterator[Figure]:
    """Note time in the requested chord, and in another one."""
    rng = np.random.default_rng(seed)
    for each in (1, 2, 4):
        asked = ["|".join(rng.choice(TRIADS, each, replace=False)) for _ in z]
        measures = model.decode(z, asked, seed=seed)
        others = model.decode(z, [asked[index - 1] for index in range(len(asked))], seed=seed)
        by_chance = [
            Measure(other.tokens, other.lengths, measure.chord_ids, measure.fmt)
            for other, measure in zip(others, measures)
        ]
        of = {"points": kind, "chords per measure": each}
        share, chance = (100 * note_time_in_chord(music) for music in (measures, by_chance))
        yield figure(of, "note time in the chord", share, "%", "more")
        yield figure(of, "of measures under other chords", chance, "%")


def style(kind: str, model: GMVAE, z: np.ndarray, seed: int) -> Iterator[Figure]:
    """Pairs of measures from one point under two chords, and from two points under one."""
    rng = np.random.default_rng(seed)
    first, second = np.stack([rng.choice(TRIADS, 2, replace=False) for _ in z]).T
    a = model.decode(z, list(first), seed=seed, same_draw=True)
    b = model.decode(z, list(second), seed=seed, same_draw=True)
    for what, pairs in (
        ("one point, two chords", zip(a, b)),
        ("two points, one chord", zip(a, a[1:] + a[:1])),
    ):
        overlaps, drums = [], []
        for one, other in pairs:
            programs = set(one.programs), set(other.programs)
            if programs[0] | programs[1]:
                overlaps.append(len(programs[0] & programs[1]) / len(programs[0] | programs[1]))
            if DRUMS in programs[0] & programs[1]:
                drums.append(drum_tracks(one) == drum_tracks(other))
        of = {"points": kind, "measures of": what}
        yield figure(of, "overlap of programs", float(np.mean(overlaps)))
        yield figure(of, "drum parts", len(drums))
        if drums:
            yield figure(of, "drum parts that are the same", float(100 * np.mean(drums)), "%")


def drum_tracks(measure: Measure) -> list[list[int]]:
    """The tokens of the tracks that play drums."""
    rows = np.flatnonzero(measure.lengths > 1)
    return [
        measure.tokens[row, : measure.lengths[row]].tolist()
        for row, program in zip(rows, measure.programs)
        if program == DRUMS
    ]


def ways(kind: str, model: GMVAE, z: np.ndarray, seed: int) -> Iterator[Figure]:
    """Eight steps between pairs of points."""
    pairs = list(zip(z[::2], z[1::2]))
    for name, spherical in (("spherical", True), ("linear", False)):
        way = np.concatenate([points.interpolate(a, b, 8, spherical) for a, b in pairs])
        bars = model.decode(way, "C", temperature=0.0, same_draw=True, seed=seed)
        steps, ends = [], []
        for start in range(0, len(bars), 8):
            line = bars[start : start + 8]
            steps.append([distance(one, other) for one, other in itertools.pairwise(line)])
            ends.append(distance(line[0], line[-1]))
        of = {"points": kind, "way": name}
        yield figure(of, "edits per step", float(np.mean(steps)), "tokens")
        largest = float(np.max(np.mean(steps, 0)))
        yield figure(of, "of the largest step", largest, "tokens", "less")
        yield figure(of, "between the ends", float(np.mean(ends)), "tokens")
        still = float(100 * np.mean(np.equal(steps, 0)))
        yield figure(of, "steps that change nothing", still, "%", "less")


def distance(one: Measure, other: Measure) -> int:
    """Edit distance of tokens between two measures, track by track."""
    rows = range(len(one.lengths))
    return sum(
        edits(one.tokens[row, : one.lengths[row]], other.tokens[row, : other.lengths[row]])
        for row in rows
    )


def edits(a: np.ndarray, b: np.ndarray) -> int:
    """The Levenshtein distance."""
    row = np.arange(len(b) + 1)
    for i, token in enumerate(a.tolist(), 1):
        change = np.minimum(row[1:] + 1, row[:-1] + (b != token))
        # an insertion costs one more than the cell to its left
        row = np.concatenate([[i], change])
        row = np.minimum.accumulate(row - np.arange(len(row))) + np.arange(len(row))
    return int(row[-1])


def moves(model: GMVAE, known: attributes.Attributes, z: np.ndarray, seed: int) -> Iterator[Figure]:
    """Attributes of measures decoded from points on both sides of given points."""
    index = [attributes.NAMES.index(name) for name in known.names]
    unit = np.array(
        [
            known.deviations[row] if name in attributes.SCALES else 1
            for row, name in enumerate(known.names)
        ]
    )

    def heard(z: np.ndarray) -> np.ndarray:
        measures = model.decode(z, "C", seed=seed)
        return np.nanmean(attributes.measure_attributes(measures)[:, index], 0) / unit

    at_rest = heard(z)
    for row, name in enumerate(known.names):
        of = {"attribute": name}
        for step in (-2, -1, 1, 2):
            change = heard(known.move(z, {name: step})) - at_rest
            yield figure(of, f"at {step:+d}", float(change[row]))
        yield figure(of, "any other at +2", float(np.abs(np.delete(change, row)).max()))


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", help="a finished one")
    parser.add_argument("--model", default="small", help="a run, a folder or a name")
    parser.add_argument("--count", type=int, default=256, help="points that each figure is from")
    parser.add_argument("--learn", type=int, default=8192, help="measures to learn attributes from")
    parser.add_argument("--seed", type=int, default=0)


def inputs(args: argparse.Namespace) -> dict[str, str]:
    return dataset_facts(args.dataset)


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    model = gm_vae.load(args.model)
    real = list(itertools.islice(read_measures(args.dataset, "test"), args.count))
    share = 100 * note_time_in_chord(real)
    yield figure({"measures": "held out, real"}, "note time in their chords", share, "%")
    for kind, z in (
        ("the prior", model.sample_points(args.count, args.seed)),
        ("held-out measures", model.encode(real)[0]),
    ):
        yield from chords(kind, model, z, args.seed)
        yield from style(kind, model, z, args.seed)
        yield from ways(kind, model, z[: args.count // 4], args.seed)
    train = itertools.islice(read_measures(args.dataset, "train"), args.learn)
    yield from moves(model, attributes.learn(model, train), z, args.seed)
