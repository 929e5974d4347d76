"""Runs the pipeline so that users see results or one sentence, not Beam's logs.

It runs in its own process. Beam's warnings go to a file, its import costs the caller nothing, and a
hang of Beam (waiting for a worker that the system ended for lack of memory) or a crash cannot
affect the caller. The process ends when its standard input is closed, so that nothing keeps running
whatever happens to the caller.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pathlib
import pickle
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
import uuid
from collections.abc import Sequence
from typing import Any

from gm_vae import storage
from gm_vae.errors import UsageError, UserError
from gm_vae.pipelines import flink_rest
from gm_vae.pipelines.cluster_job import ClusterJob

LOCAL = "FnApiRunner"

_USER_ERROR_EXIT, _WORKER_DIED_EXIT, _USAGE_ERROR_EXIT = 10, 11, 12
_END_SECONDS = 90  # for ending a job on a cluster
_LEFT, _CLUSTER = "left", "cluster"  # names of files
# Allocators otherwise keep most of what is freed: glibc 120 MB in the pipeline's process after
# 60,000 files (20 MB with these), Arrow's own 170 MB in a worker that reads a Parquet file.
_ALLOCATORS = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 20),
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
_PRISM_SECONDS = 10  # until Prism has ended a job whose worker died
_WHILE = re.compile(r" \[while running '[^']*'\]")
_RAISED = re.compile(r"^gm_vae\.errors\.(?:User|Usage)Error: (.+)$", re.MULTILINE)
_CAUSE = re.compile(r"^\w*Error: (?:Pipeline \S+ failed in state \w+: )?(.*\S)", re.MULTILINE)
# errors of a process_command: Java and Go (for Prism) name the program
_NO_PROGRAM = re.compile(r'Cannot run program "([^"]+)"|fork/exec (\S+): no such file')
_REFUSED = {
    **dict.fromkeys(
        ("DirectRunner", "SwitchingDirectRunner"),
        "it downloads another program before it starts",
    ),
    "DaskRunner": "it has lost data without a word",
}


def check(runner: str, beam_args: Sequence[str]) -> None:
    """Raise UsageError for an unsupported runner, or for flags of a runner without any."""
    if runner in _REFUSED:
        raise UsageError(f"--runner={runner} is not used: {_REFUSED[runner]}; use {LOCAL}.")
    if runner == LOCAL and beam_args:
        raise UsageError(f"--beam_args are for a cluster's runner; {LOCAL} takes none.")


def run(
    arguments: dict[str, Any],
    *,
    workers: int,
    scratch: pathlib.Path,
    runner: str = LOCAL,
    beam_args: Sequence[str] = (),
) -> None:
    """Run the pipeline of `gm_vae.pipelines.transforms.build` until its end.

    Args:
        arguments: arguments of `build`, without the pipeline.
        workers: processes on this machine that share the work. For the local runner only.
        scratch: a folder for temporary files.
        runner: the local one, or Beam's name of another runner (FlinkRunner, ...).
        beam_args: flags for the other runner, as Beam spells them.

    Raises:
        UserError: raised in a worker, or a worker was killed, or the job failed on a cluster; the
            message then names a log file.
        UsageError: an unsupported runner, or a missing flag that it needs.
        RuntimeError: the pipeline failed on this machine; the message has the end of the log.
    """
    check(runner, beam_args)
    job, log, message = (scratch / name for name in ("job", "log", "message"))
    unique = uuid.uuid4().hex[:12]
    job.write_bytes(pickle.dumps((arguments, workers, runner, tuple(beam_args), unique)))
    with open(log, "wb") as log_stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "gm_vae.pipelines.run_pipeline", str(scratch)],
            stdin=subprocess.PIPE,
            stdout=log_stream,
            stderr=log_stream,
            env={**_ALLOCATORS, **os.environ},
            start_new_session=True,  # this process handles Ctrl-C
        )
        with process:  # closes its input at the end, whatever happens
            try:
                code = process.wait()
            except BaseException:
                if runner != LOCAL:
                    _end_elsewhere(process, scratch)
                raise
    if code and runner != LOCAL:
        _say_what_is_left(scratch)
    if code == _USER_ERROR_EXIT:
        raise UserError(message.read_text(encoding="utf-8"))
    if code == _USAGE_ERROR_EXIT:
        raise UsageError(message.read_text(encoding="utf-8"))
    if code == _WORKER_DIED_EXIT or (code < 0 and runner == LOCAL):
        raise UserError(
            "The system ended a worker, usually for lack of memory; use fewer of them "
            f"(--workers={max(1, workers // 2)})."
        )
    if code and runner != LOCAL:
        raise UserError(_failed_elsewhere(runner, log.read_bytes()))
    if code:
        raise RuntimeError(f"the pipeline failed:\n{log.read_text(errors='replace')[-8000:]}")


def _end_elsewhere(process: subprocess.Popen, scratch: pathlib.Path) -> None:
    """Let the process end its job on a cluster, and wait for it."""
    print("gm-vae preprocess: ending the job on the cluster.", file=sys.stderr)
    if process.stdin:
        process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_END_SECONDS)
    _say_what_is_left(scratch)


def _say_what_is_left(scratch: pathlib.Path) -> None:
    """Print what may still run on a cluster; end it, if the process could not."""
    left, cluster = scratch / _LEFT, scratch / _CLUSTER
    if left.exists():
        text = left.read_text(encoding="utf-8")
    elif cluster.exists():  # the process was killed
        name, flink = cluster.read_text(encoding="utf-8").split("\n")
        text = f"The job {name} may still run; end it with the cluster's own tools."
        text = (flink_rest.cancel(flink, name) or "") if flink else text
    else:
        return  # nothing was submitted
    if text:
        print(f"gm-vae preprocess: {text}", file=sys.stderr)


def _failed_elsewhere(runner: str, log: bytes) -> str:
    """A sentence with the cause and the path of the log."""
    with tempfile.NamedTemporaryFile(prefix="gm-vae-", suffix=".log", delete=False) as kept:
        kept.write(log)
    text = log.decode(errors="replace")
    if missing := _NO_PROGRAM.search(text):
        return (
            f"The job failed on {runner} (process_command={missing[1] or missing[2]} cannot be "
            "started on a machine of the cluster): install the package there under that path; its "
            f"log is {kept.name}."
        )
    causes = _CAUSE.findall(text)
    cause = causes[-1].strip().rstrip(".")[:300] if causes else "it ended without a word"
    return f"The job failed on {runner} ({cause}); its log is {kept.name}."


def main(scratch: pathlib.Path) -> int:
    """The main function of the process of `run`."""
    arguments, workers, runner, beam_args, unique = pickle.loads((scratch / "job").read_bytes())
    ending = _Ending(scratch)
    threading.Thread(target=_end_with_the_caller, args=(ending,), daemon=True).start()
    threading.excepthook = _end_if_a_worker_died
    try:
        if runner == LOCAL:
            _run_here(arguments, workers, scratch / "workers.log")
        else:
            _run_elsewhere(arguments, runner, beam_args, unique, ending)
    except Exception as error:
        ending.end_the_job()
        sentence = _sentence(error)
        if sentence is None:
            raise
        (scratch / "message").write_text(sentence, encoding="utf-8")
        return _USAGE_ERROR_EXIT if isinstance(error, UsageError) else _USER_ERROR_EXIT
    return 0


class _Ending:
    """Ends the job on a cluster, and this process with its children.

    Args:
        scratch: a folder, in which the caller finds a note on what may still run.
    """

    def __init__(self, scratch: pathlib.Path) -> None:
        self._scratch = scratch
        self._lock = threading.Lock()
        self._job: ClusterJob | None = None
        self._ended = False

    def watch(self, job: ClusterJob) -> None:
        """A job is about to be submitted. For the main thread, which alone may handle signals."""
        with self._lock:
            text = f"{job.name}\n{job.flink}"
            (self._scratch / _CLUSTER).write_text(text, encoding="utf-8")
            # so that `end_the_job` can end the other processes of the group; they do not inherit
            # this
            signal.signal(signal.SIGTERM, lambda number, frame: None)
            self._job = job

    def end_the_job(self) -> None:
        """End the job, if there is one, once; other threads wait for it."""
        with self._lock:
            if self._job is None or self._ended:
                return
            self._ended = True
            os.killpg(os.getpgid(0), signal.SIGTERM)  # so that a job server submits nothing more
            left = self._job.end() or ""
            storage.write(str(self._scratch / _LEFT), left.encode())

    def end_everything(self) -> None:
        """End the job and this process."""
        self.end_the_job()
        os.killpg(os.getpgid(0), signal.SIGKILL)


def _run_here(arguments: dict[str, Any], workers: int, log_path: pathlib.Path) -> None:
    import apache_beam as beam
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.runners.portability.fn_api_runner import FnApiRunner
    from apache_beam.transforms.environments import SubprocessSDKEnvironment

    from gm_vae.pipelines import transforms

    # In threads Python would not be faster; processes are what Beam starts for
    # direct_running_mode=multi_processing, with a log of their own.
    command = f"{shlex.quote(sys.executable)} -m apache_beam.runners.worker.sdk_worker_main"
    command += f" >>{shlex.quote(str(log_path))} 2>&1"
    processes = SubprocessSDKEnvironment.from_command_string(command)
    pipeline = beam.Pipeline(
        runner=FnApiRunner(default_environment=processes if workers > 1 else None),
        options=PipelineOptions([], direct_num_workers=workers),
    )
    transforms.build(pipeline, **arguments)
    pipeline.run().wait_until_finish()


def _run_elsewhere(
    arguments: dict[str, Any],
    runner: str,
    beam_args: Sequence[str],
    unique: str,
    ending: _Ending,
) -> None:
    from gm_vae.pipelines import runners, transforms

    pipeline = runners.pipeline(runner, beam_args, unique)
    runners.wait_for_job_server(pipeline)
    logging.getLogger().addHandler(_DeadWorkers(ending))
    transforms.build(pipeline, **arguments)
    job = runners.cluster_job(runner, pipeline)
    ending.watch(job)
    result = pipeline.run()
    job.submitted(result)
    result.wait_until_finish()


class _DeadWorkers(logging.Handler):
    """Ends the job when a worker process of Prism has died.

    Prism ends most such jobs itself, with a cause. If the worker dies while a bundle is sent to it,
    Prism waits forever (https://github.com/apache/beam/pull/38523).
    """

    def __init__(self, ending: _Ending) -> None:
        super().__init__()
        self._ending = ending

    def emit(self, record: logging.LogRecord) -> None:
        if "process failed while running" in (message := record.getMessage()):
            ended = re.search(r"exit status \d+|signal: \w+", message)
            cause = f"a worker process ended, {ended[0]}" if ended else "a worker process ended"
            timer = threading.Timer(_PRISM_SECONDS, _fail, (cause, self._ending))
            timer.daemon = True
            timer.start()


def _fail(cause: str, ending: _Ending) -> None:
    """End this process and the job, for a cause that `_failed_elsewhere` finds in the log."""
    try:
        raise RuntimeError(cause)
    except RuntimeError:
        traceback.print_exc()
    ending.end_everything()


def _end_with_the_caller(ending: _Ending) -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing is ever sent: it returns when the caller has ended
    ending.end_everything()


def _end_if_a_worker_died(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is not None:
        sys.__excepthook__(failure.exc_type, failure.exc_value, failure.exc_traceback)
    if failure.thread is not None and failure.thread.name == "run_worker":
        os._exit(_WORKER_DIED_EXIT)  # Beam would wait for it forever


def _sentence(error: Exception) -> str | None:
    """The message of a `UserError` from a worker; None if something else was raised.

    In this process Beam keeps the type and adds the step's name to the message; another process
    raises a RuntimeError with the text of the whole traceback.
    """
    if isinstance(error, UserError):
        return _WHILE.sub("", str(error))
    messages = _RAISED.findall(_WHILE.sub("", str(error)))
    return messages[-1] if messages else None


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
