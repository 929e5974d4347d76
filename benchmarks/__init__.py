"""What GM-VAE does, measured: `python -m benchmarks NAME`, one folder a benchmark.

NAME/run.py measures: `arguments(parser)` adds its flags, `figures(args)` yields a `results.Figure`
each; the first line of its docstring says what is measured. NAME/results.json holds committed
results, RESULTS.md tables made of them (`python -m benchmarks.table`).
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent

sys.path.append(str(ROOT / "tests/support"))  # players, checkers and the original's path


def names() -> list[str]:
    """The benchmarks, by name."""
    return sorted(path.parent.name for path in HERE.glob("*/run.py"))
