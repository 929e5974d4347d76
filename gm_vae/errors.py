"""The exception for problems that a user can fix."""

import contextlib
from collections.abc import Iterator

from gm_vae.text import printable


class UserError(Exception):
    """A problem outside our code; the message is one sentence with the remedy.

    Names and reasons in the message are made printable here, wherever it is raised.

    `exit_code` is the exit code of the command line: 2 for usage (a wrong flag or value), 1 for a
    failure while working (an unreadable file, a full disk). The command line prints the message
    without a traceback.
    """

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


class UsageError(UserError):
    """A wrong flag, name or value given by the user."""

    exit_code = 2


class Interrupted(UserError):
    """Work that was stopped and saved: the same command resumes it.

    The code is EX_TEMPFAIL of sysexits.h, so that a scheduler can distinguish it from failure.
    """

    exit_code = 75


@contextlib.contextmanager
def naming(source: object) -> Iterator[None]:
    """Prefix the message of a `UserError` from the block with its source."""
    try:
        yield
    except UserError as error:
        raise type(error)(f"{source}: {error}") from None
