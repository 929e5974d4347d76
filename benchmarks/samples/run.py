"""Samples of a model beside real measures: whether they are alike, and whether they are copies.

Points of the prior are decoded under the chords of held-out measures (test split).

overlap     overlap area of the distributions of samples and of those held-out measures: the sum of
            the lesser of two histograms, 1 where they are the same (after Yang and Lerch, On the
            evaluation of generative models in music, 2018, with histograms for their densities);
            beside that of as many measures of the validation split, real ones too
nearest     Jaccard similarity of the onsets (instrument, step, pitch) of each sample and of the
            nearest measure of the training split, in any transposition; the same for held-out
            measures, which are no copies but for loops that many songs share
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator, Sequence

import numpy as np

import gm_vae
from benchmarks.inputs import dataset_facts
from benchmarks.results import Figure, figure
from gm_vae.data.arrays import MeasureArrays, start_steps
from gm_vae.data.dataset import read_measures
from gm_vae.generate.attributes import NAMES, measure_attributes
from gm_vae.music.consonance import note_time_in_chord
from gm_vae.music.measure import Measure
from gm_vae.music.vocabulary import DRUMS, PITCHES, vocabulary


def histograms(measures: Sequence[Measure]) -> dict[str, np.ndarray]:
    """Shares by feature; features of measures, of tracks or of notes."""
    attributes = dict(zip(NAMES, measure_attributes(measures).T))
    notes = [measure.notes() for measure in measures]
    steps = measures[0].fmt.steps_per_measure
    roots = np.repeat(
        [(int(m.chord_ids[0]) - 1) % 12 if m.chord_ids[0] else -1 for m in measures],
        [len(part) for part in notes],
    )
    notes = np.concatenate(notes)
    pitched = notes["program"] != DRUMS
    rooted = pitched & (roots >= 0)
    length = notes["end_step"].astype(int) - notes["start_step"]
    programs = np.concatenate([measure.programs for measure in measures]).astype(int)
    values = {
        "tracks": (attributes["tracks"], 10, 1.0),
        "notes a beat": (attributes["density"], 80, 0.5),
        "polyphony": (attributes["polyphony"], 60, 0.5),
        "mean pitch": (attributes["pitch"], 128, 2.0),
        "mean velocity": (attributes["velocity"], 128, 4.0),
        "instruments": (programs, 129, 1.0),
        "pitch classes": (notes["pitch"][pitched] % 12, 12, 1.0),
        "pitch classes above the chord's root": ((notes["pitch"] - roots)[rooted] % 12, 12, 1.0),
        "drums": (notes["pitch"][~pitched], 128, 1.0),
        "onset steps": (notes["start_step"], steps, 1.0),
        "note lengths": (length[pitched], steps + 1, 1.0),
    }
    return {name: histogram(*each) for name, each in values.items()}


def histogram(values: np.ndarray, bins: int, width: float) -> np.ndarray:
    """Shares of the values in bins from 0; the last one takes what is above. NaNs do not count."""
    values = np.asarray(values, float)
    place = np.minimum(values[~np.isnan(values)] // width, bins - 1).astype(int)
    return np.bincount(place, minlength=bins) / max(len(place), 1)


def overlaps(samples: dict[str, Sequence[Measure]], real: Sequence[Measure]) -> Iterator[Figure]:
    """What samples, by name, have in common with real measures."""
    against = histograms(real)
    for name, measures in samples.items():
        of = {"measures": name}
        for feature, shares in histograms(measures).items():
            area = float(np.minimum(against[feature], shares).sum())
            yield figure(of, f"overlap in {feature}", area, "", "more")


class Onsets:
    """Sets of (instrument, step, pitch), one a measure, as rows of integers."""

    def __init__(self, arrays: MeasureArrays):
        """Reads all measures at once."""
        vocab = vocabulary(arrays.fmt)
        tokens, counts = arrays.tokens.astype(np.int64), arrays.lengths.reshape(-1).astype(np.int64)
        row = np.repeat(np.arange(len(counts)), counts)
        first = np.cumsum(counts) - counts
        time = start_steps(tokens, first, row, arrays.fmt)
        found = tokens < PITCHES
        program = (tokens[first] - vocab.program)[row]
        self.steps = arrays.fmt.steps_per_measure
        keys = (program * self.steps + time) * PITCHES + tokens
        span = (DRUMS + 1) * self.steps * PITCHES
        unique = np.unique(row[found] // arrays.lengths.shape[1] * span + keys[found])
        self.measure, self.key = unique // span, unique % span
        self.count = np.bincount(self.measure, minlength=len(arrays.lengths))

    def transposed(self, measure: int) -> list[np.ndarray]:
        """The keys of a measure in all twelve keys; drums stay."""
        keys = self.key[np.searchsorted(self.measure, measure) :][: self.count[measure]]
        pitched = keys // (self.steps * PITCHES) != DRUMS
        return [keys + shift * pitched for shift in range(-5, 7)]

    def nearest(self, others: Onsets) -> np.ndarray:
        """float [B]: for each of the others, its similarity with the nearest measure here."""
        order = np.argsort(self.key, kind="stable")
        keys, owners = self.key[order], self.measure[order]
        best = np.zeros(len(others.count))
        for index, size in enumerate(others.count):
            for wanted in others.transposed(index) if size else ():
                start = np.searchsorted(keys, wanted)
                end = np.searchsorted(keys, wanted, side="right")
                hits = np.concatenate([owners[a:b] for a, b in zip(start, end)])
                shared = np.bincount(hits, minlength=len(self.count))
                best[index] = max(best[index], (shared / (self.count + size - shared)).max())
        return best


def arrays_of(measures: Sequence[Measure]) -> MeasureArrays:
    """Measures in the form of a split."""
    tokens = [m.tokens[row, :length] for m in measures for row, length in enumerate(m.lengths)]
    return MeasureArrays(
        np.concatenate(tokens),
        np.stack([measure.lengths for measure in measures]),
        np.stack([measure.chord_ids for measure in measures]),
        measures[0].fmt,
    )


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", help="a finished one")
    parser.add_argument("--model", default="small", help="a run, a folder or a name")
    parser.add_argument("--count", type=int, default=4096, help="measures of each kind")
    parser.add_argument("--copies", type=int, default=512, help="of them compared with training")
    parser.add_argument("--temperatures", default="0.5,0.7,1")
    parser.add_argument("--seed", type=int, default=0)


def inputs(args: argparse.Namespace) -> dict[str, str]:
    return dataset_facts(args.dataset)


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    model = gm_vae.load(args.model)
    rng = np.random.default_rng(args.seed)

    def real(split: str) -> list[Measure]:
        measures = list(itertools.islice(read_measures(args.dataset, split), 50 * args.count))
        chosen = rng.choice(len(measures), min(args.count, len(measures)), replace=False)
        return [measures[index] for index in chosen]

    held_out = real("test")
    z = model.sample_points(len(held_out), args.seed)
    chords = ["|".join(measure.chords) for measure in held_out]
    sets = {}
    for temperature in map(float, args.temperatures.split(",")):
        found = model.decode(z, chords, temperature=temperature, seed=args.seed)
        sets[f"{args.model}, temperature {temperature:g}"] = found
    yield from overlaps({**sets, "real (validation)": real("validation")}, held_out)
    training = Onsets(MeasureArrays.load(args.dataset, "train"))
    for name, measures in {**sets, "real (held out)": held_out}.items():
        of = {"measures": name}
        notes = [len(measure.notes()) for measure in measures]
        yield figure(of, "silent", notes.count(0), "measures", "less")
        yield figure(of, "notes per measure", float(np.mean(notes)))
        yield figure(of, "note time in the chord", 100 * note_time_in_chord(measures), "%")
        best = training.nearest(Onsets(arrays_of(measures[: args.copies])))
        yield figure(of, "similarity with the nearest", float(np.median(best)))
        yield figure(of, "half alike (0.5 or more)", float(100 * (best >= 0.5).mean()), "%")
        yield figure(of, "copies (0.9 or more)", float(100 * (best >= 0.9).mean()), "%", "less")
