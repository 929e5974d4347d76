"""The package of packages/engine, packed and unpacked as a user has it. Needs Node and npm."""

import functools
import http.server
import json
import pathlib
import shutil
import subprocess
import tarfile
import threading

import pytest
from node_packages import install, npm, require_chromium, require_node
from patience import PATIENCE_SECONDS

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENGINE = ROOT / "packages" / "engine"
MODEL = ROOT / "gm_vae" / "models" / "small"


@pytest.fixture(scope="session")
def tarball(tmp_path_factory):
    """The result of `npm pack` for the current sources."""
    require_node()
    install(ENGINE)
    folder = tmp_path_factory.mktemp("packed")
    tree = folder / "engine"  # a copy, since other processes may pack too
    tree.mkdir()
    for name in ("src", "examples"):
        shutil.copytree(ENGINE / name, tree / name)
    for path in ENGINE.glob("*.*"):
        shutil.copy(path, tree)
    shutil.copy(ENGINE / "LICENSE", tree)
    (tree / "node_modules").symlink_to(ENGINE / "node_modules")
    npm(tree, "pack", "--pack-destination", str(folder))
    (file,) = folder.glob("*.tgz")
    return file


@pytest.fixture(scope="session")
def site(tarball, tmp_path_factory):
    """A folder whose node_modules has the package, and whose model/ is a checkpoint."""
    folder = tmp_path_factory.mktemp("site")
    packages = folder / "node_modules"
    with tarfile.open(tarball) as archive:
        archive.extractall(packages, filter="data")
    (packages / "package").rename(packages / "gm-vae")
    (folder / "model").symlink_to(MODEL)
    return folder


@pytest.fixture
def serve():
    """Serves a folder, with additional headers: serve(folder, {"Name": "value"}) -> URL."""
    servers = []

    def start(folder, headers=()):
        handler = functools.partial(_Quiet, directory=str(folder), headers_of_all=dict(headers))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def chromium():
    """The path of a Chromium, with the library that drives it installed."""
    require_node()
    program = require_chromium()
    install(ROOT / "tests" / "web")
    return program


@pytest.fixture
def visit(chromium):
    """Calls a check of pages.mjs: visit(name, url, **arguments) -> its answer."""

    def run(name, url, **arguments):
        request = json.dumps({"name": name, "url": url, "chromium": chromium, **arguments})
        done = subprocess.run(
            ["node", str(pathlib.Path(__file__).with_name("pages.mjs")), request],
            capture_output=True, text=True, timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        if done.returncode:
            pytest.fail(f"{name} ended with {done.returncode}: {done.stderr[-4000:]}")
        return json.loads(done.stdout)

    return run


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments, headers_of_all, **settings):
        self._headers_of_all = headers_of_all
        super().__init__(*arguments, **settings)

    def end_headers(self):
        for name, value in self._headers_of_all.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *arguments):
        pass
