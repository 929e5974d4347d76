"""The clients that our exports are for, in Node and in Chromium, behind one process."""

import base64
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

HERE = pathlib.Path(__file__).resolve().parent
NODE_MAJOR = 20
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SECONDS = 300  # the longest that a call may take


class Clients:
    """Calls magenta.js ("magenta") and TensorFlow.js ("tfjs") through host.js."""

    def __init__(self) -> None:
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed with this object)
        self._host = subprocess.Popen(
            ["node", str(HERE / "host.js")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, "CHROMIUM": CHROMIUM},
        )

    def call(self, where, client, name, folder, **arguments):
        """What a client's function returns in "node" or "chromium", given the files of a folder."""
        request = {"where": where, "client": client, "call": name, "folder": str(folder)}
        self._host.stdin.write(json.dumps({**request, "args": arguments}) + "\n")
        self._host.stdin.flush()
        patience = threading.Timer(SECONDS, self._host.kill)
        patience.start()
        line = self._host.stdout.readline()
        patience.cancel()
        if not line:
            pytest.fail(f"host.js ended; {self._last_lines()}")
        answer = json.loads(line)
        if "error" in answer:
            pytest.fail(f"{name} failed in {where}: {answer['error']}; {self._last_lines()}")
        return answer["result"]

    def decode(self, where, folder, z, chords=()):
        """[{chord, tokens [B][T][E], noteSequences [B]}], one for each chord, by argmax."""
        return self.call(where, "magenta", "decode", folder, z=z, chords=list(chords))

    def encode(self, where, folder, requests):
        """[{tokens, mu}] of [{noteSequence, chord}]."""
        return self.call(where, "magenta", "encode", folder, requests=requests)

    def sample(self, where, folder, count, temperature, chord=None):
        """[(notes, bytes of a MIDI file)] of measures that the client samples."""
        arguments = {"count": count, "temperature": temperature, "chord": chord}
        found = self.call(where, "magenta", "sample", folder, **arguments)
        return [(each["notes"], base64.b64decode(each["midi"])) for each in found]

    def close(self) -> None:
        self._host.stdin.close()
        try:
            self._host.wait(20)
        except subprocess.TimeoutExpired:
            self._host.kill()
        self._log.close()

    def _last_lines(self) -> str:
        self._log.seek(0)
        return "its last words:\n" + "\n".join(self._log.read().splitlines()[-40:])


@pytest.fixture(scope="session")
def clients():
    """The clients, installed. Without Node the tests are skipped, but fail where CI=true."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            _cannot(f"{program} is not installed; the browser clients need Node {NODE_MAJOR}")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    if int(re.match(r"v(\d+)", version)[1]) < NODE_MAJOR:
        _cannot(f"Node is {version}; the browser clients' tests need {NODE_MAJOR} or newer")
    for package in ("magenta", "tfjs"):
        _install(HERE / package)
    found = Clients()
    yield found
    found.close()


@pytest.fixture(scope="session")
def chromium(clients):
    """ "chromium", the name of the place, where there is one; else skipped as above."""
    if not pathlib.Path(CHROMIUM).exists():
        _cannot(f"there is no Chromium at {CHROMIUM}; install it or set CHROMIUM")
    return "chromium"


@pytest.fixture(params=["node", "chromium"])
def where(request):
    """Each place in turn."""
    return request.param if request.param == "node" else request.getfixturevalue("chromium")


def _install(folder: pathlib.Path) -> None:
    state = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".installed"
    # one install at a time, when several processes share the tests
    with open(pathlib.Path(tempfile.gettempdir()) / f"gm-vae-{state[:16]}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == state:
            return
        command = ["npm", "ci", "--no-audit", "--no-fund"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=540)
        except subprocess.TimeoutExpired:
            _cannot("npm ci did not end in time")
        if done.returncode:
            last = "\n".join(done.stderr.splitlines()[-40:])
            _cannot(f"npm ci failed in {folder.name}; its last words:\n{last}")
        stamp.write_text(state)


def _cannot(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
