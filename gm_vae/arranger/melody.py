"""Melodies: one-bar motifs that return over other chords, in phrases with rests between them.

A phrase is a sequence of letters such as "aaba": equal letters share rhythm and contour. Contours
are steps up and down the chord's scale; notes on strong beats move to the nearest chord tone.
"""

from __future__ import annotations

from typing import NamedTuple

from gm_vae.arranger.dice import Dice
from gm_vae.arranger.form import Section
from gm_vae.arranger.notes import Changes, Note
from gm_vae.arranger.patterns import BAR_STEPS, BEAT_STEPS, HALF_BAR_STEPS, read
from gm_vae.arranger.style import Style
from gm_vae.arranger.theory import chord_scale, nearest

_PHRASES = ("abac", "aabc", "abcd", "aaac", "abab", "aabb")
_MOVES = (-1, 1, -2, 2, 0, -3, 3, 4, -4)
_MOVE_WEIGHTS = (36, 36, 10, 10, 8, 3, 4, 2, 2)
_REACH = 5  # scale steps that a contour goes above or below its anchor


class Motif(NamedTuple):
    """A rhythm of one bar and, for each of its notes, scale steps from the anchor."""

    rhythm: str
    contour: tuple[int, ...]


def play_melody(
    style: Style, sections: list[Section], changes: Changes, span: tuple[int, int], dice: Dice
) -> list[Note]:
    """The lead of a song. Sections of one kind share a theme and vary it when it returns."""
    notes: list[Note] = []
    for section in sections:
        if "lead" not in section.roles:
            continue
        theme = _theme(style, section.bars, dice.split("theme", section.kind))
        again = dice.split("again", section.start_bar)
        for bar, motif in enumerate(theme):
            start = (section.start_bar + bar) * BAR_STEPS
            if section.is_last and bar == section.bars - 1:
                motif = Motif("x--- ---- ---- ----", (0,))
            elif section.turn and again.chance(0.35):
                motif = _vary(motif, style, again)
            notes += _sing(motif, start, changes, span, style.swing)
    return notes


def _theme(style: Style, bars: int, dice: Dice) -> list[Motif]:
    phrase = dice.pick(_PHRASES)
    motifs = {letter: _motif(dice.pick(style.rhythms), style, dice) for letter in "abcd"}
    theme = []
    for bar in range(bars):
        if bar % 4 == 3 and (phrase[3] in "cd" or bar == bars - 1):
            theme.append(_motif(dice.pick(style.cadences), style, dice))
        else:
            theme.append(motifs[phrase[bar % 4]])
    return theme


def _motif(rhythm: str, style: Style, dice: Dice) -> Motif:
    count = len(read(rhythm, style.swing)[0])
    degree = dice.between(-2, 2)
    contour = []
    for _ in range(count):
        contour.append(degree)
        move = dice.pick(_MOVES, _MOVE_WEIGHTS)
        if abs(degree + move) > _REACH or (
            abs(degree) > 2 and degree * move > 0 and dice.chance(0.5)
        ):
            move = -move  # lines that moved far return
        degree += move
    return Motif(rhythm, tuple(contour))


def _vary(motif: Motif, style: Style, dice: Dice) -> Motif:
    if dice.chance(0.4):
        return _motif(motif.rhythm, style, dice)
    contour = list(motif.contour)
    if contour:
        contour[dice.below(len(contour))] += dice.pick((-1, 1, 2))
    return Motif(motif.rhythm, tuple(contour))


def _sing(
    motif: Motif, bar_start: int, changes: Changes, span: tuple[int, int], swing: str
) -> list[Note]:
    low, high = span
    middle = (low + high) // 2
    notes = []
    for hit, steps in zip(read(motif.rhythm, swing)[0], motif.contour):
        start = bar_start + hit.start_step
        end = start + hit.length_steps
        chord = changes.at(start)
        if end - start > BEAT_STEPS // 2:  # a long note that leans into the next chord
            ahead = (start // HALF_BAR_STEPS + 1) * HALF_BAR_STEPS
            if ahead - start <= BEAT_STEPS // 2 and end > ahead:
                chord = changes.at(ahead)
        scale = chord_scale(chord.root, chord.kind, changes.key_at(start))
        anchor = nearest(middle, chord.triad)
        pitch = _climb(anchor, steps, chord.root, scale)
        strong = hit.start_step % BEAT_STEPS == 0 or hit.length_steps >= BEAT_STEPS
        if strong:
            pitch = nearest(pitch, chord.tones if hit.length_steps < BEAT_STEPS else chord.triad)
        while pitch > high:
            pitch -= 12
        while pitch < low:
            pitch += 12
        turn = changes.next_change(start, end)
        if turn < end and pitch % 12 not in changes.at(turn).tones:
            end = turn  # is not held into a chord that it clashes with
        notes.append(Note(start, end - start, pitch, 6 if hit.letter == "X" else 0))
    return notes


def _climb(anchor: int, steps: int, root: int, scale: tuple[int, ...]) -> int:
    """The pitch a number of scale steps above the anchor, which is on the scale of `root`."""
    octave, above = divmod(anchor - root, 12)
    degree = scale.index(above) + steps
    return root + 12 * (octave + degree // len(scale)) + scale[degree % len(scale)]
