"""The pages of the documentation, and their blocks of code."""

import dataclasses
import pathlib
import re

REPO = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = ("sh", "python")  # languages of blocks that are run
READ = ("text", "js", "json", "html")  # and of those that are only read
_PIECE = re.compile(
    r"^ *<!-- (?P<slow>slow) -->$"
    r"|^ *<!-- not run: (?P<reason>.+?) -->$"
    r"|^ *<!-- before: (?P<before>(?s:.+?)) -->$"
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
    """The blocks of a page that are commands, including those in comments."""
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
