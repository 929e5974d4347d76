"""Examples in docstrings become code on the pages of the Python reference."""

from __future__ import annotations

import re
from typing import Any

import griffe

# a prompt, its line, and the output up to an empty line or the end
_EXAMPLE = re.compile(r"^>>> .*(?:\n(?!\s*$).*)*", re.MULTILINE)


class FencedExamples(griffe.Extension):
    """Put fences around examples, which Markdown would read as quotations."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called with every object that the reference may show."""
        if obj.docstring:
            obj.docstring.value = _EXAMPLE.sub(r"```pycon\n\g<0>\n```", obj.docstring.value)
