"""Finds habits of prose that readers stumble over, with advice.

    python docs/hooks/prose.py README.md docs

Prints `file:line: habit` for each, and returns 1 if there are any. Code, formulas, addresses and
HTML comments are not prose.
"""

from __future__ import annotations

import pathlib
import re
import sys
from collections.abc import Iterator

_GOOD_AFTER_NO = "longer|more|less|fewer|different|better|worse|need|such"
HABITS = {
    rf"(?<!\bthere )\b(?:is|are|was|were) no (?!{_GOOD_AFTER_NO})[a-z]": 'write "is not"',
    r"\b(?:programs?|page|message|command|card|file|folder|checkpoint|model|flag|help|"
    r"report|verb|readme|export)s? (?:tells?|told|says?|said)\b": "programs print, report or raise",
    r"\bis (?:told|said)\b": "programs print, report or raise",
    r"\b(?:bits|measures|tokens|notes|quarters|steps|chords?|cores?) an? (?:measure|second|minute|"
    r"token|step|file|bar|beat|machine|worker|bit)\b": 'write "per"',
    r"\b(?:learnt|learned) by heart\b": 'write "overfitted"',
    r"\b(?:goes|go|went) on (?:with|from|where|at)\b": 'write "continues"',
    r"\banew\b": 'write "again" or "new"',
    r"\bbrings? along\b": 'write "includes"',
    r"\bshall\b": 'write "should" or "must"',
    r"\b(?:of ours|of yours|of theirs)\b": 'write "our", "your" or "their"',
    r"\bother people's\b": 'write "external"',
    r"\b(?:What|Where|Which) [^.?!]{3,60}, (?:it|its|the|they) \w+ (?:tell|is|are|say)": (
        "put the subject first"
    ),
    r"\b(?:whereof|thereof|therein|hereby|wherein)\b": "use a plain word",
    r"\bsome (?:\d|ten|twenty|thirty|fifty|hundred|thousand)\b": 'write "about"',
    r"\bin the end\b": 'write "finally" or "at the end"',
}
_NOT_PROSE = re.compile(
    r"^(?P<fence>```|~~~).*?^(?P=fence)|<!--.*?-->|``.*?``|`[^`]*`|\$\$.*?\$\$|\]\([^)]*\)"
    r'|^    .*?$|"[^"\n]*"',  # quoted words are mentioned, not used
    re.MULTILINE | re.DOTALL,
)
_RULES = [(re.compile(pattern, re.IGNORECASE), advice) for pattern, advice in HABITS.items()]


def findings(text: str) -> Iterator[tuple[int, str, str]]:
    """Line number, words and advice for each habit in a text."""

    def blank(match: re.Match[str]) -> str:  # lines keep their numbers
        return re.sub(r"[^\n]", "~", match[0])

    prose = _NOT_PROSE.sub(blank, text)
    for number, line in enumerate(prose.splitlines(), 1):
        for rule, advice in _RULES:
            for match in rule.finditer(line):
                yield number, match[0], advice


def main(paths: list[str]) -> int:
    """Check files, and the Markdown files of folders; returns the exit code."""
    count = 0
    for root in map(pathlib.Path, paths):
        for path in sorted(root.rglob("*.md")) if root.is_dir() else [root]:
            for number, words, advice in findings(path.read_text(encoding="utf-8")):
                print(f'{path}:{number}: "{words}": {advice}')
                count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
