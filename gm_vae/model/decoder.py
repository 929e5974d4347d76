"""z -> tracks: the conductor computes an embedding per track, the track decoder its tokens."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
from keras import ops

from gm_vae.model.config import ModelConfig
from gm_vae.model.gate_inputs import GateInputs
from gm_vae.model.kernels import Kernels, State
from gm_vae.model.layout import Layout, Tracks
from gm_vae.model.lstm import LSTMCell, run_stack, split_initial_state, step_stack
from gm_vae.music.chords import NUM_CHORDS
from gm_vae.music.vocabulary import vocabulary

NO_TOKEN = -1  # the decoder input before the first token: a vector of zeros
NO_CHORD_INPUT = -1  # likewise; the chord "no chord" is id 0, with an ordinary one-hot


def published_first_inputs(tokens: Any, lengths: Any) -> Any:
    """int [B, T]: the input before the first token of each track in the published training.

    Its T * E inputs are one sequence shifted by one step, so the first input of a track is the last
    position of the previous track: padding (NO_TOKEN), or the end of a full track.
    """
    full = ops.cast(lengths, "int32") == tokens.shape[-1]
    last = ops.where(full, ops.cast(tokens[:, :, -1], "int32"), NO_TOKEN)  # [B, T]
    return ops.concatenate([ops.full_like(last[:, :1], NO_TOKEN), last[:, :-1]], 1)


class Conductor(keras.layers.Layer):
    """z [B, Z] -> track embeddings [B, T, D]: an LSTM stack that runs T steps without input."""

    def __init__(self, config: ModelConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        units = config.decoder_units
        self.initial_state = keras.layers.Dense(
            2 * sum(units), activation="tanh", name="initial_state", dtype="float32"
        )
        self.initial_state.build((None, config.latent_size))
        # The published conductor reads a zero of width 1; its kernel row is kept for its shape.
        self.cells = [
            LSTMCell(
                1 if layer == 0 else units[layer - 1],
                size,
                name=f"cell_{layer}",
                dtype=self.dtype_policy,
            )
            for layer, size in enumerate(units)
        ]
        self.built = True

    def embed(self, z: Any, kernels: Kernels) -> Any:
        """z [B, Z] -> [B, T, D]."""
        batch, steps = ops.shape(z)[0], self.config.fmt.max_tracks
        states = split_initial_state(self.initial_state(z), self.config.decoder_units)
        _, bias = self.cells[0].input_weights(kernels)
        inputs = GateInputs(constant=ops.zeros((batch, 1), bias.dtype) + bias)
        outputs = run_stack(self.cells, inputs, Layout.dense(batch, steps), states, kernels)
        # [T * B, D] -> [B, T, D]
        outputs = ops.reshape(outputs, (steps, -1, self.config.decoder_units[-1]))
        return ops.transpose(outputs, (1, 0, 2))


@dataclasses.dataclass(frozen=True)
class TokenLogits:
    """The decoder's output for the P real tokens of a batch under teacher forcing.

    Attributes:
        logits: [P, V].
        targets: int32 [P], the true tokens.
        tracks: int32 [P], the track b * T + t of each.
        steps: int32 [P], its position in the track.
        weights: [P], 1 for a real token, 0 for padding (all 1 if ragged).
    """

    logits: Any
    targets: Any
    tracks: Any
    steps: Any
    weights: Any


class TrackDecoder(keras.layers.Layer):
    """Decodes the tokens of one track from its embedding and the chord of each event.

    Input of a step: [one-hot of the previous token, embedding, one-hot chord]. The embedding's
    contribution to the gates is computed once per track; one-hots are gathers.
    """

    def __init__(self, config: ModelConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        units = config.decoder_units
        self.vocab = vocabulary(config.fmt)
        self.vocabulary_size = self.vocab.size
        self.embedding_size = units[-1]
        self.initial_state = keras.layers.Dense(
            2 * sum(units), activation="tanh", name="initial_state", dtype="float32"
        )
        self.initial_state.build((None, self.embedding_size))
        width = self.vocabulary_size + self.embedding_size + (NUM_CHORDS if config.chords else 0)
        self.cells = [
            LSTMCell(
                width if layer == 0 else units[layer - 1],
                size,
                name=f"cell_{layer}",
                dtype=self.dtype_policy,
            )
            for layer, size in enumerate(units)
        ]
        self.output_projection = keras.layers.Dense(
            self.vocabulary_size, name="output_projection", dtype=self.dtype_policy
        )
        self.output_projection.build((None, units[-1]))
        self.built = True

    def start(self, embeddings: Any, kernels: Kernels) -> tuple[Any, list[State]]:
        """[N, D] -> (gates [N, G] that are constant over a track, initial states)."""
        kernel, bias = self.cells[0].input_weights(kernels)
        projection = kernel[self.vocabulary_size : self.vocabulary_size + self.embedding_size]
        constant = kernels.matmul(embeddings, projection, self.compute_dtype) + bias
        states = self.initial_state(embeddings)
        return constant, split_initial_state(states, self.config.decoder_units)

    def input_table(self, kernels: Kernels) -> Any:
        """The contribution of each one-hot input to the gates, [V + 1 + C + 1, G]: tokens,
        NO_TOKEN, chords, NO_CHORD_INPUT. Compute it once, outside a time loop.
        """
        kernel, _ = self.cells[0].input_weights(kernels)
        begin = self.vocabulary_size + self.embedding_size
        zero = ops.zeros((1, kernel.shape[1]), kernel.dtype)
        parts = [kernel[: self.vocabulary_size], zero]
        if self.config.chords:
            parts += [kernel[begin : begin + NUM_CHORDS], zero]
        return ops.concatenate(parts, 0)

    def gates(self, constant: Any, table: Any, previous: Any, chord: Any, kernels: Kernels) -> Any:
        """Gates [N, G] of a step, from `start`, `input_table` and the inputs int [N]."""
        indices = self._table_rows(previous, chord)
        return constant + kernels.embed_sum(table, indices, self.compute_dtype)

    def _table_rows(self, previous: Any, chord: Any) -> tuple[Any, ...]:
        """The rows of `input_table` that the inputs int [N] select, int [N] each."""
        none = self.vocabulary_size
        token = ops.where(previous < 0, none, previous)
        if not self.config.chords:
            return (token,)
        return token, none + 1 + ops.where(chord < 0, NUM_CHORDS, chord)

    def step(self, gates: Any, states: list[State], kernels: Kernels) -> tuple[Any, list[State]]:
        """One step of decoding: (logits [N, V], the next states)."""
        output, states = step_stack(self.cells, gates, states, kernels)
        return self.logits(output, kernels), states

    def logits(self, outputs: Any, kernels: Kernels) -> Any:
        """float32 [P, V] from the top h [P, D]."""
        dense = self.output_projection
        return kernels.matmul(outputs, dense.kernel, self.compute_dtype) + dense.bias

    def score(
        self, embeddings: Any, tracks: Tracks, first_inputs: Any, kernels: Kernels
    ) -> TokenLogits:
        """Logits of every real token under teacher forcing.

        Args:
            embeddings: [B, T, D] from the conductor.
            tracks: the true tokens.
            first_inputs: int [B, T], the input before each track's first token; may be NO_TOKEN.
        """
        layout = tracks.layout
        embeddings = ops.reshape(embeddings, (-1, self.embedding_size))  # [B, T, D] -> [N, D]
        constant, states = self.start(ops.take(embeddings, tracks.order, axis=0), kernels)
        first = ops.take(ops.reshape(ops.cast(first_inputs, "int32"), (-1,)), tracks.order, axis=0)
        previous = ops.where(
            layout.steps > 0,
            tracks.at(tracks.tokens, ops.maximum(layout.steps - 1, 0)),
            ops.take(first, layout.rows, axis=0),
        )
        inputs = GateInputs(
            constant=constant,
            table=self.input_table(kernels),
            indices=self._table_rows(previous, tracks.at(tracks.chords, layout.steps)),
        )
        outputs = run_stack(self.cells, inputs, layout, states, kernels)
        return TokenLogits(
            logits=self.logits(outputs, kernels),
            targets=tracks.at(tracks.tokens, layout.steps),
            tracks=ops.take(tracks.order, layout.rows, axis=0),
            steps=layout.steps,
            weights=layout.weights(tracks.lengths),
        )
