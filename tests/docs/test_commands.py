"""Every command of README.md and docs/ runs unchanged, page by page, each in a fresh folder.

Blocks of `sh` and `python` are run in their order. HTML comments, which readers do not see, say
what differs from a reader's machine:

    <!-- slow -->                  the next block takes minutes: it and all behind it on this page
                                   run with `make test-slow`
    <!-- not run: a reason -->     the next block needs what a test lacks; REASONS counts them
    <!-- before: a command -->     run first: files that a reader has
"""

import collections
import os
import pathlib
import subprocess
import sys

import pytest
from documents import BLOCKS, COMMANDS, READ, REPO
from patience import PATIENCE_SECONDS

GALLERY = "docs/gallery.md"
REASONS = {
    "installs packages": 4,
    "needs a GPU": 2,
    "needs a checkout": 3,
    "needs a cluster": 4,
    "needs a sound device": 1,
    "needs a store": 1,
    "needs the network": 2,
    "serves until it is stopped": 3,
}

PAGES = {page: [b for b in blocks if b.language in COMMANDS] for page, blocks in BLOCKS.items()}
RUN = {page: [block for block in blocks if not block.reason] for page, blocks in PAGES.items()}
QUICK = {page: [block for block in blocks if not block.slow] for page, blocks in RUN.items()}
WITH_QUICK = [page for page, blocks in QUICK.items() if blocks]
WITH_SLOW = [page for page, blocks in RUN.items() if any(block.slow for block in blocks)]


def run(page, blocks, folder, monkeypatch):
    """Run the blocks of a page in a folder: a shell for each of `sh`, one Python for all others."""
    monkeypatch.chdir(folder)
    tools = pathlib.Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(folder)}
    known = {"__name__": "__main__"}
    for block in blocks:
        place = f"{page}:{block.line}"
        if block.language == "python":
            exec(compile("\n" * block.line + block.code, page, "exec"), known)
            continue
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.code],
            env=env,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, f"{place}\n{block.code}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("page", WITH_QUICK)
def test_the_commands_of_a_page(page, tmp_path, monkeypatch):
    """All of them, up to the first that is slow."""
    run(page, QUICK[page], tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_SLOW)
def test_all_commands_of_a_page(page, tmp_path, monkeypatch):
    """The gallery's music is equal to the output of its commands."""
    run(page, RUN[page], tmp_path, monkeypatch)
    if page == GALLERY:
        shown = sorted((REPO / "docs").glob("*.mid"))
        assert shown
        for path in shown:
            assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_blocks_name_their_language():
    others = [
        f"{page}:{block.line}: {block.language!r}"
        for page, blocks in BLOCKS.items()
        for block in blocks
        if block.language not in (*COMMANDS, *READ)
    ]
    assert not others


def test_blocks_that_are_not_run_are_counted():
    reasons = collections.Counter(
        block.reason for blocks in PAGES.values() for block in blocks if block.reason
    )
    assert reasons == REASONS
