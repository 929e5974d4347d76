"""Drum tracks: grooves that repeat with small changes, fills where phrases end, crashes after them.

A groove is text, one drum per line:

    hat   x.x. x.x. x.x. x.x.
    snare .... X... .... X...
    kick  X... ..?. X... ....

`X` is loud, `x` normal, `o` soft, `?` played about every other time.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

from gm_vae.arranger.dice import Dice
from gm_vae.arranger.form import Section
from gm_vae.arranger.notes import Note
from gm_vae.arranger.patterns import BAR_STEPS, STRAIGHT, Hit, accent_of, read
from gm_vae.arranger.style import DRUM_KIT

_SOFT = {"hat", "pedal", "ride", "shaker", "maraca", "cabasa", "tamb", "triangle", "stick"}
_SOFTER_BY = 16
_LONGEST_STEPS = 12


@functools.cache
def read_groove(text: str, swing: str = STRAIGHT) -> tuple[tuple[tuple[str, Hit], ...], ...]:
    """The (drum, hit) pairs of each bar of a groove."""
    lines = [line.split(None, 1) for line in text.strip().splitlines()]
    drums = {name: read(pattern, swing) for name, pattern in lines}
    bars = max(len(pattern) for pattern in drums.values())
    return tuple(
        tuple((name, hit) for name, pattern in drums.items() for hit in pattern[bar % len(pattern)])
        for bar in range(bars)
    )


def play_drums(
    sections: Sequence[Section],
    grooves: dict[str, str],
    fills: Sequence[str],
    role: str,
    swing: str,
    dice: Dice,
) -> list[Note]:
    """The notes of a "drums" or "percussion" part.

    `grooves` has one for each kind of section. Crashes follow fills: a part without fills has
    neither.
    """
    notes: list[Note] = []
    for section in sections:
        if role not in section.roles:
            continue
        groove = read_groove(grooves[section.kind], swing)
        for bar in range(section.bars):
            start = (section.start_bar + bar) * BAR_STEPS
            if section.is_last and bar == section.bars - 1:
                notes += _final_hit(start, role)
                continue
            hits = [
                (drum, hit)
                for drum, hit in groove[bar % len(groove)]
                if hit.letter != "?" or dice.chance(0.5)
            ]
            if bar == 0 and fills and section.opens_loud:
                hits = [h for h in hits if h[1].start_step or h[0] not in ("hat", "ride", "open")]
                hits.append(("crash", Hit(0, 24, "x")))
            if fills and _fills_here(section, bar, dice):
                fill = read_groove(dice.pick(fills), swing)[0]
                begin = min(hit.start_step for _, hit in fill)
                hits = [h for h in hits if h[1].start_step < begin] + list(fill)
            notes += _strike(hits, start)
    return notes


def _fills_here(section: Section, bar: int, dice: Dice) -> bool:
    if bar == section.bars - 1:
        return dice.chance(0.8)
    return bar % 4 == 3 and dice.chance(0.35)


def _final_hit(start: int, role: str) -> list[Note]:
    if role != "drums":
        return []
    return [Note(start, 48, DRUM_KIT[drum], 6) for drum in ("kick", "crash")]


def _strike(hits: Sequence[tuple[str, Hit]], bar_start: int) -> list[Note]:
    """Notes of one bar; each rings until the next stroke of any drum, an eighth at most."""
    starts = sorted({hit.start_step for _, hit in hits} | {BAR_STEPS})
    until = dict(itertools.pairwise(starts))
    return [
        Note(
            bar_start + hit.start_step,
            min(until[hit.start_step] - hit.start_step, _LONGEST_STEPS),
            DRUM_KIT[drum],
            accent_of(hit.letter) - (_SOFTER_BY if drum in _SOFT else 0),
        )
        for drum, hit in hits
    ]
