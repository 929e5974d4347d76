"""External text (file names, reasons, addresses) made safe to print."""

from __future__ import annotations

import re

# Control characters (C0, DEL, C1), line separators, and bidirectional marks, which make a name look
# like another one; bytes of a name that are not UTF-8, which Python represents as lone surrogates.
_UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: object) -> str:
    """Text on one line, without effects on a terminal, that every Unicode encoding can represent.

    Control characters become escapes such as \\x1b. Other invalid characters, such as a byte of a
    file name that is not UTF-8, become U+FFFD, so two names may look the same: never open a file by
    this.
    """
    return _UNFIT.sub(_escape, str(text))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
