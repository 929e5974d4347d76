"""Text for any terminal: printing does not fail on letters that its encoding lacks."""

from __future__ import annotations

import codecs
import sys

_ERRORS = "gm_vae.plainer"
_DEFAULTS = ("strict", "surrogateescape", "backslashreplace")  # not chosen by the user
_PLAINER = {
    "×": "x", "±": "+-", "−": "-", "–": "-", "—": "-", "…": "...", "µ": "u", "≤": "<=", "≥": ">=",
    "♯": "#", "♭": "b", "°": "dim", "º": "dim", "ø": "m7b5", "Δ": "maj", "△": "maj",
    "‘": "'", "’": "'", "“": '"', "”": '"',
}  # fmt: skip


def print_anything() -> None:
    """Let standard output and error print any text, even where the encoding is ASCII.

    A letter that cannot be encoded is written with plainer ones ("x" for "×") or as an escape
    ("\\xf6"), and a byte of a file name that is not text as "\\xff". An error handler that the user
    chose with PYTHONIOENCODING is kept.
    """
    codecs.register_error(_ERRORS, _plainer)
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, "errors", None) in _DEFAULTS and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_ERRORS)


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """The error handler, for one letter at a time; see `codecs.register_error`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letter = error.object[error.start]
    if "\udc80" <= letter <= "\udcff":  # a byte, as os.fsdecode keeps it
        return f"\\x{ord(letter) - 0xDC00:02x}", error.start + 1
    plainer = _PLAINER.get(letter) or letter.encode("ascii", "backslashreplace").decode("ascii")
    return plainer, error.start + 1
