"""A standalone Flink cluster on this machine: one JobManager and some TaskManagers."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from patience import PATIENCE_SECONDS

_POLL_SECONDS = 0.1

# Flink's own scripts, which its Python package lacks, give these to Java 17.
_OPENS = (
    "java.base/java.lang",
    "java.base/java.lang.invoke",
    "java.base/java.lang.reflect",
    "java.base/java.net",
    "java.base/java.io",
    "java.base/java.nio",
    "java.base/java.text",
    "java.base/java.time",
    "java.base/java.util",
    "java.base/java.util.concurrent",
    "java.base/java.util.concurrent.atomic",
    "java.base/java.util.concurrent.locks",
    "java.base/sun.nio.ch",
)
_JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
_TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"


class FlinkCluster:
    """Runs during the `with` block; nothing is left afterwards.

    Args:
        java: the program.
        lib: the folder with Flink's jars.
        folder: for configuration, logs and temporary files; it is made.
        task_managers: how many, each a process of its own.
        slots: subtasks that one of them runs at once.
    """

    def __init__(
        self,
        java: str,
        lib: pathlib.Path,
        folder: pathlib.Path,
        task_managers: int = 2,
        slots: int = 1,
    ) -> None:
        self._command = [java, *(f"--add-opens={name}=ALL-UNNAMED" for name in _OPENS)]
        self._classes = f"{lib}/*"
        self._folder = folder
        self._wished = task_managers
        self._slots = slots
        self._processes: list[subprocess.Popen] = []
        self.task_managers: list[subprocess.Popen] = []
        self._ids: dict[int, str] = {}  # of TaskManagers by process
        self.address = ""

    def __enter__(self) -> "FlinkCluster":
        rest, rpc = free_ports(2)
        self.address = f"localhost:{rest}"
        settings = {
            "jobmanager.rpc.address": "localhost",
            "jobmanager.rpc.port": rpc,
            "rest.address": "localhost",
            "rest.port": rest,
            "jobmanager.memory.process.size": "768m",
            "taskmanager.host": "localhost",
            "taskmanager.numberOfTaskSlots": self._slots,
            # Flink's scripts work these out from one figure; without them each is set.
            "taskmanager.cpu.cores": float(self._slots),
            "taskmanager.memory.task.heap.size": "256m",
            "taskmanager.memory.task.off-heap.size": "64m",
            "taskmanager.memory.framework.heap.size": "64m",
            "taskmanager.memory.framework.off-heap.size": "64m",
            "taskmanager.memory.managed.size": "64m",
            # with 64 MB jobs fail for want of network buffers, and are restarted, undisturbed
            "taskmanager.memory.network.min": "128m",
            "taskmanager.memory.network.max": "128m",
            "taskmanager.memory.jvm-metaspace.size": "256m",
            "taskmanager.memory.jvm-overhead.min": "64m",
            "taskmanager.memory.jvm-overhead.max": "64m",
            "io.tmp.dirs": str(self._folder / "tmp"),
            "parallelism.default": self._wished * self._slots,
            # A lost TaskManager is noticed in seconds, and its work is repeated.
            "heartbeat.interval": 1000,
            "heartbeat.timeout": 6000,
            "restart-strategy.type": "exponential-delay",
            "restart-strategy.exponential-delay.initial-backoff": "1 s",
            "restart-strategy.exponential-delay.max-backoff": "10 s",
        }
        (self._folder / "tmp").mkdir(parents=True)
        lines = (f"{name}: {json.dumps(value)}\n" for name, value in settings.items())
        (self._folder / "config.yaml").write_text("".join(lines))
        try:
            self._start(_JOB_MANAGER, "job-manager", "-Xmx512m")
            for _ in range(self._wished):
                self.start_task_manager()
            self.wait(lambda: self.free_slots() == self._wished * self._slots)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def start_task_manager(self) -> None:
        """Start another one, as a cluster's manager does for each lost one."""
        name = f"task-manager-{len(self._processes)}"
        # by this id the test knows it again
        options = ("-Xmx384m",)
        settings = ("-D", f"taskmanager.resource-id={name}")
        self.task_managers.append(self._start(_TASK_MANAGER, name, *options, settings=settings))
        self._ids[self.task_managers[-1].pid] = name

    def kill_a_busy_task_manager(self) -> str:
        """End the oldest and its Python workers by SIGKILL, if a job is running.

        All stand still meanwhile, so that the job surely has something left to do.

        Returns:
            The id by which Flink calls the TaskManager that was lost; "" if none was busy.
        """
        lost_id = self._ids[self.task_managers[0].pid]
        for process in self.task_managers:
            os.killpg(process.pid, signal.SIGSTOP)
        try:
            busy = any(
                vertex["status"] == "RUNNING"
                for job in self.jobs()
                if job["state"] == "RUNNING"
                for vertex in job["vertices"]
            )
            if busy:
                lost = self.task_managers.pop(0)
                os.killpg(lost.pid, signal.SIGKILL)
                lost.wait()
        finally:
            for process in self.task_managers:
                os.killpg(process.pid, signal.SIGCONT)
        return lost_id if busy else ""

    def task_manager_ids(self) -> set[str]:
        """The ids of the TaskManagers that Flink has."""
        return {each["id"] for each in self.get("/taskmanagers")["taskmanagers"]}

    def failures(self) -> list[str]:
        """The failures of all jobs, recovered or not."""
        return [
            entry["stacktrace"]
            for job in self.jobs()
            for entry in self.get(f"/jobs/{job['jid']}/exceptions")["exceptionHistory"]["entries"]
        ]

    def _start(
        self, entry: str, name: str, *memory: str, settings: tuple[str, ...] = ()
    ) -> subprocess.Popen:
        folder = self._folder
        command = [*self._command, *memory, "-cp", self._classes, entry]
        command += [f"--configDir={folder}", *settings]
        with open(folder / f"{name}.log", "wb") as log:
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that its workers end with it
            )
        self._processes.append(process)
        return process

    def get(self, path: str) -> dict:
        """An answer of Flink's REST interface."""
        with urllib.request.urlopen(f"http://{self.address}{path}", timeout=10) as answer:
            return json.load(answer)

    def free_slots(self) -> int:
        """Slots without a task."""
        return self.get("/overview")["slots-available"]

    def jobs(self) -> list[dict]:
        """All submitted jobs, in order, as Flink reports them."""
        names = sorted(self.get("/jobs/overview")["jobs"], key=lambda job: job["start-time"])
        return [self.get(f"/jobs/{job['jid']}") for job in names]

    def wait(self, condition: Callable[[], object]) -> object:
        """The value of the condition once it is true; Flink may be busy or still starting."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            ended = [process for process in self._current() if process.poll() is not None]
            assert not ended, f"a part of Flink ended; see {self._folder}/*.log"
            try:
                result = condition()
            except (OSError, urllib.error.URLError):
                result = None
            if result:
                return result
            threading.Event().wait(_POLL_SECONDS)
        raise AssertionError(f"waited in vain; see {self._folder}/*.log")

    def _current(self) -> list[subprocess.Popen]:
        return [*self._processes[:1], *self.task_managers]


def free_ports(count: int) -> list[int]:
    """Unused ports on this machine."""
    sockets = [socket.create_server(("localhost", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in sockets]
    for listener in sockets:
        listener.close()
    return ports
