"""LSTM with the published weight layout, over rows of unequal length.

Gates are i, j, f, o in one kernel whose rows are [input, state]; the forget bias of 1.0 is added
at run time and never stored (TensorFlow 1's LSTM cells).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from gm_vae.model.layout import Layout
from gm_vae.model.products import product

FORGET_BIAS = 1.0
# Values after the 4H gates of an entry that the packed loop leaves zero (see `packed_lstm`).
GATE_PADDING = 16

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

    def input_weights(self, packed: bool = False) -> tuple[Any, Any]:
        """Kernel [I, G] and bias [G] that make gates of inputs; G is 4H, wider if `packed`."""
        return _widened(self.kernel[: self.input_size], packed), _widened(self.bias, packed)

    def input_gates(self, inputs: Any, packed: bool = False) -> Any:
        """[..., I] -> [..., G]: what the inputs and the bias add to the gates."""
        kernel, bias = self.input_weights(packed)
        return product(inputs, kernel, self.compute_dtype) + bias

    def state_kernel(self, packed: bool = False) -> Any:
        """[H, G]: the part of the kernel that the state meets."""
        return _widened(self.kernel[self.input_size :], packed)

    def step(self, gates: Any, state: State) -> State:
        """One step: `gates` [N, 4H] from the inputs, state [N, H] -> the next state."""
        return lstm_step(gates, self.state_kernel(), state, self.compute_dtype)

    def run(self, gates: Any, layout: Layout, state: State | None = None) -> Any:
        """All steps of all rows.

        Args:
            gates: [P, G] from the inputs, in the order of `layout`; wider if that is packed.
            layout: which row and step each of the P entries belongs to.
            state: (h, c) [N, H] before the first step; zeros if None.

        Returns:
            h of each entry, [P, H].
        """
        if layout.packed:
            from gm_vae.model.packed_lstm import packed_lstm

            return packed_lstm(gates, self.state_kernel(True), state, layout, self.compute_dtype)
        if state is None:
            zeros = ops.zeros((layout.num_rows, self.units), gates.dtype)
            state = (zeros, zeros)
        return static_lstm(gates, self.state_kernel(), *state, layout, self.compute_dtype)


def _widened(weights: Any, packed: bool) -> Any:
    """[..., 4H] -> [..., 4H + GATE_PADDING] for the packed loop."""
    if not packed:
        return weights
    return ops.pad(weights, [(0, 0)] * (len(weights.shape) - 1) + [(0, GATE_PADDING)])


def run_side_by_side(cells: Sequence[LSTMCell], gates: Sequence[Any], layout: Layout) -> list[Any]:
    """`LSTMCell.run` of cells of one size from zero states; where that pays, in one loop."""
    if layout.packed or keras.backend.backend() != "jax":
        return [cell.run(part, layout) for cell, part in zip(cells, gates)]
    import jax

    cell = cells[0]
    zeros = ops.zeros((layout.num_rows, cell.units), "float32")

    def run(gates: Any, kernel: Any) -> Any:
        return static_lstm(gates, kernel, zeros, zeros, layout, cell.compute_dtype)

    kernels = ops.stack([cell.state_kernel() for cell in cells])
    return list(jax.vmap(run)(ops.stack(list(gates)), kernels))


def static_lstm(gates: Any, kernel: Any, h: Any, c: Any, layout: Layout, dtype: str) -> Any:
    """h of each entry [P, H], from input gates [P, 4H], state kernel [H, 4H] and h, c [N, H].

    The layout is dense or on stairs; products are of `dtype`.
    """
    if keras.backend.backend() == "jax":
        from gm_vae.model.jax_lstm import jax_lstm

        return jax_lstm(gates, kernel, h, c, layout.flights, dtype)
    outputs, first, units = [], 0, kernel.shape[0]
    for start, stop, rows in layout.flights:
        count = (stop - start) * rows
        # [P, 4H] -> [S, N, 4H]
        here = ops.reshape(gates[first : first + count], (stop - start, -1, 4 * units))
        hs, cs = _scan(here, kernel, (h[:rows], c[:rows]), dtype)
        outputs.append(ops.reshape(hs, (-1, units)))  # [S, N, H] -> [P, H]
        h, c, first = hs[-1], cs[-1], first + count
    return ops.concatenate(outputs, 0) if len(outputs) > 1 else outputs[0]


def _scan(gates: Any, kernel: Any, state: State, dtype: str) -> State:
    """h and c of every step [S, N, H] from `gates` [S, N, 4H], with static shapes."""

    def step(carry: State, step_gates: Any) -> State:
        return lstm_step(step_gates, kernel, carry, dtype)

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        # XLA needs the length of a loop for its gradient; Keras' scan does not tell it
        return tf.scan(step, gates, state)
    return ops.scan(lambda *args: (step(*args),) * 2, state, gates)[1]


def lstm_step(gates: Any, state_kernel: Any, state: State, dtype: str = "float32") -> State:
    """One step of an LSTM: `gates` [N, 4H] from the inputs and the bias, state [N, H]."""
    h, c = state
    i, j, f, o = ops.split(gates + product(h, state_kernel, dtype), 4, axis=-1)
    c = ops.sigmoid(f + FORGET_BIAS) * c + ops.sigmoid(i) * ops.tanh(j)
    return ops.sigmoid(o) * ops.tanh(c), c


def run_stack(cells: list[LSTMCell], gates: Any, layout: Layout, states: list[State]) -> Any:
    """Stacked layers, one after the other; `gates` [P, G] feed the first. Top h, [P, H]."""
    outputs = None
    for layer, (cell, state) in enumerate(zip(cells, states)):
        if layer:
            gates = cell.input_gates(outputs, layout.packed)
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
