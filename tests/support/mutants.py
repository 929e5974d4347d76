"""Reads damaged input in separate processes, which may crash, hang or grow."""

from __future__ import annotations

import collections
import multiprocessing
import resource
import signal
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from patience import PATIENCE_SECONDS

# of CPU for one mutant. The slowest, a song of 128 bars with its picture, takes 3 s on a fast quiet
# machine. On the clock PATIENCE_SECONDS, since a pipe takes no CPU
SECONDS = 20
MEMORY_BYTES = 1 << 30  # of a process, all that it starts with included
_BATCH = 2000  # mutants that one process reads
_most_disk = 0  # bytes, of this process


def note_disk(used_bytes: int) -> None:
    """Called after reading a mutant, with its use of the disk, for the report."""
    global _most_disk
    _most_disk = max(_most_disk, used_bytes)


def read_mutants(
    mutants: int,
    make: Callable[[int], Any],
    read: Callable[[Any], Mapping[str, int]],
    refusal: type[Exception],
    fail: Callable[[int, str], None],
) -> int:
    """Read all mutants in processes, one after another; returns the number of failures.

    A mutant passes if it is read, or refused by a sentence of one line, within `SECONDS` and
    `MEMORY_BYTES`. Prints how far it is.

    Args:
        mutants: how many.
        make: a mutant by its number.
        read: what reads it; what it counts is summed.
        refusal: the exception that refuses.
        fail: called with the number and what happened of each failure.
    """
    context = multiprocessing.get_context("fork")
    total, slowest, failed, number = collections.Counter(), (0.0, 0), 0, 0
    memory = disk = 0
    started = time.monotonic()
    while number < mutants:
        stop = min(mutants, number + _BATCH - number % _BATCH)
        at = context.Value("q", number)
        receive, send = context.Pipe(duplex=False)
        arguments = (make, read, refusal, range(number, stop), at, send)
        process = context.Process(target=_work, args=arguments)
        process.start()
        send.close()
        finished = False
        while True:
            try:
                kind, *content = receive.recv()
            except EOFError:
                break
            if kind == "failure":
                failed += 1
                fail(*content)
            else:
                total += content[0]
                slowest = max(slowest, content[1])
                memory, disk = max(memory, content[2]), max(disk, content[3])
                finished = True
        process.join()
        if not finished:
            failed += 1
            name = signal.Signals(-process.exitcode).name if process.exitcode < 0 else ""
            slow = name in ("SIGPROF", "SIGALRM")
            over = f"over {SECONDS} s" if slow else "it ended the process"
            fail(at.value, f"{over} (exit code {process.exitcode} {name})")
        number = stop if finished else at.value + 1
        counts = ", ".join(f"{count:,} {name}" for name, count in sorted(total.items()))
        print(
            f"{number:,} of {mutants:,} mutants in {time.monotonic() - started:,.0f} s: {counts}, "
            f"{failed} failed; slowest {slowest[0]:.2f} s (mutant {slowest[1]}), at most "
            f"{memory / 2**20:,.0f} MB of memory and {disk / 2**20:,.1f} MB of disk",
            flush=True,
        )
    return failed


def _work(make, read, refusal, numbers, at, results) -> None:
    """Read mutants; a hang or a crash ends this process, and `at` is the current mutant."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    counts, slowest = collections.Counter(), (0.0, 0)
    for number in numbers:
        at.value = number
        mutant = make(number)
        start = time.process_time()
        signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)  # their signals end the process
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            counts.update(read(mutant))
            counts["read"] += 1
        except refusal as error:
            counts["refused"] += 1
            if "\n" in str(error) or not str(error).endswith("."):
                results.send(("failure", number, f"no sentence: {error!r}"))
        except BaseException:
            results.send(("failure", number, traceback.format_exc()))
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        slowest = max(slowest, (time.process_time() - start, number))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    results.send(("done", counts, slowest, usage.ru_maxrss << 10, _most_disk))
