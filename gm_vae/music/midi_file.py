"""MIDI file -> Score: notes, pedal, time signatures and tempos in ticks."""

from __future__ import annotations

import dataclasses

import numpy as np

from gm_vae.music.general_midi import DRUM_CHANNEL
from gm_vae.music.midi_bytes import ChannelEvents, MidiError, MidiEvents, read_events

__all__ = ["MidiError", "Score", "parse_midi"]

_NOTE_OFF, _NOTE_ON, _CONTROLLER, _PROGRAM = 0x80, 0x90, 0xB0, 0xC0
SUSTAIN_PEDAL = 64
PEDAL_DOWN = 64  # from this controller value on
_CHANNELS = 16
_DEFAULT_MICROSECONDS = 500_000  # a quarter note, where a file says nothing


@dataclasses.dataclass(frozen=True, eq=False)
class Score:
    """A piece as it stands in the file, in integer ticks. Columns of N notes and P pedal events.

    An instrument is a (MIDI track, channel, program); they are numbered in file order, by MIDI
    track and then by where the first note ends. Notes are in the order of instruments, and in
    each of them in the order in which they end.

    Attributes:
        ticks_per_quarter: resolution.
        start_ticks, end_ticks: int64 [N]; end > start.
        pitch, velocity, program: uint8 [N]; velocity 1..127, program 0..127 (of drums too).
        is_drum: bool [N], notes of channel 10.
        instrument: int64 [N].
        channel: int64 [N], 16 * MIDI track + MIDI channel: what a pedal belongs to.
        pedal_ticks: int64 [P], in time order in each channel.
        pedal_down: bool [P].
        pedal_channel: int64 [P], as `channel`.
        time_signatures: (tick, numerator, denominator), by tick, of all tracks; at one tick the
            first track's last word counts. Empty if the file has none, which means 4/4.
        tempos: (tick, quarters per minute), likewise; empty means 120.
    """

    ticks_per_quarter: int
    start_ticks: np.ndarray
    end_ticks: np.ndarray
    pitch: np.ndarray
    velocity: np.ndarray
    program: np.ndarray
    is_drum: np.ndarray
    instrument: np.ndarray
    channel: np.ndarray
    pedal_ticks: np.ndarray
    pedal_down: np.ndarray
    pedal_channel: np.ndarray
    time_signatures: tuple[tuple[int, int, int], ...] = ()
    tempos: tuple[tuple[int, float], ...] = ()

    @property
    def end_tick(self) -> int:
        """Where the last note ends; 0 without notes."""
        return int(self.end_ticks.max(initial=0))


def parse_midi(data: bytes) -> Score:
    """Read a Standard MIDI File (format 0 or 1, also wrapped in RIFF).

    One note-off ends every sounding note of its pitch and channel in its MIDI track, but for notes
    that begin at its tick while an older one ends. Notes that never end, and those that end on the
    tick of their beginning, are no notes. A note's program is the one in force when it ends.

    Raises:
        MidiError: the bytes are no such file; the message is one clause that says why.
    """
    events = read_events(data)
    notes = _pair_notes(events)
    on, off = notes[:, 0], notes[:, 1]
    ons, offs = events.channel.select(on), events.channel.select(off)
    channel = ons.track * _CHANNELS + (ons.status & 0x0F)
    program = _program_at(events.programs, channel, offs.offset)

    # Number the instruments by MIDI track, then by the first note-off.
    order = np.lexsort((ons.offset, offs.offset))
    key = (channel * 128 + program)[order]
    unique, first, instrument = np.unique(key, return_index=True, return_inverse=True)
    rank = np.empty(len(unique), np.int64)
    rank[np.argsort(first)] = np.arange(len(unique))  # offsets grow with the track
    instrument = rank[instrument]
    by_instrument = np.argsort(instrument, kind="stable")
    order, instrument = order[by_instrument], instrument[by_instrument]

    pedal = events.channel.select(
        (events.channel.status & 0xF0 == _CONTROLLER) & (events.channel.data1 == SUSTAIN_PEDAL)
    )
    return Score(
        ticks_per_quarter=events.ticks_per_quarter,
        start_ticks=ons.tick[order],
        end_ticks=offs.tick[order],
        pitch=ons.data1[order],
        velocity=ons.data2[order],
        program=program[order].astype(np.uint8),
        is_drum=(channel % _CHANNELS == DRUM_CHANNEL)[order],
        instrument=instrument,
        channel=channel[order],
        pedal_ticks=pedal.tick,
        pedal_down=pedal.data2 >= PEDAL_DOWN,
        pedal_channel=pedal.track * _CHANNELS + (pedal.status & 0x0F),
        time_signatures=tuple(_by_tick(events.time_signatures)),
        tempos=tuple(
            (tick, 6e7 / (microseconds or _DEFAULT_MICROSECONDS))
            for tick, microseconds in _by_tick(events.tempos)
        ),
    )


def _by_tick(metas: tuple[tuple[int, ...], ...]) -> list[tuple[int, ...]]:
    """Drop the track column; sort by tick, keeping at each the last event of the first track."""
    kept: dict[int, tuple[int, ...]] = {}
    for track, tick, *values in metas:  # in file order
        if tick not in kept or kept[tick][0] == track:
            kept[tick] = (track, *values)
    return [(tick, *values) for tick, (_, *values) in sorted(kept.items())]


def _program_at(programs: ChannelEvents, channel: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """int64 [N]: the program of each channel at a place in the file; 0 before any change."""
    changes = programs.select(programs.status & 0xF0 == _PROGRAM)
    if not len(changes.tick):
        return np.zeros(len(channel), np.int64)
    change_channel = changes.track * _CHANNELS + (changes.status & 0x0F)
    span = max(int(offset.max(initial=0)), int(changes.offset.max())) + 1
    key = change_channel * span + changes.offset
    order = np.argsort(key)
    found = np.searchsorted(key[order], channel * span + offset) - 1
    latest = order[np.maximum(found, 0)]
    known = (found >= 0) & (change_channel[latest] == channel)
    return np.where(known, changes.data1[latest], 0).astype(np.int64)


def _pair_notes(events: MidiEvents) -> np.ndarray:
    """int64 [N, 2]: index of note-on and note-off in `events.channel`, of every note."""
    kind = events.channel.status & 0xF0
    where = np.flatnonzero((kind == _NOTE_OFF) | (kind == _NOTE_ON))
    messages = events.channel.select(where)
    is_on = (messages.status & 0xF0 == _NOTE_ON) & (messages.data2 > 0)
    key = (messages.track * _CHANNELS + (messages.status & 0x0F)) * 128 + messages.data1
    if key.max(initial=0) < 1 << 16:
        key = key.astype(np.uint16)  # sorted several times as fast
    order = np.argsort(key, kind="stable")  # by key, then file order
    where, key, is_on, tick = where[order], key[order], is_on[order], messages.tick[order]

    # The next note-off after each message. [M] index, or M if there is none.
    total = len(where)
    place = np.arange(total)
    next_off = np.minimum.accumulate(np.where(is_on, total, place)[::-1])[::-1]
    ons = np.flatnonzero(is_on)
    off = next_off[ons]
    paired = off < total
    paired[paired] = key[off[paired]] == key[ons[paired]]
    ons, off = ons[paired], off[paired]
    # A note-off at the tick of a note-on is rare, and what it does depends on older notes.
    odd = np.unique(key[ons[tick[ons] == tick[off]]])
    regular = ~np.isin(key[ons], odd)
    pairs = [np.stack([ons[regular], off[regular]], 1)]
    for first, stop in zip(np.searchsorted(key, odd), np.searchsorted(key, odd, "right")):
        pairs.append(_pair_one_by_one(is_on[first:stop], tick[first:stop]) + first)
    return where[np.concatenate(pairs)]


def _pair_one_by_one(is_on: np.ndarray, tick: np.ndarray) -> np.ndarray:
    """int64 [N, 2]: (note-on, note-off) among the messages of one key, the rule spelled out."""
    pairs, sounding = [], []
    ticks = tick.tolist()
    for place, starts in enumerate(is_on.tolist()):
        if starts:
            sounding.append(place)
            continue
        older = [note for note in sounding if ticks[note] != ticks[place]]
        pairs += [(note, place) for note in older]
        sounding = [note for note in sounding if ticks[note] == ticks[place]] if older else []
    return np.array(pairs, np.int64).reshape(-1, 2)
