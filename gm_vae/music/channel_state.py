"""The state of MIDI channels: programs, drum parts, pedals, and messages that end all notes.

The rules are in `midi_file`. A channel is 16 * port + MIDI channel here.
"""

from __future__ import annotations

import dataclasses
import re

import numpy as np

from gm_vae.music import pedal
from gm_vae.music.general_midi import DRUM_CHANNEL
from gm_vae.music.midi_bytes import CHANNELS, ChannelEvents, MidiError, MidiEvents
from gm_vae.music.moments import Moments

_CONTROLLER_STATUS, _PROGRAM_STATUS = 0xB0, 0xC0
BANK = 0  # the controller of a bank's high byte
GM2_DRUMS, GM2_MELODIC, XG_DRUMS = 120, 121, (126, 127)
MAX_RESETS = 1000  # a limit that bounds memory
_PROGRAM, _PART, _RESET = 128, 129, 130  # kinds of changes; lower ones are controllers
# System exclusive messages without their status, for any device.
RESET_TO_GM_OR_GS = re.compile(
    rb"\x7e.\x09[\x01\x03]|\x41.\x42\x12(?:\x40\x00\x7f\x00|\x00\x00\x7f)", re.DOTALL
)
RESET_TO_XG = re.compile(rb"\x43[\x10-\x1f]\x4c\x00\x00[\x7e\x7f]")  # on; all parameters
GS_PART = re.compile(rb"\x41.\x42\x12\x40([\x10-\x1f])\x15([\x00-\x7f])", re.DOTALL)
XG_PART = re.compile(rb"\x43[\x10-\x1f]\x4c\x08([\x00-\x0f])\x07([\x00-\x7f])")
_BY_PART = -1  # a bank for which the part mode decides whether a channel plays drums
_HAVE_A_SAY = np.zeros(128, bool)  # by bank
_HAVE_A_SAY[[GM2_DRUMS, GM2_MELODIC, *XG_DRUMS]] = True

ENDING_CONTROLLERS = (pedal.SOUND_OFF, 123, 124, 125, 126, 127)  # end all notes
_ENDS_NOTES = np.zeros(131, bool)  # by kind of change
_ENDS_NOTES[[*ENDING_CONTROLLERS, _RESET]] = True
_CONTROLLER_COUNTS = _ENDS_NOTES[:128].copy()
_CONTROLLER_COUNTS[[BANK, *pedal.CONTROLLERS]] = True


class ChannelState:
    """The channel state that determines how the notes of a file sound.

    Attributes:
        sustain, sostenuto: the pedals.
    """

    def __init__(self, events: MidiEvents) -> None:
        table = _table(events)
        kind, value = table.kind, table.value
        is_reset, is_program, is_part = kind == _RESET, kind == _PROGRAM, kind == _PART
        self._programs = table.timeline(is_program | is_reset, np.where(is_reset, 0, value))

        # A reset makes channel 10 the only drum part, as it is initially.
        parts = (is_part | is_reset) & is_part.any()
        at_first = _is_drum_channel(table.channel) if parts.any() else value
        self._parts = table.timeline(parts, np.where(is_reset, at_first, value))
        banks = (is_program | is_part | is_reset) & _HAVE_A_SAY[value[kind == BANK]].any()
        self._banks = table.timeline(
            banks, np.where(is_program, _parts_of_banks(table), _BY_PART) if banks.any() else value
        )

        self._ends = table.timeline(_ENDS_NOTES[kind], table.tick)
        controllers = np.where(is_reset, pedal.RESET_CONTROLLERS, kind)
        self.sustain, self.sostenuto = (
            pedal.Pedal.of(which, table.channel, table.tick, controllers, value)
            for which in (pedal.SUSTAIN, pedal.SOSTENUTO)
        )

    def programs(self, channel: np.ndarray, tick: np.ndarray) -> np.ndarray:
        """int64 [N]: the programs of notes that begin at ticks."""
        return self._programs.at(channel, tick, 0)

    def are_drums(self, channel: np.ndarray, tick: np.ndarray) -> np.ndarray:
        """bool [N]: whether notes that begin at ticks are drums."""
        is_drum_part = self._parts.at(channel, tick, _is_drum_channel(channel))
        bank = self._banks.at(channel, tick, _BY_PART)
        return np.where(bank == _BY_PART, is_drum_part, bank) > 0

    def next_ends(self, channel: np.ndarray, tick: np.ndarray) -> np.ndarray:
        """int64 [N]: the next tick at which all notes of a channel end, or the greatest int64."""
        return self._ends.after(channel, tick, np.iinfo(np.int64).max)


class _Timeline:
    """A value per channel that changes over time. Columns [N], by channel and then in order."""

    def __init__(self, channel: np.ndarray, tick: np.ndarray, value: np.ndarray) -> None:
        self._moments = Moments(channel, tick)
        self._value = value

    def at(self, channel: np.ndarray, tick: np.ndarray, default: np.ndarray | int) -> np.ndarray:
        """[M]: the values after all changes up to and including ticks."""
        if not len(self._value):
            return np.broadcast_to(default, len(channel))
        latest = self._moments.last(channel, tick)
        return np.where(latest < 0, default, self._value[latest])

    def after(self, channel: np.ndarray, tick: np.ndarray, default: int) -> np.ndarray:
        """[M]: the values of the first changes after ticks."""
        if not len(self._value):
            return np.full(len(channel), default)
        return np.append(self._value, default)[self._moments.first(channel, tick)]


@dataclasses.dataclass(frozen=True, eq=False)
class _Table:
    """Changes of state: columns [N], int64, by channel and then in the order in which they apply.

    Attributes:
        channel, tick: the channel and time.
        offset: the position in the file, which is the order on one tick, except that resets come
            first.
        kind: the number of a controller, or `_PROGRAM`, `_PART`, `_RESET`.
        value: the value of the controller; the program; 1 for a drum part; 1 for a reset to XG.
    """

    channel: np.ndarray
    tick: np.ndarray
    offset: np.ndarray
    kind: np.ndarray
    value: np.ndarray

    def timeline(self, which: np.ndarray, value: np.ndarray) -> _Timeline:
        """Some of the changes, a mask, with values [N]."""
        return _Timeline(self.channel[which], self.tick[which], value[which])

    def latest(self, which: np.ndarray, value: np.ndarray) -> np.ndarray:
        """[N]: the value at the channel's latest change in a mask; 0 before the first."""
        index = np.maximum.accumulate(np.where(which, np.arange(len(which)), -1))
        known = (index >= 0) & (self.channel[index] == self.channel)
        return np.where(known, value[index], 0)


def _table(events: MidiEvents) -> _Table:
    controls = events.channel.select(
        (events.channel.status & 0xF0 == _CONTROLLER_STATUS)
        & _CONTROLLER_COUNTS[events.channel.data1]
    )
    programs = events.programs.select(events.programs.status & 0xF0 == _PROGRAM_STATUS)
    columns = [
        _rows(events, controls, controls.data1, controls.data2),
        _rows(events, programs, np.full(len(programs.tick), _PROGRAM), programs.data1),
    ]
    system = _system_changes(events)
    if system:
        columns.append(np.array(system, np.int64).T)
    channel, tick, offset, kind, value = np.concatenate(columns, axis=1)
    order = np.lexsort((offset, kind != _RESET, tick, channel))
    return _Table(channel[order], tick[order], offset[order], kind[order], value[order])


def _rows(
    events: MidiEvents, messages: ChannelEvents, kind: np.ndarray, value: np.ndarray
) -> np.ndarray:
    """int64 [5, N], the columns of `_Table`."""
    return np.stack([events.channels_of(messages), messages.tick, messages.offset, kind, value])


def _system_changes(events: MidiEvents) -> list[tuple[int, int, int, int, int]]:
    """The rows of `_Table` from system exclusive messages. Raises MidiError."""
    rows: list[tuple[int, int, int, int, int]] = []
    resets = 0
    for message in events.system_exclusive:
        first, moment = CHANNELS * message.port, (message.tick, message.offset)
        is_xg = bool(RESET_TO_XG.match(message.content))
        if is_xg or RESET_TO_GM_OR_GS.match(message.content):
            resets += 1
            if resets > MAX_RESETS:
                raise MidiError(
                    f"The MIDI file resets its channels over {MAX_RESETS:,} times; no song does."
                )
            rows += [(first + channel, *moment, _RESET, is_xg) for channel in range(CHANNELS)]
        elif match := GS_PART.match(message.content):
            part = match[1][0] & 0x0F  # 0 is for channel 10; 1 to 9, 11 to 16 for those channels
            channel = part if part > DRUM_CHANNEL else (part - 1) % (DRUM_CHANNEL + 1)
            rows.append((first + channel, *moment, _PART, match[2] > b"\0"))
        elif match := XG_PART.match(message.content):
            rows.append((first + match[1][0], *moment, _PART, match[2] > b"\0"))
    return rows


def _parts_of_banks(table: _Table) -> np.ndarray:
    """int64 [N]: 1 if the bank of a program change is for drums, 0 if not, or `_BY_PART`."""
    is_reset = table.kind == _RESET
    bank = table.latest((table.kind == BANK) | is_reset, np.where(is_reset, 0, table.value))
    is_xg = table.latest(is_reset, table.value) > 0
    is_drum = (bank == GM2_DRUMS) | (is_xg & np.isin(bank, XG_DRUMS))
    return np.select([is_drum, bank == GM2_MELODIC], [1, 0], _BY_PART)


def _is_drum_channel(channel: np.ndarray) -> np.ndarray:
    return channel % CHANNELS == DRUM_CHANNEL
