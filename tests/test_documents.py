"""Every command of README.md and docs/ runs as it stands, page by page, each in a fresh folder.

Blocks of `sh` and `python` are run in their order. HTML comments, which readers do not see, say
what differs from a reader's machine:

    <!-- slow -->                  the next block takes minutes: it and all behind it on this page
                                   run with `make test-slow`
    <!-- not run: a reason -->     the next block needs what a test lacks; REASONS counts them
    <!-- before: a command -->     run first: files that a reader brings along
"""

import collections
import dataclasses
import os
import pathlib
import re
import subprocess
import sys

import pytest
from patience import PATIENCE_SECONDS

REPO = pathlib.Path(__file__).resolve().parent.parent
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
GALLERY = "docs/gallery.md"
COMMANDS = ("sh", "python")
READ = ("text", "js", "json", "html")  # languages of blocks that are only read
_PIECE = re.compile(
    r"^ *<!-- (?P<slow>slow) -->$"
    r"|^ *<!-- not run: (?P<reason>.+?) -->$"
    r"|^ *<!-- before: (?P<before>.+?) -->$"
    r"|^(?P<indent> *)```(?P<language>.*)\n(?P<code>(?:.*\n)*?)(?P=indent)```$",
    re.MULTILINE,
)


@dataclasses.dataclass(frozen=True)
class Block:
    """A block of commands; `reason` is why it is not run, "" if it is."""

    language: str
    code: str
    line: int
    reason: str = ""
    slow: bool = False


def blocks_of(text):
    """The blocks of a page that are commands, those of comments among them."""
    slow, reason = False, ""
    for match in _PIECE.finditer(text):
        line = text[: match.start()].count("\n") + 1
        if match["slow"]:
            slow = True
        elif match["reason"]:
            reason = match["reason"]
        elif match["before"]:
            yield Block("sh", match["before"], line, slow=slow)
        else:
            language = match["language"].strip()
            code = re.sub(rf"^{match['indent']}", "", match["code"], flags=re.MULTILINE)
            yield Block(language, code, line, reason, slow)
            reason = ""


BLOCKS = {
    str(path.relative_to(REPO)): list(blocks_of(path.read_text(encoding="utf-8")))
    for path in [REPO / "README.md", *sorted((REPO / "docs").rglob("*.md"))]
}
PAGES = {page: [b for b in blocks if b.language in COMMANDS] for page, blocks in BLOCKS.items()}
WITH_COMMANDS = [page for page, blocks in PAGES.items() if any(not b.reason for b in blocks)]
WITH_SLOW_COMMANDS = [page for page in WITH_COMMANDS if any(b.slow for b in PAGES[page])]


def run(page, blocks, folder, monkeypatch):
    """Run the blocks of a page in a folder: a shell for each of `sh`, one Python for all others."""
    monkeypatch.chdir(folder)
    tools = pathlib.Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(folder)}
    known = {"__name__": "__main__"}
    for block in blocks:
        place = f"{page}:{block.line}"
        if block.reason:
            continue
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


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_the_commands_of_a_page(page, tmp_path, monkeypatch):
    """All of them, up to the first that is slow."""
    quick = [block for block in PAGES[page] if not block.slow]
    if not any(not block.reason for block in quick):
        pytest.skip("all of them are slow")
    run(page, quick, tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_SLOW_COMMANDS)
def test_all_commands_of_a_page(page, tmp_path, monkeypatch):
    """Music that the page shows is what its commands make."""
    run(page, PAGES[page], tmp_path, monkeypatch)
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


def test_what_is_not_run_is_counted():
    reasons = collections.Counter(
        block.reason for blocks in PAGES.values() for block in blocks if block.reason
    )
    assert reasons == REASONS
