"""Chords in rhythm, broken chords and pads from figures.

Letters: `x` the whole chord, `X` loud, `o` soft, `>` the next chord, early; `0`..`9` one voice of
the chord, counted from the lowest and continued in the octave above; `t` the top voice. A note held
into another chord changes with it.
"""

from __future__ import annotations

from gm_vae.arranger.dice import Dice
from gm_vae.arranger.form import Section
from gm_vae.arranger.notes import Changes, Note
from gm_vae.arranger.patterns import BAR_STEPS, HALF_BAR_STEPS, accent_of, read
from gm_vae.arranger.style import Part
from gm_vae.arranger.theory import Chord, voice_lead


def play_harmony(
    part: Part,
    sections: list[Section],
    changes: Changes,
    figures: dict[str, str],
    span: tuple[int, int],
    swing: str,
    dice: Dice,
) -> list[Note]:
    """The notes of a comp, arp, pad or counter part within a span of pitches."""
    player = _Player(part, span)
    notes: list[Note] = []
    for section in sections:
        if part.role not in section.roles:
            continue
        bars = read(figures[section.kind], swing)
        for bar in range(section.bars):
            start = (section.start_bar + bar) * BAR_STEPS
            if section.is_last and bar == section.bars - 1:
                notes += player.strike(changes.at(start), "x", start, BAR_STEPS)
                continue
            for hit in bars[bar % len(bars)]:
                if hit.letter == "?" and dice.chance(0.5):
                    continue
                begin = start + hit.start_step
                end = begin + hit.length_steps
                if hit.letter == ">":
                    ahead = (begin // HALF_BAR_STEPS + 1) * HALF_BAR_STEPS
                    notes += player.strike(changes.at(ahead), "x", begin, end - begin)
                    continue
                while begin < end:
                    turn = changes.next_change(begin, end)
                    notes += player.strike(changes.at(begin), hit.letter, begin, turn - begin)
                    begin = turn
    return notes


class _Player:
    """Remembers the last voicing, so that the next one is near."""

    def __init__(self, part: Part, span: tuple[int, int]) -> None:
        self._part, self._span = part, span
        self._hands: tuple[int, ...] = ()

    def strike(self, chord: Chord, letter: str, start: int, length: int) -> list[Note]:
        low, high = self._span
        voices = max(self._part.voices, 3)
        self._hands = voice_lead(chord, voices, low, high, self._hands, self._part.spread)
        if letter == "t":
            return [Note(start, length, self._hands[-1])]
        if letter.isdigit():
            octave, voice = divmod(int(letter), len(self._hands))
            pitch = self._hands[voice] + 12 * octave
            return [Note(start, length, pitch if pitch <= high + 12 else pitch - 12)]
        sounding = self._hands if self._part.voices > 2 else self._hands[-self._part.voices :]
        return [
            Note(start, length, pitch, accent_of(letter), order)
            for order, pitch in enumerate(sounding)
        ]
