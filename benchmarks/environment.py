"""The machine and load of a run."""

from __future__ import annotations

import importlib.metadata
import os
import pathlib
import platform
import re
from collections.abc import Iterator, Sequence

from benchmarks.results import Machine, rounded
from gm_vae import machine

# packages that compute, in any installed variant
PACKAGES = (
    "numpy", "tensorflow", "tensorflow-cpu", "keras", "jax", "apache-beam", "note-seq",
)  # fmt: skip


def this_machine(programs: Sequence[str] = ()) -> Machine:
    """The machine of this process, with versions of packages and of some programs."""
    release = ".".join(platform.release().split(".")[:2])  # the rest identifies a build
    affinity = getattr(os, "sched_getaffinity", None)
    return Machine(
        processor=machine.cpu_model(),
        instructions=tuple(machine.instructions()[0]),
        cores=len(affinity(0)) if affinity else os.cpu_count() or 0,
        memory_gb=rounded(machine.memory_bytes() / 1e9, 3),
        system=f"{platform.system()} {release}",
        accelerator="; ".join(machine.gpus()) or "none",
        python=platform.python_version(),
        packages=dict(sorted([*_versions(), *map(_program, filter(None, programs))])),
    )


def load() -> float | None:
    """Average number of processes that wanted a core during the last minute; None if unknown."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def _program(name: str) -> tuple[str, str]:
    match = re.search(r"\d+(\.\d+)*", machine.program_output(name, "--version"))
    return pathlib.Path(name).name, match[0] if match else "unknown"


def _versions() -> Iterator[tuple[str, str]]:
    for name in PACKAGES:
        try:
            yield name, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
