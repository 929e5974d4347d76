"""A second implementation of the network, in NumPy only and as simple as possible.

An independent check of the Keras model, of the exports and of the browser client: it imports
nothing of the package. One-hot products, every track all E steps, one track after the other.

Axes: B measures, T tracks, E events, V tokens, C chords, Z latent, H units. Weights come by
their published names. Token and chord id -1 stand for a row of zeros.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


class NumpyReference:
    """Encoder and decoder with the given weights, computing in `dtype`."""

    def __init__(self, weights: Mapping[str, np.ndarray], dtype: type = np.float64) -> None:
        self.dtype = dtype
        self.weights = {name: np.asarray(value, dtype) for name, value in weights.items()}
        self.vocabulary_size = self.weights["core_decoder/decoder/output_projection/bias"].size
        self.units = self.weights["encoder/mu/kernel"].shape[0] // 2
        rows = self.weights[_encoder_cell(0, "fw") + "/kernel"].shape[0]
        self.num_chords = rows - self.vocabulary_size - self.units
        self.conductor_cells = self._cells("decoder/hierarchical_level_0/cell_{}/lstm_cell")
        self.track_cells = self._cells("core_decoder/decoder/multi_rnn_cell/cell_{}/lstm_cell")

    def encode(
        self, tokens: np.ndarray, lengths: np.ndarray, chords: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Tokens and chord ids [B, T, E], lengths [B, T] -> mu, sigma [B, Z].

        sigma, a standard deviation, is None if the weights lack it.
        """
        batch, tracks, _ = tokens.shape
        embeddings = np.zeros((batch, tracks, 2 * self.units), self.dtype)
        for b in range(batch):
            for t in range(tracks):
                length = lengths[b, t]
                inputs = self._one_hot(tokens[b, t, :length], self.vocabulary_size)  # [E', V]
                if self.num_chords:
                    labels = self._one_hot(chords[b, t, :length], self.num_chords)
                    inputs = np.concatenate([inputs, labels], -1)  # [E', V+C]
                embeddings[b, t] = self._both_ways(0, inputs[None])[0]
        measure = self._both_ways(1, embeddings)  # [B, T, 2H] -> [B, 2H]
        mu = self._dense("encoder/mu", measure)
        if "encoder/sigma/kernel" not in self.weights:
            return mu, None
        return mu, np.logaddexp(0, self._dense("encoder/sigma", measure))

    def embed(self, z: np.ndarray, tracks: int = 8) -> np.ndarray:
        """z [B, Z] -> track embeddings [B, T, H]."""
        state = self._initial_state(
            "decoder/hierarchical_level_0/initial_state", self.conductor_cells, z
        )
        nothing = np.zeros((len(z), 1), self.dtype)
        outputs = []
        for _ in range(tracks):
            output, state = self._stack(self.conductor_cells, nothing, state)
            outputs.append(output)
        return np.stack(outputs, 1)

    def logits(
        self,
        z: np.ndarray,
        tokens: np.ndarray,
        lengths: np.ndarray,
        chords: np.ndarray | None = None,
        first_inputs: np.ndarray | None = None,
    ) -> np.ndarray:
        """Logits [B, T, E, V] under teacher forcing.

        Args:
            z: [B, Z].
            tokens, chords: ids [B, T, E]; positions after `lengths` [B, T] count as zeros.
            first_inputs: ids [B, T] fed before each track's first token; None: as published, the
                E-th token of the track before, which is zeros unless that track is full.
        """
        batch, tracks, events = tokens.shape
        tokens = np.where(np.arange(events) < lengths[..., None], tokens, -1)
        before = np.full_like(tokens, -1)
        before.reshape(batch, -1)[:, 1:] = tokens.reshape(batch, -1)[:, :-1]
        if first_inputs is not None:
            before[:, :, 0] = first_inputs
        embeddings = self.embed(z, tracks)
        logits = np.empty((batch, tracks, events, self.vocabulary_size), self.dtype)
        for t in range(tracks):
            state = self._track_state(embeddings[:, t])
            for e in range(events):
                chord = None if chords is None else chords[:, t, e]
                logits[:, t, e], state = self._decoder_step(
                    before[:, t, e], embeddings[:, t], chord, state
                )
        return logits

    def decode_greedy(
        self, z: np.ndarray, chords: np.ndarray | None = None, tracks: int = 8, events: int = 64
    ) -> tuple[np.ndarray, np.ndarray]:
        """z [B, Z], chord ids broadcasting to [B, T, E] -> tokens, margins [B, T, E].

        Every track runs all E steps; its first input is the last token of the track before it,
        zeros for the first. A margin is by how much the best logit beats the second best.
        """
        batch = len(z)
        if chords is not None:
            chords = np.broadcast_to(chords, (batch, tracks, events))
        embeddings = self.embed(z, tracks)
        tokens = np.empty((batch, tracks, events), int)
        margins = np.empty((batch, tracks, events), self.dtype)
        last = np.full(batch, -1)
        for t in range(tracks):
            state = self._track_state(embeddings[:, t])
            for e in range(events):
                chord = None if chords is None else chords[:, t, e]
                logits, state = self._decoder_step(last, embeddings[:, t], chord, state)
                best = np.sort(logits, -1)
                margins[:, t, e] = best[:, -1] - best[:, -2]
                tokens[:, t, e] = last = logits.argmax(-1)
        return tokens, margins

    def _decoder_step(self, token, embedding, chord, state):
        inputs = [self._one_hot(token, self.vocabulary_size), embedding]
        if self.num_chords:
            inputs.append(self._one_hot(chord, self.num_chords))
        output, state = self._stack(self.track_cells, np.concatenate(inputs, -1), state)
        return self._dense("core_decoder/decoder/output_projection", output), state

    def _track_state(self, embedding):
        return self._initial_state(
            "core_decoder/decoder/z_to_initial_state", self.track_cells, embedding
        )

    def _initial_state(self, name, cells, inputs):
        values = np.tanh(self._dense(name, inputs))
        state = []
        for kernel, _ in cells:
            units = kernel.shape[1] // 4
            c, h, values = np.split(values, [units, 2 * units], -1)
            state.append((c, h))
        return state

    def _stack(self, cells, inputs, state):
        after = []
        for (kernel, bias), (c, h) in zip(cells, state, strict=True):
            c, h = _lstm_step(kernel, bias, inputs, c, h)
            after.append((c, h))
            inputs = h
        return inputs, after

    def _both_ways(self, level, inputs):
        # [B, steps, I] -> [B, 2H]: final state of either direction, forward first
        finals = []
        for direction, order in (("fw", 1), ("bw", -1)):
            name = _encoder_cell(level, direction)
            kernel, bias = self.weights[name + "/kernel"], self.weights[name + "/bias"]
            c = h = np.zeros((len(inputs), self.units), self.dtype)
            for step in range(inputs.shape[1])[::order]:
                c, h = _lstm_step(kernel, bias, inputs[:, step], c, h)
            finals.append(h)
        return np.concatenate(finals, -1)

    def _dense(self, name, inputs):
        return inputs @ self.weights[name + "/kernel"] + self.weights[name + "/bias"]

    def _cells(self, name):
        cells = []
        while name.format(len(cells)) + "/kernel" in self.weights:
            cell = name.format(len(cells))
            cells.append((self.weights[cell + "/kernel"], self.weights[cell + "/bias"]))
        return cells

    def _one_hot(self, ids, size):
        return (np.asarray(ids)[..., None] == np.arange(size)).astype(self.dtype)


def _encoder_cell(level: int, direction: str) -> str:
    return (
        f"encoder/hierarchical_level_{level}/cell_0/bidirectional_rnn/{direction}"
        "/multi_rnn_cell/cell_0/lstm_cell"
    )


def _lstm_step(kernel, bias, inputs, c, h):
    gates = np.concatenate([inputs, h], -1) @ kernel + bias
    i, j, f, o = np.split(gates, 4, -1)
    c = _sigmoid(f + 1.0) * c + _sigmoid(i) * np.tanh(j)
    return c, _sigmoid(o) * np.tanh(c)


def _sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))
