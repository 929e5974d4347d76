"""Measure -> posterior: a bidirectional LSTM over each track, then one over the tracks."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from gm_vae.model.config import ModelConfig
from gm_vae.model.lstm import LSTMCell, Rows
from gm_vae.model.tracks import TrackRows
from gm_vae.music.chords import NUM_CHORDS
from gm_vae.music.vocabulary import vocabulary


class Encoder(keras.layers.Layer):
    """Hierarchical encoder (MusicVAE, Roberts et al. 2018, section 3; multitrack, Simon et al. 2018).

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

    def encode(self, tracks: TrackRows) -> tuple[Any, Any]:
        """Tracks of B measures -> (mu, sigma), each [B, Z]; sigma is a standard deviation."""
        fmt = self.config.fmt
        forward = self._read(self.track_forward, tracks, backward=False)
        backward = self._read(self.track_backward, tracks, backward=True)
        embeddings = tracks.unsort(ops.concatenate([forward, backward], -1))
        # [N, 2H] -> [B, T, 2H]
        embeddings = ops.reshape(embeddings, (-1, fmt.max_tracks, 2 * self.config.encoder_units))
        measure = ops.concatenate(
            [
                _final_state(self.measure_forward, embeddings),
                _final_state(self.measure_backward, ops.flip(embeddings, 1)),
            ],
            -1,
        )
        return self.mu(measure), ops.softplus(self.sigma(measure))

    def _read(self, cell: LSTMCell, tracks: TrackRows, backward: bool) -> Any:
        rows, last = tracks.rows, tracks.rows.lengths - 1

        def gates(step: int) -> Any:
            if backward:
                position = ops.maximum(rows.head(last, step) - step, 0)[:, None]
                token, chord = (
                    ops.take_along_axis(rows.head(x, step), position, axis=1)[:, 0]
                    for x in (tracks.tokens, tracks.chords)
                )
            else:
                token, chord = (rows.head(x, step)[:, step] for x in (tracks.tokens, tracks.chords))
            found = ops.take(cell.kernel, token, axis=0) + cell.bias
            if self.config.chords:
                found = found + ops.take(cell.kernel, self.vocabulary_size + chord, axis=0)
            return found

        return rows.run(cell, gates, self.config.fmt.max_track_length)


def _final_state(cell: LSTMCell, inputs: Any) -> Any:
    """Final h [B, H] after reading [B, T, I] from a zero state."""
    gates = cell.input_gates(inputs)
    steps = inputs.shape[1]
    lengths = ops.full((ops.shape(inputs)[0],), steps, "int32")
    return Rows(lengths, None).run(cell, lambda step: gates[:, step], steps)
