"""The page of export/web, built once, and a small model for it. Needs Node, npm and Chromium."""

import hashlib
import json
import pathlib
import subprocess
import threading

import numpy as np
import pytest
from node_packages import install, lock, npm, require_chromium, require_node
from patience import PATIENCE_SECONDS
from telling_models import telling_model

from gm_vae.generate.attributes import Attributes

HERE = pathlib.Path(__file__).resolve().parent
PAGE_SOURCES = HERE.parent.parent / "export" / "web"
ENGINE_SOURCES = HERE.parent.parent / "packages" / "engine" / "src"


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """Runs a script of this folder with a JSON request: node("music.mjs", request) -> its JSON."""
    require_node()
    folder = tmp_path_factory.mktemp("requests")

    def run(script, request, *arguments):
        file = folder / "request.json"
        file.write_text(json.dumps(request))
        command = ["node", str(HERE / script), *map(str, arguments), str(file)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, cwd=HERE
        )
        if done.returncode:
            pytest.fail(f"{script} ended with {done.returncode}: {done.stderr[-4000:]}")
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def page():
    """The folder of the page, built from the current sources."""
    require_node()
    files = sorted(
        path
        for folder in (PAGE_SOURCES, ENGINE_SOURCES)
        for path in folder.rglob("*")
        if path.is_file() and not {"node_modules", "dist", ".dist"} & set(path.parts)
    )
    state = hashlib.sha256(b"".join(str(path).encode() + path.read_bytes() for path in files))
    install(PAGE_SOURCES)
    with lock(PAGE_SOURCES):
        stamp = PAGE_SOURCES / "node_modules" / ".built"
        built = (PAGE_SOURCES / "dist" / "index.html").exists() and stamp.exists()
        if not built or stamp.read_text() != state.hexdigest():
            npm(PAGE_SOURCES, "run", "build")
            stamp.write_text(state.hexdigest())
        (PAGE_SOURCES / "dist" / "index.html").touch()  # as new as sources that only moved
    return PAGE_SOURCES / "dist"


@pytest.fixture(scope="session")
def browser():
    """The path of a Chromium, with the library that drives it installed."""
    require_node()
    program = require_chromium()
    install(HERE)
    return program


@pytest.fixture(scope="session")
def small_model(tmp_path_factory):
    """(model, its checkpoint folder)."""
    pytest.importorskip("tensorflow")
    sizes = {"encoder_units": 24, "decoder_units": (20, 20), "latent_size": 12, "start_units": 4}
    model = telling_model(sizes, seed=4)
    folder = tmp_path_factory.mktemp("web_model") / "model"
    model.save(folder)
    vectors = np.random.default_rng(2).normal(0, 0.5, (2, sizes["latent_size"]))
    numbers = np.ones(2, np.float32)
    names = ("density", "strings")
    Attributes(names, vectors.astype(np.float32), numbers, numbers, 100, model.fingerprint).save(
        folder
    )
    return model, folder


@pytest.fixture(scope="session")
def served(page, small_model):
    """The address of `gm-vae web` with the small model."""
    from gm_vae.export.web_page import PageServer

    server = PageServer(small_model[1], port=0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
