"""Samples of a trained model beside real measures: are they alike, and are they copies?

    python benchmarks/samples.py --model=run --data=data

Points of the prior are decoded under the chords of held-out measures (test split). Prints
overlap     overlap area of the distributions of samples and of those held-out measures: the sum of
            the lesser of two histograms, 1 where they are the same (after Yang and Lerch, On the
            evaluation of generative models in music, 2018, with histograms for their densities);
            the last column is for as many measures of the validation split, real ones too;
nearest     Jaccard similarity of the onsets (instrument, step, pitch) of each sample and of the
            nearest measure of the training split, in any transposition; the same for held-out
            measures, which are no copies but for loops that many songs share.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence

import numpy as np

import gm_vae
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


def overlaps(samples: dict[str, Sequence[Measure]], real: Sequence[Measure]) -> None:
    """One line a feature, one column a set of measures."""
    against = histograms(real)
    columns = {name: histograms(measures) for name, measures in samples.items()}
    print(f"overlap     {'':<38}{''.join(f'{name:>12}' for name in columns)}")
    for feature, shares in against.items():
        row = [np.minimum(column[feature], shares).sum() for column in columns.values()]
        print(f"overlap     {feature:<38}{''.join(f'{area:12.2f}' for area in row)}")
    row = [100 * note_time_in_chord(measures) for measures in samples.values()]
    told = f"{100 * note_time_in_chord(real):.1f} % of the held-out ones' note time in chord"
    print(f"overlap     ({told}: {', '.join(f'{share:.1f} %' for share in row)})")


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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="small")
    parser.add_argument("--data", required=True)
    parser.add_argument("--count", type=int, default=4096, help="measures of each kind")
    parser.add_argument("--copies", type=int, default=512, help="of them compared with training")
    parser.add_argument("--temperatures", default="0.5,1")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    model = gm_vae.load(args.model)
    rng = np.random.default_rng(args.seed)

    def real(split: str) -> list[Measure]:
        measures = list(itertools.islice(read_measures(args.data, split), 50 * args.count))
        chosen = rng.choice(len(measures), min(args.count, len(measures)), replace=False)
        return [measures[index] for index in chosen]

    held_out = real("test")
    z = model.sample_points(len(held_out), args.seed)
    chords = ["|".join(measure.chords) for measure in held_out]
    sets = {}
    for temperature in map(float, args.temperatures.split(",")):
        found = model.decode(z, chords, temperature=temperature, seed=args.seed)
        print(
            f"{len(found)} samples at temperature {temperature:g}: "
            f"{sum(not len(measure.notes()) for measure in found)} silent, "
            f"{np.mean([len(measure.notes()) for measure in found]):.1f} notes each"
        )
        sets[f"T = {temperature:g}"] = found
    overlaps({**sets, "validation": real("validation")}, held_out)
    training = Onsets(MeasureArrays.load(args.data, "train"))
    for name, measures in {**sets, "held out": held_out}.items():
        best = training.nearest(Onsets(arrays_of(measures[: args.copies])))
        print(
            f"nearest     {name}: of {len(best)}, median {np.median(best):.2f}, "
            f"{100 * (best >= 0.5).mean():.1f} % half alike (0.5), "
            f"{100 * (best >= 0.9).mean():.1f} % copies (0.9)",
            flush=True,
        )


if __name__ == "__main__":
    main()
