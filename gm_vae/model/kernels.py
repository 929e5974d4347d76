"""Computes the network's heavy parts: products, sums of embeddings, and the time loop.

`Kernels` is the portable form, with `keras.ops` only. A backend with a faster implementation has a
subclass in its own folder (`gm_vae.backends`), which is passed to the network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from gm_vae.model.gate_inputs import GateInputs
from gm_vae.model.layout import Layout
from gm_vae.model.published import FORGET_BIAS

State = tuple[Any, Any]  # (h, c), each [N, H]
Signature = Sequence[tuple[list[int | None], str]]  # shape and dtype of each argument


class Kernels:
    """Static shapes, any Keras backend.

    Attributes:
        ragged: whether layouts list only real steps, which needs dynamic shapes.
        gate_padding: zeros after the 4H gates of an entry.
    """

    ragged = False
    gate_padding = 0

    @property
    def static(self) -> Kernels:
        """The kernels for static shapes with a gradient: for batches laid out in segments."""
        return self

    @property
    def inference(self) -> Kernels:
        """The kernels for single steps without a gradient: for decoding."""
        return self

    def matmul(self, left: Any, right: Any, dtype: str) -> Any:
        """float32 [..., K] x [K, M] -> float32 [..., M], the factors rounded to `dtype` first."""
        if dtype == "float32":
            return ops.matmul(left, right)
        return ops.cast(ops.matmul(ops.cast(left, dtype), ops.cast(right, dtype)), "float32")

    def embed_sum(self, table: Any, indices: Sequence[Any], dtype: str) -> Any:
        """float32 [P, M]: the sum of the rows of `table` [V, M] at each of `indices`, int [P]."""
        return sum(self.take_rows(table, index) for index in indices)

    def take_rows(self, values: Any, index: Any) -> Any:
        """[P, M]: the rows of `values` [N, M] at `index`, int [P]."""
        return ops.take(values, index, axis=0)

    def cross_entropy(self, logits: Any, targets: Any) -> Any:
        """Nats [P] of each target, int [P], from float32 logits [P, V]."""
        chosen = ops.take_along_axis(logits, targets[:, None], axis=-1)[:, 0]
        return ops.logsumexp(logits, -1) - chosen

    def pad_gates(self, weights: Any) -> Any:
        """[..., 4H] -> [..., 4H + gate_padding]."""
        if not self.gate_padding:
            return weights
        return ops.pad(weights, [(0, 0)] * (len(weights.shape) - 1) + [(0, self.gate_padding)])

    def lstm(
        self, inputs: GateInputs, kernel: Any, state: State | None, layout: Layout, dtype: str
    ) -> Any:
        """Run all steps of all rows.

        Args:
            inputs: contributions to the gates, in the order of `layout`; G is 4H + gate_padding.
            kernel: [H, G], the recurrent kernel.
            state: (h, c) [N, H] before the first step; zeros if None.
            layout: the row and step of each of the P entries.
            dtype: of the factors of products.

        Returns:
            h of each entry, [P, H].
        """
        gates = inputs.gates(self, layout, dtype)
        units, first, outputs = kernel.shape[0], 0, []
        h, c = zero_state(layout.num_rows, units) if state is None else state
        for start, stop, rows in layout.segments:
            count = (stop - start) * rows
            # [P, 4H] -> [S, N, 4H]
            steps = ops.reshape(gates[first : first + count], (stop - start, -1, 4 * units))
            hs, cs = self.scan(steps, kernel, (h[:rows], c[:rows]), dtype)
            outputs.append(ops.reshape(hs, (-1, units)))  # [S, N, H] -> [P, H]
            h, c, first = hs[-1], cs[-1], first + count
        return ops.concatenate(outputs, 0) if len(outputs) > 1 else outputs[0]

    def lstms(
        self, inputs: Sequence[GateInputs], kernels: Sequence[Any], layout: Layout, dtype: str
    ) -> list[Any]:
        """`lstm` for several cells of one size from zero states."""
        return [
            self.lstm(each, kernel, None, layout, dtype) for each, kernel in zip(inputs, kernels)
        ]

    def scan(self, gates: Any, kernel: Any, state: State, dtype: str) -> State:
        """h and c of every step [S, N, H] from `gates` [S, N, 4H], with static shapes."""

        def step(carry: State, step_gates: Any) -> tuple[State, State]:
            state = self.lstm_step(step_gates, kernel, carry, dtype)
            return state, state

        return ops.scan(step, state, gates)[1]

    def lstm_step(self, gates: Any, kernel: Any, state: State, dtype: str = "float32") -> State:
        """One step of an LSTM: `gates` [N, 4H] from the inputs and the bias, state [N, H]."""
        h, c = state
        i, j, f, o = ops.split(gates + self.matmul(h, kernel, dtype), 4, axis=-1)
        c = ops.sigmoid(f + FORGET_BIAS) * c + ops.sigmoid(i) * ops.tanh(j)
        return ops.sigmoid(o) * ops.tanh(c), c

    def jit(
        self, network: keras.Model, function: Callable[..., Any], signature: Signature
    ) -> Callable[..., Any]:
        """`function` compiled; each call uses the current weights of `network`.

        `signature` is the (shape, dtype) of each tensor argument; None is any size.
        """
        return function


def zero_state(rows: Any, units: int) -> State:
    """The state [N, H] before the first step."""
    zeros = ops.zeros((rows, units), "float32")
    return zeros, zeros


def one_hot_sum(kernels: Kernels, table: Any, indices: Sequence[Any], dtype: str) -> Any:
    """`Kernels.embed_sum` as a product with one-hots.

    On an accelerator the gradient of a gather adds many values to few rows, which is slow and has
    no fixed order.
    """
    hot = sum(ops.one_hot(index, table.shape[0], dtype=dtype) for index in indices)
    return kernels.matmul(hot, table, dtype)
