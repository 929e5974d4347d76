"""A trained model as people use it: measures in, measures out."""

from __future__ import annotations

import functools
import math
import os
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.music.chords import NO_CHORD, chord_id
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat

if TYPE_CHECKING:
    from gm_vae.model.config import ModelConfig
    from gm_vae.model.vae import HierarchicalVAE

Chords = str | Sequence[str] | None

_BATCH = 256  # measures computed at once; bounds the memory, not the result


class GMVAE:
    """Encodes measures to points of the latent space and decodes points to measures.

    Attributes:
        network: the Keras model.
        training: how it was trained (steps, dataset, figures), as the checkpoint tells.
    """

    def __init__(self, network: HierarchicalVAE, training: dict[str, Any] | None = None) -> None:
        import tensorflow as tf

        from gm_vae.model import decoding

        self.network = network
        self.training = dict(training or {})
        flat = tf.TensorSpec([None, None], tf.int32)
        point = tf.TensorSpec([None, self.config.latent_size], tf.float32)
        number = tf.TensorSpec([], tf.float32), tf.TensorSpec([], tf.int64)
        tracks, steps = self.format.max_tracks, self.format.max_track_length
        measure = tf.TensorSpec([None, tracks, steps], tf.int32)
        self._encode = tf.function(
            network.encode,
            autograph=False,
            input_signature=[measure, tf.TensorSpec([None, tracks], tf.int32), measure],
        )
        decoder_signature = [point, flat, *number, tf.TensorSpec([None], tf.int32)]
        self._side_by_side, self._in_sequence = (
            tf.function(
                functools.partial(decode, network),
                autograph=False,
                input_signature=decoder_signature,
            )
            for decode in (decoding.decode_side_by_side, decoding.decode_in_sequence)
        )

    @property
    def config(self) -> ModelConfig:
        """Sizes of the network."""
        return self.network.config

    @property
    def format(self) -> MeasureFormat:
        """The measures that the model speaks."""
        return self.network.config.fmt

    def encode(self, measures: Sequence[Measure]) -> tuple[np.ndarray, np.ndarray]:
        """The posterior of each measure: (mu, sigma), each float32 [B, Z].

        Raises:
            UsageError: a measure has another format than the model.
        """
        for measure in measures:
            if measure.fmt != self.format:
                self.format.require_equal(measure.fmt, "the model", "a measure to encode")
        found = []
        for start in range(0, len(measures), _BATCH):
            part = measures[start : start + _BATCH]
            found.append(
                self._encode(
                    np.stack([measure.tokens for measure in part]).astype(np.int32),
                    np.stack([measure.lengths for measure in part]).astype(np.int32),
                    np.stack([measure.event_chords for measure in part]).astype(np.int32),
                )
            )
        if not found:
            return tuple(np.zeros((0, self.config.latent_size), np.float32) for _ in range(2))
        mu, sigma = (np.concatenate([np.asarray(x) for x in column]) for column in zip(*found))
        return mu, sigma

    def decode(
        self,
        z: np.ndarray,
        chords: Chords = None,
        temperature: float = 0.5,
        seed: int | None = None,
        same_draw: bool = False,
    ) -> list[Measure]:
        """A well-formed measure for each point.

        Args:
            z: float [B, Z].
            chords: one symbol for all measures, or a symbol for each; None is "no chord". A symbol
                may hold several, evenly spaced over the measure: "C|G".
            temperature: 0 takes the likeliest token each time, 1 samples as the model believes.
            seed: the same number gives the same measures, whatever the batch; None draws one.
            same_draw: use the first measure's random numbers for all of them, so that they differ
                only by their points and chords.

        Raises:
            UsageError: z has another width, there are not as many chords as points, or a chord
                cannot be read.
        """
        batches = self._batches(z, chords, temperature, seed, same_draw)
        measures = []
        for arguments in batches:
            tokens, lengths = self._side_by_side(*arguments)
            tokens = np.asarray(tokens, np.uint16)
            lengths = np.asarray(lengths, self.format.length_dtype)
            labels = arguments[1].astype(np.uint8)
            measures += [
                Measure(*_in_order(rows, row_lengths), label, self.format)
                for rows, row_lengths, label in zip(tokens, lengths, labels)
            ]
        return measures

    def decode_tokens(
        self,
        z: np.ndarray,
        chords: Chords = None,
        temperature: float = 0,
        constrained: bool = False,
        seed: int | None = None,
    ) -> np.ndarray:
        """Token ids int32 [B, T, E] for each point.

        Unconstrained is the published procedure to the letter: tracks in order, every track all E
        steps, a later track's first input the last token of the one before. Constrained is what
        `decode` does, before the tracks are put in order; zeros follow each end.

        Args and errors as in `decode`.
        """
        found = []
        for arguments in self._batches(z, chords, temperature, seed):
            if constrained:
                tokens, _ = self._side_by_side(*arguments)
            else:
                tokens = self._in_sequence(*arguments)
            found.append(np.asarray(tokens))
        shape = (0, self.format.max_tracks, self.format.max_track_length)
        return np.concatenate(found) if found else np.zeros(shape, np.int32)

    def sample_points(self, count: int, seed: int | None = None) -> np.ndarray:
        """Points drawn from the prior, float32 [count, Z]; more points begin with the same ones."""
        rng = np.random.default_rng(seed)
        return rng.standard_normal((count, self.config.latent_size), np.float32)

    def save(self, folder: str | os.PathLike[str], force: bool = False) -> None:
        """Write the model as a checkpoint folder that `load` reads."""
        from gm_vae.model.checkpoint import write_checkpoint

        write_checkpoint(
            folder, self.config, self.network.published_weights(), self.training, force
        )

    def _batches(
        self,
        z: np.ndarray,
        chords: Chords,
        temperature: float,
        seed: int | None,
        same_draw: bool = False,
    ) -> list[tuple[np.ndarray, np.ndarray, float, int, np.ndarray]]:
        """Checked arguments of the decoders: points, chord labels, temperature, seed, draws."""
        z = np.asarray(z, np.float32)
        if z.ndim != 2 or z.shape[1] != self.config.latent_size:
            raise UsageError(
                f"z has shape {list(z.shape)}; this model needs [B, {self.config.latent_size}]."
            )
        if not (math.isfinite(temperature) and temperature >= 0):
            raise UsageError(f"temperature is {temperature}; give a number of 0 or more.")
        seed = secrets.randbelow(2**32) if seed is None else seed % 2**32
        labels = chord_labels(chords, len(z), self.format)
        draws = np.zeros(len(z), np.int32) if same_draw else np.arange(len(z), dtype=np.int32)
        parts = [slice(start, start + _BATCH) for start in range(0, len(z), _BATCH)]
        return [(z[part], labels[part], temperature, seed, draws[part]) for part in parts]


def chord_labels(chords: Chords, count: int, fmt: MeasureFormat) -> np.ndarray:
    """int32 [count, C] evenly spaced chord ids, from symbols such as "C" or "C|G".

    C is the format's chords_per_measure, or more if a symbol holds more.

    Raises:
        UsageError: the number of symbols is neither one nor `count`, a symbol cannot be read, or
            its chords do not divide the measure.
    """
    if chords is None:
        return np.full((count, fmt.chords_per_measure), NO_CHORD, np.int32)
    symbols = [chords] * count if isinstance(chords, str) else list(chords)
    if len(symbols) != count:
        raise UsageError(
            f"there are {len(symbols)} chords for {count} measures; give one chord for all or one "
            "for each."
        )
    labels = [chord_ids_of(symbol) for symbol in symbols]
    width = math.lcm(fmt.chords_per_measure, *(len(label) for label in labels))
    if fmt.steps_per_measure % width:
        raise UsageError(
            f"the chords {' '.join(symbols)!r} do not divide a measure of {fmt.steps_per_measure} "
            f"steps evenly; use 1 or {fmt.chords_per_measure} to a measure."
        )
    return np.array([np.repeat(label, width // len(label)) for label in labels], np.int32).reshape(
        count, width
    )


def chord_ids_of(symbol: str) -> list[int]:
    """The chord ids of a measure's symbol such as "C" or "C|G". Raises ChordError."""
    return [chord_id(part) for part in symbol.split("|")]


def _in_order(tokens: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tracks [T, E] by rising program, drums last, absent ones after them, as in the corpus."""
    order = np.argsort(tokens[:, 0], kind="stable")  # program < drums < end, as ids
    return tokens[order], lengths[order]
