"""MIDI file -> Score: notes, pedals, time signatures and tempos in ticks.

A file is read as a General MIDI player plays it, including messages of GM 2, GS and XG:

**Channels.** A channel is one of the 16 of a port. A port meta event (FF 21) applies to the events
after it in its track. Settings in any track apply to all tracks of the channel. At one tick,
note-offs come first, then resets, then other changes of state in file order, then note-ons.

**Programs.** The program at the note-on counts.

**Drums.** Channel 10 of each port plays drums and other channels do not, unless a message changes
this: "use for rhythm part" of GS or the part mode of XG, or a later program change from a bank
(CC0) that decides it. Bank 120 is for drums and bank 121 is not (GM 2). After a reset to XG, banks
126 and 127 are for drums. For a program change from another bank, the part mode decides.

**Resets.** GM on, GM 2 on, GS reset, the modes of an SC-88, XG on and XG's reset of all parameters
end all notes and lift all pedals of their port. They set its channels back to program 0, bank 0 and
their initial part.

**Notes.** A note-off ends every sounding note of its pitch and channel in its track. While an older
one sounds, notes that begin on the tick of the note-off continue. So a note ends on its own tick
only if no older one of its pitch sounds. It then lasts one tick, and one step of a measure. A note
without a
note-off in its track ends with the next one on a later tick in another track of the channel. If the
pitch is struck again before, or there is none, it had no end: then it sounds until it is struck
again on the channel, or to the end of its track if that comes first. CC120, CC123 to CC127 and
resets end all notes that began on earlier ticks.

**Pedals.** The sustain (CC64) and the sostenuto pedal (CC66) are down from value 64 on. CC121 and
resets lift them, and CC120 ends what they hold. What they hold is in `apply_sustain`. The soft
pedal and mono mode change no length.

**Meter and tempo** are read from all tracks.

`midi_bytes` describes the handling of damaged bytes. All that is mended or skipped is counted
(`Flaw`).
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Mapping
from typing import TypeVar

import numpy as np

from gm_vae.music.channel_state import ChannelState
from gm_vae.music.midi_bytes import ChannelEvents, MidiError, read_events
from gm_vae.music.midi_flaws import Flaw
from gm_vae.music.moments import Moments
from gm_vae.music.note_pairing import pair_notes
from gm_vae.music.pedal import Pedal

T = TypeVar("T")

__all__ = ["READING", "MidiError", "Score", "parse_midi"]

READING = 2  # version of the rules that turn songs into measures
_NOTE_OFF, _NOTE_ON = 0x80, 0x90
_PITCHES = 128


@dataclasses.dataclass(frozen=True, eq=False)
class Score:
    """A piece as in the file, in integer ticks. Columns of N notes.

    An instrument is a (MIDI track, channel, program, whether it is drums). They are numbered in
    file order, by MIDI track and then by the position of the first note's note-off. Notes are in
    the order of instruments, and within an instrument in the order of their note-offs; notes
    without one in their track come last.

    Attributes:
        ticks_per_quarter: resolution.
        start_ticks, end_ticks: int64 [N]; end > start. Pedals are not applied yet.
        pitch, velocity, program: uint8 [N]; velocity 1..127, program 0..127 (of drums too).
        is_drum: bool [N].
        instrument: int64 [N].
        channel: int64 [N], 16 * port + MIDI channel, to which pedals belong.
        time_signatures: (tick, numerator, denominator), by tick, of all tracks; at one tick the
            last value of the first track applies. Empty if the file has none, which means 4/4.
        tempos: (tick, quarters per minute), likewise; empty means 120.
        sustain, sostenuto: the pedals.
        flaws: counts of what was mended or skipped.
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
    time_signatures: tuple[tuple[int, int, int], ...] = ()
    tempos: tuple[tuple[int, float], ...] = ()
    sustain: Pedal = dataclasses.field(default_factory=Pedal.untouched)
    sostenuto: Pedal = dataclasses.field(default_factory=Pedal.untouched)
    flaws: Mapping[Flaw, int] = dataclasses.field(default_factory=dict)

    @property
    def end_tick(self) -> int:
        """Where the last note ends; 0 without notes."""
        return int(self.end_ticks.max(initial=0))


def parse_midi(data: bytes) -> Score:
    """Read a Standard MIDI File (format 0 or 1, also wrapped in RIFF).

    Raises:
        MidiError: the bytes are not such a file; the message is one sentence with the reason.
    """
    events = read_events(data)
    state = ChannelState(events)
    kind = events.channel.status & 0xF0
    messages = events.channel.select((kind == _NOTE_OFF) | (kind == _NOTE_ON))
    is_on = (messages.status & 0xF0 == _NOTE_ON) & (messages.data2 > 0)
    channels = events.channels_of(messages)
    line = channels * _PITCHES + messages.data1
    on, off = pair_notes(_with_track(line, messages.track), messages.tick, is_on)
    ons, channel, ends_itself = messages.select(on), channels[on], off >= 0
    program = state.programs(channel, ons.tick)
    is_drum = state.are_drums(channel, ons.tick)

    end = np.where(ends_itself, messages.tick[off], np.iinfo(np.int64).max)
    never = np.zeros(len(on), bool)
    if not ends_itself.all():
        others = np.flatnonzero(~ends_itself)
        given, taken = _ends_elsewhere(messages, line, is_on, on[others])
        never[others] = without = (taken < given) | (given == end[others])
        taken = np.minimum(taken, events.track_end_ticks[ons.track[others]])
        end[others] = np.where(without, taken, given)
    silenced = state.next_ends(channel, ons.tick)
    never &= end < silenced
    end = np.minimum(end, silenced)
    at_once = end == ons.tick
    flaws = collections.Counter(events.flaws)
    flaws[Flaw.NO_END] = int(never.sum())
    flaws[Flaw.NO_LENGTH] = int((at_once & ~never).sum())

    # Number the instruments by MIDI track, then by the first note-off.
    stop = np.where(ends_itself, messages.offset[off], events.track_stops[ons.track])
    order = np.lexsort((ons.offset, stop))
    key = _with_track(((channel * 2 + is_drum) * 128 + program), ons.track)[order]
    unique, first, instrument = np.unique(key, return_index=True, return_inverse=True)
    rank = np.empty(len(unique), np.int64)
    rank[np.argsort(first)] = np.arange(len(unique))  # offsets grow with the track
    instrument = rank[instrument]
    by_instrument = np.argsort(instrument, kind="stable")
    order, instrument = order[by_instrument], instrument[by_instrument]
    meters = [(track, tick, (n, d)) for track, tick, n, d in events.time_signatures]
    return Score(
        ticks_per_quarter=events.ticks_per_quarter,
        start_ticks=ons.tick[order],
        end_ticks=(end + at_once)[order],
        pitch=ons.data1[order],
        velocity=ons.data2[order],
        program=program[order].astype(np.uint8),
        is_drum=is_drum[order],
        instrument=instrument,
        channel=channel[order],
        time_signatures=tuple((tick, *meter) for tick, meter in _by_tick(meters)),
        tempos=tuple((tick, 6e7 / microseconds) for tick, microseconds in _by_tick(events.tempos)),
        sustain=state.sustain,
        sostenuto=state.sostenuto,
        flaws=+flaws,
    )


def _with_track(number: np.ndarray, track: np.ndarray) -> np.ndarray:
    """int64 [N]: numbers that are distinct per track and increase with the track."""
    return track * (int(number.max(initial=0)) + 1) + number


def _ends_elsewhere(
    messages: ChannelEvents, line: np.ndarray, is_on: np.ndarray, chosen: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """int64 [M] each: when the pitches of note-ons next end, and are next struck, in any track.

    Args:
        messages: note-ons and note-offs.
        line: int64, the channel and pitch of each.
        is_on: bool, whether each is a note-on.
        chosen: int64 [M], indices of the note-ons.
    """
    ends = []
    for wanted in (~is_on, is_on):
        those = np.flatnonzero(wanted)
        those = those[np.lexsort((messages.tick[those], line[those]))]
        ticks = messages.tick[those]
        first = Moments(line[those], ticks).first(line[chosen], messages.tick[chosen])
        ends.append(np.append(ticks, np.iinfo(np.int64).max)[first])
    return ends[0], ends[1]


def _by_tick(metas: Iterable[tuple[int, int, T]]) -> list[tuple[int, T]]:
    """(track, tick, value) -> (tick, value), by tick: at each the last value of the first track."""
    kept: dict[int, tuple[int, T]] = {}
    for track, tick, value in metas:  # in file order
        if tick not in kept or kept[tick][0] == track:
            kept[tick] = track, value
    return [(tick, kept[tick][1]) for tick in sorted(kept)]
