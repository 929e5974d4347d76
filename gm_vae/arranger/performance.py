"""From notes on the step grid to MIDI ticks and velocities, with human timing and dynamics."""

from __future__ import annotations

import dataclasses

from gm_vae.arranger.dice import Dice
from gm_vae.arranger.form import Section
from gm_vae.arranger.midi_writer import TickNote, Track
from gm_vae.arranger.notes import Changes, Note
from gm_vae.arranger.patterns import BAR_STEPS, BEAT_STEPS, HALF_BAR_STEPS
from gm_vae.arranger.style import Part

_LOUDNESS = {
    "drums": 92, "percussion": 78, "bass": 90, "comp": 76, "arp": 72, "pad": 60, "counter": 76,
    "lead": 98,
}  # fmt: skip
_STRUM_STEPS = 0.09  # from string to string
_SWELL_BARS = 2


@dataclasses.dataclass(frozen=True)
class Feel:
    """How a song is played.

    Attributes:
        timing_steps: standard deviation of onsets and releases.
        velocity: standard deviation of velocities.
        beats: whether strong beats are a little louder.
    """

    timing_steps: float = 0.0
    velocity: float = 0.0
    beats: bool = False


@dataclasses.dataclass(frozen=True)
class Clock:
    """Steps to ticks. The grid's first bar starts `pickup_steps` after the file does."""

    ticks_per_quarter: int
    pickup_steps: int

    def tick(self, step: float) -> int:
        """The nearest tick of a step counted from the first full bar."""
        return int((step + self.pickup_steps) * self.ticks_per_quarter / BEAT_STEPS + 0.5)


def perform(
    part: Part,
    notes: list[Note],
    sections: list[Section],
    track: Track,
    clock: Clock,
    feel: Feel,
    level: int,
    dice: Dice,
) -> None:
    """Add the notes to a track. `level` is added to all velocities."""
    bars = [section for section in sections for _ in range(section.bars)]
    swells = _swells(sections)
    song_end = clock.tick(len(bars) * BAR_STEPS)
    base = _LOUDNESS[part.role] + part.level + level
    touch: dict[int, tuple[float, float]] = {}  # one deviation for all notes struck at once
    for note in notes:
        if note.start_step not in touch:
            touch[note.start_step] = _bounded(dice, feel.timing_steps), dice.bell(feel.velocity)
        late, harder = touch[note.start_step]
        late += _STRUM_STEPS * note.order if part.strum else 0.0
        bar = max(note.start_step // BAR_STEPS, 0)
        velocity = base + note.accent + bars[bar].loudness + swells[bar] + harder
        if feel.beats:
            velocity += _beat_accent(note.start_step)
        earliest = clock.tick(0) if note.start_step >= 0 else 0  # a pick-up stays in its own bar
        start = max(clock.tick(note.start_step + late), earliest)
        release = note.start_step + note.length_steps + _bounded(dice, feel.timing_steps)
        end = min(max(clock.tick(release), start + 1), song_end)
        track.notes.append(TickNote(start, end, note.pitch, int(min(max(velocity, 8), 127))))


def pedal(notes: list[Note], changes: Changes, track: Track, clock: Clock) -> None:
    """Hold the sustain pedal through each chord of the bars where the part plays."""
    played = sorted({note.start_step // BAR_STEPS for note in notes if note.start_step >= 0})
    for bar in played:
        step, end = bar * BAR_STEPS, (bar + 1) * BAR_STEPS
        while step < end:
            turn = changes.next_change(step, end)
            track.pedals.append((clock.tick(step + 2), True))
            track.pedals.append((clock.tick(turn), False))
            step = turn


def part_overlaps(tracks: list[Track]) -> None:
    """End notes where their key on the channel is struck again; keep one of two that coincide."""
    keys: dict[tuple[int, int], list[tuple[TickNote, int]]] = {}
    for index, track in enumerate(tracks):
        for note in track.notes:
            keys.setdefault((track.channel, note.pitch), []).append((note, index))
        track.notes.clear()
    for struck in keys.values():
        struck.sort(key=lambda item: (item[0].start_tick, -item[0].velocity, item[1]))
        open_notes: list[tuple[TickNote, int]] = []
        for note, index in struck:
            if open_notes:
                last, owner = open_notes[-1]
                if last.start_tick == note.start_tick:
                    continue
                open_notes[-1] = last._replace(end_tick=min(last.end_tick, note.start_tick)), owner
            open_notes.append((note, index))
        for note, index in open_notes:
            tracks[index].notes.append(note)
    for track in tracks:
        track.notes.sort()


def _bounded(dice: Dice, spread: float) -> float:
    """A deviation in steps, nearly always under half a step."""
    return dice.bell(spread) if spread else 0.0


def _beat_accent(step: int) -> int:
    if step % HALF_BAR_STEPS == 0:
        return 3
    return 0 if step % BEAT_STEPS == 0 else -3


def _swells(sections: list[Section]) -> list[int]:
    """Velocity added in each bar: the bars before a louder section get louder."""
    added = []
    for section, after in zip(sections, [*sections[1:], None]):
        growth = [0] * section.bars
        if after and after.loudness > section.loudness + 4 and section.bars > _SWELL_BARS:
            growth[-_SWELL_BARS:] = [3 * (bar + 1) for bar in range(_SWELL_BARS)]
        added += growth
    return added
