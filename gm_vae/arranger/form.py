"""The plan of a song: sections, their chords, and which players are heard in each."""

from __future__ import annotations

import dataclasses
import re

from gm_vae.arranger.dice import Dice
from gm_vae.arranger.notes import Changes
from gm_vae.arranger.progressions import embellish, numerals, spell_out
from gm_vae.arranger.style import Style
from gm_vae.arranger.theory import Chord, Key

# Roles heard in each kind of section; each song chooses one line per kind.
LAYERS = {
    "intro": (
        "drums percussion bass comp",
        "bass comp pad",
        "comp arp pad",
        "drums percussion bass arp",
        "comp lead",
        "drums bass comp arp counter",
        "drums",
    ),
    "verse": (
        "drums bass comp lead",
        "drums percussion bass comp lead",
        "drums bass comp arp lead",
        "drums percussion bass arp lead",
        "drums bass comp pad lead",
    ),
    "chorus": (
        "drums percussion bass comp pad lead counter",
        "drums percussion bass comp arp pad lead",
        "drums bass comp arp lead counter",
        "drums percussion bass comp pad lead",
    ),
    "bridge": (
        "drums bass comp pad lead",
        "bass comp pad lead",
        "drums percussion bass pad arp",
        "drums bass arp counter",
    ),
    "solo": ("drums percussion bass comp lead", "drums bass comp pad lead"),
    "outro": (
        "drums percussion bass comp pad lead",
        "drums bass comp arp",
        "bass comp pad lead",
        "drums bass comp lead counter",
    ),
}

DYNAMICS = {"intro": -6, "verse": -4, "chorus": 8, "bridge": 0, "solo": 4, "outro": -4}


@dataclasses.dataclass(frozen=True)
class Section:
    """A stretch of a song.

    Attributes:
        kind: "intro", "verse", "chorus", "bridge", "solo" or "outro".
        turn: 0 for the first section of its kind, 1 for the second...
        start_bar, bars: its first bar and its length.
        roles: who plays.
        loudness: velocity added for all.
        is_last: whether the song ends with it.
    """

    kind: str
    turn: int
    start_bar: int
    bars: int
    roles: frozenset[str]
    loudness: int
    is_last: bool

    @property
    def opens_loud(self) -> bool:
        """Whether a cymbal marks its first beat."""
        return self.kind in ("chorus", "solo") or (self.kind == "verse" and self.turn == 0)


def plan(style: Style, players: frozenset[str], dice: Dice) -> list[Section]:
    """The sections of a song for a band with the given roles."""
    words = re.findall(r"([a-z]+)(\d+)", dice.pick(style.forms))
    lines = {kind: style.layers.get(kind, LAYERS[kind]) for kind in LAYERS}
    layers = {kind: frozenset(dice.pick(lines[kind]).split()) & players for kind in LAYERS}
    sections: list[Section] = []
    turns: dict[str, int] = {}
    start = 0
    for index, (kind, bars) in enumerate(words):
        turn = turns.get(kind, 0)
        roles = layers[kind]
        absent = [
            role for role in ("pad", "arp", "percussion", "counter") if role in players - roles
        ]
        if turn and absent and dice.chance(0.6):  # a section that returns has one more player
            roles = roles | {dice.pick(absent)}
        if not roles:
            roles = players
        loudness = DYNAMICS[kind] + 4 * min(turn, 2) + dice.between(-3, 3)
        last = index == len(words) - 1
        sections.append(Section(kind, turn, start, int(bars), roles, loudness, last))
        turns[kind] = turn + 1
        start += int(bars)
    return sections


def harmonise(
    style: Style, key: Key, sections: list[Section], dice: Dice
) -> tuple[Changes, tuple[Key, ...]]:
    """The chords of a song, and its keys in order of appearance.

    Sections of a kind share their progression. In some songs the last chorus is a tone or semitone
    higher, or the bridge is in a neighbouring key.
    """
    mode = "minor" if key.minor else "major"
    kinds = {"intro": dice.pick(("verse", "chorus")), "solo": "verse", "outro": "chorus"}
    pages = {
        kind: numerals(style.book, mode, kind, dice.split("page", kind))
        for kind in ("verse", "chorus", "bridge")
    }
    lift = dice.pick((1, 2)) if dice.chance(0.25) else 0
    aside = dice.pick((5, 7, 3)) if dice.chance(0.2) else 0
    last_chorus = max(
        (s.start_bar for s in sections if s.kind == "chorus" and s.turn), default=10**6
    )
    chords: list[Chord] = []
    keys: list[Key] = []
    for section in sections:
        section_key = key
        if section.start_bar >= last_chorus:
            section_key = key.up(lift)
        elif section.kind == "bridge":
            section_key = key.up(aside)
        page = pages[kinds.get(section.kind, section.kind)]
        progression = spell_out(page, section.bars, section_key)
        progression = embellish(
            progression, section_key, style.spice, dice.split("spice", section.kind)
        )
        if chords and section_key != keys[-1]:
            chords[-1] = section_key.chord("V7")  # leads into the new key
        if section.is_last:
            progression[-2:] = [_home(section_key, style)] * 2
            if progression[-3].root == progression[-2].root:
                progression[-3] = section_key.chord("V7")
        chords += progression
        keys += [section_key] * len(progression)
    order = tuple(k for n, k in enumerate(keys) if n == 0 or k != keys[n - 1])
    return Changes(tuple(chords), tuple(keys)), order


def _home(key: Key, style: Style) -> Chord:
    if style.book == "jazz":
        return key.chord("i6" if key.minor else "I6")
    if style.book == "blues":
        return key.chord("i7" if key.minor else "I7")
    return key.chord("i" if key.minor else "I")
