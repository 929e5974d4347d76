"""SavedModel: encode and decode as named signatures, for TensorFlow Serving and other programs.

    encode(tokens [B, T, E], lengths [B, T], chords [B, C]) -> mu, sigma [B, Z]
    decode(z [B, Z], chords [B, C], temperature [], seed []) -> tokens [B, T, E], lengths [B, T]

All integers are int32, all numbers float32; chords are ids, evenly spaced over the measure.
`decode` draws the same tokens as `GMVAE.decode_tokens(..., constrained=True)`.
"""

from __future__ import annotations

import json
import os

import tensorflow as tf

from gm_vae.files import output_folder
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.decoding import decode_side_by_side
from gm_vae.model.event_chords import event_chords
from gm_vae.version import __version__


def export_saved_model(model: GMVAE, output: str | os.PathLike[str], force: bool = False) -> None:
    """Write `model` as a SavedModel folder that appears whole or not at all.

    The configuration lies in `assets.extra/gm_vae.json`.

    Raises:
        UserError: the place cannot be written, or is taken and `force` is false.
    """
    network, fmt = model.network, model.format
    shape = [None, fmt.max_tracks, fmt.max_track_length]

    def encode(tokens: tf.Tensor, lengths: tf.Tensor, chords: tf.Tensor) -> dict[str, tf.Tensor]:
        mu, sigma = network.encode(tokens, lengths, event_chords(tokens, lengths, chords, fmt))
        return {"mu": mu, "sigma": sigma}

    def decode(
        z: tf.Tensor, chords: tf.Tensor, temperature: tf.Tensor, seed: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        draws = tf.range(tf.shape(z)[0])
        tokens, lengths = decode_side_by_side(network, z, chords, temperature, seed, draws)
        return {"tokens": tokens, "lengths": lengths}

    def ids(shape: list, name: str) -> tf.TensorSpec:
        return tf.TensorSpec(shape, tf.int32, name)

    encode_spec = [ids(shape, "tokens"), ids(shape[:2], "lengths"), ids([None, None], "chords")]
    decode_spec = [
        tf.TensorSpec([None, model.config.latent_size], tf.float32, "z"),
        ids([None, None], "chords"),
        tf.TensorSpec([], tf.float32, "temperature"),
        ids([], "seed"),
    ]
    module = tf.Module()
    # named here once, instead of tracking the Keras model, which would store weights twice
    module.weights = network.trackable_variables()
    module.encode = tf.function(encode, encode_spec, autograph=False)
    module.decode = tf.function(decode, decode_spec, autograph=False)
    signatures = {"encode": module.encode, "decode": module.decode}
    values = {"gm_vae": __version__, "model": model.config.to_dict(), "training": model.training}
    with output_folder(output, force) as part:
        tf.saved_model.save(module, str(part), signatures=signatures)
        (part / "assets.extra").mkdir()
        (part / "assets.extra/gm_vae.json").write_text(json.dumps(values, indent=1) + "\n")
