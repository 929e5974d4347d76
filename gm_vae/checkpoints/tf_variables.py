"""Variables of a TensorFlow checkpoint, of version 1 or 2, by name."""

from __future__ import annotations

import math
import os
from collections.abc import Callable

import numpy as np

from gm_vae.checkpoints.tensors import MAX_NUMBERS
from gm_vae.errors import UserError
from gm_vae.quiet import import_tensorflow_quietly


def read_variables(
    prefix: str | os.PathLike[str], source: str, wanted: Callable[[str], bool] = lambda name: True
) -> dict[str, np.ndarray]:
    """Variables of real numbers, as float32.

    Args:
        prefix: the checkpoint's, such as `model/ckpt-0`.
        source: its name in messages.
        wanted: decides by name whether to read a variable.

    Raises:
        UserError: it cannot be read, has more numbers than any of our models, or a value is not
            finite.
    """
    import_tensorflow_quietly()
    import tensorflow as tf

    variables = {}
    try:
        reader = tf.train.load_checkpoint(os.fspath(prefix))
        dtypes, shapes = reader.get_variable_to_dtype_map(), reader.get_variable_to_shape_map()
        names = [name for name in sorted(dtypes) if dtypes[name].is_floating and wanted(name)]
        numbers = sum(math.prod(shapes[name]) for name in names)
        if not 0 <= numbers <= MAX_NUMBERS:
            raise UserError(
                f"{source} holds {numbers:,} weights, and gm-vae reads at most {MAX_NUMBERS:,}; "
                "take a smaller model."
            )
        for name in names:
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
