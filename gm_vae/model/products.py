"""Matrix products in the precision of a layer, with sums and results in float32.

Weights, states and everything that is not a product stay float32. With a dtype policy of
"mixed_bfloat16" the two factors are rounded to bfloat16 (8 bits of mantissa), which matrix units
multiply several times as fast.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


def product(left: Any, right: Any, dtype: str) -> Any:
    """float32 [..., K] x [K, M] -> float32 [..., M], the factors rounded to `dtype` first."""
    if dtype == "float32":
        return ops.matmul(left, right)
    left, right = ops.cast(left, dtype), ops.cast(right, dtype)
    if keras.backend.backend() == "jax":
        import jax.numpy as jnp

        return jnp.matmul(left, right, preferred_element_type="float32")
    return ops.cast(ops.matmul(left, right), "float32")


def sum_of_rows(table: Any, indices: list[Any], dtype: str, packed: bool) -> Any:
    """float32 [P, M]: the sum of the rows of a weight [V, M] at each of `indices`, int [P] each.

    Gathers where rows are packed. Elsewhere a product with one-hots: on an accelerator the gradient
    of a gather is a pile of additions to few rows, slow and in an order that is a matter of luck.
    """
    if packed and keras.backend.backend() == "tensorflow":
        from gm_vae.model.packed_rows import sum_of_gathers

        return sum_of_gathers(table, indices)
    if packed:
        return sum(ops.take(table, index, axis=0) for index in indices)
    hot = sum(ops.one_hot(index, table.shape[0], dtype=dtype) for index in indices)
    return product(hot, table, dtype)
