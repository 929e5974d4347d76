"""The real browser client, in Node. `npm ci` runs once for each state of the lock file."""

import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
NODE_MAJOR = 20


class MagentaMusic:
    """Runs the scripts of this folder."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder  # of the test session, for what goes to the scripts

    def decode(self, checkpoint, z, chords=()):
        """[{chord, tokens [B][T][E], noteSequences [B]}], one for each chord, by argmax."""
        return self._run("decode.js", checkpoint, z, *chords)

    def encode(self, checkpoint, requests):
        """[{tokens, mu}] of [{noteSequence, chord}]."""
        return self._run("encode.js", checkpoint, requests)

    def _run(self, script, checkpoint, value, *arguments):
        path = self._folder / "input.json"
        path.write_text(json.dumps(value))
        command = ["node", str(HERE / script), str(checkpoint), str(path), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=HERE)
        except subprocess.TimeoutExpired as error:
            pytest.fail(
                f"{script} did not end in {error.timeout:.0f} s; {_last_lines(error.stderr)}"
            )
        if done.returncode:
            pytest.fail(f"{script} ended with {done.returncode}; {_last_lines(done.stderr)}")
        return json.loads(done.stdout)


@pytest.fixture(scope="session")
def magenta_music(tmp_path_factory):
    """The client, installed. Without Node the tests are skipped, but fail where CI=true."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            _cannot(f"{program} is not installed; the browser client needs Node {NODE_MAJOR}")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    if int(re.match(r"v(\d+)", version)[1]) < NODE_MAJOR:
        _cannot(f"Node is {version}; the browser client's tests need {NODE_MAJOR} or newer")
    _install()
    return MagentaMusic(tmp_path_factory.mktemp("magenta_music"))


def _install() -> None:
    state = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = HERE / "node_modules" / ".installed"
    # one install at a time, when several processes share the tests
    with open(pathlib.Path(tempfile.gettempdir()) / f"gm-vae-{state[:16]}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == state:
            return
        command = ["npm", "ci", "--no-audit", "--no-fund"]
        try:
            done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=540)
        except subprocess.TimeoutExpired:
            _cannot("npm ci did not end in time")
        if done.returncode:
            _cannot(f"npm ci failed; {_last_lines(done.stderr)}")
        stamp.write_text(state)


def _cannot(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _last_lines(text: "str | bytes | None") -> str:
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    return "its last words:\n" + "\n".join((text or "").splitlines()[-40:])
