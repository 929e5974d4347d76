"""LSTM with the published weight layout, over rows of unequal length.

Gates are i, j, f, o in one kernel whose rows are [input, state]; the forget bias of 1.0 is added
at run time and never stored (TensorFlow 1's LSTM cells).
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from gm_vae.model.layout import Layout

FORGET_BIAS = 1.0

State = tuple[Any, Any]  # (h, c), each [N, H]


class LSTMCell(keras.layers.Layer):
    """One LSTM layer's weights: `kernel` [I + H, 4H] and `bias` [4H]."""

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
        """[H, 4H]: the part of the kernel that the state meets."""
        return self.kernel[self.input_size :]

    def step(self, gates: Any, state: State) -> State:
        """One step: `gates` [N, 4H] from the inputs, state [N, H] -> the next state."""
        return lstm_step(gates, self.state_kernel(), state)

    def run(self, gates: Any, layout: Layout, state: State | None = None) -> Any:
        """All steps of all rows.

        Args:
            gates: [P, 4H] from the inputs, in the order of `layout`.
            layout: which row and step each of the P entries belongs to.
            state: (h, c) [N, H] before the first step; zeros if None.

        Returns:
            h of each entry, [P, H].
        """
        if state is None:
            zeros = ops.zeros((layout.num_rows, self.units), gates.dtype)
            state = (zeros, zeros)
        if layout.packed:
            from gm_vae.model.packed_lstm import packed_lstm

            return packed_lstm(gates, self.state_kernel(), *state, layout)
        gates = ops.reshape(gates, (layout.num_steps, -1, 4 * self.units))  # [P, 4H] -> [S, N, 4H]
        outputs = _scan(gates, self.state_kernel(), state)
        return ops.reshape(outputs, (-1, self.units))  # [S, N, H] -> [P, H]


def _scan(gates: Any, kernel: Any, state: State) -> Any:
    """h of every step [S, N, H] from `gates` [S, N, 4H], with static shapes."""

    def step(carry: State, step_gates: Any) -> State:
        return lstm_step(step_gates, kernel, carry)

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        # XLA needs the length of a loop for its gradient; Keras' scan does not tell it
        return tf.scan(step, gates, state)[0]
    return ops.scan(lambda *args: (step(*args),) * 2, state, gates)[1][0]


def lstm_step(gates: Any, state_kernel: Any, state: State) -> State:
    """One step of an LSTM: `gates` [N, 4H] from the inputs and the bias, state [N, H]."""
    h, c = state
    i, j, f, o = ops.split(gates + ops.matmul(h, state_kernel), 4, axis=-1)
    c = ops.sigmoid(f + FORGET_BIAS) * c + ops.sigmoid(i) * ops.tanh(j)
    return ops.sigmoid(o) * ops.tanh(c), c


def run_stack(cells: list[LSTMCell], gates: Any, layout: Layout, states: list[State]) -> Any:
    """Stacked layers, one after the other; `gates` [P, 4H] feed the first. Top h, [P, H]."""
    outputs = None
    for layer, (cell, state) in enumerate(zip(cells, states)):
        if layer:
            gates = cell.input_gates(outputs)
        outputs = cell.run(gates, layout, state)
    return outputs


def step_stack(cells: list[LSTMCell], gates: Any, states: list[State]) -> tuple[Any, list[State]]:
    """One step of stacked layers: (top h [N, H], the states after it)."""
    output, new_states = None, []
    for layer, (cell, state) in enumerate(zip(cells, states)):
        if layer:
            gates = cell.input_gates(output)
        new_states.append(cell.step(gates, state))
        output = new_states[-1][0]
    return output, new_states


def split_initial_state(joined: Any, units: tuple[int, ...]) -> list[State]:
    """[N, 2 * sum(units)] laid out c0, h0, c1, h1, ... -> a state per layer."""
    states, start = [], 0
    for size in units:
        c, h = joined[:, start : start + size], joined[:, start + size : start + 2 * size]
        states.append((h, c))
        start += 2 * size
    return states
