"""Measure -> posterior: a bidirectional LSTM over each track, then one over the tracks."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from gm_vae.model.config import ModelConfig
from gm_vae.model.gate_inputs import GateInputs
from gm_vae.model.kernels import Kernels
from gm_vae.model.layout import Layout, Tracks
from gm_vae.model.lstm import LSTMCell, run_side_by_side
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
        policy = self.dtype_policy
        self.track_forward = LSTMCell(width, units, name="track_forward", dtype=policy)
        self.track_backward = LSTMCell(width, units, name="track_backward", dtype=policy)
        self.measure_forward = LSTMCell(2 * units, units, name="measure_forward", dtype=policy)
        self.measure_backward = LSTMCell(2 * units, units, name="measure_backward", dtype=policy)
        # small, and z should be exact
        self.mu = keras.layers.Dense(config.latent_size, name="mu", dtype="float32")
        self.sigma = keras.layers.Dense(config.latent_size, name="sigma", dtype="float32")
        for dense in (self.mu, self.sigma):
            dense.build((None, 2 * units))
        self.built = True

    def encode(self, tracks: Tracks, kernels: Kernels) -> tuple[Any, Any]:
        """Tracks of B measures -> (mu, sigma), each [B, Z]; sigma is a standard deviation."""
        layout = tracks.layout
        remaining = ops.take(tracks.lengths, layout.rows, axis=0) - 1 - layout.steps
        # past a row's end (static layouts only) any token works: it is not read
        orders = (layout.steps, ops.maximum(remaining, 0))
        cells = (self.track_forward, self.track_backward)
        inputs = [self._inputs(cell, tracks, steps, kernels) for cell, steps in zip(cells, orders)]
        outputs = run_side_by_side(cells, inputs, layout, kernels)
        last = tracks.last()
        joined = ops.concatenate([kernels.take_rows(output, last) for output in outputs], -1)
        # [N, 2H] -> [B, T, 2H]
        embeddings = ops.reshape(
            joined, (-1, self.config.fmt.max_tracks, 2 * self.config.encoder_units)
        )
        measure = _final_states(
            (self.measure_forward, self.measure_backward),
            (embeddings, ops.flip(embeddings, 1)),
            kernels,
        )
        return self.mu(measure), ops.softplus(self.sigma(measure))

    def _inputs(self, cell: LSTMCell, tracks: Tracks, steps: Any, kernels: Kernels) -> GateInputs:
        """Each track's tokens and chords at `steps` int32 [P]."""
        indices = [tracks.at(tracks.tokens, steps)]
        if self.config.chords:
            indices.append(self.vocabulary_size + tracks.at(tracks.chords, steps))
        table, bias = cell.input_weights(kernels)
        # on the few rows of tokens, of which each entry selects one
        table = ops.concatenate(
            [table[: self.vocabulary_size] + bias, table[self.vocabulary_size :]], 0
        )
        return GateInputs(table=table, indices=tuple(indices))


def _final_states(cells: tuple[LSTMCell, ...], inputs: tuple[Any, ...], kernels: Kernels) -> Any:
    """Final h of each cell, joined [B, 2H], after reading its [B, T, I] from a zero state."""
    batch, steps, width = ops.shape(inputs[0])[0], inputs[0].shape[1], inputs[0].shape[2]
    read = [
        # [B, T, I] -> [T * B, I]
        cell.reading(ops.reshape(ops.transpose(sequence, (1, 0, 2)), (-1, width)), kernels)
        for cell, sequence in zip(cells, inputs)
    ]
    outputs = run_side_by_side(cells, read, Layout.dense(batch, steps), kernels)
    return ops.concatenate([output[-batch:] for output in outputs], -1)
