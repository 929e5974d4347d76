"""Standard MIDI files, byte by byte.

Not left to a library, because the bytes must not change with library versions.
"""

from __future__ import annotations

import dataclasses
import struct
from typing import NamedTuple

_SUSTAIN = 64

# The order of messages on one tick.
_NAME, _META, _PROGRAM, _PEDAL, _NOTE_OFF, _NOTE_ON = range(6)


class TickNote(NamedTuple):
    """A note in ticks."""

    start_tick: int
    end_tick: int
    pitch: int
    velocity: int


@dataclasses.dataclass
class Track:
    """One instrument.

    Attributes:
        name: the track name.
        channel: 0..15; 9 is drums.
        programs: (tick, program 0..127), the first at 0.
        notes: in any order.
        pedals: (tick, True for down).
    """

    name: str
    channel: int
    programs: list[tuple[int, int]]
    notes: list[TickNote] = dataclasses.field(default_factory=list)
    pedals: list[tuple[int, bool]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Conductor:
    """Events that apply to all tracks; every list contains (tick, ...).

    Attributes:
        name: the title.
        tempos: (tick, microseconds per quarter).
        meters: (tick, beats, beat unit).
        keys: (tick, sharps or minus flats, minor).
        texts: (tick, text), such as chord symbols.
        markers: (tick, text), such as the names of sections.
        end_tick: the end of the last bar.
    """

    name: str
    tempos: list[tuple[int, int]]
    meters: list[tuple[int, int, int]]
    keys: list[tuple[int, int, bool]]
    texts: list[tuple[int, str]]
    markers: list[tuple[int, str]]
    end_tick: int


def standard_midi_file(
    conductor: Conductor, tracks: list[Track], ticks_per_quarter: int, merged: bool = False
) -> bytes:
    """The MIDI file: format 1 with the conductor's track first, or format 0 if `merged`."""
    chunks = [_conductor_events(conductor)] + [_track_events(track) for track in tracks]
    if merged:  # one track has one name: the title
        rest = [event for chunk in chunks[1:] for event in chunk if event[1] != _NAME]
        chunks = [chunks[0] + rest]
    header = struct.pack(">4sIHHH", b"MThd", 6, 0 if merged else 1, len(chunks), ticks_per_quarter)
    return header + b"".join(_chunk(events, conductor.end_tick) for events in chunks)


_Event = tuple[int, int, bytes]  # tick, rank among the events of a tick, message


def _conductor_events(conductor: Conductor) -> list[_Event]:
    events = [(0, _NAME, _meta(0x03, conductor.name.encode()))]
    for tick, beats, unit in conductor.meters:
        power = unit.bit_length() - 1
        events.append((tick, _META, _meta(0x58, bytes((beats, power, 24, 8)))))
    for tick, sharps, minor in conductor.keys:
        events.append((tick, _META, _meta(0x59, struct.pack(">bB", sharps, minor))))
    for tick, micros in conductor.tempos:
        events.append((tick, _META, _meta(0x51, struct.pack(">I", micros)[1:])))
    events += [(tick, _META, _meta(0x06, text.encode())) for tick, text in conductor.markers]
    events += [(tick, _META, _meta(0x01, text.encode())) for tick, text in conductor.texts]
    return events


def _track_events(track: Track) -> list[_Event]:
    channel = track.channel
    events = [(0, _NAME, _meta(0x03, track.name.encode()))]
    events += [
        (tick, _PROGRAM, bytes((0xC0 | channel, program))) for tick, program in track.programs
    ]
    for tick, down in track.pedals:
        events.append((tick, _PEDAL, bytes((0xB0 | channel, _SUSTAIN, 127 if down else 0))))
    for note in track.notes:
        events.append((note.end_tick, _NOTE_OFF, bytes((0x80 | channel, note.pitch, 64))))
        events.append(
            (note.start_tick, _NOTE_ON, bytes((0x90 | channel, note.pitch, note.velocity)))
        )
    return events


def _chunk(events: list[_Event], end_tick: int) -> bytes:
    body = bytearray()
    now = 0
    for tick, _, message in sorted(events):
        body += _variable_length(tick - now) + message
        now = tick
    body += _variable_length(max(end_tick - now, 0)) + _meta(0x2F, b"")
    return struct.pack(">4sI", b"MTrk", len(body)) + bytes(body)


def _meta(kind: int, data: bytes) -> bytes:
    return bytes((0xFF, kind)) + _variable_length(len(data)) + data


def _variable_length(value: int) -> bytes:
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))
