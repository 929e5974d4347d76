"""npm packages that tests need: installed once, or the reason why a test cannot run."""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest
from patience import PATIENCE_SECONDS

NODE_MAJOR = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FIREFOXES = ("firefox-esr", "firefox")


def cannot(reason: str) -> None:
    """Skip the test, but fail it where CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def require_node() -> None:
    """`cannot` go on without Node and npm."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            cannot(f"{program} is not installed; this test needs Node {NODE_MAJOR}")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    if int(re.match(r"v(\d+)", version)[1]) < NODE_MAJOR:
        cannot(f"Node is {version}; this test needs {NODE_MAJOR} or newer")


def find_chromium() -> str:
    """The path of the Chromium that CHROMIUM names, else of an installed one, else ""."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), "")


def require_chromium() -> str:
    """`find_chromium`; `cannot` go on without one."""
    program = find_chromium()
    if not shutil.which(program):
        cannot("Chromium is not installed; install it, or set CHROMIUM to the path of one")
    return program


def require_firefox() -> str:
    """The path of the Firefox that FIREFOX names, else of an installed one; skips without one.

    Also in CI, since not every system has it as a package.
    """
    program = os.environ.get("FIREFOX") or next(filter(None, map(shutil.which, FIREFOXES)), "")
    if not shutil.which(program):
        pytest.skip("Firefox is not installed; install it, or set FIREFOX to the path of one")
    return program


@contextlib.contextmanager
def lock(folder: pathlib.Path):
    """One install or build in a folder at a time, when several processes share the tests."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    with open(pathlib.Path(tempfile.gettempdir()) / f"gm-vae-{name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install(folder: pathlib.Path) -> None:
    """What the lock file of a folder names, unless it is there already."""
    state = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".installed"
    with lock(folder):
        if stamp.exists() and stamp.read_text() == state:
            return
        npm(folder, "ci", "--no-audit", "--no-fund")
        stamp.write_text(state)


def npm(folder: pathlib.Path, *arguments: str) -> None:
    """Run npm in a folder; `cannot` go on if it fails."""
    command = ["npm", *arguments]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
    except subprocess.TimeoutExpired:
        cannot(f"npm {arguments[0]} did not end in time")
    if done.returncode:
        last = "\n".join(done.stderr.splitlines()[-40:])
        cannot(f"npm {arguments[0]} failed in {folder.name}; its last words:\n{last}")
