"""Flink's REST interface: cancels a job by its name.

Beam's job server submits a job to the cluster and ends with our process; the job keeps running
there.
"""

from __future__ import annotations

import http.client
import json
import shlex
import threading
import time
import urllib.request
from typing import Any

_ENDED = frozenset({"FINISHED", "CANCELED", "FAILED", "SUSPENDED"})
_ANSWER_SECONDS = 5
_POLL_SECONDS = 0.2


def cancel(
    address: str, name: str, appear_seconds: float = 5, end_seconds: float = 30
) -> str | None:
    """End a job of a cluster, and wait until it has ended.

    Args:
        address: HOST:PORT of the REST interface, or its URL.
        name: the unique name of the job.
        appear_seconds: how long to look for the job, since it may still be submitted, and how long
            to retry if the interface fails.
        end_seconds: how long its end may take.

    Returns:
        None if it has ended, or was never submitted. Otherwise one sentence: what may still run,
        and how to end it.
    """
    url = (address if "://" in address else f"http://{address}").rstrip("/")
    start = time.monotonic()
    seen: dict[str, Any] | None = None
    asked = False
    while True:
        fault = ""
        try:
            job = _find(url, name)
            if job is None and (seen or time.monotonic() - start >= appear_seconds):
                return None
            if job and job["state"] in _ENDED:
                return None
            seen = job
            if job and not asked:
                _ask(f"{url}/jobs/{job['jid']}?mode=cancel", "PATCH")
                asked = True
        except (OSError, ValueError, LookupError, TypeError, http.client.HTTPException) as error:
            fault = str(error) or type(error).__name__
        if time.monotonic() - start >= (appear_seconds if fault else end_seconds):
            return _left(url, name, seen, fault or "it does not end")
        threading.Event().wait(_POLL_SECONDS)


def _find(url: str, name: str) -> dict[str, Any] | None:
    jobs = json.loads(_ask(f"{url}/jobs/overview"))["jobs"]
    named = [job for job in jobs if name in job["name"]]
    return min(named, key=lambda job: job["state"] in _ENDED, default=None)


def _ask(url: str, method: str = "GET") -> bytes:
    request = urllib.request.Request(url, method=method)
    with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:
        return answer.read()


def _left(url: str, name: str, job: dict[str, Any] | None, reason: str) -> str:
    which = job["jid"] if job else "ID"
    command = f"curl -X PATCH {shlex.quote(f'{url}/jobs/{which}?mode=cancel')}"
    if job is None:
        command = f"its ID is in {url}/jobs/overview, then {command}"
    return f"The job {name} may still run on Flink ({reason.rstrip('.')}); end it there: {command}"
