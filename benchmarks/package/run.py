"""The npm package beside magenta.js, on one checkpoint: times, bytes, memory.

Needs Node and npm, and Chromium for the part `chromium`. magenta.js computes on its own tfjs 2, on
the CPU, and its build for bundlers on WebAssembly with SIMD, by tfjs 4; where it refuses (encoding
several measures, interpolating), it does them one by one. Libraries take turns.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gzip
import http.server
import json
import pathlib
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Iterator

from node_packages import find_chromium, install, npm

from benchmarks import ROOT
from benchmarks.results import Figure, figure
from gm_vae.checkpoints.load import read_model
from gm_vae.checkpoints.magentajs import export_magentajs
from gm_vae.errors import UserError

HERE = pathlib.Path(__file__).resolve().parent
ENGINE = ROOT / "packages/engine"
PROGRAMS = ("node", find_chromium())  # whose versions matter
PARTS = ("sizes", "node", "chromium")
BUNDLES = ("index.js", "worker.js", "gm-vae.js")
LIBRARIES = ("gm-vae", "magenta.js on tfjs 4 wasm", "magenta.js")
EMPTY = "an empty page"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="small")
    parser.add_argument("--quantize", default="float16", help="how the checkpoint keeps weights")
    parser.add_argument("--rounds", type=int, default=3, help="processes or pages of each library")
    parser.add_argument("--repeats", type=int, default=5, help="in each, of the package; else one")
    parser.add_argument("--libraries", default=";".join(LIBRARIES), help="with ; between")
    parser.add_argument("--parts", default=",".join(PARTS))


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    parts = args.parts.split(",")
    for folder in ("packages/engine", "tests/js/magenta", "tests/js/tfjs", "tests/web"):
        install(ROOT / folder)
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as held:
        root = pathlib.Path(name)
        npm(ENGINE, "pack", "--pack-destination", str(root))
        (tarball,) = root.glob("*.tgz")
        with tarfile.open(tarball) as archive:
            archive.extractall(root, filter="data")
        if "sizes" in parts:
            yield from sizes(tarball, root / "package/dist")
        export_magentajs(read_model(args.model), root / "model", args.quantize)
        (root / "js").symlink_to(ROOT / "tests/js")
        (root / "operations.mjs").symlink_to(HERE / "operations.mjs")
        (root / "empty.html").write_text('<!doctype html><meta charset="utf-8">')
        origin = held.enter_context(_serving(root))
        for place in ("node", "chromium"):
            if place in parts:
                yield from times(args, place, origin, root)


def sizes(tarball: pathlib.Path, dist: pathlib.Path) -> Iterator[Figure]:
    """What is downloaded."""
    yield figure({"file": "tarball"}, "gzipped", tarball.stat().st_size / 1e3, "kB", "less")
    files = {name: [dist / name] for name in BUNDLES}
    files["index.js"] += [dist / chunk for chunk in _imported((dist / "index.js").read_text())]
    magenta = ROOT / "tests/js/magenta/node_modules/@magenta/music"
    files["magentamusic.js"] = [magenta / "dist/magentamusic.js"]
    tfjs = ROOT / "tests/js/tfjs/node_modules/@tensorflow"
    files["magenta.js on tfjs 4 wasm"] = [
        magenta / "es6/music_vae.js",
        magenta / "es6/protobuf.js",
        tfjs / "tfjs/dist/tf.min.js",
        tfjs / "tfjs-backend-wasm/dist/tf-backend-wasm.min.js",
        tfjs / "tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
    ]
    for name, paths in files.items():
        contents = [path.read_bytes() for path in paths]
        zipped = [gzip.compress(content, 9, mtime=0) for content in contents]
        for kind, parts in (("size", contents), ("gzipped", zipped)):
            yield figure({"file": name}, kind, sum(map(len, parts)) / 1e3, "kB", "less")


def times(
    args: argparse.Namespace, place: str, origin: str, root: pathlib.Path
) -> Iterator[Figure]:
    """How long operations take in processes or in pages of their own, and what these need."""
    libraries = args.libraries.split(";")
    runs: dict[str, list[dict]] = {library: [] for library in libraries}
    for _ in range(args.rounds):
        for library in libraries:
            repeats = args.repeats if library == "gm-vae" else 1
            runs[library].append(_run(place, library, origin, root, repeats))
    if place == "chromium":
        runs[EMPTY] = [_run(place, EMPTY, origin, root, 0)]
    for library, facts in runs.items():
        of = {"model": args.model, "place": place, "library": library}
        for operation in facts[0]["times"]:
            milliseconds = [time for fact in facts for time in fact["times"][operation]]
            yield figure(of, operation, milliseconds, "ms", "less")
        for name, count in facts[0].get("bytes", {}).items():
            if count:
                yield figure(of, f"{name} loaded", count / 1e6, "MB", "less")
        memory = [fact["memory"] / 1e6 for fact in facts]
        yield figure(of, "memory of the process", memory, "MB", "less")


def _run(place: str, library: str, origin: str, root: pathlib.Path, repeats: int) -> dict:
    if place == "node":
        ours = root / "package/dist/index.js"
        return _node(HERE / "node.mjs", library, ours, f"{origin}/model", repeats)
    return _node(HERE / "page.mjs", find_chromium(), origin, library, repeats)


def _imported(text: str) -> set[str]:
    return {word.split('"')[0] for word in text.split('"./')[1:]}


@contextlib.contextmanager
def _serving(folder: pathlib.Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def _node(*arguments: object) -> dict:
    """The JSON that a program of Node prints. Raises UserError if it fails."""
    done = subprocess.run(["node", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"A program of Node failed; its last words: {done.stderr[-1000:]}")
    return json.loads(done.stdout)
