"""Feeds damaged checkpoint folders to the loader: `make fuzz-checkpoints`, or with options

    python tests/fuzz/fuzz_checkpoints.py --mutants=50000 --seed=0

A mutant is one of our folders or a magenta.js folder in which bytes, JSON values, names, sizes or
files were changed, half of them with a matching checksum, as in an attack. It passes if it is read,
or refused by a `UserError` of one line, within 20 seconds of CPU and 1 GB of memory, and if nothing
outside its folder was opened. Whatever else happens is a failure, told by the seed and number that
make it again.
"""

import argparse
import hashlib
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

import numpy as np
from json_mutations import change_value
from mutants import read_mutants

from gm_vae.checkpoints.checkpoint import Checkpoint
from gm_vae.checkpoints.folder import export_checkpoint
from gm_vae.checkpoints.load import read_model
from gm_vae.checkpoints.magentajs import export_magentajs
from gm_vae.errors import UserError
from gm_vae.model.config import ModelConfig
from gm_vae.model.published import NetworkSizes

NAMES = ("gm_vae.json", "config.json", "weights_manifest.json", "attributes.json")


def small_model(attributes: dict | None = None) -> Checkpoint:
    """A model of two units per layer, with random weights."""
    sizes = NetworkSizes(3, (2, 2), 2, 490, chords=True, has_sigma=True)
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(size=shape).astype(np.float32) for name, shape in sizes.shapes().items()
    }
    return Checkpoint(ModelConfig(3, (2, 2), 2), weights, {"steps": 1}, attributes)


def write_originals(root: pathlib.Path) -> None:
    """A few small models in every format."""
    model = small_model({"density": [0.5, 1.0]})
    for quantization in ("none", "float16", "uint8"):
        export_checkpoint(model, root / f"ours-{quantization}", quantization)
        export_magentajs(model, root / f"browser-{quantization}", quantization, shard_bytes=20_000)


def small_files(folder: pathlib.Path) -> list[pathlib.Path]:
    """Files that can be read without blocking."""
    return sorted(
        path for path in folder.iterdir() if path.is_file() and path.stat().st_size < 1 << 22
    )


def mutate(folder: pathlib.Path, rng: random.Random) -> None:
    """Change a folder in one to three places."""
    for _ in range(rng.choice([1, 1, 2, 3])):
        files = small_files(folder)
        path = rng.choice(files)
        roll = rng.random()
        if roll < 0.5 and path.name in NAMES:
            try:
                value = json.loads(path.read_bytes())
            except ValueError:
                continue  # was damaged before
            path.write_bytes(json.dumps(change_value(rng, value)).encode("utf-8", "replace"))
        elif roll < 0.6:
            path.unlink()
            roll = rng.random()
            if roll < 0.2:
                path.mkdir()
            elif roll < 0.4:
                os.mkfifo(path)
            elif roll < 0.6:
                path.symlink_to(folder.parent / "secret")
            elif roll < 0.8:
                path.symlink_to(rng.choice(files).name)
        elif roll < 0.7:
            with open(path, "r+b") as file:  # sparse: a huge file that takes no room
                file.truncate(rng.choice([0, 1, 100, path.stat().st_size + 4, 1 << 40]))
        else:
            data = bytearray(path.read_bytes())
            for _ in range(rng.choice([1, 1, 4, 50])):
                if data:
                    data[rng.randrange(len(data))] = rng.randrange(256)
            path.write_bytes(data)


def make_checksum_fit(folder: pathlib.Path) -> None:
    """Damage a checkpoint as in an attack; invalid JSON is left alone."""
    safe = {path.name: path for path in small_files(folder) if not path.is_symlink()}
    try:
        values = json.loads(safe["gm_vae.json"].read_bytes())
        manifest = json.loads(safe["weights_manifest.json"].read_bytes())
        rest = {name: value for name, value in values.items() if name != "sha256"}
        digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode())
        shards = [path for group in manifest for path in group["paths"]]
        for name in ("config.json", "weights_manifest.json", *shards):
            digest.update(safe[name].read_bytes())
        values["sha256"] = digest.hexdigest()
        (folder / "gm_vae.json").write_text(json.dumps(values))
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        return


def make_mutant(
    root: pathlib.Path, originals: pathlib.Path, seed: int, number: int
) -> pathlib.Path:
    """The folder of a mutant, in `root`."""
    rng = random.Random(f"{seed} {number}")
    folder = root / "mutant"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(rng.choice(sorted(originals.iterdir())), folder)
    mutate(folder, rng)
    if rng.random() < 0.5:
        make_checksum_fit(folder)
    return folder


class Witness:
    """Records files that are opened outside a folder."""

    def __init__(self) -> None:
        self.folder: str | None = None
        self.outside: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple) -> None:
        if self.folder and event in ("open", "os.listdir", "subprocess.Popen", "os.remove"):
            path = os.path.realpath(os.fsdecode(arguments[0])) if arguments[0] else ""
            if isinstance(arguments[0], (str, bytes)) and not path.startswith(self.folder):
                self.outside.append(f"{event} {path}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    witness = Witness()

    def read(folder: pathlib.Path) -> dict[str, int]:
        witness.folder, witness.outside = os.path.realpath(folder), []
        try:
            read_model(folder)
        finally:
            witness.folder = None
            if witness.outside:
                raise AssertionError(f"touched {witness.outside}")
        return {}

    def fail(number: int, why: str) -> None:
        print(f"\nmutant {number} of seed {options.seed}: {why.strip()}")

    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        originals = root / "originals"
        write_originals(originals)
        (root / "secret").write_text("[]")

        def make(number: int) -> pathlib.Path:
            return make_mutant(root, originals, options.seed, number)

        return int(read_mutants(options.mutants, make, read, UserError, fail) > 0)


if __name__ == "__main__":
    sys.exit(main())
