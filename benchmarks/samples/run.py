"""Samples of a model compared with its training measures: detection of copies.

Points of the prior are decoded under the chords of held-out measures (test split). The figure is
the Jaccard similarity of the onsets (instrument, step, pitch) with the nearest measure of the
training split, in any transposition; the same for held-out measures, which are not copies except
for loops that many songs share. `gm-vae evaluate --samples` describes other properties of samples.
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
from gm_vae.evaluation.samples import decode_samples
from gm_vae.music.measure import Measure
from gm_vae.music.vocabulary import DRUMS, PITCHES, vocabulary


class Onsets:
    """Sets of (instrument, step, pitch), one per measure, as rows of integers."""

    def __init__(self, arrays: MeasureArrays):
        """Reads all measures at once."""
        vocab = vocabulary(arrays.fmt)
        tokens, counts = arrays.tokens.astype(np.int64), arrays.lengths.reshape(-1).astype(np.int64)
        row = np.repeat(np.arange(len(counts)), counts)
        first = np.cumsum(counts) - counts
        time = start_steps(tokens, first, row, arrays.fmt)
        is_note_on = tokens < PITCHES
        program = (tokens[first] - vocab.program)[row]
        self.steps = arrays.fmt.steps_per_measure
        keys = (program * self.steps + time) * PITCHES + tokens
        span = (DRUMS + 1) * self.steps * PITCHES
        unique = np.unique(row[is_note_on] // arrays.lengths.shape[1] * span + keys[is_note_on])
        self.measure, self.key = unique // span, unique % span
        self.count = np.bincount(self.measure, minlength=len(arrays.lengths))

    def transposed(self, measure: int) -> list[np.ndarray]:
        """The onsets of a measure in all twelve keys; drums are unchanged."""
        keys = self.key[np.searchsorted(self.measure, measure) :][: self.count[measure]]
        pitched = keys // (self.steps * PITCHES) != DRUMS
        return [keys + shift * pitched for shift in range(-5, 7)]

    def nearest(self, others: Onsets) -> np.ndarray:
        """float [B]: the similarity of each of `others` with its nearest measure here."""
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
    parser.add_argument("--count", type=int, default=512, help="measures of each kind")
    parser.add_argument("--temperatures", default="0.6,1")
    parser.add_argument("--seed", type=int, default=0)


def inputs(args: argparse.Namespace) -> dict[str, str]:
    return dataset_facts(args.dataset)


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    model = gm_vae.load(args.model)
    held_out = list(itertools.islice(read_measures(args.dataset, "test"), args.count))
    sets = {
        f"{args.model}, temperature {temperature}": decode_samples(
            model, held_out, float(temperature), args.seed
        )
        for temperature in args.temperatures.split(",")
    }
    training = Onsets(MeasureArrays.load(args.dataset, "train"))
    for name, measures in {**sets, "real (held out)": held_out}.items():
        best = training.nearest(Onsets(arrays_of(measures)))
        of = {"measures": name}
        yield figure(of, "similarity with the nearest", float(np.median(best)))
        yield figure(of, "half alike (0.5 or more)", float(100 * (best >= 0.5).mean()), "%")
        yield figure(of, "copies (0.9 or more)", float(100 * (best >= 0.9).mean()), "%", "less")
