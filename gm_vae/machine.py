"""Facts about this machine: processor, memory, graphics cards; with the standard library only.

A fact that cannot be found is "", 0 or empty.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import platform
import shutil
import subprocess
import sys
from collections.abc import Collection

# instructions that affect the speed of training: their names in Linux and in NumPy
_INSTRUCTIONS = {
    "AVX2": ("avx2", "AVX2"),
    "AVX-512": ("avx512f", "AVX512F"),
    "AVX-512 bf16": ("avx512_bf16", "AVX512BF16"),
    "AMX bf16": ("amx_bf16", "AMX_BF16"),
    "NEON": ("asimd", "ASIMD"),
    "SVE": ("sve", "SVE"),
    "bf16": ("bf16", "ASIMDBF16"),
}
_X86, _ARM = ("AVX2", "AVX-512", "AVX-512 bf16", "AMX bf16"), ("NEON", "SVE", "bf16")


def cpu_info() -> dict[str, str]:
    """The first processor of Linux's /proc/cpuinfo; empty elsewhere."""
    with contextlib.suppress(OSError):
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        pairs = (line.partition(":") for line in text.split("\n\n")[0].splitlines())
        return {name.strip(): value.strip() for name, _, value in pairs}
    return {}


def cpu_model() -> str:
    """The name of the processor."""
    name = cpu_info().get("model name")
    if not name and sys.platform == "darwin":
        name = program_output("sysctl", "-n", "machdep.cpu.brand_string") or platform.machine()
    return name or platform.processor() or platform.machine()


def instructions(features: Collection[str] = ()) -> tuple[list[str], list[str]]:
    """Relevant instruction sets that the processor has, and those that it lacks.

    Args:
        features: names of other instruction sets that it has, as in NumPy.

    Returns:
        Two empty lists if nothing is known.
    """
    info = cpu_info()
    flags = {*(info.get("flags") or info.get("Features") or "").split(), *features}
    if not flags:
        return [], []
    asked = _ARM if flags & set(_INSTRUCTIONS["NEON"]) else _X86
    has = [name for name in asked if flags & set(_INSTRUCTIONS[name])]
    return has, [name for name in asked if name not in has]


def memory_bytes() -> int:
    """The size of the memory."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows
        return 0


def gpus() -> list[str]:
    """Name, memory and driver of each NVIDIA card."""
    query = ("--query-gpu=name,memory.total,driver_version", "--format=csv,noheader")
    return program_output("nvidia-smi", *query).splitlines()


def program_output(*command: str) -> str:
    """The output of a program, "" if it cannot be run."""
    path = shutil.which(command[0])
    if not path:
        return ""
    try:
        done = subprocess.run(
            [path, *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=20,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else ""
