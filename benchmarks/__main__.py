"""Runs a benchmark.

    python -m benchmarks NAME [flags of NAME] [--output=FILE] [--compare]

Prints each figure as it is measured and finally all of them as a table. Control-C ends a run with
the figures so far.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import pathlib
import sys
import textwrap
from collections.abc import Sequence

from benchmarks import HERE, environment, names
from benchmarks.compare import compared
from benchmarks.results import Figure, Result, added, read, write
from benchmarks.table import ARROWS, sentence, shown, value
from gm_vae.errors import UsageError, UserError

_OF_ALL = argparse.ArgumentParser(add_help=False, allow_abbrev=False)  # flags of every benchmark
_OF_ALL.add_argument("--output", type=pathlib.Path, help="write the result to this file")
_OF_ALL.add_argument("--compare", action="store_true", help="compare it with the committed one")
_OF_ALL.add_argument("--note", default="", help="a note for readers of the result")


def main(arguments: Sequence[str]) -> int:
    name = arguments[0] if arguments else ""
    if name not in names():
        print("benchmarks, run by python -m benchmarks NAME:", *map(_line, names()), sep="\n")
        return 0 if name in ("", "-h", "--help") else 2
    try:
        module = importlib.import_module(f"benchmarks.{name}.run")
    except ModuleNotFoundError as error:
        print(f"{name}: {error.name} is not installed; pip install {error.name}.", file=sys.stderr)
        return 1
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks {name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_OF_ALL],
    )
    module.arguments(parser)
    args = parser.parse_args(arguments[1:])
    _, own = _OF_ALL.parse_known_args(arguments[1:])
    try:
        result = measured(module, args, _command(name, own))
        committed = HERE / name / "results.json"
        print("\n" + shown(result))
        if args.compare:
            print(compared(read(committed)[1], result))
        if args.output:
            old = read(args.output)[1] if args.output.exists() else []
            write(args.output, name, added(old, result))
    except UserError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    return 0


def measured(module, args: argparse.Namespace, command: str) -> Result:
    """Run a benchmark to its end, or until Control-C."""
    load, day = environment.load(), datetime.date.today().isoformat()
    inputs = module.inputs(args) if hasattr(module, "inputs") else {}
    figures: list[Figure] = []
    try:
        for figure in module.figures(args):
            figures.append(figure)
            of = ", ".join(filter(None, figure.of.values()))
            print(f"{of}: {value(figure)} {figure.column}{ARROWS[figure.better]}", flush=True)
    except KeyboardInterrupt:
        print("ended early", file=sys.stderr)
    if not figures:
        raise UserError("Nothing was measured.")
    return Result(
        command=command,
        date=day,
        machine=environment.this_machine(getattr(module, "PROGRAMS", ())),
        figures=tuple(figures),
        load=load,
        inputs=inputs,
        note=args.note,
    )


def _command(name: str, arguments: Sequence[str]) -> str:
    """The command line, with names instead of paths."""
    words = []
    for word in arguments:
        flag, equals, text = word.rpartition("=")
        words.append(flag + equals + (pathlib.Path(text).name if "/" in text else text))
    return " ".join(["python -m benchmarks", name, *words])


def _line(name: str) -> str:
    return textwrap.fill(f"  {name:<15}{sentence(name)}", 100, subsequent_indent=" " * 17)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
