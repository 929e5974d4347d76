"""The hooks of this site for mkdocs.

Three pages are copied from files at the root of the repository, the command-line reference is
generated from the verbs, and formulas become MathML, which browsers display without a script.
"""

from __future__ import annotations

import functools
import importlib
import pathlib
import re
import textwrap
from typing import Any

import latex2mathml.converter
from absl import flags as absl_flags
from mkdocs.structure.files import File, Files

from gm_vae.cli import VERBS
from gm_vae.command import Command
from gm_vae.flags import define

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPIED = {
    "developers/building.md": "BUILD.md",
    "developers/benchmarks.md": "benchmarks/RESULTS.md",
    "reference/security.md": "SECURITY.md",
}
COMMAND_LINE = "reference/command-line.md"
_CODE_OR_FORMULA = re.compile(
    r"(?P<code>^```.*?^```|``.+?``)"
    r"|\$\$(?P<block>.+?)\$\$"
    r"|\$`(?P<inline>.+?)`\$",
    re.MULTILINE | re.DOTALL,
)


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are not in docs/."""
    for page, source in COPIED.items():
        files.append(File.generated(config, page, content=copied_page(source)))
    files.append(File.generated(config, COMMAND_LINE, content=command_line()))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """LaTeX between `$$`, or between "$`" and "`$", as MathML; code is unchanged."""
    return _CODE_OR_FORMULA.sub(_formula, markdown)


@functools.cache
def _mathml(latex: str, display: str) -> str:
    return latex2mathml.converter.convert(latex.strip(), display=display)


def _formula(match: re.Match[str]) -> str:
    if match["code"]:
        return match[0]
    if match["block"]:
        return f'<div class="formula">{_mathml(match["block"], "block")}</div>'
    # the span keeps a formula at the beginning of a line in its paragraph
    return f"<span>{_mathml(match['inline'], 'inline')}</span>"


def copied_page(source: str) -> str:
    """A file of the root as a page: its links to other files of the root lead to their pages."""
    text = (ROOT / source).read_text(encoding="utf-8")
    pages = {path: page for page, path in COPIED.items()}

    def link(match: re.Match[str]) -> str:
        target = match[1].removeprefix("./")
        if target in pages:
            return f"](../{pages[target]})"
        if target.startswith("docs/"):
            return f"](../{target.removeprefix('docs/')})"
        return match[0]

    return re.sub(r"\]\(([^)#:]+)\)", link, text)


def command_line() -> str:
    """The reference of the command line: a section for each verb."""
    lines = [
        "# Command line",
        "",
        "`gm-vae VERB --help` prints the same. [Chords, instruments and files](music-flags.md) "
        "explains the flags that the music verbs share.",
        "",
        "| verb | what it does |",
        "| --- | --- |",
        *(f"| [`{name}`](#{name}) | {verb.summary} |" for name, verb in VERBS.items()),
        "",
        "Exit codes: 0 success, 1 failure, 2 wrong usage, 75 stopped with the state saved (the "
        "same command continues), 130 Ctrl-C.",
        "",
    ]
    for name, verb in VERBS.items():
        lines += _verb(name, getattr(importlib.import_module(verb.module), verb.name))
    return "\n".join(lines)


def _verb(name: str, command: Any) -> list[str]:
    if not isinstance(command, Command):  # doctor, whose help is short
        return [f"## {name}", "", "```text", command.help(), "```", ""]
    values = define(command.arguments)
    usage = f"gm-vae {name} [--flag=value ...] {command.words}".rstrip()
    lines = [f"## {name}", "", command.summary, "", "```sh", usage, "", "# for example"]
    lines += [*textwrap.dedent(command.example).strip().splitlines(), "```", ""]
    lines += ["| flag | default | meaning |", "| --- | --- | --- |"]
    for flag_name in sorted(values):
        flag: absl_flags.Flag = values[flag_name]
        shown = str(flag.default_as_str or "").strip("'")
        default = f"`{shown}`" if shown else ""
        text = re.sub(r"\s+", " ", flag.help or "")
        lines.append(f"| `--{flag_name}` | {default} | {_cell(text)} |")
    return [*lines, ""]


def _cell(text: str) -> str:
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "&#124;")):
        text = text.replace(character, entity)
    return re.sub(r"([*_`])", r"\\\1", text)
