"""The npm package compared with magenta.js, on one checkpoint: times, sizes, memory.

Needs Node and npm, and Chromium for the part `chromium`. magenta.js computes on its own tfjs, on
the CPU; where it refuses (encoding several measures, interpolating), measures are processed one by
one.
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


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="small")
    parser.add_argument("--quantize", default="float16", help="how the checkpoint keeps weights")
    parser.add_argument(
        "--repeats", type=int, default=5, help="of the package; magenta.js is timed once"
    )
    parser.add_argument("--parts", default=",".join(PARTS))


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    parts = args.parts.split(",")
    for folder in (ENGINE, ROOT / "tests/js/magenta", ROOT / "tests/web"):
        install(folder)
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
            for library, repeats in (("gm-vae", args.repeats), ("magenta.js", 1)):
                if place in parts:
                    yield from times(args.model, place, library, origin, root, repeats)


def sizes(tarball: pathlib.Path, dist: pathlib.Path) -> Iterator[Figure]:
    """Download sizes."""
    yield figure({"file": "tarball"}, "gzipped", tarball.stat().st_size / 1e3, "kB", "less")
    client = ROOT / "tests/js/magenta/node_modules/@magenta/music/dist/magentamusic.js"
    for path in (*(dist / name for name in BUNDLES), client):
        texts = [path.read_bytes()]
        if path.name == "index.js":  # plus the chunks that it imports
            texts += [(dist / chunk).read_bytes() for chunk in _imported(texts[0].decode())]
        of = {"file": path.name}
        yield figure(of, "size", sum(map(len, texts)) / 1e3, "kB", "less")
        zipped = sum(len(gzip.compress(text, 9, mtime=0)) for text in texts)
        yield figure(of, "gzipped", zipped / 1e3, "kB", "less")


def times(
    name: str, place: str, library: str, origin: str, root: pathlib.Path, repeats: int
) -> Iterator[Figure]:
    """Times of operations in a separate process or page."""
    if place == "node":
        module = root / "package/dist/index.js" if library == "gm-vae" else library
        facts = _node(HERE / "node.mjs", module, f"{origin}/model", repeats)
    else:
        facts = _node(HERE / "page.mjs", find_chromium(), origin, library, repeats)
    of = {"model": name, "place": place, "library": library}
    for operation, milliseconds in facts["times"].items():
        yield figure(of, operation, milliseconds, "ms", "less")
    if "bytes" in facts:
        yield figure(of, "memory of the process", facts["bytes"] / 1e6, "MB", "less")


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
    """The JSON that a Node program prints. Raises UserError if it fails."""
    done = subprocess.run(["node", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"A program of Node failed; its last words: {done.stderr[-1000:]}")
    return json.loads(done.stdout)
