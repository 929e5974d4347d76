"""SIGTERM and SIGHUP as an exception, so that partly written files are removed."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any


class Ended(BaseException):
    """A signal asked the process to end."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(signal.Signals(number).name)


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """In the block, SIGTERM and SIGHUP raise `Ended` once; later signals are ignored.

    Signals that have another handler or are ignored (by `nohup`) are unchanged. Outside the main
    thread, which alone may handle signals, nothing changes.
    """
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {n: signal.SIG_DFL for n in numbers if signal.getsignal(n) == signal.SIG_DFL}

    def end(number: int, frame: FrameType | None) -> None:
        for other in before:
            signal.signal(other, signal.SIG_IGN)  # nothing may interrupt the clean-up
        raise Ended(number)

    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def kept_signals() -> Iterator[None]:
    """Raises an exception of a signal handler again after the block, if it was swallowed.

    For imports: they run callbacks of weak references, which swallow exceptions, so a Ctrl-C there
    would be lost.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before: dict[int, Callable[[int, FrameType | None], Any]] = {}
    if threading.current_thread() is threading.main_thread():
        handlers = {number: signal.getsignal(number) for number in numbers}
        before = {n: handler for n, handler in handlers.items() if callable(handler)}
    raised: list[BaseException] = []

    def note(number: int, frame: FrameType | None) -> None:
        try:
            before[number](number, frame)
        except BaseException as error:
            raised.append(error)
            raise

    for number in before:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is note:  # a handler may have replaced it
                signal.signal(number, handler)
    if raised:
        raise raised[0]
