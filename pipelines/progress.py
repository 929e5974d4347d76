"""Progress of a run: workers append to a file, and a line on the terminal shows it.

A run may have many processes and Beam reports nothing before its end. So each worker appends eight
bytes to a file for each finished MIDI file (appending is atomic), and a thread watches the size of
the file.
"""

from __future__ import annotations

import os
import pathlib
import struct
import sys
import threading
import time
from types import TracebackType
from typing import Any

from gm_vae.progress import duration

_TICK = struct.Struct("<Q")
_EVERY_SECONDS = 0.5


class Ticker:
    """Records each finished file in a worker. Without a path it does nothing."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._file: int | None = None

    def tick(self, input_bytes: int) -> None:
        """Record a finished file with its number of input bytes."""
        if self._path is None:
            return
        if self._file is None:
            self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(self._file, _TICK.pack(max(0, input_bytes)))

    def __getstate__(self) -> dict[str, Any]:
        return {"_path": self._path, "_file": None}  # each process opens its own


class ProgressLine:
    """A line while the `with` block runs, if standard error is a terminal; silent otherwise.

    Args:
        path: the file that the tickers write.
        total_bytes: bytes of the whole input.
    """

    def __init__(self, path: pathlib.Path, total_bytes: int) -> None:
        self._path = path
        self._total_bytes = total_bytes
        self._stream = sys.stderr
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> ProgressLine:
        if self._stream.isatty():
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._done.set()
        if self._thread.ident is not None:
            self._thread.join()
            print("\r\033[K", end="", file=self._stream, flush=True)

    def _watch(self) -> None:
        start = time.monotonic()
        while not self._done.wait(_EVERY_SECONDS):
            files, input_bytes = self.read()
            line = progress_text(files, input_bytes, self._total_bytes, time.monotonic() - start)
            print(f"\r\033[K{line}", end="", file=self._stream, flush=True)

    def read(self) -> tuple[int, int]:
        """The number of finished files, and of their input bytes."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return 0, 0
        ticks = [size for (size,) in _TICK.iter_unpack(data[: len(data) // 8 * 8])]
        return len(ticks), sum(ticks)


def progress_text(files: int, input_bytes: int, total_bytes: int, seconds: float) -> str:
    """The line: "1,234 files, 56 files/s, 12%, 3 min 20 s left"."""
    if not files:
        return f"starting, {seconds:.0f} s"
    fraction = min(1.0, input_bytes / total_bytes) if total_bytes else 1.0
    text = f"{files:,} files, {files / seconds:.0f} files/s, {fraction:.0%}"
    if fraction >= 0.995:
        return text + ", sorting"
    if fraction > 0.01:
        text += f", {duration(seconds * (1 - fraction) / fraction)} left"
    return text
