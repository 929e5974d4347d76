"""Small MIDI files for tests, written by mido: events by absolute tick, tracks of events."""

import io

import mido


def note(start, end, pitch, velocity=100, channel=0):
    """A note-on and a note-off."""
    return [
        (start, mido.Message("note_on", note=pitch, velocity=velocity, channel=channel)),
        (end, mido.Message("note_off", note=pitch, channel=channel)),
    ]


def program(number, channel=0, tick=0):
    """A program change."""
    return [(tick, mido.Message("program_change", program=number, channel=channel))]


def pedal(tick, value, channel=0):
    """The sustain pedal, down from value 64."""
    return [(tick, mido.Message("control_change", control=64, value=value, channel=channel))]


def meter(numerator, denominator, tick=0):
    """A time signature."""
    change = mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)
    return [(tick, change)]


def tempo(qpm, tick=0):
    """A tempo in quarter notes per minute."""
    return [(tick, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(qpm)))]


def midi(*tracks, ticks_per_quarter=24, kind=1):
    """The bytes of a file. Events of a track at one tick stay in the order given."""
    file = mido.MidiFile(type=kind, ticks_per_beat=ticks_per_quarter)
    for events in tracks:
        track, now = mido.MidiTrack(), 0
        for tick, message in sorted(events, key=lambda event: event[0]):
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()
