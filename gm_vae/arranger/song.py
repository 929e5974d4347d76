"""One song of a style: plan, play every part, perform, write the file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from gm_vae.arranger import instruments
from gm_vae.arranger.bass import play_bass
from gm_vae.arranger.dice import Dice
from gm_vae.arranger.drums import play_drums
from gm_vae.arranger.form import LAYERS, Section, harmonise, plan
from gm_vae.arranger.harmony import play_harmony
from gm_vae.arranger.melody import play_melody
from gm_vae.arranger.midi_writer import Conductor, Track, standard_midi_file
from gm_vae.arranger.notes import Changes, Note
from gm_vae.arranger.patterns import BAR_STEPS, BEAT_STEPS, HALF_BAR_STEPS
from gm_vae.arranger.performance import Clock, Feel, part_overlaps, pedal, perform
from gm_vae.arranger.style import KITS, Part, Style
from gm_vae.arranger.theory import Key, nearest
from gm_vae.music.chords import NO_CHORD_SYMBOL
from gm_vae.music.general_midi import DRUM_CHANNEL

_TICKS_PER_QUARTER = (96, 120, 192, 240, 384, 480, 960)  # multiples of 24: no step is rounded
_RHYTHM_SECTION = ("drums", "percussion")
# The best range for chords and melodies, within the range of the instrument.
_SPANS = {
    "comp": (50, 74), "pad": (50, 77), "arp": (52, 79), "counter": (57, 81), "lead": (60, 84),
}  # fmt: skip
_LOWEST_ROOT = 28
_NARROWEST_SPAN = 17  # every chord has a voicing within this many semitones,
_NARROWEST_SPREAD = 22  # and an open one within this many


@dataclasses.dataclass(frozen=True)
class Song:
    """A song as a MIDI file, with what is known about it.

    Attributes:
        name: style and number, such as "bossa_nova-017".
        style: the style's name.
        midi: the bytes of a .mid file.
        chords: the chord of each half bar, two per measure, from the first bar of the 4/4 grid;
            "N.C." where nothing with a pitch sounds.
        keys: the keys in order of appearance, such as ("Am", "Bm").
        tempo_qpm: the first tempo.
        measures: 4/4 bars, the pick-up not counted.
        pickup_quarters: length of a pick-up bar with a meter of its own, before the first bar.
    """

    name: str
    style: str
    midi: bytes
    chords: tuple[str, ...]
    keys: tuple[str, ...]
    tempo_qpm: int
    measures: int
    pickup_quarters: int


def compose(style: Style, name: str, dice: Dice) -> Song:
    """Write a song in a style; equal dice give equal bytes."""
    key = Key(dice.below(12), dice.chance(style.minor))
    band = dice.pick(style.bands)
    roles = frozenset(part.role for part in band)
    sections = plan(style, roles, dice.split("plan"))
    changes, keys = harmonise(style, key, sections, dice.split("chords"))
    pickup_quarters = dice.pick((0, 1, 2, 3), (86, 6, 4, 4))
    late_steps = 0 if pickup_quarters else dice.pick((0, 48, 72), (88, 6, 6))
    people = dice.chance(style.human)
    feel = _feel(dice.split("feel")) if people else Feel()
    clock = Clock(dice.pick(_TICKS_PER_QUARTER), pickup_quarters * BEAT_STEPS)

    tracks: list[Track] = []
    sounding = [False] * len(changes.chords)
    channels = iter(channel for channel in range(16) if channel != DRUM_CHANNEL)
    for number, part in enumerate(band):
        own = dice.split("part", number)
        hands = dice.split("lead") if part.role == "lead" else own  # two leads sing one melody
        notes = _play(part, style, sections, changes, hands)
        if late_steps:
            notes = [note for note in notes if note.start_step >= late_steps]
        if part.role not in _RHYTHM_SECTION:
            _mark(sounding, notes)
        if pickup_quarters:
            notes = _pickup(part, pickup_quarters, changes) + notes
        if not notes:
            continue
        track = _track(part, channels, sections, clock)
        perform(part, notes, sections, track, clock, feel, own.between(-6, 6), own)
        if part.pedal and people:
            pedal(notes, changes, track, clock)
        tracks.append(track)
    part_overlaps(tracks)

    tempo_qpm = dice.between(*style.tempo_qpm)
    conductor = Conductor(
        name=f"{name.replace('_', ' ').title()} in {key.name}",
        tempos=_tempos(tempo_qpm, sections, clock, dice.split("tempo")),
        meters=[(0, pickup_quarters, 4)] * (pickup_quarters > 0) + [(clock.tick(0), 4, 4)],
        keys=_key_signatures(changes, clock),
        texts=_chord_texts(changes, clock) if dice.chance(0.5) else [],
        markers=[(clock.tick(s.start_bar * BAR_STEPS), s.kind) for s in sections],
        end_tick=clock.tick(changes.bars * BAR_STEPS),
    )
    return Song(
        name=name,
        style=style.name,
        midi=standard_midi_file(
            conductor, tracks, clock.ticks_per_quarter, merged=dice.chance(0.15)
        ),
        chords=tuple(
            chord.symbol if heard else NO_CHORD_SYMBOL
            for chord, heard in zip(changes.chords, sounding)
        ),
        keys=tuple(key.name for key in keys),
        tempo_qpm=tempo_qpm,
        measures=changes.bars,
        pickup_quarters=pickup_quarters,
    )


def _play(
    part: Part, style: Style, sections: list[Section], changes: Changes, dice: Dice
) -> list[Note]:
    if part.role == "drums":
        grooves = {
            kind: dice.pick(style.grooves[_like(kind, tuple(style.grooves))]) for kind in LAYERS
        }
        return play_drums(sections, grooves, style.fills, part.role, style.swing, dice)
    if part.role == "percussion":
        grooves = _by_kind(part.figures or style.percussion, dice)
        return play_drums(sections, grooves, (), part.role, style.swing, dice)
    span = part_span(part)
    if part.role == "lead":
        return play_melody(style, sections, changes, span, dice)
    figures = _by_kind(part.figures or style.figures[part.role], dice)
    if part.role == "bass":
        low = max(instruments.pitch_range(part.program)[0], _LOWEST_ROOT)
        if low == _LOWEST_ROOT:
            low += dice.below(4)  # the octave of a root stays below the chords
        return play_bass(sections, changes, figures, low, style.swing, dice)
    return play_harmony(part, sections, changes, figures, span, style.swing, dice)


def _like(kind: str, known: tuple[str, ...]) -> str:
    """The kind of section whose patterns another kind shares, if it has none of its own."""
    if kind in known:
        return kind
    return "chorus" if kind in ("solo", "outro") and "chorus" in known else "verse"


def _by_kind(options: tuple[str, ...], dice: Dice) -> dict[str, str]:
    order = dice.shuffled(options)
    own = {"verse": order[0], "chorus": order[1 % len(order)], "bridge": order[2 % len(order)]}
    return {kind: own[_like(kind, tuple(own))] for kind in LAYERS}


def part_span(part: Part) -> tuple[int, int]:
    """The lowest and highest pitch for a part: the role's window, if the instrument has it."""
    low, high = instruments.pitch_range(part.program) if part.role in _SPANS else (0, 127)
    if part.solo:
        other = instruments.pitch_range(part.solo)
        low, high = max(low, other[0]), min(high, other[1])
    window = _SPANS.get(part.role, (0, 127))
    best = max(low, window[0]), min(high, window[1])
    if best[1] - best[0] >= (_NARROWEST_SPREAD if part.spread else _NARROWEST_SPAN):
        return best
    return (low, high) if low > window[0] else (max(low, high - 24), high)


def _feel(dice: Dice) -> Feel:
    """Most players stay within half a step of the beat; some are looser."""
    loose = dice.chance(0.1)
    return Feel(
        timing_steps=0.3 if loose else 0.12,
        velocity=dice.pick((2.0, 3.0, 4.0)),
        beats=dice.chance(0.6),
    )


def _mark(sounding: list[bool], notes: list[Note]) -> None:
    for note in notes:
        first = max(note.start_step // HALF_BAR_STEPS, 0)
        last = (note.start_step + note.length_steps - 1) // HALF_BAR_STEPS
        for half in range(first, min(last + 1, len(sounding))):
            sounding[half] = True


def _pickup(part: Part, quarters: int, changes: Changes) -> list[Note]:
    """Sticks count, the bass waits, the lead runs up the scale to the first chord."""
    if part.role == "drums":
        return [Note(-beat * BEAT_STEPS, 12, 37) for beat in range(quarters, 0, -1)]
    if part.role != "lead":
        return []
    low, high = part_span(part)
    goal = nearest((low + high) // 2, changes.at(0).triad)
    scale = changes.key_at(0).scale
    below = [pitch for pitch in range(max(goal - 12, low), goal) if pitch % 12 in scale][
        -2 * quarters :
    ]
    first = -12 * len(below)
    return [Note(first + 12 * index, 12, pitch) for index, pitch in enumerate(below)]


def _track(part: Part, channels: Iterator[int], sections: list[Section], clock: Clock) -> Track:
    if part.role in _RHYTHM_SECTION:
        name = part.role.title()
        return Track(name, DRUM_CHANNEL, [(0, KITS[part.program])])
    track = Track(part.program, next(channels), [(0, instruments.number(part.program))])
    bridges = [s.start_bar for s in sections if s.kind in ("bridge", "solo")]
    if part.solo and bridges:
        tick = clock.tick(bridges[0] * BAR_STEPS)
        track.programs.append((tick, instruments.number(part.solo)))
    return track


def _tempos(
    tempo_qpm: int, sections: list[Section], clock: Clock, dice: Dice
) -> list[tuple[int, int]]:
    """Microseconds per quarter: steady; some songs have faster choruses or a final ritardando."""
    percents = {0: 100}  # by step; the last value set at a step applies
    if dice.chance(0.15):
        for section in sections:
            percent = 104 if section.kind == "chorus" else 100
            percents[section.start_bar * BAR_STEPS] = percent
    if dice.chance(0.4):
        end = (sections[-1].start_bar + sections[-1].bars) * BAR_STEPS
        for beat in range(8):
            percents[end - (8 - beat) * BEAT_STEPS] = 97 - 4 * beat
    tempos: list[tuple[int, int]] = []
    for step, percent in sorted(percents.items()):
        micros = 6_000_000_000 // (tempo_qpm * percent)
        if tempos and tempos[-1][1] == micros:
            continue
        tempos.append((clock.tick(step) if step else 0, micros))
    return tempos


def _key_signatures(changes: Changes, clock: Clock) -> list[tuple[int, int, bool]]:
    signatures: list[tuple[int, int, bool]] = []
    for half, key in enumerate(changes.keys):
        if half == 0 or key != changes.keys[half - 1]:
            tick = clock.tick(half * HALF_BAR_STEPS) if half else 0
            signatures.append((tick, key.sharps, key.minor))
    return signatures


def _chord_texts(changes: Changes, clock: Clock) -> list[tuple[int, str]]:
    texts = []
    for half, chord in enumerate(changes.chords):
        if half == 0 or not chord.same_sound(changes.chords[half - 1]):
            texts.append((clock.tick(half * HALF_BAR_STEPS), chord.symbol))
    return texts
