"""A command watched to its end: the memory of its processes, what they read and write. Linux only.

Memory is PSS, which counts shared pages once. Everything else than memory peaks comes from the
last look at a process, so what it did in its last moments is missing.
"""

from __future__ import annotations

import dataclasses
import pathlib
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

from gm_vae.errors import UserError

_EVERY_SECONDS = 1.0  # reading the memory of a process takes a millisecond or so


@dataclasses.dataclass
class Process:
    """What one process was seen to take.

    Attributes:
        command: its command line.
        peak_bytes: the most memory that it had.
        read_bytes, written_bytes: what system calls moved, pipes and Python's own files included.
    """

    command: str
    peak_bytes: int = 0
    read_bytes: int = 0
    written_bytes: int = 0


@dataclasses.dataclass
class Watched:
    """What a command and its children took.

    Attributes:
        wall_seconds: from start to end.
        cpu_seconds: of all of them; looking at them takes some, which is not part of it.
        peak_bytes: the most memory that they had together.
        processes: each of them, by its id.
    """

    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    processes: dict[int, Process] = dataclasses.field(default_factory=dict)

    def look(self, root: int) -> None:
        """Read what the system says of a process and all that it started."""
        together = 0
        for number in _family(root):
            process = self.processes.setdefault(number, Process(_command_line(number)))
            pss = _pss_bytes(number)
            together += pss
            process.peak_bytes = max(process.peak_bytes, pss)
            if moved := _moved(number):
                process.read_bytes, process.written_bytes = moved
        self.peak_bytes = max(self.peak_bytes, together)


def watched(command: Sequence[str], also: Callable[[], object] = lambda: None) -> Watched:
    """Run a command to its end.

    Args:
        also: called at each look, and once more at the end.

    Raises:
        UserError: it fails.
    """
    wall, cpu = time.perf_counter(), _cpu_of_children()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    seen, done = Watched(), threading.Event()

    def wait() -> None:
        process.wait()
        done.set()

    threading.Thread(target=wait, daemon=True).start()
    while not done.wait(_EVERY_SECONDS):
        if sys.platform == "linux":
            seen.look(process.pid)
        also()
    seen.wall_seconds = time.perf_counter() - wall
    seen.cpu_seconds = _cpu_of_children() - cpu
    also()
    if process.returncode:
        raise UserError(f"{' '.join(command[2:4])} failed; its last words are above.")
    return seen


def _cpu_of_children() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def _family(root: int) -> list[int]:
    """A process and all that it started."""
    children: dict[int, list[int]] = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
        children.setdefault(parent, []).append(int(entry.name))
    processes, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        processes.append(process)
        waiting += children.get(process, [])
    return processes


def _command_line(process: int) -> str:
    try:
        return pathlib.Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _pss_bytes(process: int) -> int:
    return 1024 * _fields(f"/proc/{process}/smaps_rollup").get("Pss", 0)


def _moved(process: int) -> tuple[int, int] | None:
    fields = _fields(f"/proc/{process}/io")
    return (fields["rchar"], fields["wchar"]) if "rchar" in fields else None


def _fields(path: str) -> dict[str, int]:
    """The numbers of a file of lines such as "Pss:  12 kB"; none if the process has ended."""
    try:
        lines = pathlib.Path(path).read_text().splitlines()
    except OSError:
        return {}
    words = (line.split() for line in lines if ": " in line)
    return {name.rstrip(":"): int(number) for name, number, *_ in words if number.isdigit()}
