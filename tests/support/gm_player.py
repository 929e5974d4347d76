"""A General MIDI player without sound: the notes of a file, found event by event.

It shares nothing with the package but the rules. mido takes the file apart; then the player goes
from tick to tick, and does what each event asks for. It is slow and simple, and meant for
comparison with the package's reader.
"""

from __future__ import annotations

import collections
import dataclasses
import io

import mido

FOREVER = 1 << 60
OFF, RESET, STATE, ON = range(4)  # the order of the events of one tick
LATEST_RELEASE_QUARTERS = 16


@dataclasses.dataclass(eq=False)
class Note:
    """A note while it is played."""

    track: int
    channel: tuple[int, int]  # port, channel
    pitch: int
    velocity: int
    start: int
    own_end: int | None = None  # the note-off in its track
    key_end: int = FOREVER
    end: int | None = None
    program: int = 0
    program_track: int | None = None  # that set it
    is_drum: bool = False
    held_by: str = ""  # a pedal, once the key is up
    captured: bool = False  # by the sostenuto pedal
    flaw: str = ""

    def row(self, end: int) -> tuple:
        """For comparison: track, port and channel, program, drums, pitch, velocity, start, end."""
        program = (*self.channel, self.program, self.is_drum)
        return self.track, *program, self.pitch, self.velocity, self.start, end


class Channel:
    """The state of a channel."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.reset(is_xg=False)
        self.sustain = self.sostenuto = False

    def reset(self, is_xg: bool) -> None:
        self.program = self.bank = 0
        self.program_track = None
        self.is_xg = is_xg
        self.part_is_drum = self.number == 9
        self.bank_is_drum = None  # no say

    def change_program(self, program: int, track: int) -> None:
        self.program, self.program_track = program, track
        self.bank_is_drum = None
        if self.bank == 120 or (self.is_xg and self.bank in (126, 127)):
            self.bank_is_drum = True
        elif self.bank == 121:
            self.bank_is_drum = False

    def set_part(self, is_drum: bool) -> None:
        self.part_is_drum = is_drum
        self.bank_is_drum = None

    @property
    def is_drum(self) -> bool:
        return self.part_is_drum if self.bank_is_drum is None else self.bank_is_drum


@dataclasses.dataclass(frozen=True)
class Event:
    """A message at its time and place."""

    tick: int
    phase: int
    track: int
    port: int
    message: mido.Message


class Player:
    """Plays a file.

    Attributes:
        notes: all notes in the order of their note-ons in the file.
        flaws: counts of "no_end" and "no_length".
        ports: that the file names.
    """

    def __init__(self, data: bytes) -> None:
        file = mido.MidiFile(file=io.BytesIO(data))
        self.quarter = file.ticks_per_beat
        self.track_ends = []
        self.events: list[Event] = []
        self.ports: set[int] = set()
        for number, track in enumerate(file.tracks):
            self._read_track(number, track)
        self.notes: list[Note] = []
        for number in range(len(file.tracks)):
            self._pair(number)
        used = {event.port for event in self.events}
        self.channels = {(port, number): Channel(number) for port in used for number in range(16)}
        self.end_keys()
        self.play()
        self.flaws = collections.Counter(note.flaw for note in self.notes if note.flaw)

    def rows(self, pedals: bool = True) -> list[tuple]:
        """The rows of all notes, sorted; with the lengths of their keys if `pedals` is false."""
        return sorted(note.row(note.end if pedals else note.key_end) for note in self.notes)

    def _read_track(self, number: int, track: mido.MidiTrack) -> None:
        tick = port = 0
        for message in track:
            tick += message.time
            if message.type == "midi_port":
                port = message.port
                self.ports.add(port)
            elif message.type == "end_of_track":
                break
            elif not message.is_meta:
                self.events.append(Event(tick, phase_of(message), number, port, message))
        self.track_ends.append(tick)

    def _pair(self, track: int) -> None:
        """Note-ons and note-offs of one track in file order."""
        sounding = collections.defaultdict(list)
        for event in self.events:
            if event.track != track or event.phase not in (OFF, ON):
                continue
            message = event.message
            channel = event.port, message.channel
            open_notes = sounding[channel, message.note]
            if event.phase == ON:
                note = Note(track, channel, message.note, message.velocity, event.tick)
                self.notes.append(note)
                open_notes.append(note)
                continue
            older = [note for note in open_notes if note.start < event.tick]
            for note in older or open_notes:
                note.own_end = event.tick
            open_notes[:] = [note for note in open_notes if note not in older] if older else []

    def end_keys(self) -> None:
        """When the key of each note is released."""
        ticks = collections.defaultdict(list)  # of what ends notes
        for event in self.events:
            message = event.message
            if event.phase in (OFF, ON):
                ticks[event.phase, event.port, message.channel, message.note].append(event.tick)
            else:
                for number in range(16):
                    if silences(message, number):
                        ticks["silence", event.port, number].append(event.tick)
        for note in self.notes:

            def after(*what, start=note.start):
                return min((tick for tick in ticks[what] if tick > start), default=FOREVER)

            silenced = after("silence", *note.channel)
            if note.own_end is None:
                given, struck = (after(kind, *note.channel, note.pitch) for kind in (OFF, ON))
            if note.own_end is not None:
                note.key_end = note.own_end
            elif given <= struck and given < FOREVER:
                note.key_end = given
            else:
                note.key_end = min(struck, self.track_ends[note.track])
                note.flaw = "no_end" if note.key_end < silenced else ""
            note.key_end = min(note.key_end, silenced)
            if note.key_end == note.start:
                note.key_end += 1
                note.flaw = note.flaw or "no_length"

    def play(self) -> None:
        """The properties of each note at its start, and how long pedals hold it."""
        last = max((note.key_end for note in self.notes), default=0)
        latest = last + LATEST_RELEASE_QUARTERS * self.quarter
        happens = collections.defaultdict(list)
        for event in self.events:
            happens[event.tick].append(event)
        begin = collections.defaultdict(list)
        for note in self.notes:
            begin[note.start].append(note)
        sounding: list[Note] = []
        for tick in sorted({*happens, *begin, last, *(note.key_end for note in self.notes)}):
            events = sorted(happens[tick], key=lambda event: event.phase)  # else file order
            were = {key: (c.sustain, c.sostenuto) for key, c in self.channels.items()}
            releases = set()
            for event in events:
                if event.phase in (RESET, STATE):
                    self._change(event, sounding, releases)
            for note in list(sounding):
                sustain, sostenuto = were[note.channel]
                if note.key_end == tick and not note.held_by:
                    note.held_by = "key"
                    if note.is_drum:
                        note.end = tick
                    elif note.captured and sostenuto:
                        note.held_by = "sostenuto"
                if note.held_by == "sostenuto" and (
                    (note.channel, "sostenuto") in releases
                    or (tick >= last and not self._release("sostenuto", note, tick, latest))
                ):
                    note.held_by = "key"  # as if it went up now
                if note.held_by == "key" and note.end is None:
                    if sustain and (note.channel, "sustain") not in releases:
                        note.held_by = "sustain"
                    else:
                        note.end = tick
                if note.held_by == "sustain" and (
                    (note.channel, "sustain") in releases
                    or (tick >= last and not self._release("sustain", note, tick, latest))
                ):
                    note.end = tick
                if note.end is not None:
                    sounding.remove(note)
            for note in begin[tick]:
                channel = self.channels[note.channel]
                note.program, note.program_track = channel.program, channel.program_track
                note.is_drum = channel.is_drum
                if not note.is_drum and (channel.sustain or channel.sostenuto):
                    for older in list(sounding):
                        same = (older.channel, older.pitch) == (note.channel, note.pitch)
                        if same and older.start < tick and not older.is_drum:
                            older.end = tick
                            sounding.remove(older)
            sounding += begin[tick]

    def _change(self, event: Event, sounding: list[Note], releases: set) -> None:
        message = event.message
        if event.phase == RESET:
            for number in range(16):
                key = event.port, number
                self.channels[key].reset(is_xg=reset_of(message) == "xg")
                self._lift(key, releases)
            return
        if message.type == "sysex":
            setting = part_of(message)
            if setting:
                self.channels[event.port, setting[0]].set_part(setting[1])
            return
        key = event.port, message.channel
        channel = self.channels[key]
        if message.type == "program_change":
            channel.change_program(message.program, event.track)
        elif message.type == "control_change":
            control, value = message.control, message.value
            if control == 0:
                channel.bank = value
            elif control == 64:
                channel.sustain = value >= 64
                if not channel.sustain:
                    releases.add((key, "sustain"))
            elif control == 66:
                if value >= 64 and not channel.sostenuto:
                    for note in sounding:  # those whose keys are down now
                        if note.channel == key:
                            note.captured = note.key_end > event.tick and not note.held_by
                channel.sostenuto = value >= 64
                if not channel.sostenuto:
                    releases.add((key, "sostenuto"))
            elif control == 120:
                releases |= {(key, "sustain"), (key, "sostenuto")}
            elif control == 121:
                self._lift(key, releases)

    def _lift(self, key: tuple[int, int], releases: set) -> None:
        self.channels[key].sustain = self.channels[key].sostenuto = False
        releases |= {(key, "sustain"), (key, "sostenuto")}

    def _release(self, pedal: str, note: Note, tick: int, latest: int) -> bool:
        """Whether a pedal releases a note in time."""
        return any(
            tick <= event.tick <= latest
            and event.port == note.channel[0]
            and (
                event.phase == RESET
                or (
                    event.message.type == "control_change"
                    and event.message.channel == note.channel[1]
                    and (
                        event.message.control in (120, 121)
                        or (
                            event.message.control == {"sustain": 64, "sostenuto": 66}[pedal]
                            and event.message.value < 64
                        )
                    )
                )
            )
            for event in self.events
        )


def phase_of(message: mido.Message) -> int:
    """When a message acts on its tick."""
    if message.type == "note_on" and message.velocity:
        return ON
    if message.type in ("note_on", "note_off"):
        return OFF
    return RESET if reset_of(message) else STATE


def silences(message: mido.Message, channel: int) -> bool:
    """Whether a message ends all notes of a channel."""
    if message.type == "control_change" and message.channel == channel:
        return message.control in (120, 123, 124, 125, 126, 127)
    return reset_of(message) is not None


def reset_of(message: mido.Message) -> str | None:
    """The kind of a message that resets all channels of a port."""
    if message.type != "sysex":
        return None
    words = " ".join(f"{byte:02X}" for byte in message.data)
    device = words[3:5]
    if words.startswith((f"7E {device} 09 01", f"7E {device} 09 03")):
        return "gm"
    if words.startswith((f"41 {device} 42 12 40 00 7F 00", f"41 {device} 42 12 00 00 7F")):
        return "gs"
    if device[:1] == "1" and words.startswith(f"43 {device} 4C 00 00 7"):
        return "xg" if words[15:17] in ("7E", "7F") else None
    return None


def part_of(message: mido.Message) -> tuple[int, bool] | None:
    """(channel, whether it plays drums from now on) of a GS or XG message on parts."""
    data = message.data
    is_gs = len(data) > 7 and data[0] == 0x41 and data[2:5] == (0x42, 0x12, 0x40)
    if is_gs and 0x10 <= data[5] <= 0x1F and data[6] == 0x15:
        parts = [10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16]
        return parts[data[5] - 0x10] - 1, data[7] != 0
    is_xg = len(data) > 6 and data[0] == 0x43 and 0x10 <= data[1] <= 0x1F and data[2:4] == (0x4C, 8)
    if is_xg and data[4] < 16 and data[5] == 7:
        return data[4], data[6] != 0
    return None
