"""MIDI files byte by byte, for content that libraries do not write."""


def number(value):
    """A variable-length number."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))


def on(tick, pitch, channel=1, velocity=80):
    return tick, bytes([0x8F + channel, pitch, velocity])


def off(tick, pitch, channel=1):
    return tick, bytes([0x7F + channel, pitch, 64])


def note(start, end, pitch, channel=1, velocity=80):
    return [on(start, pitch, channel, velocity), off(end, pitch, channel)]


def control(tick, controller, value, channel=1):
    return tick, bytes([0xAF + channel, controller, value])


def program(tick, value, channel=1):
    return tick, bytes([0xBF + channel, value])


def exclusive(tick, words):
    """System exclusive, the bytes behind F0 without F7 as hexadecimal words."""
    content = bytes.fromhex(words) + b"\xf7"
    return tick, b"\xf0" + number(len(content)) + content


def meta(tick, kind, content=b""):
    return tick, bytes([0xFF, kind]) + number(len(content)) + content


def track(*events, end=0):
    """The content of a track: events (tick, bytes) or lists of them, in any order of ticks."""
    flat = [e for event in events for e in (event if isinstance(event, list) else [event])]
    content, now = b"", 0
    for tick, message in sorted(flat, key=lambda event: event[0]):
        content += number(tick - now) + message
        now = tick
    return content + number(max(0, end - now)) + b"\xff\x2f\x00"


def file_of(*tracks, ticks_per_quarter=96, sizes=()):
    """A file of format 1; `sizes` are added to the true sizes of its tracks."""
    data = b"MThd" + bytes([0, 0, 0, 6, 0, 1])
    data += len(tracks).to_bytes(2, "big") + ticks_per_quarter.to_bytes(2, "big")
    for index, content in enumerate(tracks):
        size = len(content) + (sizes[index] if index < len(sizes) else 0)
        data += b"MTrk" + size.to_bytes(4, "big") + content
    return data
