"""SavedModel: named signatures for TensorFlow Serving and other programs.

    encode(tokens [B, T, E], lengths [B, T], chords [B, C]) -> mu, sigma [B, Z]
    decode(z [B, Z], chords [B, C], temperature [], seed []) -> tokens [B, T, E], lengths [B, T]
    sample(count [], chords [count, C], temperature [], seed []) -> z [count, Z], tokens, lengths
    interpolate(start [B, Z], end [B, Z], count [], chords [M, C], temperature [], seed [])
        -> z [B, count, Z], tokens [B, count, T, E], lengths [B, count, T]

Integers are int32, numbers float32. `chords` are ids, evenly spaced over the measure: C = 1 is one
per measure, C = the steps of a measure is one per step. A single row applies to all measures; in
`interpolate`, rows repeat. Results are the same as in the library with the same seed (minus 2**32
if it is not an int32): `GMVAE.decode_tokens(..., constrained=True)`, `prior_points`,
`operations.interpolate`.
"""

from __future__ import annotations

import dataclasses
import errno
import os
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from gm_vae.backends import network_of
from gm_vae.checkpoints.checkpoint import Checkpoint
from gm_vae.checkpoints.folder import FILE_NAME
from gm_vae.checkpoints.model_card import write_about
from gm_vae.checkpoints.tensors import write_json
from gm_vae.errors import UsageError
from gm_vae.export.vocabulary_file import VOCABULARY, vocabulary_values
from gm_vae.files import output_folder
from gm_vae.generate.gmvae import REPEAT_PENALTY
from gm_vae.model.decoding import decode_side_by_side
from gm_vae.model.grammar import drum_temperature_at
from gm_vae.model.points import prior_points, slerp
from gm_vae.model.prior import Prior
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.chords import NUM_CHORDS
from gm_vae.music.event_chords import event_chords
from gm_vae.version import __version__

EXTRA = "assets.extra"  # files that TensorFlow Serving ignores


def export_saved_model(
    checkpoint: Checkpoint,
    output: str | os.PathLike[str],
    half: bool = False,
    force: bool = False,
) -> None:
    """Write a model as a SavedModel folder, completely or not at all.

    Configuration and vocabulary are in `assets.extra`, card and attribute vectors beside it.

    Args:
        checkpoint: the model.
        output: the folder.
        half: store the weights as float16; computation stays float32.
        force: replace `output` if it is not empty.

    Raises:
        UserError: the path cannot be written, or exists and `force` is false, or is not UTF-8.
    """
    try:
        os.fspath(output).encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(
            f"TensorFlow does not write to {output}, a name that is not UTF-8; choose another."
        ) from None
    if half and checkpoint.prior:
        prior = checkpoint.prior.stored_as(np.float16)
        checkpoint = dataclasses.replace(checkpoint, prior=prior)
    network = network_of(checkpoint.config, checkpoint.weights)
    weights = network.trackable_variables()
    if checkpoint.prior:
        tensors = checkpoint.prior.tensors().items()
        weights |= {name.replace("/", "|"): tf.Variable(values) for name, values in tensors}
    if half:
        weights = {name: tf.Variable(tf.cast(value, tf.float16)) for name, value in weights.items()}
    module = tf.Module()
    module.weights = weights  # not the Keras model, whose own tracking would store them twice
    values = {
        "gm_vae": __version__,
        "model": checkpoint.config.to_dict(),
        "training": checkpoint.training,
    }
    with output_folder(output, force) as temporary:
        try:
            tf.saved_model.save(
                module,
                str(temporary),
                signatures=_Signatures(network, weights, checkpoint.prior).traced(),
                options=tf.saved_model.SaveOptions(experimental_custom_gradients=False),
            )
        except tf.errors.OpError as error:
            raise _as_os_error(error) from None
        (temporary / EXTRA).mkdir()
        write_json(temporary / EXTRA / FILE_NAME, values)
        write_json(temporary / EXTRA / VOCABULARY, vocabulary_values(checkpoint.config.fmt))
        write_about(temporary, checkpoint, "savedmodel", "float16" if half else "none")


def _as_os_error(error: tf.errors.OpError) -> OSError:
    """Raise TensorFlow's errors about a full or read-only disk as OSError."""
    for name in ("ENOSPC", "EDQUOT", "EACCES", "EROFS", "ENAMETOOLONG"):
        number = getattr(errno, name)
        if os.strerror(number) in error.message:
            return OSError(number, os.strerror(number))
    return OSError(errno.EIO, error.message.partition("\n")[0][:200])


class _Signatures:
    """Functions of tensors that compute with stored weights, by name without slashes."""

    def __init__(
        self, network: HierarchicalVAE, weights: dict[str, tf.Variable], prior: Prior | None
    ) -> None:
        self._network, self._weights, self._prior = network, weights, prior
        self._config = network.config

    def traced(self) -> dict[str, Any]:
        """The functions by name, traced for any batch."""
        fmt, width = self._config.fmt, self._config.latent_size
        tracks = [None, fmt.max_tracks]
        tokens = tf.TensorSpec([*tracks, fmt.max_track_length], tf.int32, "tokens")
        lengths = tf.TensorSpec(tracks, tf.int32, "lengths")
        chords = tf.TensorSpec([None, None], tf.int32, "chords")
        count = tf.TensorSpec([], tf.int32, "count")
        draw = tf.TensorSpec([], tf.float32, "temperature"), tf.TensorSpec([], tf.int32, "seed")
        z, start, end = (
            tf.TensorSpec([None, width], tf.float32, name) for name in ("z", "start", "end")
        )
        draws = tf.TensorSpec([None], tf.int32, "draws")
        # one graph for the three functions that decode
        self._decoded = self._function(self._decode, [z, chords, *draw, draws])
        return {
            "encode": self._function(self._encode, [tokens, lengths, chords]),
            "decode": tf.function(self._decode_each, [z, chords, *draw], autograph=False),
            "sample": tf.function(self._sample, [count, chords, *draw], autograph=False),
            "interpolate": tf.function(
                self._interpolate, [start, end, count, chords, *draw], autograph=False
            ),
        }

    def _function(self, function: Any, signature: list[tf.TensorSpec]) -> Any:
        """`function`, computing with the stored weights instead of the network's variables."""
        variables = self._network.published_variables().items()

        def served(*tensors: Any) -> Any:
            values = [
                (variable, tf.cast(self._weights[name.replace("/", "|")], variable.dtype))
                for name, variable in variables
            ]
            with keras.StatelessScope(state_mapping=values):
                return function(*tensors)

        return tf.function(served, signature, autograph=False)

    def _encode(self, tokens: Any, lengths: Any, chords: Any) -> dict[str, Any]:
        fmt = self._config.fmt
        tokens = _within(tokens, self._network.encoder.vocabulary_size, "tokens")
        lengths = 1 + _within(lengths - 1, fmt.max_track_length, "lengths less 1")
        chords = _for_each(chords, tf.shape(tokens)[0])
        chords = event_chords(tokens, lengths, chords, fmt, ops)
        mu, sigma = self._network.encode(tokens, lengths, chords)
        return {"mu": mu, "sigma": sigma}

    def _decode(self, z: Any, chords: Any, temperature: Any, seed: Any, draws: Any) -> Any:
        z = tf.debugging.check_numerics(z, "z must be finite")
        temperature = tf.debugging.check_numerics(temperature, "temperature must be finite")
        right = tf.debugging.assert_non_negative(temperature, "temperature must be 0 or more")
        with tf.control_dependencies([right]):
            temperature = tf.identity(temperature)
        chords = _for_each(chords, tf.shape(z)[0])
        tokens, lengths = decode_side_by_side(
            self._network,
            z,
            chords,
            temperature,
            seed,
            draws,
            repeat_penalty=REPEAT_PENALTY,
            drum_temperature=drum_temperature_at(temperature, ops),
        )
        return {"tokens": tokens, "lengths": lengths}

    def _decode_each(self, z: Any, chords: Any, temperature: Any, seed: Any) -> dict[str, Any]:
        return self._decoded(z, chords, temperature, seed, tf.range(tf.shape(z)[0]))

    def _sample(self, count: Any, chords: Any, temperature: Any, seed: Any) -> dict[str, Any]:
        width = self._config.latent_size
        z = prior_points(seed, tf.range(count), width, ops, self._prior)
        return {"z": z, **self._decode_each(z, chords, temperature, seed)}

    def _interpolate(
        self, start: Any, end: Any, count: Any, chords: Any, temperature: Any, seed: Any
    ) -> dict[str, Any]:
        z = _spherical(start, end, count)
        pairs = tf.shape(start)[0]
        chords = tf.gather(chords, tf.range(count) % tf.shape(chords)[0])
        decoded = self._decoded(
            tf.reshape(z, [-1, self._config.latent_size]),  # [B, count, Z] -> [B * count, Z]
            tf.tile(chords, [pairs, 1]),
            temperature,
            seed,
            tf.zeros([pairs * count], tf.int32),
        )
        shape = tf.stack([pairs, count])
        return {
            "z": z,
            **{
                name: tf.reshape(value, tf.concat([shape, tf.shape(value)[1:]], 0))
                for name, value in decoded.items()
            },
        }


def _within(ids: Any, size: int, name: str) -> Any:
    """int32 `ids`, checked to be within 0 to `size` - 1."""
    right = (
        tf.debugging.assert_non_negative(ids, f"{name} must be 0 or more"),
        tf.debugging.assert_less(ids, size, f"{name} must be below {size}"),
    )
    with tf.control_dependencies(right):
        return tf.identity(ids)


def _for_each(chords: Any, count: Any) -> Any:
    """Chord ids int32 [count, C], from `count` rows or a single one."""
    chords = _within(chords, NUM_CHORDS, "chords")
    return tf.broadcast_to(chords, [count, tf.shape(chords)[1]])


def _spherical(start: Any, end: Any, count: Any) -> Any:
    """float32 [B, count, Z]: `generate.points.interpolate` for each pair."""
    right = tf.debugging.assert_greater(count, 1, "an interpolation has 2 points or more")
    with tf.control_dependencies([right]):
        t = tf.linspace(tf.constant(0, tf.float64), 1, count)[None, :, None]
    a, b = (tf.cast(x, tf.float64)[:, None] for x in (start, end))  # [B, 1, Z]
    return slerp(a, b, t, ops)
