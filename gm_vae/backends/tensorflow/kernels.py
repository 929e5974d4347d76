"""The heavy parts of the network in TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from gm_vae.backends.tensorflow.gathers import gather
from gm_vae.backends.tensorflow.losses import cross_entropy
from gm_vae.backends.tensorflow.recurrence import GATE_PADDING, ragged_lstm
from gm_vae.model.gate_inputs import GateInputs
from gm_vae.model.kernels import Kernels, Signature, State, one_hot_sum
from gm_vae.model.layout import Layout


class StaticKernels(Kernels):
    """Static shapes: for decoding, and the base of the others."""

    @property
    def inference(self) -> Kernels:
        """See `Kernels.inference`."""
        return StaticKernels()

    def cross_entropy(self, logits: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        """See `Kernels.cross_entropy`."""
        return cross_entropy(logits, targets)

    def scan(self, gates: tf.Tensor, kernel: tf.Tensor, state: State, dtype: str) -> State:
        """See `Kernels.scan`; XLA needs the length of a loop for its gradient."""

        def step(carry: State, step_gates: tf.Tensor) -> State:
            return self.lstm_step(step_gates, kernel, carry, dtype)

        return tf.scan(step, gates, state)

    def jit(
        self, network: keras.Model, function: Callable[..., Any], signature: Signature
    ) -> Callable[..., Any]:
        """See `Kernels.jit`."""
        specs = [tf.TensorSpec(shape, dtype) for shape, dtype in signature]
        return tf.function(function, autograph=False, input_signature=specs)


class OneHotKernels(StaticKernels):
    """Static shapes with a gradient that TPUs and XLA compute fast and in a fixed order."""

    def embed_sum(self, table: tf.Tensor, indices: Sequence[tf.Tensor], dtype: str) -> tf.Tensor:
        """See `Kernels.embed_sum`."""
        return one_hot_sum(self, table, indices, dtype)


class RaggedKernels(StaticKernels):
    """Real steps only, for CPUs and GPUs."""

    ragged = True
    gate_padding = GATE_PADDING

    @property
    def static(self) -> Kernels:
        """See `Kernels.static`."""
        return OneHotKernels()

    def take_rows(self, values: tf.Tensor, index: tf.Tensor) -> tf.Tensor:
        """See `Kernels.take_rows`; XLA cannot compile this one's gradient."""
        return gather(values, index)

    def lstm(
        self,
        inputs: GateInputs,
        kernel: tf.Tensor,
        state: State | None,
        layout: Layout,
        dtype: str,
    ) -> tf.Tensor:
        """See `Kernels.lstm`."""
        return ragged_lstm(inputs, kernel, state, layout, dtype)
