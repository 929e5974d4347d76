"""Serves models in ways that break HTTP, or the model: `make fuzz-http`, or with options

    python tests/fuzz/fuzz_http.py --mutants=5000 --seed=0

A mutant is a server on this machine that misbehaves in one way (`tests/support/bad_server.py` has
them all), for all files of a model or some of them. Each way says what must come of it: the model
is read and is the one that is served, or it is refused by a sentence that names the address. It
takes 20 seconds of CPU at most, a minute on the clock, 1 GB of memory and, of disk, four
descriptions of 16 MiB and the model; nothing is left. Whatever else happens is a failure, named by
the seed and number that make it again.
"""

import argparse
import contextlib
import ctypes
import pathlib
import random
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

import numpy as np
from bad_server import WAYS, Expected, misbehaving, serving
from fuzz_checkpoints import write_originals
from mutants import note_disk, read_mutants

from gm_vae.checkpoints import fetching
from gm_vae.checkpoints.folder import Checkpoint
from gm_vae.checkpoints.load import read_model
from gm_vae.checkpoints.tensors import MAX_DESCRIPTION_BYTES
from gm_vae.errors import UserError

PARTS = ("", "manifest", "shard", "gm_vae", "config", "attributes")  # of names of files; "": all
CLOCK_SECONDS = 60
SHORT_PATIENCE_SECONDS = 0.3  # of the client, where a way must not be waited for
_ARENAS = -8  # of mallopt: each thread would reserve 64 MB of the memory that is allowed


class Served:
    """Models to serve: folders by name, with their files."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        write_originals(root)
        self.models = {path.name: read_model(path) for path in sorted(root.iterdir())}


def case(served: Served, seed: int, number: int) -> tuple[str, str, str]:
    """The way of a mutant, the part of names for which it is taken, and the model."""
    rng = random.Random(f"{seed} {number}")
    model = rng.choice(list(served.models))
    names = " ".join(path.name for path in (served.root / model).iterdir())
    file = rng.choice([file for file in PARTS if file in names])
    return list(WAYS)[number % len(WAYS)], file, model


def trial(served: Served, seed: int, number: int) -> dict[str, int]:
    """Read a mutant. Raises UserError where it was refused, AssertionError."""
    way, file, name = case(served, seed, number)
    expected = WAYS[way].expected
    model = served.models[name]
    hurried = expected is Expected.REFUSED
    started = time.monotonic()
    answer = misbehaving(way, file, f"{seed} {number}")
    with (
        serving(served.root, answer) as (address, asked),
        _short_patience(hurried),
        _watched_disk(sum(array.nbytes for array in model.weights.values())),
    ):
        try:
            result = read_model(f"{address}/{name}")
        except UserError as error:
            result = error
    seconds = time.monotonic() - started
    assert seconds <= CLOCK_SECONDS, f"{seconds:.0f} s on the clock"
    files = sum(1 for _ in (served.root / name).iterdir()) + 2  # those that it asks for in vain
    assert len(asked) <= 6 * files, f"{len(asked)} requests"
    left = list(pathlib.Path(tempfile.gettempdir()).iterdir())
    assert not left, f"left {left}"
    if isinstance(result, UserError):
        assert expected is not Expected.READ, f"refused: {result}"
        assert "127.0.0.1" in str(result), f"no address: {result}"
        assert len(str(result)) < 600, f"a long sentence: {result}"
        raise result
    assert expected is not Expected.REFUSED, "it was read"
    if expected is not Expected.CHANGED or name.startswith("ours"):
        assert same(result, model), "another model was read"
    return {}


def same(one: Checkpoint, other: Checkpoint) -> bool:
    """Whether the weights of two checkpoints are equal."""
    return one.weights.keys() == other.weights.keys() and all(
        np.array_equal(array, other.weights[name]) for name, array in one.weights.items()
    )


@contextlib.contextmanager
def _short_patience(wanted: bool):
    before = fetching._PATIENCE_SECONDS, fetching._LEAST_BYTES_A_SECOND
    if wanted:
        fetching._PATIENCE_SECONDS, fetching._LEAST_BYTES_A_SECOND = SHORT_PATIENCE_SECONDS, 1e9
    try:
        yield
    finally:
        fetching._PATIENCE_SECONDS, fetching._LEAST_BYTES_A_SECOND = before


@contextlib.contextmanager
def _watched_disk(model_bytes: int):
    """Checks the folder of fetched files before it is removed. Raises AssertionError."""
    scratch_folder = fetching.scratch_folder
    used = []

    @contextlib.contextmanager
    def watched():
        with scratch_folder() as folder:
            try:
                yield folder
            finally:
                sizes = (path.stat().st_size for path in folder.rglob("*") if path.is_file())
                used.append(sum(sizes))

    fetching.scratch_folder = watched
    try:
        yield
    finally:
        fetching.scratch_folder = scratch_folder
        note_disk(sum(used))
    assert sum(used) <= 4 * MAX_DESCRIPTION_BYTES + model_bytes, f"{sum(used):,} bytes of disk"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with contextlib.suppress(OSError, AttributeError):  # of systems without glibc
        ctypes.CDLL(None).mallopt(_ARENAS, 1)
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        served = Served(root / "served")
        (root / "temporary").mkdir()
        tempfile.tempdir = str(root / "temporary")

        def fail(number: int, why: str) -> None:
            print(f"\nmutant {number} of seed {options.seed}: {case(served, options.seed, number)}")
            print(why.strip()[-1500:])

        print(f"{len(WAYS)} ways")
        return int(
            read_mutants(
                options.mutants,
                lambda number: number,
                lambda number: trial(served, options.seed, number),
                UserError,
                fail,
            )
            > 0
        )


if __name__ == "__main__":
    sys.exit(main())
