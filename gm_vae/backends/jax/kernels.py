"""The heavy parts of the network in JAX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import keras

from gm_vae.backends.jax.recurrence import segmented_lstm
from gm_vae.model.gate_inputs import GateInputs
from gm_vae.model.kernels import Kernels, Signature, State, one_hot_sum, zero_state
from gm_vae.model.layout import Layout


class JaxKernels(Kernels):
    """Static shapes, one-hot products, and time loops with a gradient of their own."""

    @property
    def inference(self) -> Kernels:
        """See `Kernels.inference`."""
        return Kernels()

    def matmul(self, left: jax.Array, right: jax.Array, dtype: str) -> jax.Array:
        """See `Kernels.matmul`; sums are float32 too."""
        left, right = jnp.asarray(left, dtype), jnp.asarray(right, dtype)
        return jnp.matmul(left, right, preferred_element_type="float32")

    def embed_sum(self, table: jax.Array, indices: Sequence[jax.Array], dtype: str) -> jax.Array:
        """See `Kernels.embed_sum`."""
        return one_hot_sum(self, table, indices, dtype)

    def lstm(
        self,
        inputs: GateInputs,
        kernel: jax.Array,
        state: State | None,
        layout: Layout,
        dtype: str,
    ) -> jax.Array:
        """See `Kernels.lstm`."""
        return self._run(inputs.gates(self, layout, dtype), kernel, state, layout, dtype)

    def _run(
        self, gates: jax.Array, kernel: jax.Array, state: State | None, layout: Layout, dtype: str
    ) -> jax.Array:
        h, c = zero_state(layout.num_rows, kernel.shape[0]) if state is None else state
        return segmented_lstm(gates, jnp.asarray(kernel), h, c, layout.segments, dtype)

    def lstms(
        self,
        inputs: Sequence[GateInputs],
        kernels: Sequence[jax.Array],
        layout: Layout,
        dtype: str,
    ) -> list[jax.Array]:
        """See `Kernels.lstms`; one loop for all cells."""

        def run(gates: jax.Array, kernel: jax.Array) -> jax.Array:
            return self._run(gates, kernel, None, layout, dtype)

        gates = [each.gates(self, layout, dtype) for each in inputs]
        return list(jax.vmap(run)(jnp.stack(gates), jnp.stack(list(kernels))))

    def jit(
        self, network: keras.Model, function: Callable[..., Any], signature: Signature
    ) -> Callable[..., Any]:
        """See `Kernels.jit`."""
        variables = network.variables

        @jax.jit
        def stateless(values: list[jax.Array], *args: Any) -> Any:
            with keras.StatelessScope(state_mapping=list(zip(variables, values))):
                return function(*args)

        return lambda *args: stateless([variable.value for variable in variables], *args)
