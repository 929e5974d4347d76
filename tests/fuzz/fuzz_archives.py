"""Reads hostile and random archives: `make fuzz-archives`, or with options

    python tests/fuzz/fuzz_archives.py --mutants=20000 --seed=0 --failures=FOLDER

First come the known ones, each with what must be reported of it; then archives of tar, zip and
wrong records, nested, compressed and damaged (`tests/support/hostile_archives.py`). Each is in a
folder with a good song. It passes if that song is read, if whatever is wrong is reported in some
words, if two workers that share the archive find what one finds, and if nothing is written
anywhere; within 20 seconds of CPU and 1 GB of memory. Whatever else happens is a failure: its bytes
are saved, with the seed and number that make them again.
"""

import argparse
import collections
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from hostile_archives import SONG, hostile, made_up
from mutants import read_mutants

from gm_vae.errors import UserError
from gm_vae.pipelines import songs, sources
from gm_vae.text import printable

_SHARED_EVERY = 4  # archives are also read as two workers read them


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--failures", type=pathlib.Path, default=pathlib.Path("fuzz-failures"))
    options = parser.parse_args()
    known = [(name, *case) for name, case in hostile().items()]

    def make(number: int) -> tuple[int, str, bytes, str]:
        if number < len(known):
            return (number, *known[number])
        return (number, *made_up(options.seed, number), "")

    def fail(number: int, why: str) -> None:
        options.failures.mkdir(parents=True, exist_ok=True)
        _, name, data, _ = make(number)
        stem = f"seed{options.seed}_{number}"
        (options.failures / f"{stem}_{name}").write_bytes(data)
        (options.failures / f"{stem}.txt").write_text(why)
        print(f"\nmutant {number} of seed {options.seed}: {why.strip().splitlines()[-1]}")

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tempfile.tempdir = str(folder / "temporary")
        for subfolder in ("input", "temporary"):
            (folder / subfolder).mkdir()
        mutants = len(known) + options.mutants
        count = read_mutants(mutants, make, lambda mutant: trial(folder, *mutant), UserError, fail)
    return int(count > 0)


def trial(
    folder: pathlib.Path, number: int, name: str, data: bytes, expected: str
) -> dict[str, int]:
    """Read an archive; returns counts of the results. Raises AssertionError."""
    for left in (folder / "input").iterdir():  # by a process that was ended
        left.unlink()
    (folder / "input" / "good song.mid").write_bytes(SONG)
    archive = folder / "input" / name
    archive.write_bytes(data)
    try:
        source_files = sources.find(folder / "input")
        counts: collections.Counter = collections.Counter()
        outcome, reports = [], []
        for song in songs.read(source_files):
            assert not (song.data and song.error)
            if song.error:
                assert song.error == printable(song.error), song.error
                assert len(song.error) < 200, song.error
                assert "internal error" not in song.error, song.error
                reports.append(song.error)
            outcome.append((song.name, song.error, hash(song.data)))
            counts["reports" if song.error else "songs"] += 1
        assert ("good song.mid", "", hash(SONG)) in outcome
        if expected == "read":
            assert counts["songs"] > 1
        elif expected:
            assert any(expected in report for report in reports), reports
        if number % _SHARED_EVERY == 0:
            shared = [
                (song.name, song.error, hash(song.data))
                for task in songs.tasks(source_files, 2)
                for _, members in songs.blocks(task)
                for member in members
                if (song := member.read())
            ]
            assert sorted(shared) == sorted(outcome)
        assert sorted(os.listdir(folder / "input")) == sorted(["good song.mid", name])
        assert not os.listdir(folder / "temporary")
        return counts
    finally:
        archive.unlink()


if __name__ == "__main__":
    sys.exit(main())
