"""The bytes of a Standard MIDI File -> channel events and meta events as NumPy columns.

Python's time goes to the few meta events; the channel events between them are found by a compiled
regular expression and taken apart by NumPy, some thousand at a time. Every byte is checked on the
way, so that no input can do more than raise `MidiError`.
"""

from __future__ import annotations

import dataclasses
import re

import numpy as np

from gm_vae.errors import UserError

MAX_BYTES = 1 << 26  # of a file; the largest orchestral files have some 10 MB
MAX_EVENTS = 1_000_000  # of a file, for memory's sake; of 25,000 files from the web none has half
MAX_TICKS = 1 << 40  # of a track; keeps all later sums within 64 bits
_HEADER_BYTES = 14

# A run of channel messages in running status or with a status each. Delta time: up to 3 bytes with
# the high bit, one without. Bounded, for the regular expression engine remembers each repetition.
_DELTA = rb"[\x80-\xff]{0,3}[\x00-\x7f]"
_RUNS = {
    2: re.compile(rb"(?:" + _DELTA + rb"[\x80-\xbf\xe0-\xef]?[\x00-\x7f]{2}){1,8192}"),
    1: re.compile(rb"(?:" + _DELTA + rb"[\xc0-\xdf]?[\x00-\x7f]){1,8192}"),
}
_META, _SYSEX, _SYSEX_MORE = 0xFF, 0xF0, 0xF7
_END_OF_TRACK, _TEMPO, _TIME_SIGNATURE = 0x2F, 0x51, 0x58
_MAX_UNIT_POWER = 10  # time signatures over 1024ths are damage


class MidiError(UserError):
    """Bytes that are not a MIDI file we can read; the message says what is wrong with them."""


@dataclasses.dataclass(frozen=True)
class ChannelEvents:
    """Columns of equal length, in file order (by track, then time).

    Attributes:
        offset: int64, where in the file the event's first data byte lies; a key of file order.
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
class MidiEvents:
    """What a file holds, before notes are paired.

    Attributes:
        ticks_per_quarter: resolution, 1..32767.
        channel: events of two data bytes: notes, controllers, pitch bends.
        programs: program changes (and channel pressure): events of one data byte.
        time_signatures: (track, tick, numerator, denominator), in file order.
        tempos: (track, tick, microseconds per quarter), in file order.
    """

    ticks_per_quarter: int
    channel: ChannelEvents
    programs: ChannelEvents
    time_signatures: tuple[tuple[int, int, int, int], ...]
    tempos: tuple[tuple[int, int, int], ...]


def read_events(data: bytes) -> MidiEvents:
    """Take a MIDI file apart.

    Key signatures, texts and system exclusive messages are passed over unread. Running status may
    go on after them, as many files have it. What follows a track's end event is ignored.

    Raises:
        MidiError: no MIDI file, SMPTE time, format 2, or damaged bytes.
    """
    if len(data) > MAX_BYTES:
        raise MidiError(
            f"The MIDI file has {len(data):,} bytes; a song has {MAX_BYTES:,} at the most."
        )
    if not data:
        raise MidiError("This is not a MIDI file: it is empty.")
    start = _unwrap_riff(data)
    if data[start : start + 4] != b"MThd":
        raise MidiError("This is not a MIDI file: it does not begin with MThd.")
    if len(data) < start + _HEADER_BYTES:
        raise MidiError("The MIDI file ends within its header.")
    header_bytes = int.from_bytes(data[start + 4 : start + 8], "big")
    kind = int.from_bytes(data[start + 8 : start + 10], "big")
    declared_tracks = int.from_bytes(data[start + 10 : start + 12], "big")
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
        raise MidiError("The MIDI file's header is damaged (0 ticks to a quarter note).")
    reader = _Reader(data)
    chunks = _track_chunks(data, start + 8 + header_bytes, declared_tracks)
    for track, (first, stop) in enumerate(chunks):
        reader.read_track(track, first, stop)
    return reader.finish(division)


def _unwrap_riff(data: bytes) -> int:
    """Where the MIDI file starts: 0, or past the wrapping of a RIFF (.rmi) file."""
    if data[:4] != b"RIFF" or data[8:12] != b"RMID":
        return 0
    position = 12
    while position + 8 <= len(data):
        if data[position : position + 4] == b"data":
            return position + 8
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        position += 8 + size + size % 2
    raise MidiError("The RIFF file holds no MIDI data.")


def _track_chunks(data: bytes, position: int, declared: int) -> list[tuple[int, int]]:
    """(first, stop) of each MTrk chunk's content. Chunks of other kinds are skipped."""
    chunks = []
    while position + 8 <= len(data):
        kind = data[position : position + 4]
        size = int.from_bytes(data[position + 4 : position + 8], "big")
        first, stop = position + 8, position + 8 + size
        if stop > len(data):
            if kind == b"MTrk" or len(chunks) < declared:
                raise MidiError(
                    f"The MIDI file is cut short: its track {len(chunks) + 1} should have {size:,} "
                    f"bytes and has {len(data) - first:,}."
                )
            break  # rubbish after the last track
        if kind == b"MTrk":
            chunks.append((first, stop))
        position = stop
    if not chunks:
        raise MidiError("The MIDI file has no tracks.")
    return chunks


class _Reader:
    """Walks the tracks and gathers runs of channel events, then takes all runs apart at once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        # A run: track, data bytes of each of its messages (1 or 2), first byte, stop byte, and the
        # ticks of other events between the run before it (of the same track) and this one.
        self._runs: list[tuple[int, int, int, int, int]] = []
        # A tempo or time signature: runs before it, track, ticks since the last of them, type
        # and content.
        self._metas: list[tuple[int, int, int, int, bytes]] = []
        self._steps = 0  # of the walk: runs and other events

    def read_track(self, track: int, position: int, stop: int) -> None:
        data = self._data
        size = 0  # data bytes of messages in running status; 0 before the first status
        gap = 0
        while position < stop:
            self._steps += 1
            _check_count(self._steps)
            match = _RUNS[size].match(data, position, stop) if size else None
            if not match:
                delta, at = data[position], position + 1
                if delta >= 0x80:
                    delta, at = self._number(position, stop, track)
                byte = data[at] if at < stop else -1
                if 0x80 <= byte < 0xF0:
                    size = 1 if 0xC0 <= byte < 0xE0 else 2
                    match = _RUNS[size].match(data, position, stop)
                if byte < 0xF0 and not match:
                    raise self._damaged(track, at)
            if match:
                self._runs.append((track, size, position, match.end(), gap))
                position, gap = match.end(), 0
                continue
            gap += delta
            if byte == _META and at + 1 < stop:
                kind = data[at + 1]
                length, first = self._number(at + 2, stop, track)
            elif byte in (_SYSEX, _SYSEX_MORE):
                kind = None
                length, first = self._number(at + 1, stop, track)
            else:
                raise self._damaged(track, at)
            position = first + length
            if position > stop:
                raise self._damaged(track, at)
            if kind == _END_OF_TRACK:
                break
            if kind in (_TEMPO, _TIME_SIGNATURE):
                self._metas.append((len(self._runs), track, gap, kind, data[first:position]))

    def finish(self, ticks_per_quarter: int) -> MidiEvents:
        columns = np.array(self._runs, np.int64).reshape(-1, 5).T  # [5, R]
        track, size, first, stop, gap = columns
        ticks = np.zeros_like(gap)  # [R] that the run lasts
        parts = {}
        for data_bytes in (1, 2):
            runs = np.flatnonzero(size == data_bytes)
            part = _take_apart(self._data, first[runs], stop[runs], data_bytes)
            parts[data_bytes] = part, runs
            ticks[runs] = part.ticks_of_run
        end = np.cumsum(ticks + gap)  # [R] as if the tracks were played one after another
        starts_track = np.diff(track, prepend=-1) > 0
        origin = (end - ticks - gap)[starts_track]
        end -= origin[np.cumsum(starts_track) - 1]
        if end.max(initial=0) > MAX_TICKS:
            raise MidiError(f"A time in the MIDI file is damaged: it lasts {end.max():,} ticks.")

        def events(data_bytes: int) -> ChannelEvents:
            part, runs = parts[data_bytes]
            run = runs[part.run]
            tick = (end - ticks)[run] + part.tick_in_run
            return ChannelEvents(part.offset, tick, track[run], part.status, part.data1, part.data2)

        signatures, tempos = [], []
        for runs_before, its_track, since, kind, content in self._metas:
            follows = runs_before and track[runs_before - 1] == its_track
            tick = since + (int(end[runs_before - 1]) if follows else 0)
            if kind == _TEMPO and len(content) >= 3:
                microseconds = int.from_bytes(content[:3], "big")
                tempos.append((its_track, tick, microseconds))
            elif kind == _TIME_SIGNATURE and len(content) >= 2:
                numerator, power = content[:2]
                if not numerator or power > _MAX_UNIT_POWER:
                    raise MidiError(
                        f"The MIDI file has a time signature of {numerator} over 2 to the {power}."
                    )
                signatures.append((its_track, tick, numerator, 1 << power))
        return MidiEvents(ticks_per_quarter, events(2), events(1), tuple(signatures), tuple(tempos))

    def _number(self, position: int, stop: int, track: int) -> tuple[int, int]:
        """A variable-length number of up to 4 bytes, and the position after it."""
        value = 0
        for at in range(position, min(position + 4, stop)):
            byte = self._data[at]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value, at + 1
        raise self._damaged(track, position)

    def _damaged(self, track: int, at: int) -> MidiError:
        return MidiError(f"The MIDI file is damaged at byte {at:,}, in track {track + 1}.")


def _check_count(events: int) -> None:
    if events > MAX_EVENTS:
        raise MidiError(f"The MIDI file has over {MAX_EVENTS:,} events; no song has as many.")


@dataclasses.dataclass(frozen=True)
class _Part:
    """Events of all runs with one number of data bytes. Columns [N], apart from the last [R]."""

    run: np.ndarray
    offset: np.ndarray
    tick_in_run: np.ndarray
    status: np.ndarray
    data1: np.ndarray
    data2: np.ndarray
    ticks_of_run: np.ndarray


def _take_apart(data: bytes, first: np.ndarray, stop: np.ndarray, data_bytes: int) -> _Part:
    """Split runs of messages, each [delta..., status?, data...], into columns.

    The last byte of a delta time and the data bytes have no high bit, all others do: so every
    (1 + data_bytes)-th low byte of a run is the last of a delta time, high bytes before it are
    the rest of the delta time, and a high byte after it is a status.
    """
    view = memoryview(data)
    joined = b"".join([view[start:end] for start, end in zip(first.tolist(), stop.tolist())])
    code = np.frombuffer(joined, np.uint8)
    is_low = code < 0x80
    _check_count(np.count_nonzero(is_low) // (1 + data_bytes))
    low = np.flatnonzero(is_low).reshape(-1, 1 + data_bytes)  # [N, 1 + data_bytes]
    last_of_delta, data_at = low[:, 0], low[:, 1]
    end_of_previous = np.concatenate([[-1], low[:-1, -1]])[: len(low)]
    high_bytes = last_of_delta - end_of_previous - 1
    delta = code[last_of_delta].astype(np.int64)
    for place in range(1, 4):
        longer = np.flatnonzero(high_bytes >= place)
        digit = code[last_of_delta[longer] - place].astype(np.int64) & 0x7F
        delta[longer] += digit << (7 * place)

    run_start = np.cumsum(stop - first) - (stop - first)  # [R] in `code`
    run = np.searchsorted(run_start, last_of_delta, "right") - 1
    first_event = np.searchsorted(run, np.arange(len(first)))  # no run is empty
    before = np.concatenate([[0], np.cumsum(delta)])  # [N + 1]
    ticks_of_run = np.diff(before[np.append(first_event, len(low))])
    tick_in_run = before[1:] - before[first_event][run]

    # A track's first message of this kind, and the first after one of the other kind, has its
    # status written: so running status is the last one written, whichever run that was in.
    written = np.where(data_at - last_of_delta > 1, np.arange(len(low)), 0)
    status = code[last_of_delta[np.maximum.accumulate(written)] + 1]
    return _Part(
        run=run,
        offset=data_at + (first - run_start)[run],
        tick_in_run=tick_in_run,
        status=status,
        data1=code[data_at],
        data2=code[low[:, 2]] if data_bytes == 2 else np.zeros(len(low), np.uint8),
        ticks_of_run=ticks_of_run,
    )
