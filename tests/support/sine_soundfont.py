"""A soundfont of one sine, for all instruments and drums, built byte by byte (SoundFont 2.01).

Key 69 sounds 440 Hz, at once and for as long as it is held.
"""

import math
import struct

RATE, PERIOD, KEY = 44_000, 100, 69  # 440 Hz
PERIODS = 20
_GUARD = 46  # zeros that follow a sample
_DRUM_BANK = 128
_INSTRUMENT, _SAMPLE_MODES, _SAMPLE_ID = 41, 54, 53  # generators
_LOOP = 1


def sine_soundfont():
    """The bytes of the .sf2 file."""
    count = PERIOD * PERIODS
    wave = [round(30_000 * math.sin(2 * math.pi * i / PERIOD)) for i in range(count)]
    samples = struct.pack(f"<{count + _GUARD}h", *wave, *[0] * _GUARD)
    info = _chunk(b"ifil", struct.pack("<HH", 2, 1)) + b"".join(
        _chunk(tag, text) for tag, text in ((b"isng", b"EMU8000\0"), (b"INAM", b"Sine\0\0"))
    )
    presets = [("Sine", 0, 0), ("Sine drums", 0, _DRUM_BANK)]
    phdr = [
        struct.pack("<20sHHHIII", name.encode(), program, bank, index, 0, 0, 0)
        for index, (name, program, bank) in enumerate(presets)
    ] + [struct.pack("<20sHHHIII", b"EOP", 0, 0, len(presets), 0, 0, 0)]
    pbag = [struct.pack("<HH", index, 0) for index in range(len(presets) + 1)]
    pgen = [struct.pack("<HH", _INSTRUMENT, 0)] * len(presets) + [bytes(4)]
    inst = [struct.pack("<20sH", b"Sine", 0), struct.pack("<20sH", b"EOI", 1)]
    ibag = [struct.pack("<HH", 0, 0), struct.pack("<HH", 2, 0)]
    igen = [
        struct.pack("<HH", _SAMPLE_MODES, _LOOP),
        struct.pack("<HH", _SAMPLE_ID, 0),  # the last of a zone
        bytes(4),
    ]
    mono = 1
    shdr = [
        struct.pack(
            "<20sIIIIIBbHH", b"Sine", 0, count, PERIOD, count - PERIOD, RATE, KEY, 0, 0, mono
        ),
        struct.pack("<20sIIIIIBbHH", b"EOS", *[0] * 9),
    ]
    tables = [
        (b"phdr", phdr), (b"pbag", pbag), (b"pmod", [bytes(10)]), (b"pgen", pgen),
        (b"inst", inst), (b"ibag", ibag), (b"imod", [bytes(10)]), (b"igen", igen), (b"shdr", shdr),
    ]  # fmt: skip
    body = b"sfbk" + _list(b"INFO", info) + _list(b"sdta", _chunk(b"smpl", samples))
    body += _list(b"pdta", b"".join(_chunk(tag, b"".join(rows)) for tag, rows in tables))
    return _chunk(b"RIFF", body)


def _chunk(tag, data):
    assert len(data) % 2 == 0
    return tag + struct.pack("<I", len(data)) + data


def _list(kind, data):
    return _chunk(b"LIST", kind + data)
