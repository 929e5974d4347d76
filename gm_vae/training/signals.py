"""SIGTERM and Ctrl-C: end at once, or defer to the next safe point of the training loop."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

from gm_vae.errors import Interrupted


@contextlib.contextmanager
def ended_by_signals(message: str) -> Iterator[None]:
    """In the block, SIGTERM and SIGINT end the process at once, with a message and exit code 75.

    For the time before and after the training loop (which uses `StopSignals`), when nothing can be
    lost. Outside the main thread, which alone may handle signals, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    terminal = os.dup(2) if sys.stderr else None  # imports may redirect it (`gm_vae.quiet`)

    def end(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(Exception):  # a stream may be closed, or in use below us
            sys.stdout.flush()
        with contextlib.suppress(OSError):
            if terminal is not None:
                os.write(terminal, f"{message}\n".encode())
        os._exit(Interrupted.exit_code)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if terminal is not None:
            os.close(terminal)


class StopSignals:
    """Within its block, SIGTERM and the first SIGINT only set `requested`.

    A second SIGINT interrupts as usual. Outside the main thread, which alone may handle signals,
    `requested` stays false.
    """

    def __init__(self) -> None:
        self.requested = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> StopSignals:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        signal.signal(signal.SIGINT, self._before[signal.SIGINT])
