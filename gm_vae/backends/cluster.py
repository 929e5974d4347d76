"""TF_CONFIG, which names the workers of a run: read and checked without TensorFlow."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

from gm_vae.errors import UsageError

VARIABLE = "TF_CONFIG"

_JOBS = ("chief", "worker")
_EXAMPLE = (
    f'{VARIABLE}=\'{{"cluster": {{"worker": ["HOST1:PORT", "HOST2:PORT"]}}, '
    '"task": {"type": "worker", "index": 0}}\''
)
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.%\w]+\]|[^\s:/\[\]]+):(\d{1,5})", re.ASCII)


@dataclasses.dataclass(frozen=True)
class Cluster:
    """The workers that train together.

    Attributes:
        addresses: HOST:PORT of each, the chief first if there is one.
        index: which of them this process is.
    """

    addresses: tuple[str, ...]
    index: int

    @property
    def others(self) -> tuple[str, ...]:
        """The addresses of all but this process."""
        return self.addresses[: self.index] + self.addresses[self.index + 1 :]


def read_cluster(text: str) -> Cluster:
    """The workers that the content of TF_CONFIG names.

    Raises:
        UsageError: it is empty, not JSON of this form, contains an invalid or repeated address, or
            has no task for this process.
    """
    if not text:
        raise UsageError(f"--strategy=multiworker needs {_EXAMPLE} in the environment.")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong("is not JSON") from None
    cluster, task = _object(values, "cluster"), _object(values, "task")
    others = set(cluster) - set(_JOBS)
    if others:
        raise _wrong(
            f"has {', '.join(sorted(others))} tasks, and only workers and one chief are supported"
        )
    jobs = {job: _addresses(cluster[job], job) for job in _JOBS if job in cluster}
    if len(jobs.get("chief", ())) > 1:
        raise _wrong("names more than one chief")
    addresses = [address for job in _JOBS for address in jobs.get(job, ())]
    seen: set[str] = set()
    for address in addresses:
        if address.lower() in seen:
            raise _wrong(f"names {address} twice, and each worker needs an address of its own")
        seen.add(address.lower())
    job = task.get("type")
    if not isinstance(job, str) or job not in jobs:
        raise _wrong(f'gives this process the type {json.dumps(job)}, and "cluster" has no such')
    index = _index(task.get("index"), len(jobs[job]), job)
    before = len(jobs.get("chief", ())) if job == "worker" else 0
    return Cluster(tuple(addresses), before + index)


def _object(values: Any, name: str) -> dict[str, Any]:
    value = values.get(name) if isinstance(values, dict) else None
    if not isinstance(value, dict) or not value:
        raise _wrong(f'has no object "{name}"')
    return value


def _addresses(values: Any, job: str) -> list[str]:
    if isinstance(values, str):
        raise _wrong(f'has a text as "{job}", and it must be a list of addresses')
    if not isinstance(values, list) or not values:
        raise _wrong(f'has no list of addresses as "{job}"')
    for value in values:
        match = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
        if not match or not 0 < int(match[2]) < 65536:
            raise _wrong(f"names {json.dumps(value)}, which is not HOST:PORT")
    return values


def _index(value: Any, count: int, job: str) -> int:
    if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value, re.ASCII):
        value = int(value)  # TensorFlow accepts it too
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < count:
        places = "0" if count == 1 else f"0 to {count - 1}"
        raise _wrong(
            f"gives this process the index {json.dumps(value)}, and those of its {job} list are "
            f"{places}"
        )
    return value


def _wrong(fault: str) -> UsageError:
    return UsageError(f"{VARIABLE} {fault}; write {_EXAMPLE}.")
