"""SIGTERM and SIGHUP as an exception, so that what a verb has half written is removed."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class Ended(BaseException):
    """A signal asked the process to end."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(signal.Signals(number).name)


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """In the block SIGTERM and SIGHUP raise `Ended`, once; what would come then is ignored.

    Signals that have another handler, or that are ignored as by `nohup`, stay as they are. So do
    all of them outside the main thread, which alone may handle signals.
    """
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {n: signal.SIG_DFL for n in numbers if signal.getsignal(n) == signal.SIG_DFL}

    def end(number: int, frame: FrameType | None) -> None:
        for other in before:
            signal.signal(other, signal.SIG_IGN)  # cleaning up must not be ended too
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
    """Raises after the block what a signal raised in it, if that was swallowed.

    For imports: they run callbacks of weak references, from which no exception gets out, and a
    Ctrl-C there would be lost.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {n: signal.getsignal(n) for n in numbers if callable(signal.getsignal(n))}
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
            if signal.getsignal(number) is note:  # a handler may have set another one
                signal.signal(number, handler)
    if raised:
        raise raised[0]
