"""Benchmark results and their files.

A results file belongs to one benchmark and contains each figure once: the figures of a new run
replace older ones of the same name, and older results keep the rest.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import pathlib
import re
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from gm_vae.errors import UserError
from gm_vae.json_values import Fields, ListOf, MapOf, Number, Text, Whole, WrongValue, parse

BY_HAND = "recorded by hand"
BETTER = ("", "less", "more")


@dataclasses.dataclass(frozen=True)
class Figure:
    """One measured number.

    Attributes:
        name: what was measured.
        value: the number; of several repeats their median.
        of: the subject of the figure, as names and values: {"model": "small", "batch": "64"}.
        unit: its unit; "" for a number without a unit.
        better: "more" or "less", whichever is better; "" for neither.
        spread: smallest and largest of several repeats; None for one.
    """

    name: str
    value: float
    of: Mapping[str, str] = dataclasses.field(default_factory=dict)
    unit: str = ""
    better: str = ""
    spread: tuple[float, float] | None = None

    @property
    def column(self) -> str:
        """Name and unit."""
        return f"{self.name}, {self.unit}" if self.unit else self.name

    @property
    def identity(self) -> tuple[tuple[tuple[str, str], ...], str]:
        """The values that identify it among the figures of its benchmark."""
        return tuple(self.of.items()), self.column


def figure(
    of: Mapping[str, Any],
    name: str,
    values: float | Sequence[float],
    unit: str = "",
    better: str = "",
    digits: int = 3,
) -> Figure:
    """The figure for one value, or for the values of several repeats.

    Args:
        digits: significant digits that are kept of a float; whole numbers are unchanged.
    """
    repeats = [values] if isinstance(values, (int, float)) else list(values)
    least, middle, greatest = (
        rounded(value, digits) for value in (min(repeats), statistics.median(repeats), max(repeats))
    )
    return Figure(
        name,
        middle,
        {key: str(value) for key, value in of.items()},
        unit=unit,
        better=better,
        spread=(least, greatest) if len(repeats) > 1 else None,
    )


def rounded(value: float, digits: int) -> float:
    """A number rounded to significant digits; a whole number unchanged."""
    if isinstance(value, int) or not value:
        return int(value)
    value = round(float(value), digits - 1 - math.floor(math.log10(abs(value))))
    return int(value) if value.is_integer() else value


@dataclasses.dataclass(frozen=True)
class Machine:
    """The machine of a result; unknown values are "", None or empty.

    Attributes:
        processor: its model.
        instructions: its relevant instruction sets.
        cores: number of cores that a process may use.
        memory_gb: total memory, GB.
        system: name and release of the operating system.
        accelerator: name, memory and driver; "none" where there is none.
        python: its version.
        packages: versions of packages that compute, by name.
    """

    processor: str = ""
    instructions: tuple[str, ...] = ()
    cores: int | None = None
    memory_gb: float | None = None
    system: str = ""
    accelerator: str = ""
    python: str = ""
    packages: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Result:
    """The result of one run of a benchmark.

    Attributes:
        command: the command line, with names instead of paths.
        date: date of the run, YYYY-MM-DD; an older record may have only the month.
        machine: where it ran.
        load: average number of processes that wanted a core, over the minute before; None: unknown.
        inputs: the inputs, such as {"dataset": "697,142 training measures"}.
        source: "" for a run, `BY_HAND` for figures that were copied from a text.
        note: other information for readers.
        figures: in the order of the tables.
    """

    command: str
    date: str
    machine: Machine
    figures: tuple[Figure, ...]
    load: float | None = None
    inputs: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: str = ""
    note: str = ""


def read(path: str | os.PathLike[str]) -> tuple[str, list[Result]]:
    """The benchmark and the results in a file.

    Raises:
        UserError: the file cannot be read, or is not a results file.
    """
    try:
        values = parse(pathlib.Path(path).read_bytes(), _FILE)
        results = [_result(value) for value in values["results"]]
        _require_each_once(results)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}).") from None
    except WrongValue as error:
        raise UserError(
            f"{path} is not a results file: {error}. Run the benchmark again."
        ) from None
    return values["benchmark"], results


def write(path: str | os.PathLike[str], benchmark: str, results: Sequence[Result]) -> None:
    """Write a results file, one line per figure."""
    texts = []
    for result in results:
        values = _known(dataclasses.asdict(result))
        figures = [
            json.dumps({"of": each.pop("of"), **_known(each)}, ensure_ascii=False)
            for each in values["figures"]
        ]
        values |= {"machine": _known(values["machine"]), "figures": []}
        text = json.dumps(values, indent=1, ensure_ascii=False)
        texts.append(
            text.replace('"figures": []', '"figures": [\n  ' + ",\n  ".join(figures) + "]")
        )
    head = f'{{"benchmark": {json.dumps(benchmark)}, "results": [\n'
    pathlib.Path(path).write_text(head + ",\n".join(texts) + "\n]}\n", encoding="utf-8")


def added(old: Sequence[Result], new: Result) -> list[Result]:
    """Results with another one added, whose figures replace older ones of the same name."""
    measured = {figure.identity for figure in new.figures}
    left = [
        dataclasses.replace(
            result, figures=tuple(f for f in result.figures if f.identity not in measured)
        )
        for result in old
    ]
    return [*(result for result in left if result.figures), new]


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """The fields with known values."""
    return {name: value for name, value in values.items() if value not in (None, "", (), {})}


def _require_each_once(results: Sequence[Result]) -> None:
    seen = set()
    for result in results:
        for figure in result.figures:
            if figure.identity in seen:
                raise WrongValue(f"holds the figure {figure.column} of {dict(figure.of)} twice")
            seen.add(figure.identity)


def _result(values: dict[str, Any]) -> Result:
    machine = dict(values["machine"])
    machine["instructions"] = tuple(machine.get("instructions", ()))
    figures = tuple(
        Figure(**{**each, "spread": tuple(each["spread"]) if "spread" in each else None})
        for each in values["figures"]
    )
    return Result(**{**values, "machine": Machine(**machine), "figures": figures})


def _date(value: Any) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d(-\d\d)?", value):
        raise WrongValue(f"is {value!r} instead of a date such as 2026-11-29")


def _better(value: Any) -> None:
    if value not in BETTER:
        raise WrongValue(f"is {value!r} instead of more or less")


@dataclasses.dataclass(frozen=True)
class _NoOthers:
    """An object with these fields and no others: a misspelt field would be lost."""

    fields: Fields

    def __call__(self, value: Any) -> None:
        self.fields(value)
        for name in value:
            if name not in self.fields.required and name not in self.fields.optional:
                raise WrongValue(f"has a field {name}, which nothing reads")


_FIGURE = _NoOthers(
    Fields(
        {"name": Text(), "value": Number()},
        {
            "of": MapOf(Text()),
            "unit": Text(),
            "better": _better,
            "spread": ListOf(Number(), 2, 2),
        },
    )
)
_MACHINE = _NoOthers(
    Fields(
        {},
        {
            "processor": Text(),
            "instructions": ListOf(Text()),
            "cores": Whole(1),
            "memory_gb": Number(0),
            "system": Text(),
            "accelerator": Text(),
            "python": Text(),
            "packages": MapOf(Text()),
        },
    )
)
_RESULT = _NoOthers(
    Fields(
        {"command": Text(), "date": _date, "machine": _MACHINE, "figures": ListOf(_FIGURE, 1)},
        {"load": Number(0), "inputs": MapOf(Text()), "source": Text(), "note": Text()},
    )
)
_FILE = _NoOthers(Fields({"benchmark": Text(), "results": ListOf(_RESULT, 1)}))
