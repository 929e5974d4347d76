"""Letters in pictures: other fonts for letters that the picture font lacks."""

from __future__ import annotations

import functools
from collections.abc import Set

# a font with a box for each letter does not help
_BOXES = ("last resort", "lastresort", "adobe blank", "notdef")


def drawable(text: str, family: str, weight: str) -> tuple[str, list[str]]:
    """A line of text that can be drawn without warnings or boxes, and the font families for it.

    Letters that `family` lacks come from other installed fonts, as few as possible. Letters that no
    font has, and control characters, are left out.

    Args:
        text: any text; line breaks and tabs become spaces.
        family: the name of the font family to prefer.
        weight: such as "bold"; a family may have more letters in one weight than in another.

    Returns:
        The text, and families in order of preference, for `family=` of Matplotlib's texts.
    """
    missing = {ord(letter) for letter in text if not letter.isspace()} - _letters(family, weight)
    families = [family]
    if missing:
        others = {name: missing & _letters(name, weight) for name in _installed()}
        while missing and others:
            best = max(others, key=lambda name: len(others[name] & missing))
            added = others.pop(best) & missing
            if not added:
                break
            families.append(best)
            missing -= added
    kept = "".join(letter for letter in text if ord(letter) not in missing)
    return " ".join(kept.split()), families


def _installed() -> list[str]:
    from matplotlib.font_manager import fontManager

    names = {entry.name for entry in fontManager.ttflist}
    return sorted(name for name in names if not any(box in name.lower() for box in _BOXES))


@functools.cache
def _letters(family: str, weight: str) -> Set[int]:
    """The code points that a family has glyphs for; none if it cannot be read."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    try:
        path = findfont(FontProperties(family=[family], weight=weight), fallback_to_default=False)
        glyphs = get_font(path).get_charmap()
    except (ValueError, RuntimeError, OSError):  # a font that was removed or is damaged
        return frozenset()
    return frozenset(code for code, glyph in glyphs.items() if glyph)
