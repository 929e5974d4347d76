"""MIDI files damaged on purpose: mutant number `index` of a seed is always the same bytes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

_GARBAGE_BYTES = 1 << 24
_LONGEST_DELTA = b"\xff\xff\xff\x7f"


def mutant(files: Sequence[bytes], seed: int, index: int) -> bytes:
    """One to four kinds of damage to one of the files.

    Damage to the content of tracks mends the lengths around it, so that readers meet the damage
    and do not stop at the length; damage to the bytes of the file does not.
    """
    rng = random.Random(f"{seed}/{index}")
    if not index % 5000:
        return _garbage(rng)
    header, tracks = _split(rng.choice(files))
    for _ in range(rng.randint(0, 3)):
        if tracks:
            rng.choice(_OF_TRACKS)(rng, tracks, files)
    data = _join(header, tracks)
    for _ in range(rng.choice([0, 0, 0, 1])):
        data = rng.choice(_OF_BYTES)(rng, data, files)
    return data


def _split(data: bytes) -> tuple[bytes, list[bytes]]:
    """The header chunk and the content of each track of a valid file."""
    tracks, at = [], 14
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        tracks.append(data[at + 8 : at + 8 + size])
        at += 8 + size
    return data[:14], tracks


def _join(header: bytes, tracks: Sequence[bytes]) -> bytes:
    chunks = (b"MTrk" + len(track).to_bytes(4, "big") + track for track in tracks)
    return header + b"".join(chunks)


def _span(rng: random.Random, data: bytes, longest: int = 4000) -> tuple[int, int]:
    first = rng.randrange(len(data) + 1)
    return first, min(len(data), first + rng.randint(0, longest))


def _insert(rng: random.Random, tracks: list[bytes], content: bytes) -> None:
    """Insert bytes into a track, often at its start, where they are read as intended."""
    which = rng.randrange(len(tracks))
    track = tracks[which]
    at = rng.choice([0, 0, rng.randrange(len(track) + 1)])
    tracks[which] = track[:at] + content + track[at:]


def _flip(rng: random.Random, data: bytes) -> bytes:
    flipped = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8, 64]) if flipped else 0):
        flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


def _flip_in_track(rng, tracks, files):
    which = rng.randrange(len(tracks))
    tracks[which] = _flip(rng, tracks[which])


def _cut_track(rng, tracks, files):
    which = rng.randrange(len(tracks))
    tracks[which] = tracks[which][: rng.randrange(len(tracks[which]) + 1)]


def _delete_in_track(rng, tracks, files):
    which = rng.randrange(len(tracks))
    first, stop = _span(rng, tracks[which], rng.choice([1, 2, 30, 4000]))
    tracks[which] = tracks[which][:first] + tracks[which][stop:]


def _splice(rng, tracks, files):
    _, others = _split(rng.choice(files))
    other = rng.choice(others or [b""])
    first, stop = _span(rng, other)
    _insert(rng, tracks, other[first:stop])


def _repeat(rng, tracks, files):
    track = rng.choice(tracks)
    first, stop = _span(rng, track, 300)
    _insert(rng, tracks, track[first:stop] * rng.choice([2, 10, 100]))


def _drop_statuses(rng, tracks, files):
    """Running status where it was not intended, or missing."""
    which = rng.randrange(len(tracks))
    keep = rng.random()
    tracks[which] = bytes(
        byte for byte in tracks[which] if not 0x80 <= byte < 0xF0 or rng.random() < keep
    )


def _many_tracks(rng, tracks, files):
    tracks += [rng.choice(tracks)[: rng.choice([0, 4, 40, 400])]] * rng.choice([1, 30, 1000])
    rng.shuffle(tracks)


def _long_deltas(rng, tracks, files):
    delta = rng.choice([_LONGEST_DELTA, b"\x81" + _LONGEST_DELTA, b"\xff\xff\x7f", b"\xff\x7f"])
    message = bytes([rng.choice([0x90, 0xB0, 0x80, 0xC0])]) + bytes([rng.randrange(128)] * 2)
    if message[0] == 0xC0:
        message = message[:2]
    _insert(rng, tracks, (delta + message) * rng.choice([1, 1, 3, 100, 5000]))


def _meta_flood(rng, tracks, files):
    metas = []
    for _ in range(rng.choice([1, 10, 1000, 20000])):
        delta = bytes([rng.choice([0, 0, 1, 24, 96, 127])])
        if rng.random() < 0.8:
            values = [rng.randrange(1, 256), rng.randrange(8), 24, 8]
            metas.append(delta + b"\xff\x58\x04" + bytes(values))
        else:
            metas.append(delta + b"\xff\x51\x03" + rng.randbytes(3))
    _insert(rng, tracks, b"".join(metas))


def _wrong_lengths(rng, tracks, files):
    kind = bytes([rng.choice([0x01, 0x03, 0x2F, 0x51, 0x54, 0x58, 0x59, 0x7F])])
    start = rng.choice([b"\x00\xff" + kind, b"\x00\xf0", b"\x00\xf7"])
    length = rng.choice([b"\x00", b"\x01", b"\x7f", b"\xff\x7f", _LONGEST_DELTA, b"\x80" * 6])
    _insert(rng, tracks, start + length + rng.randbytes(rng.choice([0, 2, 200])))


def _storm(rng, tracks, files):
    """Notes that collide: of one pitch or all, of one tick, never ended, under a pedal."""
    channel = rng.choice([0, 0, 9, rng.randrange(16)])
    pitches = rng.choice([1, 2, 128])
    deltas = rng.choice([[0], [0, 0, 0, 1], [1], [96], [127]])
    events = []
    for _ in range(rng.choice([10, 1000, 20000])):
        status = rng.choice([0x90, 0x90, 0x80, 0xB0])
        data = (64, rng.choice([0, 127])) if status == 0xB0 else (rng.randrange(pitches), 64)
        events.append(bytes([rng.choice(deltas), status | channel, *data]))
    _insert(rng, tracks, b"".join(events))


def _noise(rng, tracks, files):
    size = rng.choice([1, 3, 50, 3000])
    noise = rng.randbytes(size)
    _insert(rng, tracks, bytes(byte & 0x7F for byte in noise) if rng.random() < 0.5 else noise)


def _flip_anywhere(rng, data, files):
    return _flip(rng, data)


def _cut_file(rng, data, files):
    return data[: rng.randrange(len(data) + 1)]


def _header(rng, data, files):
    """Header length, format, count of tracks or resolution."""
    damaged = bytearray(data)
    first, stop = rng.choice([(4, 8), (8, 10), (10, 12), (12, 14), (12, 14)])
    value = rng.choice([0, 1, 2, 6, 0x7FFF, 0x8000, 0xFFFF, rng.randrange(0x10000)])
    damaged[first:stop] = value.to_bytes(stop - first, "big")
    return bytes(damaged)


def _chunk_length(rng, data, files):
    damaged = bytearray(data)
    at = data.find(b"MTrk", rng.randrange(len(data) + 1))
    if at >= 0:
        value = rng.choice([0, 1, len(data), 1 << 31, 0xFFFFFFFF, rng.randrange(1 << 16)])
        damaged[at + 4 : at + 8] = value.to_bytes(4, "big")
    return bytes(damaged)


def _wrap(rng, data, files):
    """A RIFF file, valid or not."""
    size = rng.choice([len(data), 0, 0xFFFFFFFF]).to_bytes(4, "little")
    return b"RIFF" + size + b"RMID" + rng.choice([b"", b"LIST" + size]) + b"data" + size + data


def _join_files(rng, data, files):
    other = rng.choice(files)
    return rng.choice([data + other, data[: len(data) // 2] + other[len(other) // 2 :]])


def _garbage(rng: random.Random) -> bytes:
    """16 or 3 MB of noise, zeros, notes or time signatures, as one track or without a header."""
    size = rng.choice([_GARBAGE_BYTES, _GARBAGE_BYTES // 5])
    unit = rng.choice(
        [
            rng.randbytes(size),
            b"\x00",
            b"\x01\x3c\x40",
            b"\x01\x90\x3c\x40\x00\x90\x3c\x00",
            b"\x60\x90\x3c\x40\x60\x80\x3c\x40",
            b"\x00\xff\x58\x04\x03\x02\x18\x08",
            b"\x01\xff\x58\x04\x03\x02\x18\x08\x60\xff\x58\x04\x04\x02\x18\x08",
            b"\x00\xc0\x01\x00\x90\x3c\x40",
        ]
    )
    content = (unit * (size // len(unit)))[:size]
    if rng.random() < 0.2:
        return content
    track = rng.choice([b"", b"\x00\x90\x3c\x40"]) + content
    return _join(b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x00\x60", [track])


_OF_TRACKS: list[Callable] = [
    _flip_in_track,
    _flip_in_track,
    _cut_track,
    _delete_in_track,
    _splice,
    _repeat,
    _drop_statuses,
    _many_tracks,
    _long_deltas,
    _meta_flood,
    _wrong_lengths,
    _storm,
    _noise,
]
_OF_BYTES: list[Callable] = [
    _flip_anywhere,
    _flip_anywhere,
    _cut_file,
    _header,
    _chunk_length,
    _wrap,
    _join_files,
]
