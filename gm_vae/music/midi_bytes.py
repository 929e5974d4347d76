"""The bytes of a Standard MIDI File -> channel events and meta events as NumPy columns.

Python code handles the few meta events; a compiled regular expression finds the channel events
between them, and NumPy decodes them, thousands at a time. Every byte is checked, so that the worst
that any input can do is to raise `MidiError`.

Damage loses as little as possible, and all of it is counted (`Flaw`):

- A second data byte over 127 counts as 127. An event whose first data byte is over 127 is skipped,
  and so is a byte that does not belong to an event.
- A message that is longer than its track is skipped: a message of fixed length ends there, a system
  exclusive message at its end byte. After any other, the rest of the track is skipped.
- A delay that is longer than any song counts as 0.
- An impossible tempo or time signature is skipped.
- A track with a wrong size lasts until its end event, or else until the next track or the end of
  the file.
- Bytes before the header, such as MacBinary's, are skipped.

A file with a fault in about sixteen events (64 bytes) cannot be distinguished from noise and is
refused.
"""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Mapping, Sequence

import numpy as np

from gm_vae.errors import UserError
from gm_vae.music.midi_flaws import Flaw

CHANNELS = 16  # of a MIDI port
MAX_BYTES = 1 << 26  # of a file; the largest orchestral files have about 10 MB
MAX_EVENTS = (
    1_000_000  # of a file, to bound memory; 25,000 files from the web have fewer than half as many
)
MAX_MESSAGES = (
    200_000  # of a file, meta events and system exclusive; each takes microseconds in Python
)
MAX_TICKS = 1 << 40  # of a track; keeps all sums within 64 bits
LONGEST_DELAY_QUARTERS = 40_000  # the 10,000 bars of 4/4 that a piece may last
MAX_TRACKS = 0xFFFF  # the header cannot count more
_HEADER_BYTES = 14
MAX_PREAMBLE_BYTES = 1024  # before the header
MAX_FAULTS = 1000
SOUND_BYTES_PER_FAULT = 64  # about sixteen events

# A run of channel messages, in running status or each with a status. Delta time: up to 3 bytes with
# the high bit, one without. Bounded, because the regular expression engine stores each repetition.
_DELTA = rb"[\x80-\xff]{0,3}[\x00-\x7f]"
_RUNS = {
    2: re.compile(rb"(?:" + _DELTA + rb"[\x80-\xbf\xe0-\xef]?[\x00-\x7f]{2}){1,8192}"),
    1: re.compile(rb"(?:" + _DELTA + rb"[\xc0-\xdf]?[\x00-\x7f]){1,8192}"),
}
_NUMBER = re.compile(rb"([\x80-\xff]*)[\x00-\x7f]")  # of any length
_SYSEX, _SYSEX_END, _META = 0xF0, 0xF7, 0xFF
DATA_OF_SYSTEM_COMMON = {
    0xF1: 1,
    0xF2: 2,
    0xF3: 1,
}  # these and real-time bytes do not belong in files
_PORT, _END_OF_TRACK, _TEMPO, _TIME_SIGNATURE = 0x21, 0x2F, 0x51, 0x58
META_LENGTHS = {0x00: 2, 0x20: 1, _PORT: 1, _END_OF_TRACK: 0, _TEMPO: 3, 0x54: 5}
META_LENGTHS |= {_TIME_SIGNATURE: 4, 0x59: 2}
_TRACK = b"MTrk"
_END_EVENT = bytes([_META, _END_OF_TRACK, 0])
MAX_UNIT_POWER = 10  # time signatures over 1024ths count as damage
MAX_SYSEX_BYTES = 16  # of messages that set the state of channels


class MidiError(UserError):
    """Bytes that are not a readable MIDI file; the message states the problem."""


@dataclasses.dataclass(frozen=True)
class ChannelEvents:
    """Columns of equal length, in file order (by track, then time).

    Attributes:
        offset: int64, position of the event's first data byte in the file; orders events.
        tick: int64, absolute time.
        track: int64, MIDI track, from 0.
        status: uint8, kind of message in the high half, channel in the low half.
        data1, data2: uint8, the data bytes 0..127; data2 is 0 for messages of one byte.
    """

    offset: np.ndarray
    tick: np.ndarray
    track: np.ndarray
    status: np.ndarray
    data1: np.ndarray
    data2: np.ndarray

    def select(self, where: np.ndarray) -> ChannelEvents:
        """The events at an index or mask."""
        columns = (getattr(self, field.name)[where] for field in dataclasses.fields(self))
        return ChannelEvents(*columns)


@dataclasses.dataclass(frozen=True)
class SystemExclusive:
    """A short system exclusive message.

    Attributes:
        offset: position of its content in the file; orders messages.
        tick: absolute time.
        port: MIDI port, from 0.
        content: its bytes after status and length, including the end byte F7.
    """

    offset: int
    tick: int
    port: int
    content: bytes


class Ports:
    """The MIDI port at each position of a file: 0, or the last one that its track named before.

    Ports are numbered from 0 in the order of their numbers in the file.

    Args:
        named: (track, offset, number), in file order.
    """

    def __init__(self, named: Sequence[tuple[int, int, int]]) -> None:
        self._track, self._offset, number = np.array(named, np.int64).reshape(-1, 3).T
        numbers = np.unique(np.append(number, 0))
        self._port = np.searchsorted(numbers, number)

    def at(self, track: np.ndarray | int, offset: np.ndarray | int) -> np.ndarray:
        """int64 [N]: the ports at offsets of tracks."""
        if not self._port.any():
            return np.zeros(np.shape(offset), np.int64)
        latest = np.searchsorted(self._offset, offset) - 1
        named = (latest >= 0) & (self._track[latest] == track)
        return np.where(named, self._port[latest], 0)


@dataclasses.dataclass(frozen=True)
class MidiEvents:
    """The events of a file, before notes are paired.

    Attributes:
        ticks_per_quarter: resolution, 1..32767.
        channel: events of two data bytes: notes, controllers, pitch bends.
        programs: program changes (and channel pressure): events of one data byte.
        time_signatures: (track, tick, numerator, denominator), in file order.
        tempos: (track, tick, microseconds per quarter), in file order.
        system_exclusive: messages of up to 16 bytes, in file order.
        ports: `Ports` of the file.
        track_stops: int64 [tracks], the offset at which each track ends.
        track_end_ticks: int64 [tracks], the tick at which each track ends.
        flaws: counts of what was mended or skipped.
    """

    ticks_per_quarter: int
    channel: ChannelEvents
    programs: ChannelEvents
    time_signatures: tuple[tuple[int, int, int, int], ...]
    tempos: tuple[tuple[int, int, int], ...]
    system_exclusive: tuple[SystemExclusive, ...]
    ports: Ports
    track_stops: np.ndarray
    track_end_ticks: np.ndarray
    flaws: Mapping[Flaw, int]

    def channels_of(self, messages: ChannelEvents) -> np.ndarray:
        """int64 [N]: 16 * port + MIDI channel of each message."""
        channel = (messages.status & 0x0F).astype(np.int64)
        return channel + CHANNELS * self.ports.at(messages.track, messages.offset)


def read_events(data: bytes) -> MidiEvents:
    """Read the events of a MIDI file.

    Key signatures, texts and long system exclusive messages are skipped. Running status may
    continue after them, as in many files. Bytes after a track's end event are ignored.

    Raises:
        MidiError: not a MIDI file, SMPTE time, format 2, or bytes that cannot be distinguished from
            noise.
    """
    if len(data) > MAX_BYTES:
        raise MidiError(f"The MIDI file has {len(data):,} bytes; a song has at most {MAX_BYTES:,}.")
    if not data:
        raise MidiError("This is not a MIDI file: it is empty.")
    start = _unwrap_riff(data)
    start = data.find(b"MThd", start, start + MAX_PREAMBLE_BYTES)
    if start < 0:
        raise MidiError("This is not a MIDI file: it does not begin with MThd.")
    if len(data) < start + _HEADER_BYTES:
        raise MidiError("The MIDI file ends within its header.")
    header_bytes = int.from_bytes(data[start + 4 : start + 8], "big")
    kind = int.from_bytes(data[start + 8 : start + 10], "big")
    division = int.from_bytes(data[start + 12 : start + 14], "big")
    if header_bytes < 6 or kind > 2:
        raise MidiError(f"The MIDI file's header is damaged (format {kind}, {header_bytes} bytes).")
    if kind == 2:
        raise MidiError(
            "The MIDI file is of format 2, a set of patterns; save it as format 0 or 1."
        )
    if division & 0x8000:
        raise MidiError(
            "The MIDI file counts time in SMPTE frames, which have no bars; save it with beats."
        )
    if not division:
        raise MidiError("The MIDI file's header is damaged (0 ticks per quarter note).")
    reader = _Reader(data, division)
    declared = int.from_bytes(data[start + 10 : start + 12], "big")
    for track, chunk in enumerate(_track_chunks(data, start + 8 + header_bytes, declared)):
        reader.read_track(track, *chunk)
    return reader.finish()


def _unwrap_riff(data: bytes) -> int:
    """Where the MIDI file starts: 0, or after the header of a RIFF (.rmi) file."""
    if data[:4] != b"RIFF" or data[8:12] != b"RMID":
        return 0
    position = 12
    while position + 8 <= len(data):
        if data[position : position + 4] == b"data":
            return position + 8
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        position += 8 + size + size % 2
    raise MidiError("The RIFF file holds no MIDI data.")


def _track_chunks(data: bytes, position: int, declared: int) -> list[tuple[int, int, bool]]:
    """(first, stop, whether its size is right) of each MTrk chunk's content.

    Other chunks are skipped. Bytes that are not a chunk are skipped only until the declared number
    of tracks is reached: bytes after them may belong to an older, longer file.
    """
    chunks = []
    for _ in range(2 * MAX_TRACKS):
        if position + 8 > len(data):
            break
        first = position + 8
        if data[position : position + 4] == _TRACK:
            stop, right = _track_stop(data, first)
            chunks.append((first, stop, right))
        elif _is_chunk(data, position):
            stop = first + int.from_bytes(data[position + 4 : first], "big")
        else:
            stop = data.find(_TRACK, position) if len(chunks) < declared else -1
            if stop < 0:
                break
        position = stop
    if not chunks:
        raise MidiError("The MIDI file has no tracks.")
    if len(chunks) > MAX_TRACKS:
        raise MidiError(f"The MIDI file has over {MAX_TRACKS:,} tracks; none can have as many.")
    return chunks


def _track_stop(data: bytes, first: int) -> tuple[int, bool]:
    """The latest end of a track's content, and whether it agrees with its size."""
    stop = first + int.from_bytes(data[first - 4 : first], "big")
    at_end_event = data[stop - len(_END_EVENT) : stop] == _END_EVENT
    if stop == len(data) or (stop < len(data) and (at_end_event or _is_chunk(data, stop))):
        return stop, True
    following = data.find(_TRACK, first)
    if following >= 0:
        return following, False
    if stop > len(data):
        return len(data), False
    end_event = data.find(_END_EVENT, max(first, stop - len(_END_EVENT) + 1))
    return (stop, True) if end_event < 0 else (end_event + len(_END_EVENT), False)


def _is_chunk(data: bytes, position: int) -> bool:
    """Whether a chunk can begin there: a track, or four letters or digits and a plausible size."""
    kind = data[position : position + 4]
    size = int.from_bytes(data[position + 4 : position + 8], "big")
    return kind == _TRACK or (kind.isalnum() and position + 8 + size <= len(data))


class _Reader:
    """Walks the tracks and collects runs of channel events, then decodes all runs at once."""

    def __init__(self, data: bytes, ticks_per_quarter: int) -> None:
        self._data: bytes | bytearray = data  # a bytearray once a byte was mended
        self._ticks_per_quarter = ticks_per_quarter
        self._longest_delay = LONGEST_DELAY_QUARTERS * ticks_per_quarter
        # A run: track, data bytes of each of its messages (1 or 2), first byte, stop byte, and the
        # ticks of other events between the previous run (of the same track) and this one.
        self._runs: list[tuple[int, int, int, int, int]] = []
        # A tempo, time signature or system exclusive message, or the end of a track: runs before
        # it, track, ticks since the last of them, type (the status of a system exclusive message),
        # where its content begins, and its content.
        self._messages: list[tuple[int, int, int, int, int, bytes]] = []
        self._ports: list[tuple[int, int, int]] = []
        self._stops: list[int] = []
        self._steps = 0  # total of runs and other events
        self._others = 0  # of other events
        self._flaws: collections.Counter[Flaw] = collections.Counter()
        self._first_fault = ""
        self._faults = 0  # flaws that indicate noise

    def read_track(self, track: int, position: int, stop: int, size_is_right: bool) -> None:
        """Walk one track, from its first byte to its end event or the stop byte."""
        data = self._data
        size = 0  # number of data bytes in running status; 0 before the first status
        gap = 0
        ended = cut = False
        while position < stop:
            self._steps += 1
            _check_count(self._steps)
            match = _RUNS[size].match(data, position, stop) if size else None
            if not match:
                delta, at = data[position], position + 1
                if delta >= 0x80:
                    delta, at = self._number(position, stop)
                if at >= stop:
                    cut = True
                    break
                byte = data[at]
                if 0x80 <= byte < 0xF0:
                    size = 1 if 0xC0 <= byte < 0xE0 else 2
                    match = _RUNS[size].match(data, position, stop)
            if match:
                self._runs.append((track, size, position, match.end(), gap))
                position, gap = match.end(), 0
                continue

            if delta > self._longest_delay:
                self._flaws[Flaw.IMPOSSIBLE_TIME] += 1
                delta = 0
            if byte < 0xF0:
                first = at + (byte >= 0x80)
                content = data[first : first + size]
                if not size:
                    self._fault(Flaw.STRAY_BYTE, track, at)
                    position = at + 1
                elif first + size > stop:
                    cut = True
                    break
                elif content[0] >= 0x80:
                    self._fault(Flaw.BYTE_OVER_127, track, at)
                    position = first + size
                elif content[-1] >= 0x80:
                    self._fault(Flaw.BYTE_OVER_127, track, at)
                    mended = data if isinstance(data, bytearray) else bytearray(data)
                    mended[first + size - 1] = 0x7F
                    data = self._data = mended
                    continue
                else:  # only its delta time is longer than four bytes: keep the last four
                    position = at - 1
                    delta -= data[position]
                gap += delta
                continue

            gap += delta
            self._others += 1
            if self._others > MAX_MESSAGES:
                raise MidiError(
                    f"The MIDI file has over {MAX_MESSAGES:,} tempos, texts and the like; no song "
                    "has as many."
                )
            if byte not in (_META, _SYSEX, _SYSEX_END):
                self._fault(Flaw.STRAY_BYTE, track, at)
                position = at + 1 + DATA_OF_SYSTEM_COMMON.get(byte, 0)
                continue
            is_meta = byte == _META
            kind = data[at + 1] if is_meta and at + 1 < stop else byte
            length, first = self._number(at + 1 + is_meta, stop)
            position = first + length
            if position > stop:
                self._fault(Flaw.LONG_MESSAGE, track, at)
                if is_meta:
                    position = first + META_LENGTHS.get(kind, length)
                else:
                    position = data.find(_SYSEX_END, first, stop) + 1 or position
                if position > stop:
                    break
                if kind != _END_OF_TRACK:
                    continue
            if not is_meta:
                if byte == _SYSEX and length <= MAX_SYSEX_BYTES:
                    self._keep(track, gap, kind, first, position)
            elif kind == _END_OF_TRACK:
                ended = True
                break
            elif kind in (_TEMPO, _TIME_SIGNATURE):
                self._keep(track, gap, kind, first, position)
            elif kind == _PORT and length:
                self._ports.append((track, first, data[first]))
        self._keep(track, gap, _END_OF_TRACK, stop, stop)
        self._stops.append(stop)
        if cut or not (ended or size_is_right):
            self._flaws[Flaw.CUT_SHORT] += 1
        elif not size_is_right:
            self._flaws[Flaw.WRONG_SIZE] += 1

    def finish(self) -> MidiEvents:
        """The columns of all tracks."""
        columns = np.array(self._runs, np.int64).reshape(-1, 5).T  # [5, R]
        track, size, first, stop, gap = columns
        if self._faults * SOUND_BYTES_PER_FAULT > (stop - first).sum():
            raise MidiError(self._first_fault)
        ticks = np.zeros_like(gap)  # [R] duration of each run
        by_size = {}
        for data_bytes in (1, 2):
            runs = np.flatnonzero(size == data_bytes)
            split = _take_apart(
                self._data, first[runs], stop[runs], data_bytes, self._longest_delay
            )
            self._flaws[Flaw.IMPOSSIBLE_TIME] += split.long_delays
            by_size[data_bytes] = split, runs
            ticks[runs] = split.ticks_of_run
        end = np.cumsum(ticks + gap)  # [R] as if the tracks were played one after another
        starts_track = np.diff(track, prepend=-1) > 0
        origin = (end - ticks - gap)[starts_track]
        end -= origin[np.cumsum(starts_track) - 1]
        if end.max(initial=0) > MAX_TICKS:
            raise MidiError(f"A time in the MIDI file is damaged: it lasts {end.max():,} ticks.")

        def events(data_bytes: int) -> ChannelEvents:
            split, runs = by_size[data_bytes]
            run = runs[split.run]
            tick = (end - ticks)[run] + split.tick_in_run
            return ChannelEvents(
                split.offset, tick, track[run], split.status, split.data1, split.data2
            )

        signatures, tempos, exclusive, track_ends = [], [], [], []
        ports = Ports(self._ports)
        track_of, end_of = track.tolist(), end.tolist()
        for runs_before, its_track, since, kind, offset, content in self._messages:
            follows = runs_before and track_of[runs_before - 1] == its_track
            tick = since + (end_of[runs_before - 1] if follows else 0)
            if kind == _TEMPO:
                microseconds = int.from_bytes(content[:3], "big")
                if len(content) >= 3 and microseconds:
                    tempos.append((its_track, tick, microseconds))
                else:
                    self._flaws[Flaw.IMPOSSIBLE_TEMPO] += 1
            elif kind == _TIME_SIGNATURE:
                if len(content) >= 2 and content[0] and content[1] <= MAX_UNIT_POWER:
                    signatures.append((its_track, tick, content[0], 1 << content[1]))
                else:
                    self._flaws[Flaw.IMPOSSIBLE_METER] += 1
            elif kind == _SYSEX:
                port = int(ports.at(its_track, offset))
                exclusive.append(SystemExclusive(offset, tick, port, content))
            else:
                track_ends.append(tick)
        return MidiEvents(
            self._ticks_per_quarter,
            events(2),
            events(1),
            tuple(signatures),
            tuple(tempos),
            tuple(exclusive),
            ports,
            np.array(self._stops, np.int64),
            np.array(track_ends, np.int64),
            +self._flaws,
        )

    def _keep(self, track: int, gap: int, kind: int, first: int, stop: int) -> None:
        content = bytes(self._data[first:stop])
        self._messages.append((len(self._runs), track, gap, kind, first, content))

    def _number(self, position: int, stop: int) -> tuple[int, int]:
        """A variable-length number and the next position; past `stop` if it does not end.

        Numbers of more than 32 bits are returned as at least 1 << 32.
        """
        if position < stop and self._data[position] < 0x80:
            return self._data[position], position + 1
        match = _NUMBER.match(self._data, position, stop)
        if not match:
            return 1 << 32, stop + 1
        value = 0
        for byte in self._data[max(position, match.end() - 5) : match.end()]:
            value = value << 7 | byte & 0x7F
        if match.end() - position > 5 and match[1][:-4].strip(b"\x80"):
            value = 1 << 32
        return value, match.end()

    def _fault(self, flaw: Flaw, track: int, at: int) -> None:
        """Count a flaw that indicates noise. Raises MidiError once there are too many."""
        self._flaws[flaw] += 1
        self._faults += 1
        if not self._first_fault:
            self._first_fault = f"The MIDI file is damaged at byte {at:,}, in track {track + 1}."
        if self._faults > MAX_FAULTS:
            raise MidiError(self._first_fault)


def _check_count(events: int) -> None:
    if events > MAX_EVENTS:
        raise MidiError(f"The MIDI file has over {MAX_EVENTS:,} events; no song has as many.")


@dataclasses.dataclass(frozen=True)
class _SplitRuns:
    """Events of all runs with one number of data bytes. Columns [N], `ticks_of_run` [R]."""

    run: np.ndarray
    offset: np.ndarray
    tick_in_run: np.ndarray
    status: np.ndarray
    data1: np.ndarray
    data2: np.ndarray
    ticks_of_run: np.ndarray
    long_delays: int


def _take_apart(
    data: bytes | bytearray,
    first: np.ndarray,
    stop: np.ndarray,
    data_bytes: int,
    longest_delay: int,
) -> _SplitRuns:
    """Split runs of messages, each [delta..., status?, data...], into columns.

    The last byte of a delta time and the data bytes lack the high bit, all others have it: so every
    (1 + data_bytes)-th low byte of a run is the last of a delta time, high bytes before it are the
    rest of the delta time, and a high byte after it is a status.
    """
    view = memoryview(data)
    joined = b"".join([view[start:end] for start, end in zip(first.tolist(), stop.tolist())])
    code = np.frombuffer(joined, np.uint8)
    is_low = code < 0x80
    _check_count(int(np.count_nonzero(is_low)) // (1 + data_bytes))
    low = np.flatnonzero(is_low).reshape(-1, 1 + data_bytes)  # [N, 1 + data_bytes]
    last_of_delta, data_at = low[:, 0], low[:, 1]
    end_of_previous = np.concatenate([[-1], low[:-1, -1]])[: len(low)]
    high_bytes = last_of_delta - end_of_previous - 1
    delta = code[last_of_delta].astype(np.int64)
    for position in range(1, 4):
        longer = np.flatnonzero(high_bytes >= position)
        digit = code[last_of_delta[longer] - position].astype(np.int64) & 0x7F
        delta[longer] += digit << (7 * position)
    impossible = np.flatnonzero(delta > longest_delay)
    delta[impossible] = 0

    run_start = np.cumsum(stop - first) - (stop - first)  # [R] in `code`
    run = np.searchsorted(run_start, last_of_delta, "right") - 1
    first_event = np.searchsorted(run, np.arange(len(first)))  # no run is empty
    before = np.concatenate([[0], np.cumsum(delta)])  # [N + 1]
    ticks_of_run = np.diff(before[np.append(first_event, len(low))])
    tick_in_run = before[1:] - before[first_event][run]

    # A track's first message of this kind, and the first one after another kind, has an explicit
    # status: so running status is the last explicit one, in whichever run.
    written = np.where(data_at - last_of_delta > 1, np.arange(len(low)), 0)
    status = code[last_of_delta[np.maximum.accumulate(written)] + 1]
    return _SplitRuns(
        run=run,
        offset=data_at + (first - run_start)[run],
        tick_in_run=tick_in_run,
        status=status,
        data1=code[data_at],
        data2=code[low[:, 2]] if data_bytes == 2 else np.zeros(len(low), np.uint8),
        ticks_of_run=ticks_of_run,
        long_delays=len(impossible),
    )
