"""A large corpus out of a small one: each file as it is, then transposed and re-timed nine ways.

Written as Parquet files, as the largest public collections come, while the small one is read: no
more of it is held than a row group.
"""

from __future__ import annotations

import itertools
import pathlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gm_vae.errors import UsageError
from gm_vae.music.midi_bytes import MidiError, read_events
from gm_vae.pipelines import songs, sources

WAYS = ((0, 0), (1, 1), (-1, 2), (2, 3), (-2, 1), (3, 2), (-3, 3), (4, 1), (-4, 2), (5, 3))
"""Semitones up and quarter notes later, which cut measures elsewhere; the first changes nothing."""
_ROWS_PER_GROUP = 1_000
_ROWS_PER_FILE = 10_000
_DRUM_CHANNEL = 9


def write(folder: pathlib.Path, source: str, count: int) -> int:
    """Write a number of songs, made from the songs of a source; returns their bytes of MIDI."""
    schema = pa.schema([("md5", pa.string()), ("music", pa.binary())])
    made = _songs(source, count)
    midi_bytes = 0
    for number in range(0, count, _ROWS_PER_FILE):
        rows = itertools.islice(made, _ROWS_PER_FILE)
        path = folder / f"songs-{number // _ROWS_PER_FILE:05}.parquet"
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            while group := list(itertools.islice(rows, _ROWS_PER_GROUP)):
                midi_bytes += sum(len(data) for _, data in group)
                columns = [list(column) for column in zip(*group)]
                writer.write_table(pa.table(columns, schema=schema))
    return midi_bytes


def _songs(source: str, count: int) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of so many songs: each file of the source the same number of times, or one
    less, and each way equally often, whatever the count."""
    files = sum(1 for _ in _files(source))
    if count > files * len(WAYS):
        raise UsageError(
            f"{source} has {files:,} files; {files * len(WAYS):,} can be made of them."
        )
    for number, (name, data) in enumerate(_files(source)):
        wanted = range(number * count // files, (number + 1) * count // files)
        ways = [song % len(WAYS) for song in wanted]
        for way, made in zip(ways, moved(data, [WAYS[way] for way in ways])):
            yield f"{way}-{name}", made


def _files(source: str) -> Iterator[tuple[str, bytes]]:
    for song in songs.read(sources.find(source)):
        if song.data:
            yield song.name.rpartition("/")[2], song.data


def moved(data: bytes, ways: Sequence[tuple[int, int]]) -> list[bytes]:
    """A MIDI file transposed, with its notes later, in some ways; as it is if damaged.

    Meters, tempi and whatever else is before the first event of a channel stay where they are.
    """
    if not any(map(any, ways)):
        return [data] * len(ways)
    try:
        events = read_events(data).channel
    except MidiError:
        return [data] * len(ways)
    pitched = (events.status >> 4 <= 10) & (events.status & 15 != _DRUM_CHANNEL)
    offsets, pitches = events.offset[pitched], events.data1[pitched].astype(np.int64)
    made = []
    for semitones, quarters in ways:
        content = np.frombuffer(data, np.uint8).copy()
        higher = pitches + semitones
        content[offsets] = higher + 12 * (higher < 0) - 12 * (higher > 127)
        made.append(_later(content.tobytes(), quarters) if quarters else content.tobytes())
    return made


def _later(data: bytes, quarters: int) -> bytes:
    division = int.from_bytes(data[12:14], "big")
    pause = _length(quarters * division) + b"\xff\x01\x00"  # an empty text
    made, at = [data[:14]], 14
    while data[at : at + 4] == b"MTrk":
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        track = data[at + 8 : at + 8 + size]
        first = _first_channel_event(track)
        if first is not None:
            track = track[:first] + pause + track[first:]
        made += [b"MTrk", len(track).to_bytes(4, "big"), track]
        at += 8 + size
    return b"".join([*made, data[at:]])


def _first_channel_event(track: bytes) -> int | None:
    """Where the first event of a channel begins, with its delay; None if there is none."""
    at = 0
    while at < len(track):
        _, status = _number(track, at)
        if status >= len(track) or track[status] < 0xF0:
            return at if status < len(track) else None
        size, content = _number(track, status + (2 if track[status] == 0xFF else 1))
        at = content + size
    return None


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    value = 0
    while at < len(data):
        value, at = value << 7 | data[at] & 0x7F, at + 1
        if data[at - 1] < 0x80:
            break
    return value, at


def _length(number: int) -> bytes:
    """A number of variable length."""
    digits: Iterable[int] = [number >> shift & 0x7F for shift in (21, 14, 7, 0)]
    digits = list(itertools.dropwhile(lambda digit: not digit, digits)) or [0]
    return bytes([digit | 0x80 for digit in digits[:-1]] + [digits[-1]])
