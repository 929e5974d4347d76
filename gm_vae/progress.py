"""Progress of long work: a line that is updated on a terminal; nothing is written to a log."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

_SECONDS_BETWEEN_LINES = 0.2
_SECONDS_BETWEEN_TICKS = 1.0


class Progress:
    """Counts work done, and shows rate and time left if `stream` is a terminal.

        with Progress(1000, "step") as progress:
            for ...:
                progress.update(1, "loss 3.2")

    Args:
        total: total units of work; 0 if unknown.
        unit: name of the unit, in the singular.
        done: units done before this began (a resumed run); they do not count for the rate.
        shown: False prints nothing, even on a terminal.
        stream: where to write; standard error if None.
        seconds_left: a function that returns the seconds until the end, if known in advance: the
            line then shows them from the start, every second.
    """

    def __init__(
        self,
        total: int,
        unit: str,
        done: int = 0,
        shown: bool = True,
        stream: TextIO | None = None,
        seconds_left: Callable[[], float] | None = None,
    ) -> None:
        self.total, self.unit, self.done = total, unit, done
        self._before = done
        self._seconds_left = seconds_left
        self._stream = sys.stderr if stream is None else stream
        self._shown = shown and self._stream.isatty()
        self._start, self._last, self._width = time.monotonic(), 0.0, 0
        self._text = ""
        self._lock = threading.RLock()  # two threads may write
        self._closed = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def begin(self, done: int, text: str) -> None:
        """Show the line at once; the rate counts units after the first `done`, from now on."""
        self.done = self._before = done
        self._start, self._last = time.monotonic(), 0.0
        self.update(0, text)

    def update(self, count: int = 1, text: str = "") -> None:
        """Add `count` units; `text` is shown after the rate."""
        self.done += count
        self._text = text
        now = time.monotonic()
        finished = self.total and self.done >= self.total
        if finished or now - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = now
            self._show()

    def above(self, say: Callable[[str], None]) -> Callable[[str], None]:
        """A function that prints a line above the progress line."""

        def say_above(text: str) -> None:
            with self._lock:
                if self._width:
                    self._stream.write("\r" + " " * self._width + "\r")
                    self._stream.flush()
                say(text)
                if self._width:
                    self._show()

        return say_above

    def line(self, seconds: float) -> str:
        """The line after `seconds` of work: count, share, rate, time left."""
        rate = (self.done - self._before) / seconds if seconds > 0 else 0.0
        count = f"{self.done:,}" + (f"/{self.total:,}" if self.total else "")
        parts = [f"{count} {self.unit}s"]
        if self.total:
            parts.append(f"{100 * self.done // self.total} %")
        if rate > 0:
            parts.append(f"{rate:,.4g}/s")
        if self._seconds_left is not None:
            parts.append(f"{duration(self._seconds_left())} left")
        elif self.total and rate > 0:
            parts.append(f"{duration((self.total - self.done) / rate)} left")
        return "  ".join(parts)

    def __enter__(self) -> Progress:
        if self._shown and self._seconds_left is not None:
            self._ticker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closed.set()
        if self._ticker.ident is not None:
            self._ticker.join()
        if self._shown and self._width:
            self._stream.write("\n")
            self._stream.flush()
            self._width = 0

    def _tick(self) -> None:
        while not self._closed.wait(_SECONDS_BETWEEN_TICKS):
            self._show()

    def _show(self) -> None:
        if self._shown:
            with self._lock:
                line = self.line(time.monotonic() - self._start)
                self._write(f"{line}  {self._text}".rstrip())

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # a stream without a size
            # a line that wraps cannot be written over
            text = text[: max(os.get_terminal_size(self._stream.fileno()).columns - 1, 20)]
        self._stream.write("\r" + text.ljust(self._width))
        self._stream.flush()
        self._width = len(text)


def duration(seconds: float) -> str:
    """A readable duration: "42 s", "3 min 20 s", "5 h 10 min"."""
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"
