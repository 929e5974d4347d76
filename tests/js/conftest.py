"""The clients that our exports are for, in Node and in Chromium, behind one process."""

import base64
import json
import os
import pathlib
import subprocess
import tempfile
import threading

import pytest
from node_packages import find_chromium, install, require_chromium, require_node
from patience import PATIENCE_SECONDS

HERE = pathlib.Path(__file__).resolve().parent


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
            env={**os.environ, "CHROMIUM": find_chromium()},
        )

    def call(self, where, client, name, folder, **arguments):
        """What a client's function returns in "node" or "chromium", given the files of a folder."""
        request = {"where": where, "client": client, "call": name, "folder": str(folder)}
        self._host.stdin.write(json.dumps({**request, "args": arguments}) + "\n")
        self._host.stdin.flush()
        patience = threading.Timer(PATIENCE_SECONDS, self._host.kill)
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

    def sample(self, where, folder, count, temperature, chord=None, seed=1):
        """[(notes, bytes of a MIDI file)] of measures that the client samples."""
        arguments = {"count": count, "temperature": temperature, "chord": chord, "seed": seed}
        measures = self.call(where, "magenta", "sample", folder, **arguments)
        return [(each["notes"], base64.b64decode(each["midi"])) for each in measures]

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
    require_node()
    for package in ("magenta", "tfjs"):
        install(HERE / package)
    started = Clients()
    yield started
    started.close()


@pytest.fixture(scope="session")
def chromium(clients):
    """ "chromium", the name of the place, where there is one; else skipped as above."""
    require_chromium()
    return "chromium"


@pytest.fixture(params=["node", "chromium"])
def where(request):
    """Each place in turn."""
    return request.param if request.param == "node" else request.getfixturevalue("chromium")
