"""A job on a cluster, which would outlive the process that submitted it."""

from __future__ import annotations

import threading
from typing import Any

from gm_vae.pipelines import flink_rest

_SECONDS = 10  # for an answer of a job service, and for a submission in progress


class ClusterJob:
    """A job that must be ended on the cluster if this process ends early.

    Args:
        name: unique name of the job.
        runner: Beam's name of the runner.
        flink: the address of Flink's REST interface, if the job runs on such a cluster.
        served_elsewhere: whether the job service runs outside this process.
    """

    def __init__(self, name: str, runner: str, flink: str, served_elsewhere: bool) -> None:
        self.name, self.runner, self.flink = name, runner, flink
        self.served_elsewhere = served_elsewhere
        self._result: Any = None
        self._submitted = threading.Event()

    def submitted(self, result: Any) -> None:
        """Receive Beam's `PipelineResult`: from now on the job service knows the job."""
        self._result = result
        self._submitted.set()

    def end(self) -> str | None:
        """End the job wherever it runs; returns a sentence if something may still run."""
        left = self._cancel_at_the_service() if self.served_elsewhere else None
        # A Flink job service may report a job as cancelled while the cluster still runs it.
        return flink_rest.cancel(self.flink, self.name) if self.flink else left

    def _cancel_at_the_service(self) -> str | None:
        if not self._submitted.wait(_SECONDS):
            return self._left("it was being submitted")
        failures: list[str] = ["no answer"]

        def cancel() -> None:
            try:
                self._result.cancel()
                failures.clear()
            except Exception as error:  # of any runner's client
                text = " ".join(str(error).split()) or type(error).__name__
                failures[:] = [text[:300].rstrip(".")]

        thread = threading.Thread(target=cancel, daemon=True)
        thread.start()
        thread.join(_SECONDS)
        return self._left(failures[0]) if failures else None

    def _left(self, reason: str) -> str:
        return (
            f"The job {self.name} may still run on {self.runner} ({reason}); end it there, with "
            "the cluster's own tools."
        )
