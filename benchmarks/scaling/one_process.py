"""What one process has to hold of a whole corpus: the names of its files, the plan of its splits.

    python -m benchmarks.scaling.one_process {names,plan} COUNT

Made up, of so many files or songs; prints CPU seconds and the most memory in bytes as JSON.
"""

from __future__ import annotations

import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from unittest import mock

import numpy as np

_VERSIONS, _COPIES = 5, 20  # every so many songs one is a version, or a copy, of another


def measured(what: str, count: int) -> dict[str, float]:
    """Seconds and bytes of a new process that does nothing else."""
    command = [sys.executable, "-m", "benchmarks.scaling.one_process", what, str(count)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def names(count: int) -> None:
    """List a bucket of so many files, and write the tasks of reading them."""
    from apache_beam.io.filesystem import FileMetadata

    from gm_vae import storage
    from gm_vae.pipelines import midi_to_measures, songs, sources, task_lists

    class Bucket:
        """As Beam's clients answer: all at once, and with a set of all names, as theirs hold."""

        def match(self, patterns: list[str]) -> list[mock.Mock]:
            listed, seen = [], set()
            for number in range(count):
                digest = f"{number * 2654435761 % (1 << 32):08x}" * 4
                path = f"gs://collection/midi/{digest[0]}/{digest[1]}/{digest}.mid"
                seen.add(path)
                listed.append(FileMetadata(path, 30_000 + number % 1000, 1.7e9 + number))
            return [mock.Mock(metadata_list=listed)]

    with mock.patch.object(storage, "_beam", return_value=Bucket()):
        found = sources.find("gs://collection/midi/")
    midi_to_measures._fingerprint(found)
    with tempfile.TemporaryDirectory() as folder:
        task_lists.write(str(pathlib.Path(folder)), songs.tasks(found, 32))


def plan(count: int) -> None:
    """Plan the splits of so many songs."""
    from gm_vae.pipelines import splits
    from gm_vae.pipelines.song_table import SongTable

    splits.plan(SongTable.joined(list(_parts(count))), 5, 5)


def _parts(count: int) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """Columns of songs, as the chunks of 512 songs give them."""
    rng = np.random.default_rng(0)
    for first in range(0, count, 512):
        size = min(512, count - first)
        sketches = rng.integers(1 << 63, size=(size, 8), dtype=np.uint64)
        keys = rng.integers(256, size=(size, 32), dtype=np.uint8)
        sketches[_VERSIONS::_VERSIONS, :5] = sketches[:-_VERSIONS:_VERSIONS, :5]
        keys[_COPIES::_COPIES] = keys[:-_COPIES:_COPIES]
        sketches[_COPIES::_COPIES] = sketches[:-_COPIES:_COPIES]
        sketches.sort(axis=1)
        yield (
            keys.tobytes(),
            sketches.astype(">u8").tobytes(),
            bytes([8]) * size,
            np.full(size, 44, np.uint32).tobytes(),
        )


def _peak_bytes() -> int:
    """The most memory of this process; `ru_maxrss` would count the process that began it too."""
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    start = time.process_time()
    {"names": names, "plan": plan}[sys.argv[1]](int(sys.argv[2]))
    peak = _peak_bytes()
    print(json.dumps({"cpu": time.process_time() - start, "peak": peak}))
