"""The web page: loading, new arrangements, memory, MIDI, equal tokens, and its engine alone.

`--model` accepts what `gm_vae.load` accepts, or random:PRESET, for speed only. Needs the page
(`make web`), the packages of tests/web (`npm ci` there) and Chromium. The engine decodes 8 measures
in Node, with its WebAssembly kernel and with the same loops in JavaScript.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import http.server
import json
import pathlib
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
from node_packages import find_chromium
from telling_models import telling_model

from benchmarks import ROOT
from benchmarks.results import Figure, figure
from gm_vae.checkpoints.load import read_model
from gm_vae.errors import UserError
from gm_vae.export.web_page import export_web, outdated
from gm_vae.generate.gmvae import GMVAE
from gm_vae.generate.loading import load
from gm_vae.model.config import PRESETS
from gm_vae.music.chords import chord_symbol

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = ("node", find_chromium())  # whose versions matter
PARTS = ("page", "midi", "engine", "tokens")
TASKS = {
    "while it loads": "loadTask", "at the first sound": "playTask",
    "while it makes music": "editTask", "in 64 measures": "longTask",
}  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="small")
    parser.add_argument("--quantize", default="uint8", help="how the site keeps the weights")
    parser.add_argument("--pairs", type=int, default=1000, help="(z, chords) compared with Python")
    parser.add_argument("--parts", default=",".join(PARTS))


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    parts = args.parts.split(",")
    if problem := outdated():
        raise UserError(problem)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        source = args.model
        if source.startswith("random:"):
            preset = PRESETS[source.removeprefix("random:")]
            names = ("encoder_units", "decoder_units", "latent_size")
            telling_model({name: getattr(preset, name) for name in names}).save(root / "m")
            source = root / "m"
        export_web(read_model(source), root / "site", args.quantize)
        model = root / "site" / "model"
        if "page" in parts:
            yield from page(args.model, root / "site")
        if "midi" in parts:
            yield from midi(args.model, root / "site")
        if "engine" in parts:
            yield from engine(args.model, model)
        if "tokens" in parts:
            yield from equal_tokens(args.model, load(model), model, root, args.pairs)


def page(name: str, site: pathlib.Path) -> Iterator[Figure]:
    """Waiting times of a user."""
    facts = _in_browser("page.mjs", site)
    of = {"model": name, "page in": "Chromium"}
    yield figure(of, "first load", facts["firstBytes"] / 1e6, "MB", "less")
    yield figure(of, "of it the page, compressed", _page_bytes(site) / 1e3, "kB", "less")
    yield figure(of, "to the first arrangement", facts["firstSongMs"] / 1e3, "s", "less")
    yield figure(of, "to the first sound", facts["firstSoundMs"] / 1e3, "s", "less")
    milliseconds = [time["ms"] for time in facts["times"]]
    yield figure(of, "a new arrangement of 8 measures", milliseconds, "ms", "less")
    yield figure(of, "its notes", float(np.median([time["notes"] for time in facts["times"]])))
    for bars, edits in (("8", "edits"), ("64", "longEdits")):
        milliseconds = [time["ms"] for time in facts[edits]]
        yield figure(of, f"another chord in {bars} measures", milliseconds, "ms", "less")
    for name, key in TASKS.items():
        yield figure(of, f"longest task {name}", facts[key]["ms"], "ms", "less")
        yield figure(of, f"most CPU of a task {name}", facts[key]["cpuMs"], "ms", "less")
    yield figure(of, "JavaScript heap", facts["heapBefore"] / 1e6, "MB", "less")
    yield figure(of, "after 300 more arrangements", facts["heapAfter"] / 1e6, "MB", "less")


def midi(name: str, site: pathlib.Path) -> Iterator[Figure]:
    """How far events sent to a MIDI port are from their times on the audio clock."""
    facts = _in_browser("midi.mjs", site)
    sources = {
        "notes to a MIDI port": "notes", "ticks of the clock to it": "ticks",
        "single readings of the audio clock": "readings",
    }  # fmt: skip
    for source, key in sources.items():
        of = {"model": name, "jitter of": source}
        yield figure(of, "events", facts[key]["count"])
        yield figure(of, "median", facts[key]["median"], "ms", "less")
        yield figure(of, "95 % are within", facts[key]["most"], "ms", "less")
        yield figure(of, "greatest", facts[key]["greatest"], "ms", "less")
        yield figure(of, "events near a stop of the clock", facts[key]["unsteady"])
        yield figure(of, "greatest with these", facts[key]["greatestOfAll"], "ms", "less")


def _in_browser(program: str, site: pathlib.Path) -> dict[str, Any]:
    """What a program finds out in Chromium about the site, which is served meanwhile."""
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        found: dict[str, Any] = json.loads(_node(HERE / program, find_chromium(), url))
        server.shutdown()
    return found


def _page_bytes(site: pathlib.Path) -> int:
    """Of index.html and what it names, as servers compress it."""
    index = (site / "index.html").read_text(encoding="utf-8")
    names = re.findall(r'(?:href|src)="([\w.-]+)"', index)
    files = [site / "index.html", *(site / name for name in names)]
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def engine(name: str, model: pathlib.Path) -> Iterator[Figure]:
    """CPU time of 8 measures in Node."""
    for case in json.loads(_node(HERE / "engine.mjs", model)):
        of = {"model": name, "engine": case["name"]}
        yield figure(of, "CPU of 8 measures", case["ms"], "ms", "less")
        yield figure(of, "tokens", case["tokens"])


def equal_tokens(
    name: str, model: GMVAE, folder: pathlib.Path, root: pathlib.Path, count: int
) -> Iterator[Figure]:
    """Tokens of the page's engine compared with the package."""
    rng = np.random.default_rng(3)
    z = rng.standard_normal((count, model.config.latent_size), np.float32)
    ids = rng.integers(0, 49, (count, model.format.chords_per_measure))
    symbols = ["|".join(chord_symbol(index) for index in row) for row in ids]
    request = root / "request.json"
    for temperature, seed in ((0, 1), (0.7, 77)):
        decoding = {"temperature": temperature}
        batch = {"z": z.tolist(), "chords": ids.tolist(), "seed": seed, "decoding": decoding}
        request.write_text(json.dumps({"decode": [batch]}))
        done = _node(ROOT / "tests/web/engine.mjs", folder, request)
        (decoded,) = json.loads(done)["decoded"]
        expected = model.decode_tokens(z, symbols, temperature, constrained=True, seed=seed)
        rows = expected.reshape(-1, expected.shape[-1])
        same = [list(row[: len(tokens)]) == tokens for row, tokens in zip(rows, decoded["tokens"])]
        differ, near = ~np.array(same), np.array(decoded["margins"]) < 2e-5
        of = {"model": name, "tokens at temperature": temperature}
        yield figure(of, "measures", count)
        yield figure(of, "equal measures", int(np.reshape(same, (count, -1)).all(1).sum()))
        yield figure(of, "tracks that differ", int(differ.sum()), "", "less")
        yield figure(of, "of them by a near tie", int((near & differ).sum()))


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def _node(*arguments: object) -> str:
    """What a program of Node prints. Raises UserError if it fails."""
    try:
        done = subprocess.run(["node", *map(str, arguments)], capture_output=True, text=True)
    except OSError as error:
        raise UserError(f"node cannot be run ({error.strerror}); install Node 20.") from None
    if done.returncode:
        raise UserError(f"A program of Node failed; its last words: {done.stderr[-1000:]}")
    return done.stdout
