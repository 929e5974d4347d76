"""The common part of all verbs of `gm-vae`: flags, help with an example, errors in one sentence.

A verb is a `Command` value beside the code that does its work. `gm_vae.cli` lists them; a module
with a verb can also be run with `python -m`, through the same `Command.main`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from absl import flags as absl_flags

from gm_vae.console import print_anything
from gm_vae.errors import UsageError, UserError
from gm_vae.flags import Arguments, arguments, define, help_groups
from gm_vae.signals import Ended, ended_by_signals
from gm_vae.text import printable


@dataclasses.dataclass(frozen=True)
class Command:
    """One verb of the command line.

    Attributes:
        name: the verb, as in `gm-vae NAME`.
        summary: one sentence, what it does.
        example: a whole command line, or several lines of them.
        arguments: the class of its arguments, whose fields are its flags (`gm_vae.flags`).
        run: does the work, given a value of that class; may return an exit code.
        words: how the positional arguments read in the usage line, "" if there are none.
    """

    name: str
    summary: str
    example: str
    arguments: type[Arguments]
    run: Callable[[Any], int | None]
    words: str = ""

    def main(self, argv: Sequence[str] | None = None) -> int:
        """Parse `argv` (without the verb; sys.argv[1:] if None), run, return the exit code."""
        print_anything()
        argv = list(sys.argv[1:] if argv is None else argv)
        try:
            with ended_by_signals():
                if any(arg in ("--help", "-h", "-help", "--helpfull") for arg in argv):
                    print(self.help())
                    return 0
                code = self.run(self._parse(argv)) or 0
                sys.stdout.flush()
                return code
        except UserError as error:
            print(f"gm-vae {self.name}: {error}", file=sys.stderr)
            return error.exit_code
        except BrokenPipeError:  # `gm-vae ... | head` closed the pipe
            _give_up_stdout()
            return 1
        except KeyboardInterrupt:
            print(f"gm-vae {self.name}: interrupted.", file=sys.stderr)
            return 130
        except Ended as signal:
            print(f"gm-vae {self.name}: ended by {signal}.", file=sys.stderr)
            return 128 + signal.number
        except OSError as error:  # one that no verb expects
            if error.errno is None:
                raise
            print(f"gm-vae {self.name}: {_sentence(error)}", file=sys.stderr)
            return 1
        except MemoryError:
            print(
                f"gm-vae {self.name}: there is not enough memory; ask for less at a time.",
                file=sys.stderr,
            )
            return 1

    def help(self) -> str:
        """The text of `gm-vae NAME --help`."""
        groups = help_groups(self.arguments)
        flags = [f"--{each.name}=..." for each in groups.get("required", ())]
        words = [self.name, *flags, "[--flag=value ...]" if groups else "", self.words]
        lines = [self.summary, "", f"usage: gm-vae {' '.join(filter(None, words))}", "", "example:"]
        lines += ["  " + line for line in self.example.strip().splitlines()]
        for heading, entries in groups.items():
            lines += ["", f"{heading} flags:".strip()]
            for each in entries:
                lines.append(f"  --{each.name}")
                lines += textwrap.wrap(
                    each.text, 92, initial_indent=" " * 6, subsequent_indent=" " * 6
                )
        return "\n".join(lines if groups else [*lines, "", "flags: none"])

    def _parse(self, argv: list[str]) -> Arguments:
        values = define(self.arguments)
        if any(re.match(r"--?flagfile(=|$)", arg) for arg in argv):  # absl would read any file
            raise UsageError("--flagfile is not supported; write the flags on the command line.")
        try:
            positional = values([self.name, *argv])[1:]
        except absl_flags.Error as error:
            text = _brief(str(error).strip().removesuffix(" ?").rstrip("."))
            raise UsageError(f"{_plain(text)}. See gm-vae {self.name} --help.") from None
        self._require_values(values)
        if positional and not self.words:
            raise UsageError(
                f"{_brief(positional[0])!r} is unexpected; "
                f"{_quoted(values, argv, positional)}. "
                f"See gm-vae {self.name} --help."
            )
        return arguments(self.arguments, values, positional)

    def _require_values(self, values: absl_flags.FlagValues) -> None:
        """Raise UsageError if a flag took the next flag as its value."""
        for name in values:
            value = values[name].value
            text = ",".join(value) if isinstance(value, list) else value
            match = isinstance(text, str) and re.match(r"--(?:no)?(\w+)(=|$)", text)
            if match and match[1] in values:
                raise UsageError(
                    f"--{name} has no value; write --{name}=VALUE. See gm-vae {self.name} --help."
                )


def _plain(text: str) -> str:
    """A message of absl, without Python's own words about wrong numbers."""
    number = re.fullmatch(
        r"flag (--\w+=.*): (could not convert string to float|invalid literal for int).*",
        text,
        re.DOTALL,
    )
    if not number:
        return text
    kind = "whole number" if "int" in number[2] else "number"
    return f"{number[1]}; give a {kind}"


def _brief(text: str) -> str:
    """A message, shortened in the middle if it is too long."""
    return text if len(text) <= 500 else f"{text[:200]}...{text[-200:]}"


def _sentence(error: OSError) -> str:
    if error.filename is None:
        _give_up_stdout()
        return (
            f"the output cannot be written ({error.strerror}); free some space, or send it "
            "elsewhere."
        )
    return f"{printable(error.filename)} cannot be used ({error.strerror}); check the path."


def _give_up_stdout() -> None:
    """Keep the process from writing to standard output at its end, which is closed."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _quoted(values: absl_flags.FlagValues, argv: list[str], positional: list[str]) -> str:
    """How to write flags, with quotes if these words look like the rest of a flag's value."""
    count = len(positional)
    starts = [i for i in range(len(argv)) if argv[i : i + count] == positional]
    before = argv[: starts[-1]] if starts else []
    name, _, value = before[-1].lstrip("-").partition("=") if before else ("", "", "")
    if len(before) > 1 and before[-2].startswith("--") and not before[-1].startswith("-"):
        name, value = before[-2].lstrip("-"), before[-1]  # --name value
    if name not in values or values[name].boolean or not value:
        return "flags are written --name=value"
    return f'put quotes around words with spaces: --{name}="{" ".join([value, *positional])}"'
