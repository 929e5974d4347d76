"""The page of export/web, built once, and a small model for it. Needs Node, npm and Chromium."""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading

import pytest
from web_models import telling_model

HERE = pathlib.Path(__file__).resolve().parent
PAGE_SOURCES = HERE.parent.parent / "export" / "web"
NODE_MAJOR = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """Runs a script of this folder with a JSON request: node("music.mjs", request) -> its JSON."""
    _require_node()
    folder = tmp_path_factory.mktemp("requests")

    def run(script, request, *arguments, timeout=300):
        file = folder / "request.json"
        file.write_text(json.dumps(request))
        command = ["node", str(HERE / script), *map(str, arguments), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, cwd=HERE)
        if done.returncode:
            pytest.fail(f"{script} ended with {done.returncode}: {done.stderr[-4000:]}")
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def page():
    """The folder of the page, built from the sources as they are."""
    _require_node()
    files = sorted(
        path
        for path in PAGE_SOURCES.rglob("*")
        if path.is_file() and not {"node_modules", "dist", ".dist"} & set(path.parts)
    )
    state = hashlib.sha256(b"".join(str(path).encode() + path.read_bytes() for path in files))
    with _lock():
        _install(PAGE_SOURCES)
        stamp = PAGE_SOURCES / "node_modules" / ".built"
        built = (PAGE_SOURCES / "dist" / "index.html").exists() and stamp.exists()
        if not built or stamp.read_text() != state.hexdigest():
            _npm(PAGE_SOURCES, "run", "build")
            stamp.write_text(state.hexdigest())
    return PAGE_SOURCES / "dist"


@pytest.fixture(scope="session")
def kernel(page, tmp_path_factory):
    """The engine's assembled kernel."""
    file = tmp_path_factory.mktemp("kernel") / "kernel.wasm"
    code = (
        f"import {{assemble}} from {json.dumps(str(PAGE_SOURCES / 'build.mjs'))};"
        "import {writeFile} from 'node:fs/promises';"
        f"await writeFile({json.dumps(str(file))}, await assemble());"
    )
    subprocess.run(["node", "--input-type=module", "-e", code], check=True, timeout=60)
    return file


@pytest.fixture(scope="session")
def browser():
    """The path of a Chromium, with the library that drives it installed."""
    _require_node()
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        _cannot("there is no Chromium; install Debian's package chromium, or name one in CHROMIUM")
    with _lock():
        _install(HERE)
    return found


@pytest.fixture(scope="session")
def small_model(tmp_path_factory):
    """(model, its checkpoint folder)."""
    pytest.importorskip("tensorflow")
    sizes = {"encoder_units": 24, "decoder_units": (20, 20), "latent_size": 12, "start_units": 4}
    model = telling_model(sizes, seed=4)
    folder = tmp_path_factory.mktemp("web_model") / "model"
    model.save(folder)
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


def _require_node() -> None:
    for program in ("node", "npm"):
        if not shutil.which(program):
            _cannot(f"{program} is not installed; the page needs Node {NODE_MAJOR}")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    if int(re.match(r"v(\d+)", version)[1]) < NODE_MAJOR:
        _cannot(f"Node is {version}; the page needs {NODE_MAJOR} or newer")


@contextlib.contextmanager
def _lock():
    """One install or build at a time, when several processes share the tests."""
    name = hashlib.sha256(str(PAGE_SOURCES).encode()).hexdigest()[:16]
    with open(pathlib.Path(tempfile.gettempdir()) / f"gm-vae-{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(folder: pathlib.Path) -> None:
    state = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".installed"
    if stamp.exists() and stamp.read_text() == state:
        return
    _npm(folder, "ci", "--no-audit", "--no-fund")
    stamp.write_text(state)


def _npm(folder: pathlib.Path, *arguments: str) -> None:
    try:
        done = subprocess.run(
            ["npm", *arguments], cwd=folder, capture_output=True, text=True, timeout=540
        )
    except subprocess.TimeoutExpired:
        _cannot(f"npm {arguments[0]} did not end in time")
    if done.returncode:
        _cannot(f"npm {arguments[0]} failed: {done.stderr[-4000:]}")


def _cannot(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
