"""Tables of results: writes RESULTS.md from all committed results.

python -m benchmarks.table
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from benchmarks import HERE, names
from benchmarks.results import Figure, Machine, Result, read

PAGE = HERE / "RESULTS.md"
ARROWS = {"more": " ↑", "less": " ↓", "": ""}

_HEAD = """\
# Results

`make bench-table` writes this page from `NAME/results.json`; change these files instead. `make
bench BENCH=NAME` measures again, and `make bench-compare BENCH=NAME` compares a run with the
committed results.

Medians of repeats, with the least and the greatest in brackets. ↑: more is better; ↓: less is.
CPU time is that of all threads and processes. Load: how many processes wanted a core in the minute
before the run.
"""


def page() -> str:
    """The text of RESULTS.md."""
    benchmarks = names()
    contents = [f"- [{name}](#{name}): {sentence(name)}" for name in benchmarks]
    return "\n".join([_HEAD, *contents, "", *map(_section, benchmarks)])


def sentence(benchmark: str) -> str:
    """The description of a benchmark: the first line of its docstring."""
    tree = ast.parse((HERE / benchmark / "run.py").read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").partition("\n")[0]


def shown(result: Result) -> str:
    """A result: its command, its machine and its tables."""
    facts = [
        result.date,
        described(result.machine),
        *(f"load {result.load:g}" for _ in range(result.load is not None)),
        *(f"{name}: {text}" for name, text in result.inputs.items()),
        result.source,
        result.note,
    ]
    lines = [f"    {result.command}", "", "; ".join(filter(None, facts)) + ".", "", ""]
    return "\n".join(lines) + tables(result.figures)


def described(machine: Machine) -> str:
    """A machine in one line."""
    cores = f"{machine.cores} cores of " if machine.cores else ""
    parts = [
        f"{cores}{machine.processor}" if machine.processor else "",
        ", ".join(machine.instructions),
        f"{machine.memory_gb:g} GB" if machine.memory_gb else "",
        machine.accelerator if machine.accelerator != "none" else "no accelerator",
        machine.system,
        f"Python {machine.python}" if machine.python else "",
        ", ".join(f"{name} {version}" for name, version in machine.packages.items()),
    ]
    return "; ".join(filter(None, parts))


def tables(figures: Sequence[Figure]) -> str:
    """A table for all figures with the same kind of subject."""
    groups: dict[tuple[str, ...], list[Figure]] = {}
    for figure in figures:
        groups.setdefault(tuple(figure.of), []).append(figure)
    return "\n".join(_table(keys, group) for keys, group in groups.items())


def grid(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """A Markdown table that is also readable as text; the first `left` columns are texts."""
    rows = [list(header), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*rows)]
    rule = [
        "-" * width if index < left else "-" * (width - 1) + ":"
        for index, width in enumerate(widths)
    ]
    lines = [
        " | ".join(
            text.ljust(width) if index < left else text.rjust(width)
            for index, (text, width) in enumerate(zip(row, widths))
        )
        for row in [rows[0], rule, *rows[1:]]
    ]
    return "".join(f"| {line} |\n" for line in lines)


def number(value: float) -> str:
    """A number with separators and its own digits."""
    return f"{int(value):,}" if value == int(value) else f"{value:,}"


def value(figure: Figure) -> str:
    """The value of a figure, with the spread."""
    text = number(figure.value)
    return text + (f" ({' to '.join(map(number, figure.spread))})" if figure.spread else "")


def _section(benchmark: str) -> str:
    _, results = read(HERE / benchmark / "results.json")
    return "\n".join([f"## {benchmark}", "", sentence(benchmark), "", *map(shown, results)])


def _table(keys: tuple[str, ...], figures: Sequence[Figure]) -> str:
    """Subjects in rows and names in columns, or the other way if that is shorter."""
    cells = {(tuple(figure.of.values()), figure.column): value(figure) for figure in figures}
    things = list(dict.fromkeys(tuple(figure.of.values()) for figure in figures))
    columns = {figure.column: figure.column + ARROWS[figure.better] for figure in figures}
    if len(columns) <= len(things):
        return grid(
            [*keys, *columns.values()],
            [[*thing, *(cells.get((thing, name), "") for name in columns)] for thing in things],
            len(keys),
        )
    return grid(
        [", ".join(keys), *(", ".join(filter(None, thing)) for thing in things)],
        [
            [title, *(cells.get((thing, name), "") for thing in things)]
            for name, title in columns.items()
        ],
    )


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
