"""Functions of a network's weights, compiled by whatever backend Keras has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras


def compiled(
    network: keras.Model, function: Callable[..., Any], signature: Sequence[tuple[list, str]]
) -> Callable[..., Any]:
    """`function` compiled; it sees the weights of `network` as they are when it is called.

    Args:
        signature: (shape, dtype) of each argument, a tensor; None is any size.
    """
    if keras.backend.backend() == "jax":
        import jax

        variables = network.variables

        @jax.jit
        def stateless(values: list[Any], *args: Any) -> Any:
            with keras.StatelessScope(state_mapping=list(zip(variables, values))):
                return function(*args)

        return lambda *args: stateless([variable.value for variable in variables], *args)
    import tensorflow as tf

    specs = [tf.TensorSpec(shape, dtype) for shape, dtype in signature]
    return tf.function(function, autograph=False, input_signature=specs)
