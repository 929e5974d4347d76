"""External JSON: parsed with limits and checked against a schema before use.

A schema is a rule, built from the rules below. A value that breaks it raises `WrongValue`, whose
text names the position and the problem: "points[3].mu[0] is 1e+99 instead of a number from -10 to
10".
"""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_DEPTH = 100  # depth of nested objects and lists in values without a schema
_FLOAT32 = 3.4e38  # the range of float32

Rule = Callable[[Any], None]  # raises WrongValue


class WrongValue(ValueError):
    """A JSON value that violates its schema."""

    def __init__(self, why: str, path: str = "") -> None:
        self.why, self.path = why, path
        super().__init__(f"{path.removeprefix('.') or 'it'} {why}")

    def inside(self, step: str) -> WrongValue:
        """The same error, with the object or list that contains the value."""
        return WrongValue(self.why, step + self.path)


@dataclasses.dataclass(frozen=True)
class Whole:
    """A whole number within bounds."""

    least: int = 0
    most: float = 2**53  # math.inf for none

    def __call__(self, value: Any) -> None:
        if type(value) is not int or not self.least <= value <= self.most:
            bounds = f"from {self.least} to {self.most}"
            if self.most == math.inf:
                bounds = f"of {self.least} or more"
            raise WrongValue(f"is {shown(value)} instead of a whole number {bounds}")


@dataclasses.dataclass(frozen=True)
class Number:
    """A finite number within bounds; by default within the range of float32."""

    least: float = -_FLOAT32
    most: float = _FLOAT32

    def __call__(self, value: Any) -> None:
        if type(value) not in (int, float) or not self.least <= value <= self.most:
            raise WrongValue(
                f"is {shown(value)} instead of a number from {self.least:g} to {self.most:g}"
            )


@dataclasses.dataclass(frozen=True)
class Text:
    """A text of bounded length."""

    longest: int = 10_000

    def __call__(self, value: Any) -> None:
        if not isinstance(value, str) or len(value) > self.longest:
            raise WrongValue(f"is {shown(value)} instead of a text of up to {self.longest} letters")


@dataclasses.dataclass(frozen=True)
class Maybe:
    """null, or a value of another rule."""

    rule: Rule

    def __call__(self, value: Any) -> None:
        if value is not None:
            self.rule(value)


@dataclasses.dataclass(frozen=True)
class ListOf:
    """A list of values of one kind, with a smallest and a largest length."""

    rule: Rule
    least: int = 0
    most: int = sys.maxsize

    def __call__(self, value: Any) -> None:
        if not isinstance(value, list):
            raise WrongValue("is not a list")
        if not self.least <= len(value) <= self.most:
            wanted = self.least if self.least == self.most else f"{self.least} to {self.most}"
            raise WrongValue(f"has {len(value)} entries instead of {wanted}")
        _check_entries(((index, entry, self.rule) for index, entry in enumerate(value)), "[{}]")


@dataclasses.dataclass(frozen=True)
class MapOf:
    """An object with any names and values of one kind."""

    rule: Rule

    def __call__(self, value: Any) -> None:
        _require_object(value)
        _check_entries(((name, entry, self.rule) for name, entry in value.items()), ".{}")


@dataclasses.dataclass(frozen=True)
class Fields:
    """An object with these fields, of which the optional ones may be missing.

    Other fields may have any value, so that later versions can add some.
    """

    required: Mapping[str, Rule]
    optional: Mapping[str, Rule] = dataclasses.field(default_factory=dict)

    def __call__(self, value: Any) -> None:
        _require_object(value)
        for name in self.required:
            if name not in value:
                raise WrongValue(f"lacks the field {name}")
        rules = {**self.optional, **self.required}
        entries = ((name, entry, rules.get(name, anything)) for name, entry in value.items())
        _check_entries(entries, ".{}")


def figure(value: Any) -> None:
    """The rule for numbers that are only printed: any number, including NaN and infinity."""
    if type(value) is not float:
        Number()(value)


def boolean(value: Any) -> None:
    """The rule for true and false."""
    if not isinstance(value, bool):
        raise WrongValue(f"is {shown(value)} instead of true or false")


def anything(value: Any) -> None:
    """The rule for values that are not interpreted: any JSON that is not nested too deeply."""
    level = [value]
    for _ in range(_DEPTH):
        lists = [entry for entry in level if isinstance(entry, list)]
        objects = [entry.values() for entry in level if isinstance(entry, dict)]
        if not lists and not objects:
            return
        level = [inner for entries in (*lists, *objects) for inner in entries]
    if level:
        raise WrongValue(f"is nested more than {_DEPTH} deep")


def parse(data: bytes | str, rule: Rule = anything) -> Any:
    """The value of a JSON text (UTF-8) that follows a rule.

    Raises:
        WrongValue: it is not JSON, or it breaks the rule.
    """
    try:
        value = json.loads(data.decode("utf-8-sig") if isinstance(data, bytes) else data)
    except (ValueError, RecursionError):
        raise WrongValue("is not JSON, or nested too deeply") from None
    rule(value)
    return value


def shown(value: Any, longest: int = 40) -> str:
    """A value in a message, shortened; for lists and objects only their kind."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    try:
        text = repr(value)
    except ValueError:  # Python does not print whole numbers with that many digits
        return "a number of thousands of digits"
    return brief(text, longest)


def brief(text: str, longest: int = 40) -> str:
    """A text in a message, shortened."""
    return text if len(text) <= longest else f"{text[:longest]}..."


def _check_entries(entries: Iterable[tuple[int | str, Any, Rule]], step: str) -> None:
    """Check the entries of a list or an object, given as (index or name, value, rule)."""
    for key, entry, rule in entries:
        try:
            rule(entry)
        except WrongValue as error:
            raise error.inside(step.format(brief(str(key)))) from None


def _require_object(value: Any) -> None:
    if not isinstance(value, dict):
        raise WrongValue("is not an object")
