"""Feeds damaged MIDI files to `measures_from_midi`: `make fuzz`, or with options

    python tests/fuzz/fuzz_midi.py --mutants=200000 --seed=0 --files=FOLDER --failures=FOLDER

A mutant passes if it is read, or refused by a `MidiError`, within 20 seconds of CPU and 1 GB of
memory (`tests/support/mutants.py`). Whatever else happens to the process that reads it is a
failure: its bytes are saved, with the seed and number that make them again. Mutants are bred from
songs of the arranger, and from the .mid files of a folder where one is given.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from midi_mutations import mutant
from mutants import read_mutants

from gm_vae import arranger
from gm_vae.music.measures import measures_from_midi
from gm_vae.music.midi_file import MidiError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--files", type=pathlib.Path, help="a folder of .mid files to damage too")
    parser.add_argument("--failures", type=pathlib.Path, default=pathlib.Path("fuzz-failures"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        arranger.write_corpus(pathlib.Path(folder), count=12, seed=0)
        paths = sorted(pathlib.Path(folder).rglob("*.mid"))
        files = [path.read_bytes() for path in paths]
    if options.files:
        files += [path.read_bytes() for path in sorted(options.files.rglob("*.mid"))]

    def read(data: bytes) -> dict[str, int]:
        return {"measures": len(measures_from_midi(data)[0])}

    def fail(number: int, why: str) -> None:
        options.failures.mkdir(parents=True, exist_ok=True)
        name = f"seed{options.seed}_{number}"
        (options.failures / f"{name}.mid").write_bytes(mutant(files, options.seed, number))
        (options.failures / f"{name}.txt").write_text(why)
        print(f"\nmutant {number} of seed {options.seed}: {why.strip().splitlines()[-1]}")

    def make(number: int) -> bytes:
        return mutant(files, options.seed, number)

    return int(read_mutants(options.mutants, make, read, MidiError, fail) > 0)


if __name__ == "__main__":
    sys.exit(main())
