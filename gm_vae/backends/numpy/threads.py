"""NumPy on all cores: one thread and one core per input.

NumPy's linear algebra would divide each small product among the cores, which costs more than it
saves, especially on a busy machine.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import threadpoolctl

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS, not on Windows
        return os.cpu_count() or 1


def in_threads(function: Callable[[T], R], inputs: Sequence[T]) -> list[R]:
    """The results of `function` for each input, in order."""
    with _libraries().limit(limits=1, user_api="blas"):
        if len(inputs) < 2:
            return [function(value) for value in inputs]
        with ThreadPoolExecutor(cores()) as pool:
            return list(pool.map(function, inputs))


def split(count: int, least: int, most: int) -> list[slice]:
    """Slices of 0..count-1, one per core if they then have `least` to `most` members each."""
    size = min(max(-(-count // cores()), least), most)
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


@functools.cache
def _libraries() -> threadpoolctl.ThreadpoolController:
    return threadpoolctl.ThreadpoolController()
