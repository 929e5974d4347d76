"""Scalars for TensorBoard, with or without TensorFlow."""

from __future__ import annotations

import os
import pathlib
import socket
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gm_vae.data import shards

if TYPE_CHECKING:
    from tensorboard.compat.proto.event_pb2 import Event


class Summaries:
    """Writes an event file in a folder, which is created if missing. Raises OSError."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        from tensorboard.compat.proto.event_pb2 import Event

        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        # the name by which TensorBoard finds it
        name = f"events.out.tfevents.{time.time():.0f}.{socket.gethostname()}.{os.getpid()}"
        self._file = open(folder / name, "ab")  # noqa: SIM115 (see close)
        self._add(Event(wall_time=time.time(), file_version="brain.Event:2"))
        self.flush()

    def write(self, step: int, scalars: Mapping[str, float]) -> None:
        """Add figures of a step."""
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in scalars.items()]
        self._add(Event(wall_time=time.time(), step=step, summary=Summary(value=values)))

    def _add(self, event: Event) -> None:
        self._file.write(shards.frame(event.SerializeToString()))

    def flush(self) -> None:
        """Flush everything to the file."""
        self._file.flush()

    def close(self) -> None:
        """Flush and close the file."""
        self._file.close()
