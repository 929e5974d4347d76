"""Figures of the web page in Chromium: loading, new arrangements, memory, equal tokens.

    python benchmarks/web.py --model=PATH [--pairs=1000] [--quantize=uint8]

`--model` takes what `gm_vae.load` takes, or random:PRESET (for speed only).
Needs the page (`make web`), the packages of tests/web (`npm ci` there) and Chromium.
"""

from __future__ import annotations

import http.server
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading

import numpy as np
from absl import app, flags

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests/support"))

_MODEL = flags.DEFINE_string("model", None, "A model, or random:PRESET.", required=True)
_QUANTIZE = flags.DEFINE_string("quantize", "uint8", "How the site keeps the weights.")
_PAIRS = flags.DEFINE_integer("pairs", 0, "How many (z, chord) pairs to compare with Python.")


def main(_: list[str]) -> None:
    from gm_vae.checkpoints.load import read_model
    from gm_vae.export.web_page import export_web
    from gm_vae.generate.loading import load
    from gm_vae.model.config import PRESETS

    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        source = _MODEL.value
        if source.startswith("random:"):
            from telling_models import telling_model

            names = ("encoder_units", "decoder_units", "latent_size")
            preset = PRESETS[source.removeprefix("random:")]
            sizes = {name: getattr(preset, name) for name in names}
            telling_model(sizes).save(root / "m")
            source = root / "m"
        export_web(read_model(source), root / "site", _QUANTIZE.value)
        _figures(root / "site")
        if _PAIRS.value:
            _equal_tokens(load(root / "site" / "model"), root / "site" / "model", root)


def _figures(site: pathlib.Path) -> None:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(site))

        def log_message(self, *args: object) -> None:
            pass

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        command = ["node", str(HERE / "web.mjs"), chromium, url]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        server.shutdown()
    found = json.loads(done.stdout)
    times = [time["ms"] for time in found["times"]]
    notes = statistics.median(time["notes"] for time in found["times"])
    middle = statistics.median(times)
    heap = [found[f"heap{when}"] / 1e6 for when in ("Before", "After")]
    print(f"first load         {found['firstBytes'] / 1e6:.2f} MB")
    print(f"first arrangement  {found['firstSongMs'] / 1000:.2f} s after the address is opened")
    print(f"first sound        {found['firstSoundMs'] / 1000:.2f} s, with the click on Play")
    print(f"new arrangement    {middle:.0f} ms for 8 measures of {notes:.0f} notes")
    print(f"                   from {min(times):.0f} to {max(times):.0f}")
    print(f"JavaScript heap    {heap[0]:.1f} MB, after 200 more arrangements {heap[1]:.1f} MB")


def _equal_tokens(model: object, folder: pathlib.Path, root: pathlib.Path) -> None:
    from gm_vae.music.chords import chord_symbol

    rng = np.random.default_rng(3)
    count = _PAIRS.value
    z = rng.standard_normal((count, model.config.latent_size), np.float32)
    ids = rng.integers(0, 49, (count, model.format.chords_per_measure))
    symbols = ["|".join(chord_symbol(index) for index in row) for row in ids]
    kernel = root / "kernel.wasm"
    build = HERE.parent / "export" / "web" / "build.mjs"
    code = f"import {{assemble}} from {json.dumps(build.as_uri())};"
    code += "import {writeFileSync} from 'node:fs';"
    code += f"writeFileSync({json.dumps(str(kernel))}, await assemble());"
    subprocess.run(["node", "--input-type=module", "-e", code], check=True)
    for temperature, seed in ((0, 1), (0.7, 77)):
        request = root / "request.json"
        batch = {"z": z.tolist(), "chords": ids.tolist(), "temperature": temperature, "seed": seed}
        request.write_text(json.dumps({"decode": [batch]}))
        command = ["node", str(HERE.parent / "tests/web/engine.mjs"), kernel, folder, request]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        (found,) = json.loads(done.stdout)["decoded"]
        expected = model.decode_tokens(z, symbols, temperature, constrained=True, seed=seed)
        rows = expected.reshape(-1, expected.shape[-1])
        same = [list(row[: len(tokens)]) == tokens for row, tokens in zip(rows, found["tokens"])]
        measures = np.reshape(same, (count, -1)).all(1)
        near = np.array(found["margins"]) < 2e-5
        differ = ~np.array(same)
        print(
            f"temperature {temperature}: {measures.sum()} of {count} measures equal; "
            f"{differ.sum()} tracks differ, {(near & differ).sum()} of them by a near tie"
        )


if __name__ == "__main__":
    app.run(main)
