"""The instruments of a piece, and a colour for each in pictures."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

from gm_vae.music.general_midi import FAMILIES, family, instrument_name
from gm_vae.music.vocabulary import DRUMS

# Hues that colour-blind readers can distinguish (after Okabe & Ito, and Tol), each in two shades.
_PALETTE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#882255", "#999933",
    "#004B76", "#8C3D00", "#00674B", "#8F4A72", "#96680A", "#2C7FB0", "#C2557F", "#5F5F1D",
)  # fmt: skip
# Each family of instruments prefers a colour, so that a bass looks the same in every picture.
_FAVOURITES = dict(zip(FAMILIES, (0, 5, 6, 4, 1, 2, 3, 7, 7, 5, 4, 3, 2, 6, 0, 1)))
DRUM_COLOR = "#4D4D4D"


@dataclasses.dataclass(frozen=True, order=True)
class Part:
    """One instrument of a piece: the `number`-th track of one program in each measure.

    Attributes:
        program: 0..127, or 128 for drums.
        number: 0 for the first track of this program in its measure, 1 for the second, ...
    """

    program: int
    number: int = 0

    @property
    def is_drum(self) -> bool:
        """Whether the part plays drums."""
        return self.program == DRUMS

    @property
    def name(self) -> str:
        """The General MIDI name; a second part of one program is "... 2"."""
        name = instrument_name(self.program)
        return f"{name} {self.number + 1}" if self.number else name


def part_colors(parts: Sequence[Part]) -> dict[Part, str]:
    """A colour per part, "#RRGGBB": its family's colour, or one that no other part prefers.

    Eight hues, then eight darker ones, then the same again; drums are grey.
    """
    wishes: dict[int, Part] = {}  # the first part that prefers a colour gets it
    for part in parts:
        if not part.is_drum:
            wishes.setdefault(_FAVOURITES[family(part.program)], part)
    colors = {part: _PALETTE[wish] for wish, part in wishes.items()}
    rest = itertools.cycle([c for i, c in enumerate(_PALETTE) if i not in wishes])
    for part in parts:
        if part not in colors:
            colors[part] = DRUM_COLOR if part.is_drum else next(rest)
    return colors
