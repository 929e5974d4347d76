"""MIDI files of random messages that affect notes; an index always gives the same file."""

from __future__ import annotations

import io
import random

import mido

_CONTROLLERS = (0, 0, 32, 64, 64, 66, 66, 67, 120, 121, 123, 124, 126, 127, 7)
_VALUES = (0, 1, 63, 64, 100, 120, 121, 126, 127)
_EXCLUSIVE = (
    "7e 7f 09 01", "7e 7f 09 03", "7e 10 09 02",
    "41 10 42 12 40 00 7f 00 41", "41 10 42 12 00 00 7f 00 01",
    "41 10 42 12 40 11 15 02 18", "41 10 42 12 40 10 15 00 1b", "41 10 42 12 40 1a 15 01 10",
    "43 10 4c 00 00 7e 00", "43 10 4c 00 00 7f 00", "43 10 4c 08 01 07 02", "43 10 4c 08 09 07 00",
    "43 10 4c 08 01 05 02", "7f 7f 04 01 00 7f",
)  # fmt: skip


def random_midi(index: int) -> bytes:
    """One to three tracks on few channels and pitches, so that notes collide often."""
    rng = random.Random(f"random MIDI {index}")
    file = mido.MidiFile(type=1, ticks_per_beat=rng.choice([24, 96]))
    for _ in range(rng.randint(1, 3)):
        track = mido.MidiTrack()
        file.tracks.append(track)
        for _ in range(rng.randint(5, 80)):
            message = _message(rng)
            message.time = rng.choice([0, 0, 0, 1, 12, 24, 30, 96])
            track.append(message)
        if rng.random() < 0.5:
            track.append(mido.MetaMessage("end_of_track", time=rng.choice([0, 500])))
    data = io.BytesIO()
    file.save(file=data)
    return data.getvalue()


def _message(rng: random.Random) -> mido.Message | mido.MetaMessage:
    channel = rng.choice([0, 1, 9])
    note = rng.choice([36, 60, 64])
    kind = rng.choices(
        ("on", "off", "controller", "program", "exclusive", "port", "meter", "tempo", "other"),
        (12, 10, 6, 3, 2, 0.5, 0.5, 0.5, 1),
    )[0]
    if kind == "on":
        velocity = rng.choice([0, 1, 64, 127])
        return mido.Message("note_on", channel=channel, note=note, velocity=velocity)
    if kind == "off":
        return mido.Message("note_off", channel=channel, note=note)
    if kind == "controller":
        control, value = rng.choice(_CONTROLLERS), rng.choice(_VALUES)
        return mido.Message("control_change", channel=channel, control=control, value=value)
    if kind == "program":
        return mido.Message("program_change", channel=channel, program=rng.choice([0, 33, 100]))
    if kind == "exclusive":
        return mido.Message("sysex", data=bytes.fromhex(rng.choice(_EXCLUSIVE)))
    if kind == "port":
        return mido.MetaMessage("midi_port", port=rng.choice([0, 1, 5]))
    if kind == "meter":
        numerator, denominator = rng.choice([(4, 4), (3, 4), (6, 8)])
        return mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)
    if kind == "tempo":
        return mido.MetaMessage("set_tempo", tempo=rng.choice([500_000, 400_000]))
    return rng.choice(
        [
            mido.Message("aftertouch", channel=channel, value=rng.randrange(128)),
            mido.Message("pitchwheel", channel=channel, pitch=rng.randrange(-8192, 8192)),
            mido.MetaMessage("text", text="a text"),
        ]
    )
