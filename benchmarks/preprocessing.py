"""Times `gm-vae preprocess`: `python benchmarks/preprocessing.py INPUT... [--workers=2]`.

For each input one run in processes of its own, into a temporary folder: wall seconds, CPU seconds
of all processes, and the peak of their memory together (PSS: shared pages count once; Linux only).
The results of a named machine are in RESULTS.md beside this file.
"""

import argparse
import pathlib
import resource
import subprocess
import sys
import tempfile
import threading
import time

_EVERY_SECONDS = 1.0  # reading the memory of a process takes a millisecond or so


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--workers", type=int, default=2)
    flags = parser.parse_args()
    for path in flags.inputs:
        with tempfile.TemporaryDirectory() as scratch:
            run(path, pathlib.Path(scratch) / "data", flags.workers)


def run(path: str, output: pathlib.Path, workers: int) -> None:
    """One run and its line."""
    from gm_vae.data import dataset

    before = _cpu_seconds()
    start = time.monotonic()
    command = [sys.executable, "-m", "gm_vae", "preprocess", f"--input={path}"]
    process = subprocess.Popen(
        [*command, f"--output={output}", f"--workers={workers}"], stdout=subprocess.DEVNULL
    )
    peak = 0
    done = threading.Event()
    threading.Thread(target=lambda: (process.wait(), done.set()), daemon=True).start()
    while not done.wait(_EVERY_SECONDS):
        peak = max(peak, sum(map(_pss_bytes, _family(process.pid))))
    wall, cpu = time.monotonic() - start, _cpu_seconds() - before
    if process.returncode:
        sys.exit(f"{path}: failed")
    made = dataset.load(output)
    files, kept = made.files["read"], made.bars["kept"]
    print(
        f"{path}: {files:,} files, {kept:,} kept, {made.measures:,} distinct; {wall:.1f} s wall, "
        f"{cpu:.1f} s of CPU ({1000 * cpu / files:.1f} ms a file), {peak >> 20:,} MB at most; "
        f"{made.sha256[:12]}"
    )


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _family(root: int) -> list[int]:
    """A process and all that it started."""
    children: dict[int, list[int]] = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
        children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting += children.get(process, [])
    return found


def _pss_bytes(process: int) -> int:
    try:
        lines = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    main()
