"""Times of pieces of work: medians of repeats, in wall and CPU time.

On a busy machine, CPU time is more reliable than wall time, and pieces that take turns have the
same disturbance.
"""

from __future__ import annotations

import dataclasses
import resource
import time
from collections.abc import Callable, Mapping


@dataclasses.dataclass(frozen=True)
class Times:
    """Seconds of each repeat: wall, and CPU of all threads and of processes that have ended."""

    wall: list[float] = dataclasses.field(default_factory=list)
    cpu: list[float] = dataclasses.field(default_factory=list)

    def add(self, work: Callable[[], object]) -> None:
        """Run the work once more."""
        wall, cpu = time.perf_counter(), cpu_seconds()
        work()
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(cpu_seconds() - cpu)


def interleaved(
    work: Mapping[str, Callable[[], object]], repeats: int, first_counts: bool = False
) -> dict[str, Times]:
    """Times of each piece of work, which take turns.

    Args:
        first_counts: measure from the beginning. Otherwise each piece runs once before.
    """
    times = {name: Times() for name in work}
    if not first_counts:
        for run in work.values():
            run()
    for _ in range(repeats):
        for name, run in work.items():
            times[name].add(run)
    return times


def repeated(work: Callable[[], object], repeats: int) -> Times:
    """Times of one piece of work, after a warm-up."""
    return interleaved({"": work}, repeats)[""]


def cpu_seconds() -> float:
    """CPU time of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
