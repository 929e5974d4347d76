"""How much the decoder's input before a track's first token matters after training.

    python benchmarks/first_inputs.py MODEL DATASET [MEASURES]

MODEL is a run or checkpoint folder. Measures of the test split are encoded, and z = mu is decoded
greedily under their chords with other first inputs of the tracks after the first: zeros (what
`decode` feeds), the end, tokens drawn at random, and as published, the last token decoded for the
track before, past its end. Shares that are equal beside zeros are printed, and in the last row
beside the end. Results in RESULTS.md beside this file.
"""

import itertools
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

import gm_vae
from gm_vae.data.dataset import read_measures
from gm_vae.generate.gmvae import GMVAE, chord_labels
from gm_vae.model.decoder import NO_TOKEN
from gm_vae.music.measure import Measure
from gm_vae.music.vocabulary import vocabulary

DRAWS = 5  # of random first inputs


def agreement(expected: tuple, found: tuple) -> dict[str, float]:
    """Shares that are equal, of real tokens, of tracks with a first input, and of measures."""
    (tokens, lengths), (others, other_lengths) = expected, found
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


def compare(model: GMVAE, measures: list[Measure]) -> dict[str, dict[str, float]]:
    """By kind of first input: bits a measure under teacher forcing, `agreement` with another."""
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

    def inputs(values: np.ndarray | int) -> np.ndarray:
        first_inputs = np.full(shape, values)
        first_inputs[:, 0] = NO_TOKEN  # there is no track before the first
        return first_inputs

    zeros, end = inputs(NO_TOKEN), inputs(vocab.end)
    rng = np.random.default_rng(0)
    published = model.numpy.decode_in_sequence(z, labels, 0.0, 0, draws)
    last = published[:, :-1, -1]  # [B, T - 1]
    before = inputs(NO_TOKEN)
    before[:, 1:] = last
    kinds = {"zeros": (zeros, zeros), "the end": (zeros, end)}
    for draw in range(DRAWS):
        kinds[f"any token, draw {draw + 1}"] = zeros, inputs(rng.integers(0, vocab.size, shape))
    kinds["as published"] = zeros, before
    kinds["as published, beside the end"] = end, before
    print(f"last tokens that are the end, as published: {np.mean(last == vocab.end):.3f}")
    return {
        name: {"bits a measure": bits(values), **agreement(greedy(others), greedy(values))}
        for name, (others, values) in kinds.items()
    }


def main() -> None:
    model, dataset = gm_vae.load(sys.argv[1]), sys.argv[2]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 512
    measures = list(itertools.islice(read_measures(dataset, "test"), count))
    found = compare(model, measures)
    print(f"{len(measures)} measures of {dataset}")
    columns = list(next(iter(found.values())))
    print(f"{'first input':<30}" + "".join(f"{name:>16}" for name in columns))
    for name, shares in found.items():
        print(f"{name:<30}" + "".join(f"{shares[column]:16.3f}" for column in columns))


if __name__ == "__main__":
    main()
