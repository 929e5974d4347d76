"""Measure -> posterior: a bidirectional LSTM over each track, then one over the tracks."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from gm_vae.model.config import ModelConfig
from gm_vae.model.layout import Layout, Tracks
from gm_vae.model.lstm import LSTMCell
from gm_vae.music.chords import NUM_CHORDS
from gm_vae.music.vocabulary import vocabulary


class Encoder(keras.layers.Layer):
    """Hierarchical encoder (Roberts et al. 2018, section 3; Simon et al. 2018, multitrack).

    Level 0 reads [one-hot token, one-hot chord] of one track and joins the final forward and
    backward states; level 1 reads the T track embeddings in order. One-hot products are gathers.
    """

    def __init__(self, config: ModelConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        units = config.encoder_units
        self.vocabulary_size = vocabulary(config.fmt).size
        width = self.vocabulary_size + (NUM_CHORDS if config.chords else 0)
        self.track_forward = LSTMCell(width, units, name="track_forward")
        self.track_backward = LSTMCell(width, units, name="track_backward")
        self.measure_forward = LSTMCell(2 * units, units, name="measure_forward")
        self.measure_backward = LSTMCell(2 * units, units, name="measure_backward")
        self.mu = keras.layers.Dense(config.latent_size, name="mu")
        self.sigma = keras.layers.Dense(config.latent_size, name="sigma")
        for dense in (self.mu, self.sigma):
            dense.build((None, 2 * units))
        self.built = True

    def encode(self, tracks: Tracks) -> tuple[Any, Any]:
        """Tracks of B measures -> (mu, sigma), each [B, Z]; sigma is a standard deviation."""
        layout = tracks.layout
        remaining = ops.take(tracks.lengths, layout.rows, axis=0) - 1 - layout.steps
        joined = ops.concatenate(
            [
                self._read(self.track_forward, tracks, layout.steps),
                # past a row's end (dense layout only) any token will do: nothing reads it
                self._read(self.track_backward, tracks, ops.maximum(remaining, 0)),
            ],
            -1,
        )
        # [N, 2H] -> [B, T, 2H]
        embeddings = ops.reshape(
            joined, (-1, self.config.fmt.max_tracks, 2 * self.config.encoder_units)
        )
        measure = ops.concatenate(
            [
                _final_state(self.measure_forward, embeddings, layout.packed),
                _final_state(self.measure_backward, ops.flip(embeddings, 1), layout.packed),
            ],
            -1,
        )
        return self.mu(measure), ops.softplus(self.sigma(measure))

    def _read(self, cell: LSTMCell, tracks: Tracks, steps: Any) -> Any:
        """Final h [B * T, H] after reading each track's tokens at `steps` int32 [P]."""
        gates = ops.take(cell.kernel, tracks.at(tracks.tokens, steps), axis=0) + cell.bias
        if self.config.chords:
            chords = self.vocabulary_size + tracks.at(tracks.chords, steps)
            gates = gates + ops.take(cell.kernel, chords, axis=0)
        return tracks.last(cell.run(gates, tracks.layout))


def _final_state(cell: LSTMCell, inputs: Any, packed: bool) -> Any:
    """Final h [B, H] after reading [B, T, I] from a zero state."""
    batch, steps, width = ops.shape(inputs)[0], inputs.shape[1], inputs.shape[2]
    entries = ops.reshape(ops.transpose(inputs, (1, 0, 2)), (-1, width))  # [B, T, I] -> [T * B, I]
    outputs = cell.run(cell.input_gates(entries), Layout.dense(batch, steps, packed))
    return outputs[-batch:]
