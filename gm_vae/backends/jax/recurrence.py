"""The time loop in JAX over static shapes, with its gradient written out.

As `ragged_lstm` in TensorFlow: one loop forward and one backward per segment. Only the
activations are kept, in the dtype of the products, and the gradient of the kernel is one product
after the loops instead of one per step.
"""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp

from gm_vae.model.published import FORGET_BIAS

UNROLL = 4  # steps per iteration of a loop: 6 % faster on a GPU than one


@functools.partial(jax.custom_vjp, nondiff_argnums=(4, 5))
def segmented_lstm(
    gates: jax.Array, kernel: jax.Array, h: jax.Array, c: jax.Array, segments: tuple, dtype: str
) -> jax.Array:
    """h of each entry [P, H], from input gates [P, 4H], state kernel [H, 4H] and h, c [N, H].

    Args:
        segments: (start, stop, rows) of the layout, from all rows to fewer.
        dtype: of the factors of products; sums are float32.
    """
    return _forward(gates, kernel, h, c, segments, dtype)[0]


def _forward(gates: Any, kernel: Any, h: Any, c: Any, segments: tuple, dtype: str) -> Any:
    units, first = kernel.shape[0], 0
    h0, c0, factor = h, c, kernel.astype(dtype)
    parts, saved = [], []

    def step(state: Any, step_gates: Any) -> Any:
        h, c = state
        step_gates = step_gates + jnp.matmul(
            h.astype(dtype), factor, preferred_element_type=jnp.float32
        )
        i, j, f, o = jnp.split(step_gates, 4, -1)
        i, j, o = jax.nn.sigmoid(i), jnp.tanh(j), jax.nn.sigmoid(o)
        f = jax.nn.sigmoid(f + FORGET_BIAS)
        c = f * c + i * j
        h = o * jnp.tanh(c)
        return (h, c), (h, c, jnp.concatenate([i, j, f, o], -1).astype(dtype))

    for start, stop, rows in segments:
        count = (stop - start) * rows
        # [P, 4H] -> [S, N, 4H]
        step_gates = gates[first : first + count].reshape(stop - start, rows, 4 * units)
        (h, c), (hs, cs, activations) = jax.lax.scan(
            step, (h[:rows], c[:rows]), step_gates, unroll=min(UNROLL, stop - start)
        )
        parts.append(hs.reshape(count, units))
        saved.append((cs, activations))
        first += count
    outputs = jnp.concatenate(parts, 0)
    return outputs, (outputs, saved, kernel, h0, c0)


def _backward(segments: tuple, dtype: str, residuals: Any, d_outputs: Any) -> Any:
    outputs, saved, kernel, h0, c0 = residuals
    units, first = kernel.shape[0], outputs.shape[0]
    factor = kernel.astype(dtype).T

    def step(state: Any, inputs: Any) -> Any:
        d_h, d_c = state
        d_output, c, before, activations = inputs
        i, j, f, o = jnp.split(activations.astype(jnp.float32), 4, -1)
        d_h, c = d_h + d_output, jnp.tanh(c)
        d_c = d_c + d_h * o * (1 - c * c)
        d_gates = jnp.concatenate(
            [
                d_c * j * i * (1 - i),
                d_c * i * (1 - j * j),
                d_c * before * f * (1 - f),
                d_h * c * o * (1 - o),
            ],
            -1,
        )
        d_h = jnp.matmul(d_gates.astype(dtype), factor, preferred_element_type=jnp.float32)
        return (d_h, d_c * f), d_gates.astype(dtype)

    d_h = d_c = jnp.zeros((0, units), jnp.float32)
    d_parts, h_parts = [], []
    for number in reversed(range(len(segments))):
        start, stop, rows = segments[number]
        cs, activations = saved[number]
        steps, first = stop - start, first - (stop - start) * rows
        # the state before each step; in the first one, the state of the previous segment
        c_first = saved[number - 1][0][-1] if number else c0
        before = jnp.concatenate([c_first[None, :rows], cs[:-1]], 0)
        d_segment = d_outputs[first : first + steps * rows].reshape(steps, rows, units)
        missing = ((0, rows - d_h.shape[0]), (0, 0))
        (d_h, d_c), d_gates = jax.lax.scan(
            step,
            (jnp.pad(d_h, missing), jnp.pad(d_c, missing)),
            (d_segment, cs, before, activations),
            reverse=True,
            unroll=min(UNROLL, steps),
        )
        d_parts.append(d_gates.reshape(steps * rows, 4 * units))
        if number:
            last = segments[number - 1].rows
            h_first = outputs[first - last : first - last + rows]
        else:
            h_first = h0[:rows]
        own = outputs[first : first + (steps - 1) * rows]
        h_parts.append(jnp.concatenate([h_first, own], 0))
    d_gates = jnp.concatenate(d_parts[::-1], 0)
    h_before = jnp.concatenate(h_parts[::-1], 0).astype(dtype)
    d_kernel = jnp.matmul(h_before.T, d_gates, preferred_element_type=jnp.float32)
    return d_gates.astype(jnp.float32), d_kernel, d_h, d_c


segmented_lstm.defvjp(_forward, _backward)
