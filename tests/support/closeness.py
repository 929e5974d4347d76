"""Compares floats of two computations, with a bound that follows from sizes, not from one CPU.

Processors add the same numbers in another order, fuse a product with a sum, or compute exp by
another polynomial. Every such difference is a rounding: at most `UNIT` = 2**-24 of a float32 number
(half a unit in its last place). n roundings one after another, as in a sum of n terms in any
order, change a result by at most n * UNIT times the largest value on the way (Higham, Accuracy and
Stability of Numerical Algorithms, section 4.2). So a comparison states two things: how many
roundings are between the two sides, and how large the rounded values are. It never
states a share of each value: values near zero come from terms that are not, and carry their errors.

`GM_VAE_PERTURB=ULPS` moves every value on both sides up or down by so many units in the last
place of the largest, as the next processor may. All tests must pass under a few.
"""

from __future__ import annotations

import os
import zlib
from typing import Any

import numpy as np

UNIT = 2.0**-24  # half a unit in the last place of a float32 number, as a share of it at most
BFLOAT16 = 2.0**-9  # the same of bfloat16
FLOAT64 = 2.0**-53
PERTURB_ULPS = float(os.environ.get("GM_VAE_PERTURB", 0))

# Roundings between two computations of one value. Signed ones cancel: n of them grow as a random
# walk does, to some sqrt(n) (Higham and Mary, A New Approach to Probabilistic Rounding Error
# Analysis, 2019). Each number here is at least twice that.
SUM = 32  # one sum or matrix product of up to 256 terms
NETWORK = 128  # recurrent layers: 64 steps, each with sums of some 64 terms
TRAINING = 512  # up to eight steps of the optimiser, each through the network and back


def assert_close(
    actual: Any,
    expected: Any,
    roundings: int,
    size: float | None = None,
    err_msg: object = "",
    unit: float = UNIT,
) -> None:
    """Fails if two arrays or numbers differ by more than `roundings` roundings.

    Args:
        actual, expected: arrays of one shape, or that broadcast; every value must be finite.
        roundings: their number between the two sides; usually `SUM`, `NETWORK` or `TRAINING`.
        size: the size of what was rounded. The largest value on either side if None, which is too
            small only where all the values are differences of larger ones.
        err_msg: what is compared.
        unit: the greatest rounding of a number of size 1, as the dtype has it.
    """
    actual, expected = (np.asarray(side, np.float64) for side in (actual, expected))
    actual, expected = np.broadcast_arrays(actual, expected)
    assert np.isfinite(actual).all(), f"{err_msg}: {actual}"
    assert np.isfinite(expected).all(), f"{err_msg}: {expected}"
    if not actual.size:
        return
    if size is None:
        size = max(np.abs(actual).max(), np.abs(expected).max())
    step = size * min(unit, UNIT)
    actual, expected = perturbed(actual, step), perturbed(expected, step, side=1)
    error = np.abs(actual - expected)
    worst = np.unravel_index(error.argmax(), error.shape)
    assert error[worst] <= roundings * unit * size, (
        f"{err_msg}: {actual[worst]} for {expected[worst]} at {[int(i) for i in worst]}, which is "
        f"{error[worst] / (unit * size):.1f} roundings of {size:.3g}; {roundings} are allowed"
    )


def perturbed(
    values: np.ndarray, rounding: float, side: int = 0, ulps: float = PERTURB_ULPS
) -> np.ndarray:
    """`values`, each moved up or down by `ulps` units in the last place, each two of `rounding`.

    Which way follows from the values and `side` alone, as a rounding follows from what is rounded:
    the same computation on the same machine stays the same.
    """
    if not ulps:
        return values
    rng = np.random.default_rng([zlib.crc32(np.ascontiguousarray(values).tobytes()), side])
    signs = rng.choice([-1.0, 1.0], values.shape)
    return (values + signs * (2 * ulps * rounding)).astype(values.dtype)


def perturb_music() -> None:
    """From now on `NumpyVAE` computes as on another processor, where near ties fall otherwise."""
    from gm_vae.backends.numpy.network import NumpyVAE

    dense = NumpyVAE._dense

    def perturbed_dense(*args: Any) -> np.ndarray:
        values = dense(*args)
        return perturbed(values, UNIT * np.abs(values).max(initial=0))

    NumpyVAE._dense = perturbed_dense
