"""A trained model: encodes measures to points, and decodes points to measures."""

from __future__ import annotations

import dataclasses
import functools
import math
import os
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gm_vae import numpy_ops
from gm_vae.backends.numpy.network import BATCH, NumpyVAE
from gm_vae.backends.numpy.threads import in_threads, split
from gm_vae.checkpoints.checkpoint import fingerprint
from gm_vae.checkpoints.folder import write_checkpoint
from gm_vae.errors import UsageError, UserError
from gm_vae.generate.instruments import Instruments
from gm_vae.generate.points import checked_seed
from gm_vae.json_values import brief
from gm_vae.model.grammar import drum_temperature_at
from gm_vae.model.points import prior_points
from gm_vae.model.prior import Prior
from gm_vae.music.chord_lines import measure_chords, require_one_case
from gm_vae.music.chords import (
    NO_CHORD,
    NUM_CHORDS,
    chord_symbol,
    has_triad,
    nearest_chord_id,
)
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import vocabulary
from gm_vae.progress import Progress

if TYPE_CHECKING:
    from gm_vae.model.config import ModelConfig
    from gm_vae.model.vae import HierarchicalVAE

Chords = str | Sequence[str] | None
TEMPERATURE = 0.6
REPEAT_PENALTY = 1.0  # tracks then repeat as often as in real music
_MOST_PENALTY = 100.0  # then nothing is repeated if anything else is possible
HOTTEST = 1e6  # above, all tokens are equally likely
_MANY = 500  # measures, from which on a terminal shows progress
FARTHEST = (
    1e6  # largest absolute value of a unit of a point: beyond, sums of the decoder may overflow
)


@dataclasses.dataclass(frozen=True)
class Decoding:
    """How tokens are chosen; arguments of `GMVAE.decode` with these names.

    Raises:
        UsageError: a number is out of its range.
    """

    temperature: float = TEMPERATURE
    drum_temperature: float | None = None
    repeat_penalty: float = REPEAT_PENALTY
    seed: int | None = None

    def __post_init__(self) -> None:
        for name, most in (
            ("temperature", HOTTEST),
            ("drum_temperature", HOTTEST),
            ("repeat_penalty", _MOST_PENALTY),
        ):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= most:
                raise UsageError(f"{name} is {value}; give a number from 0 to {most:g}.")
        object.__setattr__(self, "seed", checked_seed(self.seed))

    def arguments(self) -> dict[str, Any]:
        """The keywords of `NumpyVAE.decode`."""
        temperature, drums = float(self.temperature), self.drum_temperature
        return {
            "temperature": temperature,
            "drum_temperature": drum_temperature_at(temperature) if drums is None else float(drums),
            "repeat_penalty": float(self.repeat_penalty),
            "seed": self.seed,
        }


class Tracks(NamedTuple):
    """Decoded tracks, in the order of the network.

    Attributes:
        tokens: int32 [B, T, E], zero after each end.
        lengths: int32 [B, T].
    """

    tokens: np.ndarray
    lengths: np.ndarray

    def measures(self, labels: np.ndarray, fmt: MeasureFormat) -> list[Measure]:
        """The measures, with their chords [B, C]; tracks by program, as in the corpus."""
        tokens, lengths = self.tokens.astype(np.uint16), self.lengths.astype(fmt.length_dtype)
        return [
            Measure(*_in_order(rows, row_lengths), label, fmt)
            for rows, row_lengths, label in zip(tokens, lengths, labels.astype(np.uint8))
        ]


class GMVAE:
    """A model that encodes measures to points of the latent space and decodes points to measures.

    Use `load` to get one. NumPy computes both directions, with the weights at construction.

    Args:
        network: the Keras model, or its NumPy counterpart.
        training: how it was trained (steps, dataset, figures), from the checkpoint.
        attributes: the content of its attributes.json, or None.
        prior: what points are drawn from; a standard normal if None.
    """

    def __init__(
        self,
        network: HierarchicalVAE | NumpyVAE,
        training: dict[str, Any] | None = None,
        attributes: dict[str, Any] | None = None,
        prior: Prior | None = None,
    ) -> None:
        self.training = dict(training or {})
        self.attributes = attributes
        self.prior = prior
        if isinstance(network, NumpyVAE):
            self.numpy = network
        else:
            self.network = network
            self.numpy = NumpyVAE(network.config, network.published_weights())

    @functools.cached_property
    def network(self) -> HierarchicalVAE:
        """The Keras model, for training, scores and exports."""
        from gm_vae.backends import network_of

        return network_of(self.config, self.numpy.published_weights())

    @property
    def config(self) -> ModelConfig:
        """Sizes of the network."""
        return self.numpy.config

    @property
    def format(self) -> MeasureFormat:
        """The format of the measures that the model reads and writes."""
        return self.numpy.config.fmt

    @functools.cached_property
    def fingerprint(self) -> str:
        """A short hash of the weights."""
        return fingerprint(self.numpy.published_weights())

    def __repr__(self) -> str:
        config = self.config
        size = config.preset or f"decoder {config.decoder_units}"
        chords = "with chords" if config.chords else "without chords"
        bar = f"{self.format.beats_per_bar}/{self.format.beat_unit}"
        return f"GMVAE({size}, z of {config.latent_size}, {chords}, {bar})"

    def encode(self, measures: Sequence[Measure]) -> tuple[np.ndarray, np.ndarray]:
        """Encode measures: mean and standard deviation of the posterior, each float32 [B, Z].

        Raises:
            UsageError: a measure has another format than the model, or contains tokens, lengths or
                chords outside that format.
            UserError: the weights are so large that a point is NaN or infinite.
        """
        Measure.require_all(measures, "encode")
        for number, measure in enumerate(measures):
            if measure.fmt != self.format:
                self.format.require_equal(measure.fmt, "the model", "a measure to encode")
            _require_tokens(measure, number)
        if not measures:
            mu, sigma = (np.zeros((0, self.config.latent_size), np.float32) for _ in range(2))
            return mu, sigma

        def tensors(rows: slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            return (
                np.stack([measure.tokens for measure in measures[rows]]),
                np.stack([measure.lengths for measure in measures[rows]]),
                np.stack([measure.event_chords for measure in measures[rows]]),
            )

        mu, sigma = self.numpy.encode_many(len(measures), tensors)
        if not (np.isfinite(mu).all() and np.isfinite(sigma).all()):
            raise UserError(
                "the weights of this model are too large to compute with: a point is NaN or "
                "infinite; take another model."
            )
        return mu, sigma

    def decode(
        self,
        z: np.ndarray,
        chords: Chords = None,
        temperature: float = TEMPERATURE,
        seed: int | None = None,
        same_draw: bool = False,
        instruments: Instruments | np.ndarray | None = None,
        repeat_penalty: float = REPEAT_PENALTY,
        drum_temperature: float | None = None,
    ) -> list[Measure]:
        """Decode points to measures, all of which are well-formed.

        Args:
            z: points, float [B, Z].
            chords: one symbol for all measures, or one per measure; None is "no chord". A symbol
                may hold several chords, evenly spaced over the measure: "C|G".
            temperature: sampling temperature; 0 always takes the most likely token.
            seed: the same seed gives the same measures, whatever the batch; None draws one.
            same_draw: use the same random numbers for all measures, so that they differ only by
                their points and chords.
            instruments: which instruments play (any if None); or bool [B, T, 130], the allowed
                first tokens of each track (program 0..127, drums, end).
            repeat_penalty: how much less likely a pitched track is to repeat its last chord or
                note, in nats at temperatures up to 0.5, fading out towards 1. 0 means no penalty.
            drum_temperature: temperature of drum tracks; if None, `drum_temperature_at` gives a
                lower one than `temperature`.

        Raises:
            UsageError: z has another width or contains NaN or infinity, the numbers of chords and
                points differ, a chord cannot be read, or the instruments cannot all play.

        A chord without a triad is decoded as the nearest triad, with a warning.
        """
        z = self._checked(z)
        labels = chord_labels(chords, len(z), self.format)
        tracks = self.decode_tracks(
            z,
            labels,
            Decoding(temperature, drum_temperature, repeat_penalty, seed),
            draws=np.zeros(len(z), np.int32) if same_draw else None,
            programs=self.masks(instruments, z),
        )
        return tracks.measures(labels, self.format)

    def decode_tracks(
        self, z: np.ndarray, labels: np.ndarray, decoding: Decoding, **arrays: np.ndarray | None
    ) -> Tracks:
        """Decode points to tracks, without making measures: for music of several measures.

        Args:
            z: float [B, Z].
            labels: int [B, C], evenly spaced chord ids.
            decoding: how tokens are chosen.
            arrays: any of the arguments [B, ...] of `NumpyVAE.decode`: draws, programs, streams,
                temperature, drum_temperature, begin_tokens, begin_lengths.

        Raises:
            UsageError: z or a number of `decoding` is invalid, as in `decode`.
        """
        z = self._checked(z)
        columns = {name: array for name, array in arrays.items() if array is not None}
        columns.setdefault("draws", np.arange(len(z), dtype=np.int32))

        def decode(batch: slice) -> tuple[np.ndarray, np.ndarray]:
            own = {name: array[batch] for name, array in columns.items()}
            tracks = self.numpy.decode(z[batch], labels[batch], **{**decoding.arguments(), **own})
            progress.update(len(tracks[0]))
            return tracks

        fmt = self.format
        shape = 0, fmt.max_tracks, fmt.max_track_length
        empty = np.zeros(shape, np.int32), np.zeros(shape[:2], np.int32)
        with Progress(len(z), "measure", shown=len(z) >= _MANY) as progress:
            results = in_threads(decode, split(len(z), *BATCH))
        return Tracks(*(np.concatenate(column) for column in zip(empty, *results)))

    def masks(
        self, instruments: Instruments | np.ndarray | None, z: np.ndarray
    ) -> np.ndarray | None:
        """bool [B, T, 130], the allowed first tokens of each track of the points; None allows all.

        Raises UsageError if the instruments cannot all play.
        """
        if isinstance(instruments, Instruments):
            return instruments.masks(self.numpy.program_logits(self._checked(z)))
        return instruments

    def decode_tokens(
        self,
        z: np.ndarray,
        chords: Chords = None,
        temperature: float = 0,
        constrained: bool = False,
        seed: int | None = None,
    ) -> np.ndarray:
        """Token ids int32 [B, T, E] for each point.

        Unconstrained is exactly the published procedure: tracks in sequence, E steps each, with the
        last token of a track as the first input of the next. Constrained is `decode` without a
        repeat penalty and with the same temperature for drums, before the tracks are sorted; zeros
        follow each end.

        Args and errors as in `decode`.
        """
        z = self._checked(z)
        labels = chord_labels(chords, len(z), self.format)
        decoding = Decoding(temperature, temperature, 0.0, seed)
        if constrained:
            return self.decode_tracks(z, labels, decoding).tokens
        draws = np.arange(len(z), dtype=np.int32)
        how = decoding.arguments()
        shape = (0, self.format.max_tracks, self.format.max_track_length)
        results = in_threads(
            lambda batch: self.numpy.decode_in_sequence(
                z[batch], labels[batch], how["temperature"], how["seed"], draws[batch]
            ),
            split(len(z), *BATCH),
        )
        return np.concatenate([np.zeros(shape, np.int32), *results])

    def sample_points(self, count: int, seed: int | None = None) -> np.ndarray:
        """Draw points from the prior, float32 [count, Z].

        The same seed gives the same points, and a larger `count` begins with the same ones.
        `sample` of a SavedModel draws the same points.
        """
        if count < 0:
            raise UsageError(f"count is {count}; give the number of points, 0 or more.")
        seed = checked_seed(seed)
        width = self.config.latent_size
        return prior_points(seed, np.arange(count), width, numpy_ops, self.prior)

    def save(self, folder: str | os.PathLike[str], force: bool = False) -> None:
        """Write the model as a checkpoint folder, which `load` reads."""
        weights = self.numpy.published_weights()
        write_checkpoint(folder, self.config, weights, self.training, force, self.prior)

    def _checked(self, z: np.ndarray) -> np.ndarray:
        z = checked_points(z, "z")
        if z.ndim != 2 or z.shape[1] != self.config.latent_size:
            raise UsageError(
                f"z has shape {list(z.shape)}; this model needs [B, {self.config.latent_size}]."
            )
        return z


def checked_points(z: np.ndarray, name: str) -> np.ndarray:
    """Points as float32, with all values in range.

    Raises UsageError, with `name` and the position, for NaN, infinity and values beyond `FARTHEST`.
    """
    with np.errstate(over="ignore"):
        z = np.asarray(z, np.float32)
    wrong = np.argwhere(~(np.abs(z) <= FARTHEST))
    if len(wrong):
        index = tuple(wrong[0].tolist())
        raise UsageError(
            f"{name}{list(index)} is {z[index]}; a point holds numbers from {-FARTHEST:,.0f} to "
            f"{FARTHEST:,.0f}, and most are within 3 of 0."
        )
    return z


def chord_labels(chords: Chords, count: int, fmt: MeasureFormat) -> np.ndarray:
    """int32 [count, C] evenly spaced chord ids, from symbols such as "C" or "C|G".

    C is the format's chords_per_measure, or more if a symbol holds more.

    Raises:
        UsageError: the number of symbols is neither one nor `count`, a symbol cannot be read, its
            case is ambiguous (major or minor), or its chords do not divide the measure.
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
    require_one_case(chord for symbol in symbols for chord in measure_chords(symbol))
    width = math.lcm(fmt.chords_per_measure, *(len(label) for label in labels))
    if fmt.steps_per_measure % width:
        raise UsageError(
            f"the chords {brief(' '.join(symbols), 100)!r} do not divide a measure of "
            f"{fmt.steps_per_measure} steps evenly; use 1 or {fmt.chords_per_measure} per measure."
        )
    return np.array([np.repeat(label, width // len(label)) for label in labels], np.int32).reshape(
        count, width
    )


def chord_ids_of(symbol: str) -> list[int]:
    """The chord ids of a measure's symbol such as "C" or "C|G"; warns about chords without a triad.

    Raises:
        ChordError: a symbol cannot be read.
    """
    ids = []
    for chord in measure_chords(symbol):
        ids.append(nearest_chord_id(chord))
        if not has_triad(chord):
            warnings.warn(f"{chord} has no triad; taken as {chord_symbol(ids[-1])}.", stacklevel=2)
    return ids


def _require_tokens(measure: Measure, number: int) -> None:
    """Raise UsageError unless tokens, lengths and chords of a measure are of its format."""
    fmt = measure.fmt
    shapes = (fmt.max_tracks, fmt.max_track_length), (fmt.max_tracks,)
    if (
        (measure.tokens.shape, measure.lengths.shape) != shapes
        or measure.tokens.max() >= vocabulary(fmt).size
        or measure.lengths.min() < 1
        or measure.lengths.max() > fmt.max_track_length
        or not len(measure.chord_ids)
        or measure.chord_ids.max() >= NUM_CHORDS
    ):
        raise UsageError(
            f"measure {number} holds tokens, lengths or chords that its format does not have; make "
            "measures with Measure.from_tracks."
        )


def _in_order(tokens: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tracks [T, E] by ascending program, then drums, then absent tracks, as in the corpus."""
    order = np.argsort(tokens[:, 0], kind="stable")  # program < drums < end, as ids
    return tokens[order], lengths[order]
