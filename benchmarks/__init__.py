"""Benchmarks: `python -m benchmarks NAME`, with one folder per benchmark.

NAME/run.py measures: `arguments(parser)` adds its flags, `figures(args)` yields each
`results.Figure`; the first line of its docstring describes what is measured. NAME/results.json
contains committed results, RESULTS.md tables of them (`python -m benchmarks.table`).
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent

sys.path.append(str(ROOT / "tests/support"))  # players, checkers and the original's path


def names() -> list[str]:
    """The benchmarks, by name."""
    return sorted(path.parent.name for path in HERE.glob("*/run.py"))
