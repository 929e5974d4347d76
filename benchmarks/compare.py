"""Compares a run with the committed results.

python -m benchmarks.compare FILE     # what `python -m benchmarks NAME --output=FILE` wrote
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from benchmarks import HERE
from benchmarks.results import Figure, Machine, Result, read
from benchmarks.table import described, grid, number, value

_FACTS = ("processor", "instructions", "cores", "memory_gb", "system", "accelerator", "python")
NOTABLE = 0.02  # share of a figure


def compared(committed: Sequence[Result], new: Result) -> str:
    """The figures of a run and the committed ones, with the differences between the machines."""
    old = {figure.identity: (figure, result) for result in committed for figure in result.figures}
    measured = {figure.identity: figure for figure in new.figures}
    beside = [result for result in committed if {f.identity for f in result.figures} & {*measured}]
    lines = []
    for result in beside:
        told = list(differences(result, new))
        if told:
            lines.append(f"THE MACHINES DIFFER from {result.date}, {described(result.machine)}:")
            lines += [f"  {line}" for line in told]
        else:
            lines.append(f"The machine is that of {result.date}, as far as it was recorded.")
        if (result.load or 0.0) + 0.5 < (new.load or 0.0):
            known = "unknown" if result.load is None else f"{result.load:g}"
            lines.append(f"  The load is {new.load:g}; it was {known}: CPU times say more.")
    if not beside:
        lines.append("No committed result holds any of these figures.")
    rows = []
    for identity, figure in measured.items():
        before = old[identity][0] if identity in old else None
        rows.append(
            [
                ", ".join(filter(None, figure.of.values())),
                figure.column,
                value(before) if before else "",
                value(figure),
                *verdict(before, figure),
            ]
        )
    missing = sum(identity not in measured for identity in old)
    if missing:
        were = "figure was" if missing == 1 else "figures were"
        lines.append(f"{missing} committed {were} not measured.")
    header = ["of", "figure", "committed", "now", "now / committed", ""]
    return "\n".join([*lines, "", grid(header, rows, 2)])


def verdict(before: Figure | None, now: Figure) -> tuple[str, str]:
    """The ratio of a figure to the committed one, and "better" or "worse" if that is clear.

    It is clear if all repeats of one run are above all repeats of the other, by `NOTABLE` at least.
    """
    if before is None:
        return "", "new"
    ratio = f"{now.value / before.value:.2f}" if before.value else ""
    (low, high), (old_low, old_high) = (f.spread or (f.value, f.value) for f in (now, before))
    apart = low > old_high or high < old_low
    if not apart or abs(now.value - before.value) < NOTABLE * abs(before.value) or not now.better:
        return ratio, ""
    return ratio, "better" if (now.value > before.value) == (now.better == "more") else "worse"


def differences(old: Result, new: Result) -> Iterator[str]:
    """The known differences between two machines; a shorter version number matches a longer one."""
    for fact in _FACTS:
        then, now = _text(old.machine, fact), _text(new.machine, fact)
        if not then.startswith(now) and not now.startswith(then):
            yield f"{fact}: {then} then, {now} now"
    for name in old.machine.packages.keys() & new.machine.packages.keys():
        then, now = old.machine.packages[name], new.machine.packages[name]
        if not then.startswith(now) and not now.startswith(then):
            yield f"{name}: {then} then, {now} now"


def _text(machine: Machine, fact: str) -> str:
    value = getattr(machine, fact)
    if isinstance(value, tuple):
        return ", ".join(value)
    return value if isinstance(value, str) else "" if value is None else number(value)


def main(path: str) -> None:
    benchmark, results = read(path)
    _, committed = read(HERE / benchmark / "results.json")
    for new in results:
        print(compared(committed, new))


if __name__ == "__main__":
    main(*sys.argv[1:])
