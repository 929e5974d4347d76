"""A worker as two processes: one trains, the other reports and can always be stopped.

TensorFlow connects the workers in one call, which returns when all have joined. The call holds
Python's global lock, so no thread of its process can print or handle a signal. Waiting for the
others before the call would not help, since one may be lost in between. So the process that the
user started forks before TensorFlow is imported. The child trains. The parent reports which workers
the child waits for, ends it on a signal, and forwards signals once all have joined.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType

from gm_vae.backends.cluster import Cluster
from gm_vae.errors import Interrupted, UserError
from gm_vae.progress import duration

AGAIN = 76  # the result of `work` if a new process should replace this one

_SECONDS_TO_FIRST_REPORT, _SECONDS_BETWEEN_REPORTS = 3, 30
_SECONDS_BETWEEN_CALLS = 2
_STOP = (signal.SIGTERM, signal.SIGINT)
_LISTED = 8  # addresses in a report
_PR_SET_PDEATHSIG = 1  # of Linux's prctl


def supervised(cluster: Cluster, work: Callable[[Callable[[], None]], int | None]) -> int | None:
    """Do `work` in a child process; both processes return from here with its exit code.

    SIGTERM and SIGINT end both with 75 while the child waits for other workers. Later they are
    forwarded to it, and a second SIGINT ends both at once. The child ends with the parent.

    Args:
        cluster: the workers that must join.
        work: receives a function to call when they have joined.

    Raises:
        Interrupted: in the parent: a signal ended the child.
        UserError: in the parent: the child was killed. In the child: as `work`.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(os, "fork"):
        return work(lambda: None)
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    ours, theirs = socket.socketpair()
    with _events() as events:
        child = os.fork()
        if child:
            theirs.close()
            code = _attend(child, cluster, ours, events)
            ours.close()
    if not child:
        ours.close()
        _end_with(parent, theirs)
        return work(lambda: theirs.sendall(b"joined"))
    if code == AGAIN:  # TensorFlow cannot join a cluster twice in one process
        os.execv(sys.executable, sys.orig_argv)
    return code


def _attend(child: int, cluster: Cluster, connection: socket.socket, events: int) -> int:
    """Report, forward signals, and wait for the child's end; returns its exit code."""
    start = time.monotonic()
    report = start + _SECONDS_TO_FIRST_REPORT
    joined = stopping = False
    sources: list[int | socket.socket] = [events, connection]
    with _Absent(cluster.others) as absent:
        while (code := _exit_code(child)) is None:
            waits = cluster.others and not joined
            timeout = max(report - time.monotonic(), 0) if waits else None
            ready, _, _ = select.select(sources, [], [], timeout)
            if connection in ready:
                sources.remove(connection)
                joined = bool(connection.recv(16))  # nothing if the child is about to end
                absent.close()
            if events in ready:
                for number in os.read(events, 64):
                    if number not in _STOP:
                        continue
                    if not joined or (stopping and number == signal.SIGINT):
                        os.kill(child, signal.SIGKILL)
                        os.waitpid(child, 0)
                        raise Interrupted(_STOPPED if joined else f"stopped; {absent.sentence()}.")
                    stopping = True
                    os.kill(child, number)
            if waits and not joined and time.monotonic() >= report:
                passed = duration(time.monotonic() - start)
                print(f"gm-vae train: {absent.sentence()} ({passed}).", file=sys.stderr, flush=True)
                report += _SECONDS_BETWEEN_REPORTS
    if stopping and code == AGAIN:
        raise Interrupted(_STOPPED)
    if code < 0:
        raise UserError(
            f"the process that trained was ended by {signal.Signals(-code).name}, which the system "
            "sends for lack of memory if it is SIGKILL; the same command resumes it."
        )
    return code


_STOPPED = "stopped; the same command resumes from the last state."


def _exit_code(child: int) -> int | None:
    """The exit code of a child, negative for a signal; None if it still runs."""
    ended, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


@contextlib.contextmanager
def _events() -> Iterator[int]:
    """A file with the numbers of received signals: stop signals and SIGCHLD."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    before = {
        number: signal.signal(number, lambda number, frame: None)
        for number in (*_STOP, signal.SIGCHLD)
    }
    old = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    try:
        yield read
    finally:
        signal.set_wakeup_fd(old)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(read)
        os.close(write)


def _end_with(parent: int, connection: socket.socket) -> None:
    """Let this child receive signals only from its parent, and end with it."""
    os.setpgid(0, 0)  # Ctrl-C reaches all processes of a group

    def watch() -> None:
        connection.recv(1)  # nothing is ever sent: it returns when the parent has ended
        os._exit(Interrupted.exit_code)

    threading.Thread(target=watch, daemon=True).start()
    if sys.platform == "linux":  # even while no Python thread can run
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(Interrupted.exit_code)


class _Absent:
    """The workers that do not answer at their addresses; one thread calls each."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        self._present: set[str] = set()
        self._closed = threading.Event()

    def __enter__(self) -> _Absent:
        for address in self._addresses:
            threading.Thread(target=self._call, args=(address,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop calling."""
        self._closed.set()

    def sentence(self) -> str:
        """A sentence with the workers that this one waits for."""
        absent = [address for address in self._addresses if address not in self._present]
        if not absent:
            return "waiting for the other workers to join; all of them answer"
        more = f" and {len(absent) - _LISTED} more" if len(absent) > _LISTED else ""
        return (
            f"waiting for {len(absent)} of {len(self._addresses)} other workers, to be started by "
            f"the same command: {', '.join(absent[:_LISTED])}{more}"
        )

    def _call(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        while not self._closed.is_set():
            try:
                target = (host.strip("[]"), int(port))
                socket.create_connection(target, _SECONDS_BETWEEN_CALLS).close()
                self._present.add(address)
            except (OSError, UnicodeError):  # no answer, or an invalid name
                self._present.discard(address)
            self._closed.wait(_SECONDS_BETWEEN_CALLS)
