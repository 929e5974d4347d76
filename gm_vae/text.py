"""Text of others (names of files, reasons, addresses) as it may be shown."""

from __future__ import annotations

import re

# Control characters (C0, DEL, C1), separators of lines, and the marks that turn the direction of
# writing, which make a name look like another one; bytes of a name that are not UTF-8, which
# Python keeps as lone surrogates.
_UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: object) -> str:
    """Text on one line that does nothing to a terminal and that every Unicode encoding can hold.

    Control characters become escapes such as \\x1b. What is not a character, such as a byte of a
    file name that is not UTF-8, becomes U+FFFD, so two names may look alike: never open a file by
    this.
    """
    return _UNFIT.sub(_escape, str(text))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
