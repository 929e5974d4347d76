"""LSTM with the published weight layout, run over rows of unequal length.

Gates are i, j, f, o in one kernel whose rows are [input, state]; the forget bias of 1.0 is added
at run time and never stored (TensorFlow 1 `LSTMBlockCell` / `BasicLSTMCell`).

The time loops are unrolled, since a track has at most E = 64 tokens. On backends with dynamic
shapes the rows come sorted by falling length and each step computes only the rows that still
live: a real measure has some 78 tokens out of 8 x 64. Elsewhere (XLA, TPU, JAX) every step
computes every row and `where` keeps the finished ones; the results are the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

FORGET_BIAS = 1.0

State = tuple[Any, Any]  # (h, c), each [N, H]


class LSTMCell(keras.layers.Layer):
    """One LSTM layer's weights: `kernel` [I + H, 4H] and `bias` [4H], float32."""

    def __init__(self, input_size: int, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.input_size, self.units = input_size, units
        self.kernel = self.add_weight(
            shape=(input_size + units, 4 * units), initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(shape=(4 * units,), initializer="zeros", name="bias")
        self.built = True

    def input_gates(self, inputs: Any) -> Any:
        """[..., I] -> [..., 4H]: what the inputs and the bias add to the gates."""
        return ops.matmul(inputs, self.kernel[: self.input_size]) + self.bias

    def state_kernel(self) -> Any:
        """[H, 4H]; slice it once, not at every step."""
        return self.kernel[self.input_size :]


def lstm_step(gates: Any, state_kernel: Any, state: State) -> State:
    """One step: `gates` [N, 4H] from the inputs, `state` (h, c) [N, H] -> the next state."""
    h, c = state
    i, j, f, o = ops.split(gates + ops.matmul(h, state_kernel), 4, axis=-1)
    c = ops.sigmoid(f + FORGET_BIAS) * c + ops.sigmoid(i) * ops.tanh(j)
    return ops.sigmoid(o) * ops.tanh(c), c


def stack_step(gates: Any, cells: list[LSTMCell], kernels: list[Any], states: list[State]) -> Any:
    """One step of stacked layers; `gates` [N, 4H] feed the first. Returns (output, states)."""
    output, new_states = None, []
    for layer, (cell, kernel, state) in enumerate(zip(cells, kernels, states)):
        if layer:
            gates = cell.input_gates(output)
        state = lstm_step(gates, kernel, state)
        new_states.append(state)
        output = state[0]
    return output, new_states


def split_initial_state(joined: Any, units: tuple[int, ...]) -> list[State]:
    """[N, 2 * sum(units)] laid out c0, h0, c1, h1, ... -> a state per layer."""
    states, start = [], 0
    for size in units:
        c, h = joined[:, start : start + size], joined[:, start + size : start + 2 * size]
        states.append((h, c))
        start += 2 * size
    return states


@dataclasses.dataclass(frozen=True)
class Rows:
    """Sequences of unequal length, as rows for a time loop.

    Attributes:
        lengths: int32 [N], falling if `live` is given.
        live: for each step t, how many leading rows are longer than t (scalar tensors); None
            where shapes are static and finished rows are masked instead.
    """

    lengths: Any
    live: list[Any] | None

    def count(self, step: int) -> Any:
        """How many leading rows step `step` computes."""
        return ops.shape(self.lengths)[0] if self.live is None else self.live[step]

    def head(self, values: Any, step: int) -> Any:
        """The part of [N or more, ...] that step `step` computes."""
        return values if self.live is None else values[: self.live[step]]

    def run(self, cell: LSTMCell, gates: Callable[[int], Any], steps: int) -> Any:
        """Final h [N, H] of each row from a zero state; `gates(t)` gives [count(t), 4H]."""
        kernel = cell.state_kernel()
        total = ops.shape(self.lengths)[0]
        h = c = ops.zeros((total, cell.units), cell.compute_dtype)
        finished = []
        for step in range(steps):
            if self.live is not None:
                finished.append(h[self.live[step] :])
                h, c = h[: self.live[step]], c[: self.live[step]]
            new_h, new_c = lstm_step(gates(step), kernel, (h, c))
            if self.live is None:
                going = (self.lengths > step)[:, None]
                new_h, new_c = ops.where(going, new_h, h), ops.where(going, new_c, c)
            h, c = new_h, new_c
        return ops.concatenate([h, *reversed(finished)], 0) if finished else h
