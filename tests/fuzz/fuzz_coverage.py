"""Feeds readers inputs that reach new lines, by atheris: `make fuzz-coverage`, or with options

    python tests/fuzz/fuzz_coverage.py --target=midi --minutes=20 --corpus=FOLDER --seed=1

Targets: `archives` (`songs.read`), `midi` (`measures_from_midi`) and `tensors` (`read_tensors`).
The fuzzer sees which lines of the package an input reaches, keeps what reaches new ones, and
damages that further. An input passes if it is read, or refused by the error that the reader
promises, within 20 seconds on the clock and 1 GB of memory. What fails is saved beside the corpus;
give its path as `--input` to read it alone.

atheris is not a dependency of the package, and has no wheels for some systems: `pip install
atheris`.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import contextlib
import json
import pathlib
import shutil
import struct
import sys
import tempfile
from collections.abc import Callable, Iterator

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

try:
    import atheris
except ImportError:
    sys.exit("fuzz_coverage.py needs atheris, which is not installed; run pip install atheris.")

with atheris.instrument_imports(include=["gm_vae"]):
    from gm_vae import arranger
    from gm_vae.checkpoints import tensors
    from gm_vae.errors import UserError
    from gm_vae.music import measures
    from gm_vae.music.midi_file import MidiError
    from gm_vae.pipelines import songs, sources

_SECONDS = 20
_MEGABYTES = 1024
# bytes of an input: longer ones are slow, and reach no other lines
_LONGEST = {"archives": 1 << 16, "midi": 1 << 12, "tensors": 1 << 12}

Target = tuple[Callable[[bytes], None], list[bytes]]  # what reads an input; inputs to begin with


@contextlib.contextmanager
def refused_by(kind: type[Exception]) -> Iterator[None]:
    """Let the block refuse its input with this error and a reason."""
    try:
        yield
    except kind as error:
        if not str(error):
            raise AssertionError("an empty reason") from error


def archives(folder: pathlib.Path) -> Target:
    """`songs.read` of a file that may be any archive; its first byte chooses the name."""
    from hostile_archives import hostile, made_up

    names = ("x", "x.zip", "x.tar", "x.tgz", "x.tfrecord", "x.mid.gz", "x.tar.xz")

    def read(data: bytes) -> None:
        path = folder / names[data[0] % len(names) if data else 0]
        path.write_bytes(data[1:])
        with refused_by(UserError):
            for song in songs.read(sources.find(path)):
                assert not (song.data and song.error)
                assert "internal error" not in song.error, song.error

    begin = [data for data, _ in hostile().values()]
    begin += [made_up(0, number)[1] for number in range(300)]
    return read, [b"\0" + data for data in begin]


def midi(folder: pathlib.Path) -> Target:
    """`measures_from_midi`."""

    def read(data: bytes) -> None:
        with refused_by(MidiError):
            measures.measures_from_midi(data)

    arranger.write_corpus(folder / "songs", count=6, seed=0)
    begin = [path.read_bytes() for path in sorted((folder / "songs").rglob("*.mid"))]
    begin = [data[:size] for data in begin for size in (500, 1000, 4000)]
    track = b"MTrk" + struct.pack(">L", 12) + b"\0\x90\x3c\x40\x60\x80\x3c\0\0\xff\x2f\0"
    for form in range(3):
        begin.append(b"MThd" + struct.pack(">L3H", 6, form, 1, 96) + track)
    begin.append(b"RIFF" + struct.pack("<L", len(begin[-1]) + 12) + b"RMIDdata" + begin[-1])
    return read, begin


def tensors_of(folder: pathlib.Path) -> Target:
    """`read_tensors` of a manifest and the bytes of its shards, which a line feed divides."""
    checkpoint = folder / "weights"
    checkpoint.mkdir()

    def read(data: bytes) -> None:
        manifest, _, shard = data.partition(b"\n")
        (checkpoint / tensors.MANIFEST).write_bytes(manifest)
        for name in ("a", "b"):
            (checkpoint / name).write_bytes(shard)
        with refused_by(UserError):
            tensors.read_tensors(checkpoint)

    begin = []
    scaled = {"scale": 0.5, "min": -1.0}
    for stored in ({}, *({"dtype": name, **scaled} for name in ("float16", "uint8", "uint16"))):
        weight = {"name": "x", "shape": [2, 3], "dtype": "float32"}
        weight |= {"quantization": stored} if stored else {}
        for paths in (["a"], ["a", "b"]):
            manifest = [{"paths": paths, "weights": [weight, {**weight, "name": "y"}]}]
            for size in (12, 24, 48):
                begin.append(json.dumps(manifest).encode() + b"\n" + bytes(size))
    return read, begin


TARGETS = {"archives": archives, "midi": midi, "tensors": tensors_of}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", choices=TARGETS, required=True)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=pathlib.Path, default=pathlib.Path("fuzz-corpus"))
    parser.add_argument("--input", type=pathlib.Path, help="read this one alone")
    options = parser.parse_args()
    corpus = (options.corpus / options.target).absolute()
    failures = corpus.with_name(f"{options.target}-failures")
    for path in (corpus, failures):
        path.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        read, begin = TARGETS[options.target](folder)
        if options.input:
            return read(options.input.read_bytes())
        longest = _LONGEST[options.target]
        for number, data in enumerate(data for data in begin if len(data) <= longest):
            (corpus / f"begin{number:04}").write_bytes(data)
        flags = {
            "max_total_time": round(options.minutes * 60),
            "seed": options.seed,
            "timeout": _SECONDS,
            "rss_limit_mb": _MEGABYTES,
            "max_len": longest,
            "artifact_prefix": f"{failures}/",
            "print_final_stats": 1,
            "verbosity": 1,
        }
        line = [f"-{name}={value}" for name, value in flags.items()]
        # the fuzzer ends the process itself, so the folder is removed by another one
        child = os.fork()
        if not child:
            atheris.Setup([sys.argv[0], *line, str(corpus)], read)
            atheris.Fuzz()
            os._exit(0)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
