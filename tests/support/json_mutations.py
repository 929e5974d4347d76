"""JSON values with changed, moved or missing parts."""

from __future__ import annotations

import random

PATHS = ["../secret", "/etc/hostname", "a/../../secret", "..\\secret", "C:\\x", "", ".", "x" * 300]
VALUES = [
    None, True, False, 0, -1, 1, 2, 10**9, 10**18, 10**400, 0.5, 1e308, float("nan"), float("inf"),
    "", "x", "\0", "\ud800", [], {}, [[]], [1] * 1000, {"a": {}}, "float32", "uint8", "complex64",
    *PATHS,
]  # fmt: skip


def change_value(rng: random.Random, value: object) -> object:
    """The value with one part changed, moved or removed."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        value = dict(value)
        name = rng.choice(sorted(value))
        roll = rng.random()
        if roll < 0.1:
            del value[name]
        elif roll < 0.15:
            value[rng.choice(["extra", "quantization", "name", "paths"])] = rng.choice(VALUES)
        else:
            value[name] = change_value(rng, value[name])
        return value
    if isinstance(value, list) and value and rng.random() < 0.9:
        value = list(value)
        at = rng.randrange(len(value))
        roll = rng.random()
        if roll < 0.1:
            del value[at]
        elif roll < 0.2:
            value.append(value[at])
        elif roll < 0.3:
            other = rng.randrange(len(value))
            value[at], value[other] = value[other], value[at]
        else:
            value[at] = change_value(rng, value[at])
        return value
    if type(value) is int and rng.random() < 0.5:
        return value + rng.choice([-1, 1, 3, 4, 49, -value, 10**6])
    return rng.choice(VALUES)
