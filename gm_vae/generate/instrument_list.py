"""The verb `instruments`: the names that --instruments, --require and --forbid accept."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from gm_vae.command import Command
from gm_vae.flags import Arguments
from gm_vae.generate.instruments import GROUPS, programs_named
from gm_vae.music.general_midi import FAMILIES, INSTRUMENTS, family, instrument_name
from gm_vae.music.vocabulary import DRUMS


def instrument_list() -> str:
    """All names: the groups, then the instruments by family, each with its number from 1."""
    lines = ["groups"]
    lines += [f"      {name:<24}{_members(GROUPS[name])}" for name in GROUPS]
    for name in FAMILIES:
        lines += ["", name.lower()]
        lines += _rows(i for i in range(len(INSTRUMENTS)) if family(i) == name)
    return "\n".join(lines)


def _rows(programs: Iterable[int]) -> Iterator[str]:
    for program in programs:
        number = "" if program == DRUMS else str(program + 1)
        yield f" {number:>3}  {instrument_name(program).lower()}"


def _members(programs: Iterable[int]) -> str:
    """Numbers from 1 as ranges, such as "41-47, 49-52"."""
    numbers = sorted(program + 1 for program in programs if program != DRUMS)
    starts = [number for number in numbers if number - 1 not in numbers]
    ends = [number for number in numbers if number + 1 not in numbers]
    return ", ".join(f"{start}-{end}" for start, end in zip(starts, ends)) or "on channel 10"


@dataclasses.dataclass(frozen=True)
class InstrumentsArguments(Arguments):
    """`instruments` has no flags."""


def _run(args: InstrumentsArguments) -> None:
    if not args.positional:
        print(instrument_list())
    for words in args.positional:
        print("\n".join([words, *_rows(sorted(programs_named(words)))]))


COMMAND = Command(
    name="instruments",
    summary="List the instruments that --instruments, --require and --forbid accept: families,\n"
    "groups, names, and numbers from 1. Part of a name stands for all instruments that have it.",
    example='gm-vae instruments\ngm-vae instruments sax strings "finger bass"',
    arguments=InstrumentsArguments,
    run=_run,
    words="[NAME ...]",
)
