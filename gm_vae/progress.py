"""Progress of long work: a line that renews itself on a terminal, silence in a log."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from types import TracebackType
from typing import TextIO

_SECONDS_BETWEEN_LINES = 0.2


class Progress:
    """Counts work done, and shows rate and time left if `stream` is a terminal.

        with Progress(1000, "step") as progress:
            for ...:
                progress.update(1, "loss 3.2")

    Args:
        total: units of work in all; 0 if nobody knows.
        unit: what is counted, in the singular.
        done: units done before this began (a resumed run); they do not count for the rate.
        shown: False keeps quiet on a terminal too.
        stream: where to write; standard error if None.
    """

    def __init__(
        self,
        total: int,
        unit: str,
        done: int = 0,
        shown: bool = True,
        stream: TextIO | None = None,
    ) -> None:
        self.total, self.unit, self.done = total, unit, done
        self._before = done
        self._stream = sys.stderr if stream is None else stream
        self._shown = shown and self._stream.isatty()
        self._start, self._last, self._width = time.monotonic(), 0.0, 0

    def update(self, count: int = 1, text: str = "") -> None:
        """Add `count` units; `text` is shown behind the rate."""
        self.done += count
        now = time.monotonic()
        finished = self.total and self.done >= self.total
        if self._shown and (finished or now - self._last >= _SECONDS_BETWEEN_LINES):
            self._last = now
            self._write(f"{self.line(now - self._start)}  {text}".rstrip())

    def line(self, seconds: float) -> str:
        """The line after `seconds` of work: count, share, rate, time left."""
        rate = (self.done - self._before) / seconds if seconds > 0 else 0.0
        count = f"{self.done:,}" + (f"/{self.total:,}" if self.total else "")
        parts = [f"{count} {self.unit}s", f"{rate:,.4g}/s"]
        if self.total:
            parts.insert(1, f"{100 * self.done // self.total} %")
            if rate > 0:
                parts.append(f"{duration((self.total - self.done) / rate)} left")
        return "  ".join(parts)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._shown and self._width:
            self._stream.write("\n")
            self._stream.flush()

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # of a stream without a size
            # a line that wraps cannot be written over
            text = text[: max(os.get_terminal_size(self._stream.fileno()).columns - 1, 20)]
        self._stream.write("\r" + text.ljust(self._width))
        self._stream.flush()
        self._width = len(text)


def duration(seconds: float) -> str:
    """Seconds for people: "42 s", "3 min 20 s", "5 h 10 min"."""
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"
