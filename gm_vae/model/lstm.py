"""LSTM layers with the published weight layout.

Gates are i, j, f, o in one kernel whose rows are [input, state]; the forget bias of 1.0 is added
at run time and never stored (TensorFlow 1's LSTM cells).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from gm_vae.model.gate_inputs import GateInputs
from gm_vae.model.kernels import Kernels, State
from gm_vae.model.layout import Layout


class LSTMCell(keras.layers.Layer):
    """One LSTM layer's weights: `kernel` [I + H, 4H] and `bias` [4H].

    In the methods, G is 4H plus the gate padding of the kernels.
    """

    def __init__(self, input_size: int, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.input_size, self.units = input_size, units
        self.kernel = self.add_weight(
            shape=(input_size + units, 4 * units), initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(shape=(4 * units,), initializer="zeros", name="bias")
        self.built = True

    def input_weights(self, kernels: Kernels) -> tuple[Any, Any]:
        """Kernel [I, G] and bias [G] from inputs to gates."""
        return kernels.pad_gates(self.kernel[: self.input_size]), kernels.pad_gates(self.bias)

    def reading(self, values: Any, kernels: Kernels) -> GateInputs:
        """[P, I] as the inputs of the steps, with the bias."""
        kernel, bias = self.input_weights(kernels)
        return GateInputs(constant=bias, values=values, kernel=kernel)

    def input_gates(self, inputs: Any, kernels: Kernels) -> Any:
        """[..., I] -> [..., G]: the contribution of inputs and bias to the gates."""
        kernel, bias = self.input_weights(kernels)
        return kernels.matmul(inputs, kernel, self.compute_dtype) + bias

    def state_kernel(self, kernels: Kernels) -> Any:
        """[H, G]: the recurrent part of the kernel."""
        return kernels.pad_gates(self.kernel[self.input_size :])

    def step(self, gates: Any, state: State, kernels: Kernels) -> State:
        """One step: `gates` [N, G] from the inputs, state [N, H] -> the next state."""
        return kernels.lstm_step(gates, self.state_kernel(kernels), state, self.compute_dtype)

    def run(
        self, inputs: GateInputs, layout: Layout, kernels: Kernels, state: State | None = None
    ) -> Any:
        """`Kernels.lstm` with these weights: h of each entry [P, H]."""
        return kernels.lstm(inputs, self.state_kernel(kernels), state, layout, self.compute_dtype)


def run_side_by_side(
    cells: Sequence[LSTMCell], inputs: Sequence[GateInputs], layout: Layout, kernels: Kernels
) -> list[Any]:
    """`LSTMCell.run` for cells of one size from zero states."""
    states = [cell.state_kernel(kernels) for cell in cells]
    return kernels.lstms(inputs, states, layout, cells[0].compute_dtype)


def run_stack(
    cells: Sequence[LSTMCell],
    inputs: GateInputs,
    layout: Layout,
    states: Sequence[State],
    kernels: Kernels,
) -> Any:
    """Stacked layers in sequence, with the inputs of the first; returns the top h, [P, H]."""
    outputs = None
    for layer, (cell, state) in enumerate(zip(cells, states)):
        if layer:
            inputs = cell.reading(outputs, kernels)
        outputs = cell.run(inputs, layout, kernels, state)
    return outputs


def step_stack(
    cells: Sequence[LSTMCell], gates: Any, states: Sequence[State], kernels: Kernels
) -> tuple[Any, list[State]]:
    """One step of stacked layers: (top h [N, H], the next states)."""
    output, new_states = None, []
    for layer, (cell, state) in enumerate(zip(cells, states)):
        if layer:
            gates = cell.input_gates(output, kernels)
        new_states.append(cell.step(gates, state, kernels))
        output = new_states[-1][0]
    return output, new_states


def split_initial_state(joined: Any, units: tuple[int, ...]) -> list[State]:
    """[N, 2 * sum(units)] laid out c0, h0, c1, h1, ... -> a state per layer."""
    ends = np.cumsum(np.repeat(units, 2))[:-1].tolist()
    parts = ops.split(joined, ends, axis=-1)
    return [(h, c) for c, h in zip(parts[::2], parts[1::2])]
