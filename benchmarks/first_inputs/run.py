"""Effect of the decoder's input before the first token of a track after training.

Measures of the test split are encoded, and z = mu is decoded greedily under their chords with other
first inputs of the tracks after the first: zeros (as in `decode`), the end, random tokens, and as
published, the last token decoded for the previous track, past its end. Shares are relative to
decoding from zeros, in the last row to decoding from the end.
"""

import argparse
import itertools
from collections.abc import Iterator

import numpy as np

import gm_vae
from benchmarks.inputs import dataset_facts
from benchmarks.results import Figure, figure
from gm_vae.data.dataset import read_measures
from gm_vae.generate.gmvae import GMVAE, chord_labels
from gm_vae.model.decoder import NO_TOKEN
from gm_vae.music.measure import Measure
from gm_vae.music.vocabulary import vocabulary
from gm_vae.quiet import import_tensorflow_quietly

DRAWS = 5  # of random first inputs


def agreement(expected: tuple, actual: tuple) -> dict[str, float]:
    """Shares that are equal, of real tokens, of tracks with a first input, and of measures."""
    (tokens, lengths), (others, other_lengths) = expected, actual
    real = np.arange(tokens.shape[-1]) < np.maximum(lengths, other_lengths)[..., None]
    same = (tokens == others) | ~real
    tracks = same.all(-1) & (lengths == other_lengths)
    later = np.zeros(tracks.shape, bool)
    later[:, 1:] = True
    present = later & (np.maximum(lengths, other_lengths) > 1)
    return {
        "tokens": same[real & later[..., None]].mean(),
        "tracks": tracks[later].mean(),
        "present tracks": tracks[present].mean(),
        "measures": tracks.all(-1).mean(),
    }


def compare(model: GMVAE, measures: list[Measure]) -> Iterator[Figure]:
    """By kind of first input: bits per measure under teacher forcing, `agreement` with another."""
    import_tensorflow_quietly()
    import tensorflow as tf

    z, _ = model.encode(measures)
    labels = chord_labels(["|".join(m.chords) for m in measures], len(z), model.format)
    draws = np.arange(len(z), dtype=np.int32)
    shape = len(z), model.format.max_tracks
    vocab = vocabulary(model.format)
    truth = [
        np.stack([getattr(measure, name) for measure in measures]).astype(np.int32)
        for name in ("tokens", "lengths", "event_chords")
    ]
    reconstruction = tf.function(model.network.reconstruction)

    def bits(first_inputs: np.ndarray) -> float:
        nats = reconstruction(z, *truth, tf.constant(first_inputs, tf.int32))
        return float(np.mean(nats)) / np.log(2)

    def greedy(first_inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return model.numpy.decode(z, labels, 0.0, 0, draws, first_inputs)

    def feeding(values: np.ndarray | int) -> np.ndarray:
        first_inputs = np.full(shape, values)
        first_inputs[:, 0] = NO_TOKEN  # the first track has no predecessor
        return first_inputs

    zeros, end = feeding(NO_TOKEN), feeding(vocab.end)
    rng = np.random.default_rng(0)
    published = model.numpy.decode_in_sequence(z, labels, 0.0, 0, draws)
    last = published[:, :-1, -1]  # [B, T - 1]
    before = feeding(NO_TOKEN)
    before[:, 1:] = last
    kinds = {"zeros": (zeros, zeros), "the end": (zeros, end)}
    for draw in range(DRAWS):
        kinds[f"any token, draw {draw + 1}"] = zeros, feeding(rng.integers(0, vocab.size, shape))
    kinds["as published"] = zeros, before
    kinds["as published, beside the end"] = end, before
    for name, (others, values) in kinds.items():
        of = {"first input": name}
        yield figure(of, "teacher forcing", bits(values), "bits per measure", "less", digits=6)
        for what, share in agreement(greedy(others), greedy(values)).items():
            yield figure(of, f"equal {what}", float(100 * share), "%", "more")
    ends = float(100 * np.mean(last == vocab.end))
    yield figure({"published order": "tokens past the end"}, "that are the end", ends, "%")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", help="a finished one, whose test split is taken")
    parser.add_argument("--model", default="small", help="a run, a folder or a name")
    parser.add_argument("--measures", type=int, default=512)


def inputs(args: argparse.Namespace) -> dict[str, str]:
    return dataset_facts(args.dataset)


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    measures = list(itertools.islice(read_measures(args.dataset, "test"), args.measures))
    yield from compare(gm_vae.load(args.model), measures)
