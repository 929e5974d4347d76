"""Feeds damaged MIDI files to `measures_from_midi`: `make fuzz`, or with options

    python tests/benchmarks/fuzz.py --mutants=200000 --seed=0 --files=FOLDER --failures=FOLDER

A mutant passes if it is read, or refused by a `MidiError`, within 5 seconds of CPU and 1 GB of
memory. Whatever else happens to the process that reads it is a failure: its bytes are saved, with
the seed and number that make them again. Mutants are bred from songs of the arranger, and from the
.mid files of a folder where one is given.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import collections
import multiprocessing
import pathlib
import resource
import signal
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from midi_mutations import mutant

from gm_vae.music import arranger
from gm_vae.music.measures import measures_from_midi
from gm_vae.music.midi_file import MidiError

SECONDS = 5
MEMORY_BYTES = 1 << 30
BATCH = 2000  # mutants that one process reads


def work(files, seed, numbers, at, results) -> None:
    """Read mutants; a hang or a crash ends this process, and `at` tells where it was."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    counts, slowest = collections.Counter(), (0.0, 0)
    for number in numbers:
        at.value = number
        data = mutant(files, seed, number)
        start = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # its signal ends the process
        try:
            measures, _ = measures_from_midi(data)
            counts["measures"] += len(measures)
            counts["read"] += 1
        except MidiError as error:
            counts["refused"] += 1
            if not str(error).endswith("."):
                results.send(("failure", number, f"no sentence: {error}"))
        except BaseException:
            results.send(("failure", number, traceback.format_exc()))
        signal.setitimer(signal.ITIMER_PROF, 0)
        slowest = max(slowest, (time.process_time() - start, number))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    results.send(("done", counts, slowest, usage.ru_maxrss << 10))


def fuzz(files, seed, mutants, failures: pathlib.Path) -> int:
    """Run all mutants in processes one after another; the number of failures."""
    context = multiprocessing.get_context("fork")
    total, slowest, memory, failed, number = collections.Counter(), (0.0, 0), 0, 0, 0
    started = time.monotonic()

    def fail(which: int, why: str) -> None:
        nonlocal failed
        failed += 1
        failures.mkdir(parents=True, exist_ok=True)
        (failures / f"seed{seed}_{which}.mid").write_bytes(mutant(files, seed, which))
        (failures / f"seed{seed}_{which}.txt").write_text(why)
        print(f"\nmutant {which} of seed {seed}: {why.strip().splitlines()[-1]}")

    while number < mutants:
        stop = min(mutants, number + BATCH - number % BATCH)
        at = context.Value("q", number)
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(files, seed, range(number, stop), at, send))
        process.start()
        send.close()
        finished = False
        while True:
            try:
                kind, *content = receive.recv()
            except EOFError:
                break
            if kind == "failure":
                fail(*content)
            else:
                counts, its_slowest, its_memory = content
                total += counts
                slowest, memory = max(slowest, its_slowest), max(memory, its_memory)
                finished = True
        process.join()
        if not finished:
            name = signal.Signals(-process.exitcode).name if process.exitcode < 0 else ""
            over = f"over {SECONDS} s" if name == "SIGPROF" else "it ended the process"
            fail(at.value, f"{over} (exit code {process.exitcode} {name})")
        number = stop if finished else at.value + 1
        print(
            f"{number:,} of {mutants:,} mutants in {time.monotonic() - started:,.0f} s: "
            f"{total['read']:,} read with {total['measures']:,} measures, {total['refused']:,} "
            f"refused, {failed} failed; slowest {slowest[0]:.2f} s (mutant {slowest[1]}), at most "
            f"{memory / 2**20:,.0f} MB",
            flush=True,
        )
    return failed


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
    return int(fuzz(files, options.seed, options.mutants, options.failures) > 0)


if __name__ == "__main__":
    sys.exit(main())
