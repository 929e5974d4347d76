"""What the operations of `gm_vae.generate` do to music, with a trained model.

    python benchmarks/operations.py --model=run --data=data

Prints
chords      share of note time inside the asked chord, for 1, 2 and 4 chords a measure, beside what
            measures decoded under other chords have of it;
style       how alike measures of one point under different chords are, beside those of different
            points: Jaccard overlap of programs, share with the very same drum track;
ways        edit distance of tokens between neighbours of interpolations in 8 steps, beside the two
            ends' and that of different points;
attributes  what a step of each vector changes, in standard deviations of the dataset (scales) or
            share of measures (presences), and what else moved most.
The attributes are learnt here, from the training split.
"""

import argparse
import itertools

import numpy as np

import gm_vae
from gm_vae.data.dataset import read_measures
from gm_vae.generate import attributes, points
from gm_vae.generate.gmvae import GMVAE
from gm_vae.music.chords import ROOTS
from gm_vae.music.consonance import note_time_in_chord
from gm_vae.music.measure import Measure
from gm_vae.music.vocabulary import DRUMS

TRIADS = [root + kind for root in ROOTS for kind in ("", "m")]


def chords(model: GMVAE, z: np.ndarray, seed: int) -> None:
    """Note time in the chord that was asked for, and in one that was not."""
    rng = np.random.default_rng(seed)
    for each in (1, 2, 4):
        asked = ["|".join(rng.choice(TRIADS, each, replace=False)) for _ in z]
        found = model.decode(z, asked, seed=seed)
        others = model.decode(z, [asked[index - 1] for index in range(len(asked))], seed=seed)
        by_chance = [
            Measure(other.tokens, other.lengths, measure.chord_ids, measure.fmt)
            for other, measure in zip(others, found)
        ]
        print(
            f"chords      {each} a measure: {100 * note_time_in_chord(found):.1f} % of note time "
            f"in the chord; of other chords' measures {100 * note_time_in_chord(by_chance):.1f} %"
        )


def style(model: GMVAE, z: np.ndarray, seed: int) -> None:
    """Pairs of measures from one point under two chords, and from two points under one."""
    rng = np.random.default_rng(seed)
    first, second = np.stack([rng.choice(TRIADS, 2, replace=False) for _ in z]).T
    a = model.decode(z, list(first), seed=seed, same_draw=True)
    b = model.decode(z, list(second), seed=seed, same_draw=True)
    for what, pairs in (("one point", zip(a, b)), ("two points", zip(a, a[1:] + a[:1]))):
        overlaps, drums = [], []
        for one, other in pairs:
            programs = set(one.programs), set(other.programs)
            if programs[0] | programs[1]:
                overlaps.append(len(programs[0] & programs[1]) / len(programs[0] | programs[1]))
            if DRUMS in programs[0] & programs[1]:
                drums.append(drum_tracks(one) == drum_tracks(other))
        print(
            f"style       {what}: programs overlap {np.mean(overlaps):.2f}; "
            f"{100 * np.mean(drums):.0f} % of {len(drums)} drum parts the same"
        )


def drum_tracks(measure: Measure) -> list[list[int]]:
    """The tokens of the tracks that play drums."""
    rows = np.flatnonzero(measure.lengths > 1)
    return [
        measure.tokens[row, : measure.lengths[row]].tolist()
        for row, program in zip(rows, measure.programs)
        if program == DRUMS
    ]


def ways(model: GMVAE, z: np.ndarray, seed: int) -> None:
    """Eight steps between pairs of points."""
    pairs = list(zip(z[::2], z[1::2]))
    for name, spherical in (("spherical", True), ("linear", False)):
        way = np.concatenate([points.interpolate(a, b, 8, spherical) for a, b in pairs])
        found = model.decode(way, "C", temperature=0.0, same_draw=True, seed=seed)
        steps, ends = [], []
        for start in range(0, len(found), 8):
            part = found[start : start + 8]
            steps.append([distance(one, other) for one, other in itertools.pairwise(part)])
            ends.append(distance(part[0], part[-1]))
        steps = np.array(steps)
        print(
            f"ways        {name}: {steps.mean():.0f} tokens differ between neighbours (by step "
            f"{', '.join(f'{x:.0f}' for x in steps.mean(0))}), {np.mean(ends):.0f} between the "
            f"ends; {100 * (steps == 0).mean():.0f} % of the steps change nothing"
        )


def distance(one: Measure, other: Measure) -> int:
    """Edits of tokens between two measures, track by track of the same place."""
    rows = range(len(one.lengths))
    return sum(
        edits(one.tokens[row, : one.lengths[row]], other.tokens[row, : other.lengths[row]])
        for row in rows
    )


def edits(a: np.ndarray, b: np.ndarray) -> int:
    """Levenshtein's distance."""
    row = np.arange(len(b) + 1)
    for i, token in enumerate(a.tolist(), 1):
        change = np.minimum(row[1:] + 1, row[:-1] + (b != token))
        # an insertion costs one more than what is to its left
        row = np.concatenate([[i], change])
        row = np.minimum.accumulate(row - np.arange(len(row))) + np.arange(len(row))
    return int(row[-1])


def moves(model: GMVAE, known: attributes.Attributes, z: np.ndarray, seed: int) -> None:
    """Attributes of measures decoded from points on both sides of others."""
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
        text = []
        for step in (-2, -1, 1, 2):
            change = heard(known.move(z, {name: step})) - at_rest
            text.append(f"{step:+d}: {change[row]:+.2f}")
            if step == 2:
                change[row] = 0
                most = np.argsort(-np.abs(change))[:2]
                also = ", ".join(f"{known.names[i]} {change[i]:+.2f}" for i in most)
        print(f"attributes  {name:<12} {'  '.join(text)}   also at +2: {also}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--count", type=int, default=256, help="points that each figure is from")
    parser.add_argument("--learn", type=int, default=8192, help="measures to learn attributes from")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    model = gm_vae.load(args.model)
    real = list(itertools.islice(read_measures(args.data, "test"), args.count))
    for name, z in (
        ("points of the prior", model.sample_points(args.count, args.seed)),
        ("points of held-out measures", model.encode(real)[0]),
    ):
        print(f"{len(z)} {name}")
        chords(model, z, args.seed)
        style(model, z, args.seed)
        ways(model, z[: args.count // 4], args.seed)
    train = itertools.islice(read_measures(args.data, "train"), args.learn)
    moves(model, attributes.learn(model, train), z, args.seed)


if __name__ == "__main__":
    main()
