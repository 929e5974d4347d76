"""Bass lines from figures.

Letters: `R` or `1` root, `3 5 6 7` and `2 4` degrees of the chord's scale, `8` the octave, `w` one
of several walking notes, `a` a step into the next root, `X` a loud root, `o` a soft root, `>` the
next chord's root, early. The first note after a chord change is always the root.
"""

from __future__ import annotations

from gm_vae.arranger.dice import Dice
from gm_vae.arranger.form import Section
from gm_vae.arranger.notes import Changes, Note
from gm_vae.arranger.patterns import BAR_STEPS, HALF_BAR_STEPS, Hit, accent_of, read
from gm_vae.arranger.theory import chord_scale


def play_bass(
    sections: list[Section],
    changes: Changes,
    figures: dict[str, str],
    low: int,
    swing: str,
    dice: Dice,
) -> list[Note]:
    """The bass notes of a song; roots are within the octave above `low`."""
    notes: list[Note] = []
    for section in sections:
        if "bass" not in section.roles:
            continue
        bars = read(figures[section.kind], swing)
        for bar in range(section.bars):
            start = (section.start_bar + bar) * BAR_STEPS
            if section.is_last and bar == section.bars - 1:
                notes.append(Note(start, BAR_STEPS, _root(changes, start, low)))
                continue
            notes += _bar(bars[bar % len(bars)], start, changes, low, dice)
    return notes


def _bar(
    hits: tuple[Hit, ...], bar_start: int, changes: Changes, low: int, dice: Dice
) -> list[Note]:
    notes = []
    rooted = changes.at(bar_start - 1) if bar_start else None  # the chord whose root was heard last
    for hit in hits:
        if hit.letter == "?" and dice.chance(0.5):
            continue
        start, end = bar_start + hit.start_step, bar_start + hit.start_step + hit.length_steps
        accent = accent_of(hit.letter)
        if hit.letter == ">":
            ahead = (start // HALF_BAR_STEPS + 1) * HALF_BAR_STEPS
            notes.append(Note(start, end - start, _root(changes, ahead, low), accent))
            rooted = changes.at(ahead)
            continue
        turn = changes.next_change(start, end)
        chord = changes.at(start)
        fresh = rooted is None or not chord.same_sound(rooted)
        pitch = _pitch("R" if fresh else hit.letter, start, changes, low, dice)
        notes.append(Note(start, turn - start, pitch, accent))
        rooted = chord
        if turn < end:  # held over a chord change: the new root is played
            notes.append(Note(turn, end - turn, _root(changes, turn, low), accent))
            rooted = changes.at(turn)
    return notes


def _root(changes: Changes, step: int, low: int) -> int:
    return low + (changes.at(step).root - low) % 12


def _pitch(letter: str, step: int, changes: Changes, low: int, dice: Dice) -> int:
    chord = changes.at(step)
    root = _root(changes, step, low)
    if letter == "8":
        return root + 12
    if letter == "a":
        ahead = (step // HALF_BAR_STEPS + 1) * HALF_BAR_STEPS
        goal = _root(changes, ahead, low)
        scale = chord_scale(chord.root, chord.kind, changes.key_at(step))
        steps = [m for m in (-1, 1, -2, 2) if abs(m) == 1 or (goal + m - root) % 12 in scale]
        steps = [m for m in steps if goal + m >= low] or [1]
        return goal + dice.pick(steps)
    if letter == "w":
        letter = dice.pick("23568", (2, 4, 4, 1, 2))
        if letter == "8":
            return root + 12
    if letter in "234567":
        degree = int(letter) - 1
        return root + chord_scale(chord.root, chord.kind, changes.key_at(step))[degree]
    return root
