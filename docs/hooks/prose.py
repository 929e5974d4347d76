"""Finds habits of prose that readers stumble over, with advice.

    python docs/hooks/prose.py README.md docs gm_vae

Prints `file:line: habit` for each, and returns 1 if there are any. The prose of Markdown is its
text without code, formulas, addresses and HTML comments; the prose of Python and JavaScript is
docstrings and comments. Other files are not read.
"""

from __future__ import annotations

import ast
import io
import pathlib
import re
import sys
import tokenize
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
    r"\bwhat (?:stands|lies|comes|follows|is there|went)\b": "name the thing",
    r"\b(?:lies?|lay) (?:in|there|beside|behind|elsewhere|outside|between|right)\b": 'write "is"',
    r"\b(?:nobody|somebody|anybody)\b": "name who, or use the passive",
    r"\b(?:go|goes|going|gone|went) on\b": 'write "continue"',
    r"\bstays? as (?:it|they) (?:is|are|was|were)\b": 'write "is unchanged"',
    r"\bfor ever\b": 'write "forever"',
    r"(?<!there )\b(?:is|are|was|were) (?-i:none)\b(?! of)": 'write "is not one" or "is missing"',
    r"\bpass(?:es|ed|ing)? over\b": 'write "skip"',
    r"\b(?:tells?|told) apart\b": 'write "distinguish"',
    r"\b(?:for|from|with|than) those of\b": "repeat the noun",
    r"\bthose of the (?:last|next|first|other)\b": "repeat the noun",
    r"\b(?:this|that|the) very (?:same|step|file|byte|bytes|one)\b": 'write "same" or "exact"',
    r"\bas (?:many|few|little|much|large) as (?:it )?can be\b": 'write "as possible"',
    r"(?:^|[.:;] )(?-i:Of) [a-z' ]+,? (?:they|it|we|nothing|none)\b": "put the subject first",
    r"\bto the (?:last )?bit\b": 'write "bit for bit"',
    r"\b(?:come|comes|appear|appears|is|are) (?:there )?whole or\b": 'write "completely or not"',
    r"\bfor people\b(?! who)": 'write "readable"',
    r"\bheed(?:s|ed)?\b": 'write "use" or "follow"',
    r"\bsays? (?:so|which|whether|how|why|where|when)\b": 'write "state" or "report"',
    r"\bas often as (?:it )?(?:asks|wishes)\b": "use a plain word",
}
_NOT_PROSE = re.compile(
    r"^(?P<fence>```|~~~).*?^(?P=fence)|<!--.*?-->|``.*?``|`[^`]*`|\$\$.*?\$\$|\]\([^)]*\)"
    r'|^    .*?$|"[^"\n]*"',  # quoted words are mentioned, not used
    re.MULTILINE | re.DOTALL,
)
_GENERATED = frozenset({"node_modules", "dist", "generated"})
_RULES = [(re.compile(pattern, re.IGNORECASE), advice) for pattern, advice in HABITS.items()]


def findings(text: str) -> Iterator[tuple[int, str, str]]:
    """Line number, words and advice for each habit in a Markdown text."""

    def blank(match: re.Match[str]) -> str:  # lines keep their numbers
        return re.sub(r"[^\n]", "~", match[0])

    for number, line in enumerate(_NOT_PROSE.sub(blank, text).splitlines(), 1):
        yield from _habits(number, line)


def code_findings(text: str, suffix: str) -> Iterator[tuple[int, str, str]]:
    """The same for the docstrings and comments of a program."""
    pieces = _python_prose(text) if suffix == ".py" else _javascript_prose(text)
    for start, piece in pieces:
        for number, line in enumerate(piece.splitlines(), start):
            if not re.match(r"\s*(?:\*\s*)?(?:>>>|@)", line):  # examples, tags
                yield from _habits(number, re.sub(r"`[^`]*`|\"[^\"]*\"", "~", line))


def _habits(number: int, line: str) -> Iterator[tuple[int, str, str]]:
    for rule, advice in _RULES:
        for match in rule.finditer(line):
            yield number, match[0], advice


def _python_prose(text: str) -> Iterator[tuple[int, str]]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            expression = node.body[0]
            source = ast.get_source_segment(text, expression) or ""
            yield expression.lineno, source.replace(_QUOTES, "   ")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _javascript_prose(text: str) -> Iterator[tuple[int, str]]:
    for match in re.finditer(r"/\*.*?\*/|(?<![:'\"`])//[^\n]*", text, re.DOTALL):
        yield text.count("\n", 0, match.start()) + 1, match[0]


_QUOTES = '"""'
_PROGRAMS = (".py", ".js", ".mjs", ".jsx", ".ts")


def _files(path: pathlib.Path) -> Iterator[pathlib.Path]:
    if path.is_file():
        yield path
        return
    for found in sorted(path.rglob("*")):
        parts = found.relative_to(path).parts
        if found.suffix in (".md", *_PROGRAMS) and not _GENERATED.intersection(parts):
            yield found


def main(paths: list[str]) -> int:
    """Check files, and the files of folders; returns the exit code."""
    count = 0
    for path in (file for root in paths for file in _files(pathlib.Path(root))):
        text = path.read_text(encoding="utf-8")
        program = path.suffix in _PROGRAMS
        for number, words, advice in (
            code_findings(text, path.suffix) if program else findings(text)
        ):
            print(f'{path}:{number}: "{words}": {advice}')
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
