"""The page's engine, music and state in Node alone: the tests that `npm test` runs, once."""

import pathlib
import subprocess

from node_packages import install, require_node
from patience import PATIENCE_SECONDS

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE_SOURCES, ENGINE = ROOT / "export" / "web", ROOT / "packages" / "engine"


def test_units():
    require_node()
    for folder in (PAGE_SOURCES, ENGINE):
        install(folder)
    done = subprocess.run(
        ["npm", "test", "--silent"],
        cwd=PAGE_SOURCES, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
