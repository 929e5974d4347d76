"""The clients that our exports are for, in Node and in Chromium, behind one process."""

import base64
import json
import os
import pathlib
import subprocess
import tempfile
import threading

import pytest
from node_packages import find_chromium
from patience import PATIENCE_SECONDS

HOST = pathlib.Path(__file__).resolve().parents[1] / "js/host.js"


class Clients:
    """Calls magenta.js ("magenta") and TensorFlow.js ("tfjs") through host.js.

    Args:
        patience_seconds: how long a call may take.
    """

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience_seconds = patience_seconds
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed with this object)
        self._host = subprocess.Popen(
            ["node", str(HOST)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, "CHROMIUM": find_chromium()},
        )

    def call(self, where, client, name, folder, **arguments):
        """The result of a client's function in "node" or "chromium", given the files of a
        folder."""
        request = {"where": where, "client": client, "call": name, "folder": str(folder)}
        self._host.stdin.write(json.dumps({**request, "args": arguments}) + "\n")
        self._host.stdin.flush()
        patience = threading.Timer(self._patience_seconds, self._host.kill)
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
        samples = self.call(where, "magenta", "sample", folder, **arguments)
        return [(each["notes"], base64.b64decode(each["midi"])) for each in samples]

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
