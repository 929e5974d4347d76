"""Variables of a TensorFlow checkpoint, of version 1 or 2, by name."""

from __future__ import annotations

import os

import numpy as np

from gm_vae.errors import UserError


def read_variables(prefix: str | os.PathLike[str], source: str) -> dict[str, np.ndarray]:
    """Every variable of real numbers, as float32.

    Args:
        prefix: the checkpoint's, such as `model/ckpt-0`.
        source: what to call it in messages.

    Raises:
        UserError: it cannot be read, or a value is not finite.
    """
    import tensorflow as tf

    variables = {}
    try:
        reader = tf.train.load_checkpoint(os.fspath(prefix))
        for name, dtype in sorted(reader.get_variable_to_dtype_map().items()):
            if dtype.is_floating:
                variables[name] = np.asarray(reader.get_tensor(name), np.float32)
    except (tf.errors.OpError, RuntimeError, ValueError, TypeError, LookupError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise UserError(
            f"cannot read the checkpoint {source} ({reason}); copy its .index and .data files "
            "again."
        ) from error
    for name, array in variables.items():
        if not np.isfinite(array).all():
            raise UserError(f"{name} in {source} holds NaN or infinity; copy the checkpoint again.")
    return variables
