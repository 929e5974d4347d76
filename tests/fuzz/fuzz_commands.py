"""Feeds flags and JSON files to the verbs that make music: `make fuzz-commands`, or with options

    python tests/fuzz/fuzz_commands.py --mutants=20000 --seed=0

A mutant is a command line, whose values are drawn from each flag's type so that most get past
parsing, beside damaged JSON of tokens and points. It passes if the verb returns 0, or 1 or 2 with
one sentence on standard error, within 20 seconds of CPU, 1 GB of memory and 100 MB of disk.
Anything else is a failure, reported with the seed and number that make it again.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import contextlib
import io
import json
import pathlib
import random
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from fuzz_checkpoints import small_model
from json_mutations import VALUES, change_value
from mutants import note_disk, read_mutants

import gm_vae
from gm_vae import arranger, explain
from gm_vae.checkpoints.folder import export_checkpoint
from gm_vae.command import Command
from gm_vae.errors import UserError
from gm_vae.flags import define
from gm_vae.generate import attributes
from gm_vae.generate.commands import ENCODE, GENERATE, INTERPOLATE, RECONSTRUCT, SAMPLE, SONG, VARY
from gm_vae.pipelines import stats

VERBS = (GENERATE, SONG, INTERPOLATE, SAMPLE, VARY, ENCODE, RECONSTRUCT)
VERBS += (attributes.COMMAND, explain.COMMAND, stats.COMMAND)
DISK_BYTES = 100 << 20
LEFT_OUT = ("play", "model", "output", "data")  # starts a player; named by each line; takes long
FILES = ["tokens.json", "points.json", "song.mid", "folder", "missing.mid", "notes.txt"]
# what gets past parsing, by flag; else by type
USUAL = {
    "chords": ["C Am F G", "| C | Am F | % |", "A: C G; B: F",
               "C|G C|C|F|G", "N.C.", "Csus4 F#m7b5", "c am f g"],
    "instruments": ["drums,34", "drums", "strings,drums,0", "piano,bass"],
    "require": ["drums", "strings"], "forbid": ["piano", "drums,bass"],
    "tracks": ["drums", "bass", "piano,drums"],
    "more": ["density=1.5", "density=-1"], "add": ["density"], "remove": ["density"],
    "midi": ["tokens.json", "points.json", "song.mid"],
    "measure": ["1", "5", "1,2", "5,12"], "grid": ["2x2", "1x3"],
    "form": ["A A B A", "A", "A A>B B", "Verse Chorus"], "bars": ["4", "8", "32"],
    "int": ["0", "1", "2", "5", "7", "16"], "float": ["0", "0.5", "1"],
}  # fmt: skip
ODD = [
    "0", "-1", "300", "1e9", "9" * 30, "nan", "inf", "-inf", "0.5", "", "x", "True",
    "H9", "|: C :| x9999999", "C " * 500, "%%", "C-" * 300, "128", "drums=drums", "pitch=nan",
    "density=1e400,x=2", "density=1e30", "=", ",", "1,2", "1,1,1", "0x0", "9999999x9999999", "-1x2",
    "\0", "\x1b[2J", "\udc80", "é" * 300, "a/b", "..", "None", "{}", *FILES,
]  # fmt: skip
GOOD_OUTPUTS = ["o.mid", "o.json", "o.mid,o.json", "o.tfrecord"]
ODD_OUTPUTS = ["o.png", "o", "", "o.x", "no/o.mid", "song.mid", "\0.mid"]


def write_originals(root: pathlib.Path) -> pathlib.Path:
    """A model, and a folder of a song, its tokens and points, of which each mutant gets a copy."""
    export_checkpoint(small_model(), root / "model", "none")
    learnt = {"vector": [0.5, 1.0], "mean": 1.0, "deviation": 2.0}
    fingerprint = gm_vae.load(root / "model").fingerprint
    learnt = {"fingerprint": fingerprint, "measures": 9, "attributes": {"density": learnt}}
    (root / "model" / "attributes.json").write_text(json.dumps(learnt))
    start = root / "start"
    (start / "folder").mkdir(parents=True)
    arranger.write_corpus(start / "songs", count=1, seed=0)
    next((start / "songs").glob("*.mid")).rename(start / "song.mid")
    shutil.rmtree(start / "songs")
    (start / "notes.txt").write_text("no music")
    with inside(start), contextlib.redirect_stdout(io.StringIO()):
        flags = ["--model=../model", "--midi=song.mid"]
        assert RECONSTRUCT.main([*flags, "--measure=5", "--output=tokens.json", "--seed=1"]) == 0
        assert ENCODE.main([*flags, "--measure=5", "--output=points.json"]) == 0
    return start


@contextlib.contextmanager
def inside(folder: pathlib.Path):
    """The folder as the working directory."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def mutant(seed: int, number: int) -> tuple[random.Random, Command, list[str]]:
    """A verb and its flags, and the random generator for the rest of the mutant."""
    rng = random.Random(f"{seed} {number}")
    command = VERBS[number % len(VERBS)]
    return rng, command, line_of(rng, command)


def line_of(rng: random.Random, command: Command) -> list[str]:
    """A command line for a verb."""
    values = define(command.arguments)
    names = sorted(name for name in values if name not in LEFT_OUT)
    line = ["--model=../model"] if "model" in values else []
    if "output" in values and rng.random() < 0.95:
        goods = ["o.json"] if command is ENCODE else GOOD_OUTPUTS
        line.append(f"--output={rng.choice(goods if rng.random() < 0.9 else ODD_OUTPUTS)}")
    needed = ["chords"] if command in (GENERATE, SONG, INTERPOLATE) else ["midi"]
    chosen = [name for name in needed if name in names and rng.random() < 0.95]
    chosen += rng.sample(names, min(len(names), rng.randrange(5)))
    for name in chosen:
        flag = values[name]
        if flag.boolean:
            line.append(f"--{name}" if rng.random() < 0.5 else f"--no{name}")
            continue
        choices = getattr(flag.parser, "enum_values", None)
        usual = choices or USUAL.get(name) or USUAL.get(flag.flag_type()) or ODD
        line.append(f"--{name}={rng.choice(usual if rng.random() < 0.9 else ODD)}")
    if command.words or rng.random() < 0.02:
        line.append(rng.choice(FILES))
    rng.shuffle(line)
    return line


def damage(rng: random.Random, folder: pathlib.Path) -> None:
    """Change values of the JSON files of a mutant's folder."""
    for path in sorted(folder.glob("*.json")):
        value = json.loads(path.read_text())
        for _ in range(rng.randrange(3)):
            value = change_value(rng, value)
        path.write_text(json.dumps(value))
        if rng.random() < 0.05:
            text = "[" * rng.choice([10, 10**5]) + str(rng.choice(VALUES))
            path.write_bytes(text.encode("utf-8", "surrogatepass"))


def run(start: pathlib.Path, seed: int, number: int) -> dict[str, int]:
    """Run a mutant. Raises UserError where its verb reported a mistake."""
    rng, command, line = mutant(seed, number)
    folder = start.parent / f"mutant{os.getpid()}"
    shutil.copytree(start, folder)
    try:
        damage(rng, folder)
        out, err = io.StringIO(), io.StringIO()
        with (
            inside(folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = command.main(line)
        used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    finally:
        shutil.rmtree(folder)
    note_disk(used)
    assert used <= DISK_BYTES, f"{used:,} bytes on disk"
    if code:
        lines = err.getvalue().strip().splitlines()
        assert code in (1, 2), f"exit code {code}"
        assert lines, "it failed without a word"
        assert lines[-1].startswith(f"gm-vae {command.name}: "), f"said {lines}"
        raise UserError(lines[-1])
    assert "\x1b" not in out.getvalue() + err.getvalue(), "an escape reached the terminal"
    return {}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        start = write_originals(pathlib.Path(scratch))

        def fail(number: int, why: str) -> None:
            _, command, line = mutant(options.seed, number)
            print(f"\nmutant {number} of seed {options.seed}: {command.name} {line!r:.500}")
            print(why.strip()[-1500:])

        return int(
            read_mutants(
                options.mutants,
                lambda number: number,
                lambda number: run(start, options.seed, number),
                UserError,
                fail,
            )
            > 0
        )


if __name__ == "__main__":
    sys.exit(main())
