"""A trained model as people use it: measures in, measures out."""

from __future__ import annotations

import functools
import math
import os
import secrets
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gm_vae import numpy_ops
from gm_vae.backends.numpy.network import PART, NumpyVAE
from gm_vae.backends.numpy.threads import in_threads, split
from gm_vae.checkpoints.checkpoint import fingerprint
from gm_vae.checkpoints.folder import write_checkpoint
from gm_vae.errors import UsageError, UserError
from gm_vae.generate.instruments import Instruments
from gm_vae.json_values import brief
from gm_vae.model.points import prior_points
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

if TYPE_CHECKING:
    from gm_vae.model.config import ModelConfig
    from gm_vae.model.vae import HierarchicalVAE

Chords = str | Sequence[str] | None
REPEAT_PENALTY = 1.0  # tracks then repeat as often as in real music
_MOST_PENALTY = 100.0  # nothing is repeated where anything else can come
HOTTEST = 1e6  # above, every token is as likely as any other
FARTHEST = 1e6  # from 0, of a unit of a point: beyond, sums of the decoder may overflow


class GMVAE:
    """Encodes measures to points of the latent space and decodes points to measures.

    NumPy computes both (`model.numpy_vae`), with the weights as they were when this was made.

    Args:
        network: the Keras model, or the same in NumPy, as `load` has it.
        training: how it was trained (steps, dataset, figures), as the checkpoint tells.
        attributes: the content of the attributes.json that came with it, None if there was none.
    """

    def __init__(
        self,
        network: HierarchicalVAE | NumpyVAE,
        training: dict[str, Any] | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        self.training = dict(training or {})
        self.attributes = attributes
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
        """The measures that the model speaks."""
        return self.numpy.config.fmt

    @functools.cached_property
    def fingerprint(self) -> str:
        """A short hash of the weights, to know what belongs to them."""
        return fingerprint(self.numpy.published_weights())

    def encode(self, measures: Sequence[Measure]) -> tuple[np.ndarray, np.ndarray]:
        """The posterior of each measure: (mu, sigma), each float32 [B, Z].

        Raises:
            UsageError: a measure has another format than the model, or holds what is no token,
                length or chord of it.
            UserError: the weights are so large that a point is NaN or infinite.
        """
        for number, measure in enumerate(measures):
            if measure.fmt != self.format:
                self.format.require_equal(measure.fmt, "the model", "a measure to encode")
            _require_tokens(measure, number)
        if not measures:
            mu, sigma = (np.zeros((0, self.config.latent_size), np.float32) for _ in range(2))
            return mu, sigma

        def tensors(part: slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            return (
                np.stack([measure.tokens for measure in measures[part]]),
                np.stack([measure.lengths for measure in measures[part]]),
                np.stack([measure.event_chords for measure in measures[part]]),
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
        temperature: float = 0.5,
        seed: int | None = None,
        same_draw: bool = False,
        instruments: Instruments | np.ndarray | None = None,
        repeat_penalty: float = REPEAT_PENALTY,
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
            instruments: which instruments play; or bool [B, T, 130], what each track may begin
                with (program 0..127, drums, end). Any if None.
            repeat_penalty: how much less likely a pitched track strikes again what it struck last,
                in nats at temperatures up to 0.5; it fades out towards 1. 0 leaves it to the model.

        Raises:
            UsageError: z has another width or holds NaN or infinity, there are not as many chords
                as points, a chord cannot be read, or the instruments cannot all play.

        A chord without a triad is decoded as the nearest one that has, with a warning.
        """
        if not 0 <= repeat_penalty <= _MOST_PENALTY:
            raise UsageError(
                f"repeat_penalty is {repeat_penalty}; give a number from 0 to {_MOST_PENALTY:g}."
            )
        parts = self._parts(z, chords, temperature, seed, same_draw, instruments)
        for part in parts:
            part["repeat_penalty"] = float(repeat_penalty)
        found = in_threads(lambda part: self.numpy.decode(**part), parts)
        measures = []
        for part, (tokens, lengths) in zip(parts, found):
            tokens = tokens.astype(np.uint16)
            lengths = lengths.astype(self.format.length_dtype)
            labels = part["chords"].astype(np.uint8)
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

        def decode(part: dict[str, Any]) -> np.ndarray:
            if constrained:
                return self.numpy.decode(**part)[0]
            return self.numpy.decode_in_sequence(**part)

        shape = (0, self.format.max_tracks, self.format.max_track_length)
        found = in_threads(decode, self._parts(z, chords, temperature, seed))
        return np.concatenate([np.zeros(shape, np.int32), *found])

    def sample_points(self, count: int, seed: int | None = None) -> np.ndarray:
        """Points drawn from the prior, float32 [count, Z]; more points begin with the same ones.

        The same seed gives the same points in a SavedModel's `sample`.
        """
        seed = secrets.randbelow(2**32) if seed is None else seed % 2**32
        return prior_points(seed, np.arange(count), self.config.latent_size, numpy_ops)

    def save(self, folder: str | os.PathLike[str], force: bool = False) -> None:
        """Write the model as a checkpoint folder that `load` reads."""
        write_checkpoint(folder, self.config, self.numpy.published_weights(), self.training, force)

    def _parts(
        self,
        z: np.ndarray,
        chords: Chords,
        temperature: float,
        seed: int | None,
        same_draw: bool = False,
        instruments: Instruments | np.ndarray | None = None,
    ) -> list[dict[str, Any]]:
        """Checked arguments of `NumpyVAE.decode`, for a few measures at a time."""
        z = checked_points(z, "z")
        if z.ndim != 2 or z.shape[1] != self.config.latent_size:
            raise UsageError(
                f"z has shape {list(z.shape)}; this model needs [B, {self.config.latent_size}]."
            )
        if not 0 <= temperature <= HOTTEST:
            raise UsageError(f"temperature is {temperature}; give a number from 0 to {HOTTEST:g}.")
        seed = secrets.randbelow(2**32) if seed is None else seed % 2**32
        labels = chord_labels(chords, len(z), self.format)
        draws = np.zeros(len(z), np.int32) if same_draw else np.arange(len(z), dtype=np.int32)
        common = {"temperature": float(temperature), "seed": seed}
        parts = []
        for where in split(len(z), *PART):
            part = {"z": z[where], "chords": labels[where], "draws": draws[where], **common}
            if isinstance(instruments, Instruments):
                part["programs"] = instruments.masks(self.numpy.program_logits(z[where]))
            elif instruments is not None:
                part["programs"] = instruments[where]
            parts.append(part)
        return parts


def checked_points(z: np.ndarray, name: str) -> np.ndarray:
    """Points as float32, each number of which can be computed with.

    Raises UsageError, with `name` and the place, for NaN, infinity or what is beyond `FARTHEST`.
    """
    with np.errstate(over="ignore"):
        z = np.asarray(z, np.float32)
    wrong = np.argwhere(~(np.abs(z) <= FARTHEST))
    if len(wrong):
        place = tuple(wrong[0].tolist())
        raise UsageError(
            f"{name}{list(place)} is {z[place]}; a point holds numbers from {-FARTHEST:,.0f} to "
            f"{FARTHEST:,.0f}, and most are within 3 of 0."
        )
    return z


def chord_labels(chords: Chords, count: int, fmt: MeasureFormat) -> np.ndarray:
    """int32 [count, C] evenly spaced chord ids, from symbols such as "C" or "C|G".

    C is the format's chords_per_measure, or more if a symbol holds more.

    Raises:
        UsageError: the number of symbols is neither one nor `count`, a symbol cannot be read, its
            case leaves open whether it is minor, or its chords do not divide the measure.
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
    require_one_case(part for symbol in symbols for part in measure_chords(symbol))
    width = math.lcm(fmt.chords_per_measure, *(len(label) for label in labels))
    if fmt.steps_per_measure % width:
        raise UsageError(
            f"the chords {brief(' '.join(symbols), 100)!r} do not divide a measure of "
            f"{fmt.steps_per_measure} steps evenly; use 1 or {fmt.chords_per_measure} to a measure."
        )
    return np.array([np.repeat(label, width // len(label)) for label in labels], np.int32).reshape(
        count, width
    )


def chord_ids_of(symbol: str) -> list[int]:
    """The chord ids of a measure's symbol such as "C" or "C|G"; folded chords are warned of.

    Raises:
        ChordError: a symbol cannot be read.
    """
    found = []
    for part in measure_chords(symbol):
        found.append(nearest_chord_id(part))
        if not has_triad(part):
            warnings.warn(f"{part} has no triad; taken as {chord_symbol(found[-1])}.", stacklevel=2)
    return found


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
    """Tracks [T, E] by rising program, drums last, absent ones after them, as in the corpus."""
    order = np.argsort(tokens[:, 0], kind="stable")  # program < drums < end, as ids
    return tokens[order], lengths[order]
