"""SIGKILLs while something is written: `python tests/fuzz/kills.py --of=train --kills=20`.

Does the work once undisturbed, and once in processes that are killed, each resuming from the files
of the previous one; both results must be equal bit for bit.

train       killed a random time after a random step (saving and scoring included): losses, states,
            models
preprocess  killed a random time after some more chunks are there, reading and joining: all files
write       generate and export with --force over an older output, killed before each time that
            they make, rename or remove a file or folder: the output is the old one or the new one,
            and the same command makes the new one (hidden parts of it stay beside it)
"""

import argparse
import contextlib
import dataclasses
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

for folder in ("support", "fuzz"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / folder))

from killed_runs import CONFIG, MODEL

from gm_vae import arranger
from gm_vae.training import run
from gm_vae.training.state import RunState

SONGS = 192  # two dozen blocks of 8
WRITES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree")


def in_child(work: Callable[[], object]) -> int:
    """Do some work in a child; returns its exit status, negative for a signal."""
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        finally:
            sys.stdout.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def contents(folder: pathlib.Path) -> dict[str, bytes]:
    """All files of a folder but the hidden ones."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


# --- training


def life(data, folder, config, steps_to_live, seconds_to_live):
    """Train in a child; kill it some time after a number of steps. Returns its exit status."""
    from gm_vae.backends.tensorflow import trainer as tensorflow_engine

    steps, report = os.pipe()
    child = os.fork()
    if not child:
        make_step = tensorflow_engine.make_step

        def reporting(*args, **kwargs):
            step = make_step(*args, **kwargs)
            return lambda batch: (os.write(report, b"."), step(batch))[1]

        tensorflow_engine.make_step = reporting
        code = 1
        try:
            run.train(folder, data, MODEL, config, say=lambda line: None)
            code = 0
        finally:
            os._exit(code)
    os.close(report)
    with os.fdopen(steps, "rb", 0) as stream:
        for _ in range(steps_to_live):
            if not stream.read(1):
                break
        else:
            time.sleep(seconds_to_live)
            os.kill(child, signal.SIGKILL)
        while stream.read(1 << 16):
            pass
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def train(root: pathlib.Path, kills: int, draw: random.Random) -> bool:
    """Kill a training run; returns whether the result is the same."""

    def write_data() -> None:  # in a child of its own: Beam must not run before a fork

        arranger.write_corpus(root / "songs", count=12, seed=5)
        preprocess(root / "songs", root / "data", validation_percent=20, test_percent=20, workers=1)

    assert in_child(write_data) == 0
    config = dataclasses.replace(CONFIG, steps=20 * kills, save_every=5)
    forever = 1 << 30
    assert life(root / "data", root / "peace", config, forever, 0) == 0
    began = []
    for _ in range(kills):
        began.append(max(RunState(root / "killed/state", {}).steps(), default=0))
        steps, seconds = draw.randint(1, 25), draw.uniform(0, 0.5)
        status = life(root / "data", root / "killed", config, steps, seconds)
        assert status == -signal.SIGKILL, status
    assert life(root / "data", root / "killed", config, forever, 0) == 0
    from run_losses import run_losses

    peace, killed = run_losses(root / "peace"), run_losses(root / "killed")
    differing = [step for step in peace if killed.get(step) != peace[step]]
    print(f"train: {kills} kills; lives began at steps {began}")
    print(f"train: {len(peace)} steps; differing losses: {differing or 'none'}")
    equal = not differing
    for name in ("state", "checkpoint"):
        same = contents(root / "peace" / name) == contents(root / "killed" / name)
        print(f"train: {name} {'equal' if same else 'DIFFERS'}")
        equal &= same
    return equal


# --- preprocessing


def preprocess(root: pathlib.Path, kills: int, draw: random.Random) -> bool:
    """Kill preprocessing after chunks exist; returns whether the result is the same."""
    arranger.write_corpus(root / "songs", count=SONGS, seed=3)

    def begin(output: str) -> subprocess.Popen:
        line = [sys.executable, "-m", "gm_vae", "preprocess", f"--input={root / 'songs'}"]
        line += [f"--output={root / output}", "--workers=1"]
        return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def chunks() -> int:
        return len(list((root / "killed.partial/_chunks").glob("*.index")))

    started = time.monotonic()
    assert begin("peace").wait() == 0
    seconds = time.monotonic() - started
    peace, began, late = contents(root / "peace"), [], 0
    while len(began) < kills:
        before = chunks()
        process = begin("killed")
        wanted = max(1, before + draw.choice([0, 0, 1, 2, 3]))
        while process.poll() is None and chunks() < min(wanted, SONGS // 8):
            time.sleep(0.02)
        rest = 0.3 if before < SONGS // 8 else seconds  # all of them are there: at any time
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(draw.uniform(0, rest))
        process.kill()
        if process.wait() == -signal.SIGKILL:
            began.append(before)
        else:  # it was through
            late += 1
            assert contents(root / "killed") == peace
            shutil.rmtree(root / "killed")
    assert begin("killed").wait() == 0
    equal = contents(root / "killed") == peace
    print(f"preprocess: {kills} kills; lives began with chunks {began}; {late} ended before")
    print(f"preprocess: {len(peace)} files {'equal' if equal else 'DIFFER'}")
    left = {path.name for path in root.iterdir()} - {"songs", "peace", "killed"}
    print(f"preprocess: left beside it: {sorted(left) or 'nothing'}")
    return equal and not left


# --- one file or folder


def write(root: pathlib.Path, kills: int, draw: random.Random) -> bool:
    """Kill generate and export before each write; returns whether the output was always
    complete."""
    from fuzz_checkpoints import small_model
    from fuzz_commands import inside

    from gm_vae.checkpoints.folder import export_checkpoint
    from gm_vae.checkpoints.magentajs import export_magentajs
    from gm_vae.export.saved_model import export_saved_model
    from gm_vae.generate.commands import GENERATE

    model = small_model()
    export_checkpoint(model, root / "model", "none")

    def generate(output: str) -> None:
        flags = [f"--model={root / 'model'}", "--chords=C G", "--seed=1", "--force"]
        assert GENERATE.main([*flags, f"--output={output}/a.mid,{output}/a.json"]) == 0

    works = {
        "generate": generate,
        "export --format=checkpoint": lambda output: export_checkpoint(
            model, output, "float16", force=True
        ),
        "export --format=magentajs": lambda output: export_magentajs(
            model, output, "none", force=True
        ),
        "export --format=savedmodel": lambda output: export_saved_model(model, output, force=True),
    }
    whole = True
    for name, work in works.items():
        folder = root / name.rpartition("=")[2]
        folder.mkdir()
        with inside(folder), open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
            for output in ("old", "peace"):
                assert in_child(lambda output=output: work(output)) == 0
            (folder / "old/a.json" if name == "generate" else folder / "old/mine").write_text("x")
            old, peace = contents(folder / "old"), contents(folder / "peace")
            outcomes, writes = [], 0
            while True:
                writes += 1
                shutil.rmtree("out", ignore_errors=True)
                shutil.copytree("old", "out")
                status = in_child(lambda at=writes: (_die_at(at), work("out")))
                outcomes.append(_outcome(folder, old, peace, name))
                assert in_child(lambda: work("out")) == 0
                if not _same(contents(folder / "out"), peace, name):
                    outcomes.append("ANOTHER OUTPUT")
                for path in folder.glob(".*"):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                if status != -signal.SIGKILL:
                    break
        summary = {outcome: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)}
        print(f"write: {name}: {writes - 1} kills; found {summary}")
        whole &= not any(outcome.isupper() for outcome in outcomes)
    return whole


def _die_at(write: int) -> None:
    """Kill this process when it is about to write for so many times."""
    seen = 0

    def hear(event: str, arguments: tuple) -> None:
        nonlocal seen
        writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT
        if (writing and not str(arguments[0]).startswith("/dev")) or event in WRITES:
            seen += 1
            if seen == write:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)


def _outcome(folder: pathlib.Path, old: dict, new: dict, name: str) -> str:
    files = contents(folder / "out")
    if name == "generate":  # each file by itself
        whole = all(data in (old.get(file), new.get(file)) for file, data in files.items())
        return "whole files" if whole and files.keys() == new.keys() else "A BROKEN FILE"
    if _same(files, old, name):
        return "the old one"
    if _same(files, new, name):
        return "the new one"
    aside = list(folder.glob(".out.old.*"))
    if not files and aside and _same(contents(aside[0]), old, name):
        return "the old one, under its name while it is replaced"
    return "A BROKEN FOLDER"


def _same(actual: dict, expected: dict, name: str) -> bool:
    """SavedModels contain hashes that differ each time: only names and sizes are compared."""
    if name.endswith("savedmodel"):
        return {k: len(v) // 100 for k, v in actual.items()} == {
            k: len(v) // 100 for k, v in expected.items()
        }
    return actual == expected


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--of", choices=("train", "preprocess", "write"), default="train")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    work = {"train": train, "preprocess": preprocess, "write": write}[options.of]
    with tempfile.TemporaryDirectory() as temporary:
        return int(not work(pathlib.Path(temporary), options.kills, random.Random(options.seed)))


if __name__ == "__main__":
    sys.exit(main())
