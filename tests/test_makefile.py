"""The Makefile and .ci/run in a checkout whose path has spaces and letters beyond ASCII.

The programs that recipes start are stubs, which note how they were called.
"""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

REPO = pathlib.Path(__file__).resolve().parent.parent
STUB = """#!/bin/sh
echo "$0 $*" >> "$CALLS"
echo "HOME $HOME" >> "$CALLS"
case "$*" in
  "-m venv "*) mkdir -p "$3/bin"; for name in python uv; do cp "$0" "$3/bin/$name"; done ;;
  *"pip compile"*) touch constraints.new ;;
esac
"""

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


class Checkout:
    """A copy of what `make` reads, with stubs for Python, npm and others in front of PATH."""

    def __init__(self, root):
        self.folder = root / "it's my söngs dir"
        self.folder.mkdir()
        for name in ("Makefile", "pyproject.toml", "constraints.txt", "overrides.txt", ".ci"):
            source = REPO / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, self.folder / name)
        for name in ("export/web", "packages/engine"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "tests").mkdir()
        shutil.copy(REPO / "tests/cpus.sh", self.folder / "tests")
        self.tools = root / "tools"
        for name in ("python3", "npm", "node", "fluidsynth", "chromium", "apt-get"):
            self.stub(self.tools / name)
        self.calls = root / "calls"

    def stub(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STUB)
        path.chmod(0o755)

    def install(self, venv=".venv"):
        """The result of `make setup`, made of stubs."""
        for name in ("python", "uv", "ruff", "mypy", "gm-vae", "pytest", "codespell", "mkdocs"):
            self.stub(self.folder / venv / "bin" / name)
        (self.folder / venv / ".installed").touch()

    def run(self, *command, **settings):
        """The lines of calls that a command makes; it must succeed."""
        self.calls.write_text("")
        path = f"{self.tools}:{os.environ['PATH']}"
        env = {**os.environ, "PATH": path, "CALLS": str(self.calls), **settings}
        env = {name: value for name, value in env.items() if value is not None}
        for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
            env.pop(name, None)
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return self.calls.read_text().splitlines()


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


def targets():
    text = (REPO / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY:((?:.*\\\n)*.*)$", text, re.MULTILINE)
    return [name for name in phony.replace("\\\n", " ").split() if name != "clean"]


@pytest.mark.parametrize("target", targets())
def test_every_target_finds_its_programs(checkout, target):
    checkout.install()
    assert checkout.run("make", target, "MIDI=my songs") or target in ("help", "setup")


@pytest.mark.parametrize("venv", [".venv", "an environment"])
def test_setup_installs_into_the_environment_and_does_it_once(checkout, venv):
    calls = checkout.run("make", "setup", f"VENV={venv}")
    installs = [call for call in calls if "uv pip install" in call]
    assert len(installs) == 1
    assert f"--python {venv}/bin/python " in installs[0]
    assert checkout.run("make", "setup", f"VENV={venv}") == []


def test_an_environment_and_a_python_elsewhere(checkout, tmp_path):
    checkout.stub(tmp_path / "a python/python3")
    calls = checkout.run(
        "make", "setup", f"VENV={tmp_path}/an environment", f"PYTHON={tmp_path}/a python/python3"
    )
    assert any(call.startswith(f"{tmp_path}/an environment/bin/uv pip install") for call in calls)


def test_clean_removes_the_environment_and_nothing_else(checkout):
    checkout.install("an environment")
    for name in ("an", "environment", "mine"):
        (checkout.folder / name).mkdir()
    checkout.run("make", "clean", "VENV=an environment")
    left = {path.name for path in checkout.folder.iterdir()}
    assert {"an", "environment", "mine"} <= left
    assert "an environment" not in left


@pytest.mark.parametrize("home", [None, "/dev/null", "/no such home"])
def test_without_a_writable_home_caches_are_in_the_checkout(checkout, home):
    checkout.install()
    calls = checkout.run("make", "test", HOME=home)
    assert f"HOME {checkout.folder}/.home" in calls


def test_a_home_that_can_be_written_is_used(checkout, tmp_path):
    checkout.install()
    assert f"HOME {tmp_path}" in checkout.run("make", "test", HOME=str(tmp_path))


def test_ci_runs_from_anywhere(checkout):
    checkout.install()
    script = checkout.folder / ".ci/run"
    calls = checkout.run("sh", "-c", f'cd / && bash "$0"; cd / && "{script}"', str(script))
    assert any("-m pytest tests" in call for call in calls)
