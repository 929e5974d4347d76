"""Flags as dataclasses: a verb's arguments are one value, made here from its command line.

The fields of a class that derives from `Arguments` are its flags:

    @dataclasses.dataclass(frozen=True)
    class CountArguments(Arguments):
        count: int = flag(8, "How many measures.", least=1)

A field is a bool, int, float, str, or a tuple of str (a list with commas); `| None` where nothing
is given by default. `fields_of` makes flags of another dataclass.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from absl import flags as absl_flags

from gm_vae.errors import UsageError
from gm_vae.json_values import shown

T = TypeVar("T")
A = TypeVar("A", bound="Arguments")


@dataclasses.dataclass(frozen=True)
class Overrides(Generic[T]):
    """The fields of a dataclass that were set by flags.

    Attributes:
        values: the given values, by name.
    """

    values: dict[str, Any] = dataclasses.field(default_factory=dict)

    def over(self, base: T) -> T:
        """`base` with these fields. Raises the errors of its class for wrong values."""
        return dataclasses.replace(base, **self.values)  # type: ignore[type-var]


@dataclasses.dataclass(frozen=True)
class Arguments:
    """The arguments of a verb.

    Attributes:
        positional: the words that are not flags.
        given: names of the flags that were given.
    """

    positional: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()


def flag(
    default: Any,
    help: str,
    *,
    required: bool = False,
    choices: Sequence[str] = (),
    least: float | None = None,
    most: float | None = None,
    alias: str = "",
    group: str = "",
) -> Any:
    """A field of an `Arguments` class.

    Args:
        default: the value if the flag is not given.
        help: a description, in sentences.
        required: whether it must be given.
        choices: the allowed texts, any if empty.
        least, most: the range of a number, ends included.
        alias: another name for it.
        group: the heading under which help lists it; "" for the flags of the verb itself.
    """
    about = {
        "help": help, "required": required, "choices": tuple(choices), "least": least,
        "most": most, "alias": alias, "group": group,
    }  # fmt: skip
    return dataclasses.field(default=default, metadata={"flag": about})


def fields_of(defaults: Any, group: str = "") -> Any:
    """A field that holds `Overrides` of the class of a dataclass value.

    Each of its fields is a flag, explained by the "Attributes:" of the class's docstring. `group`
    is as in `flag`.
    """
    about = {"fields_of": defaults, "group": group}
    return dataclasses.field(default_factory=Overrides, metadata=about)


@dataclasses.dataclass(frozen=True)
class FlagHelp:
    """The entry of a flag in help.

    Attributes:
        name: without dashes.
        text: description, choices and default.
    """

    name: str
    text: str


def help_groups(kind: type[Arguments]) -> dict[str, list[FlagHelp]]:
    """The flags of a class by heading: required flags, flags of the verb, then shared flags."""
    groups: dict[str, list[FlagHelp]] = {"required": [], "": []}
    for field in dataclasses.fields(kind):
        if "fields_of" in field.metadata:
            defaults = field.metadata["fields_of"]
            texts = attribute_help(type(defaults))
            entries = [
                FlagHelp(each.name, _with_default(each.name, texts.get(each.name, ""), value, ()))
                for each in dataclasses.fields(defaults)
                for value in [getattr(defaults, each.name)]
            ]
        elif "flag" in field.metadata:
            about = field.metadata["flag"]
            text = _with_default(field.name, about["help"].strip(), field.default, about["choices"])
            entries = [FlagHelp(field.name, text)]
            if about["alias"]:
                entries.append(FlagHelp(about["alias"], f"The same as --{field.name}."))
        else:
            continue
        required = _about(field).get("required")
        heading = "required" if required else {**field.metadata, **_about(field)}["group"]
        groups.setdefault(heading, []).extend(entries)
    return {heading: entries for heading, entries in groups.items() if entries}


def _with_default(name: str, text: str, default: Any, choices: Sequence[str]) -> str:
    if choices:
        text += f" One of {', '.join(choices)}."
    if default is True:
        return f"{text} On by default; --no{name} turns it off."
    if default is None or default is False or default in ("", ()):
        return text
    return f"{text} Default: {default}."


def define(kind: type[Arguments]) -> absl_flags.FlagValues:
    """The flags of a class, not parsed."""
    values = absl_flags.FlagValues()
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        if "flag" in field.metadata:
            about = field.metadata["flag"]
            default: Any = field.default
            if about["choices"]:
                absl_flags.DEFINE_enum(
                    field.name, default, about["choices"], about["help"], flag_values=values
                )
            else:
                _define_one(values, field.name, hints[field.name], default, about["help"])
            if about["alias"]:
                absl_flags.DEFINE_alias(about["alias"], field.name, flag_values=values)
        elif "fields_of" in field.metadata:
            defaults = field.metadata["fields_of"]
            texts = attribute_help(type(defaults))
            for name, hint in typing.get_type_hints(type(defaults)).items():
                _define_one(values, name, hint, getattr(defaults, name), texts.get(name, ""))
    return values


def arguments(kind: type[A], values: absl_flags.FlagValues, positional: Sequence[str] = ()) -> A:
    """The value of a class from parsed flags.

    Raises:
        UsageError: a required flag is missing, or a number is out of its range.
    """
    given = frozenset(name for name in values if values[name].present)
    field_values: dict[str, Any] = {"positional": tuple(positional), "given": given}
    for field in dataclasses.fields(kind):
        if "flag" in field.metadata:
            value = values[field.name].value
            if isinstance(value, list):
                value = tuple(value)
            _require_range(field.name, value, field.metadata["flag"])
            field_values[field.name] = value
        elif "fields_of" in field.metadata:
            names = [each.name for each in dataclasses.fields(field.metadata["fields_of"])]
            field_values[field.name] = Overrides(
                {name: values[name].value for name in names if name in given}
            )
    made = kind(**field_values)
    require(made, *(f.name for f in dataclasses.fields(kind) if _about(f).get("required")))
    return made


def require(arguments: Arguments, *names: str) -> None:
    """Raise UsageError unless each named flag was given a value."""
    fields = {field.name: field for field in dataclasses.fields(arguments)}
    for name in names:
        if getattr(arguments, name) in (None, "", ()):
            raise UsageError(f"--{name} is missing: {_about(fields[name])['help'].strip()}")


def attribute_help(cls: type) -> dict[str, str]:
    """The descriptions in the "Attributes:" section of a class's docstring, one line each."""
    texts: dict[str, str] = {}
    name = ""
    section = inspect.getdoc(cls) or ""
    for line in section.partition("Attributes:")[2].splitlines():
        if not line.strip():
            continue
        if not line.startswith("    "):
            break
        match = re.match(r"    (\w+): (.*)", line)
        if match:
            name, texts[match[1]] = match[1], match[2].strip()
        elif name:
            texts[name] += " " + line.strip()
    return {key: text[:1].upper() + text[1:] for key, text in texts.items()}


def _about(field: dataclasses.Field) -> dict[str, Any]:
    return field.metadata.get("flag", {})


def _define_one(
    values: absl_flags.FlagValues, name: str, hint: Any, default: Any, text: str
) -> None:
    (kind,) = {*(_alternatives(hint))} - {type(None)}
    if typing.get_origin(kind) is tuple:
        value = None if default is None else list(default)
        absl_flags.DEFINE_list(name, value, text, flag_values=values)
        return
    define: dict[type, Callable[..., Any]] = {
        bool: absl_flags.DEFINE_bool,
        int: absl_flags.DEFINE_integer,
        float: absl_flags.DEFINE_float,
        str: absl_flags.DEFINE_string,
    }
    define[kind](name, default, text, flag_values=values)


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """X and None of `X | None`; X alone of any other hint."""
    return typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)


def _require_range(name: str, value: Any, about: dict[str, Any]) -> None:
    least, most = about["least"], about["most"]
    if value is None or (least is None and most is None):
        return
    if least is not None and not value >= least:
        raise UsageError(f"--{name}={shown(value)}; give {least:,} or more.")
    if most is not None and not value <= most:
        raise UsageError(f"--{name}={shown(value)}; give {most:,} at most.")
