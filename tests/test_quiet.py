"""Libraries print only errors, wherever the home folder is."""

import os
import subprocess
import sys

import pytest

DRAWING = """
from gm_vae.generate.piano_roll import draw_piano_roll
from gm_vae.music.measure import Measure
draw_piano_roll([Measure.from_tracks([])], {path!r}, title="A")
"""
KERAS = """
import sys, types
sys.modules["tensorflow"] = types.ModuleType("tensorflow")  # the real one takes ten seconds
from gm_vae.quiet import import_tensorflow_quietly
import_tensorflow_quietly()
import matplotlib.pyplot  # as Keras does
"""


@pytest.mark.parametrize("code", [DRAWING, KERAS], ids=["drawing", "keras"])
def test_no_warning_where_no_cache_can_be_written(tmp_path, code):
    fontconfig = tmp_path / "bin/fc-list"  # one that complains
    fontconfig.parent.mkdir()
    fontconfig.write_text("#!/bin/sh\necho 'Fontconfig error: No writable cache' >&2\n")
    fontconfig.chmod(0o755)
    hidden = ("MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    env |= {"HOME": os.devnull, "PATH": f"{fontconfig.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, "-c", code.format(path=str(tmp_path / "a.png"))],
        env=env,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_import_that_fails_shows_what_was_written(tmp_path):
    (tmp_path / "tensorflow.py").write_text(
        "import os\nos.write(2, b'no such instruction')\nraise ImportError('broken')\n"
    )
    code = "from gm_vae.quiet import import_tensorflow_quietly; import_tensorflow_quietly()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "no such instruction" in done.stderr
    assert "ImportError: broken" in done.stderr
