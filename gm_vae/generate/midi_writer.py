"""Measures -> a Standard MIDI File that any player or sequencer reads."""

from __future__ import annotations

import collections
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gm_vae.errors import UsageError, UserError
from gm_vae.files import output_file
from gm_vae.music.arrangement import Arrangement
from gm_vae.music.general_midi import DRUM_CHANNEL
from gm_vae.music.measure import Measure
from gm_vae.music.parts import Part
from gm_vae.text import printable

if TYPE_CHECKING:
    import mido

Sections = Sequence[tuple[int, str]]  # number of the first measure, and name, of each section

SUFFIXES = (".mid", ".midi")
MELODIC_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
_LEAST_TICKS_PER_QUARTER = 480  # what sequencers expect; 20 ticks per step at 24 steps per quarter

# order at one tick: names, ends of notes, program changes, new notes
_NAME, _OFF, _PROGRAM, _ON = range(4)


def write_midi(
    measures: Sequence[Measure],
    path: str | os.PathLike[str],
    qpm: float = 120.0,
    title: str | None = None,
    force: bool = False,
    sections: Sections = (),
    symbols: Sequence[str] | None = None,
) -> None:
    """Write measures end to end as a MIDI file.

    The file has format 1: a first track with title, tempo, time signature and the chord symbols,
    then one track per instrument, named as in General MIDI. Each change of chord is a marker, which
    sequencers show, and a text event, which programs read. Drums play on channel 10. Up to 15 other
    instruments have one channel each. If a piece has more, the next instrument takes the channel
    that has been silent the longest, with a program change at that bar line. If a single measure
    has more than 15 (the default format allows 8), instruments of one program share a channel.

    No note is tied over a bar line. The corpus cuts notes there, so a pitch that ends at a bar line
    and begins again there was played twice, and is written twice. The old note always ends before
    the new one begins: earlier in the track, or a tick earlier if another track of the channel
    begins it. So no player ends the new note by mistake.

    Args:
        measures: one or more measures of one format.
        path: the file to write; it appears only once it is complete.
        qpm: tempo in quarter notes per minute.
        title: name of the first track.
        force: replace an existing file.
        sections: the number of its first measure, from 0, and the name of each section; a marker
            shows it.
        symbols: what the chords of each measure are called; see `Arrangement.from_measures`.

    Raises:
        UsageError: `path` exists or does not end in .mid or .midi, `qpm` cannot be a tempo,
            `measures` is empty, or formats or the number of symbols differ.
        UserError: the path cannot be written, or a measure has more than 15 melodic programs.
    """
    file = midi_file(Arrangement.from_measures(measures, symbols), qpm, title, sections)
    with output_file(path, force) as temporary:
        if temporary.suffix.lower() not in SUFFIXES:
            raise UsageError(f"{os.fspath(path)} does not end in .mid; choose such a name.")
        file.save(temporary)


def midi_file(
    arrangement: Arrangement,
    qpm: float = 120.0,
    title: str | None = None,
    sections: Sections = (),
) -> mido.MidiFile:
    """The `mido.MidiFile` that `write_midi` saves; raises the same errors, except for files."""
    import mido

    check_tempo(qpm)
    steps_per_quarter = arrangement.fmt.steps_per_quarter
    ticks_per_step = -(-_LEAST_TICKS_PER_QUARTER // steps_per_quarter)
    file = mido.MidiFile(type=1, ticks_per_beat=ticks_per_step * steps_per_quarter, charset="utf-8")
    conductor = [
        (0, mido.MetaMessage("set_tempo", tempo=round(60e6 / qpm))),
        (
            0,
            mido.MetaMessage(
                "time_signature",
                numerator=arrangement.fmt.beats_per_bar,
                denominator=arrangement.fmt.beat_unit,
            ),
        ),
    ]
    if title:
        conductor.insert(0, (0, mido.MetaMessage("track_name", name=printable(title))))
    bar_ticks = arrangement.fmt.steps_per_measure * ticks_per_step
    conductor += [
        (bar * bar_ticks, mido.MetaMessage("marker", text=f"[{name}]")) for bar, name in sections
    ]
    conductor += [
        (step * ticks_per_step, mido.MetaMessage(kind, text=symbol))
        for step, symbol in arrangement.chord_symbols
        for kind in ("marker", "text")
    ]
    conductor.sort(key=lambda event: event[0])  # at one tick, a section comes before its chord
    end_tick = arrangement.total_steps * ticks_per_step
    file.tracks.append(_track(conductor, end_tick))
    for events in _part_events(arrangement, ticks_per_step):
        file.tracks.append(_track(events, end_tick))
    return file


def assign_channels(
    parts: Sequence[Part], playing: Sequence[Sequence[int]]
) -> list[dict[int, int]]:
    """The channel of each part in each measure.

    A part keeps its channel while there are enough; then a new part gets the channel that was
    silent the longest.

    Args:
        parts: the instruments of a piece.
        playing: for each measure, indices into `parts`.

    Returns:
        For each measure, part index -> channel 0..15.

    Raises:
        UserError: one measure has more than 15 melodic programs.
    """
    melodic = [[index for index in bar if not parts[index].is_drum] for bar in playing]
    crowded = any(len(bar) > len(MELODIC_CHANNELS) for bar in melodic)
    free = collections.deque(MELODIC_CHANNELS)
    holders: dict[int, int] = {}  # holder -> channel, the longest silent first
    assigned = []
    for number, bar in enumerate(melodic, 1):
        wanted = {index: parts[index].program if crowded else index for index in bar}
        needed = list(dict.fromkeys(wanted.values()))
        if len(needed) > len(MELODIC_CHANNELS):
            raise UserError(
                f"Measure {number} has {len(needed)} melodic instruments and a MIDI file has "
                f"channels for {len(MELODIC_CHANNELS)}; leave some tracks out."
            )
        for holder in needed:
            if holder in holders:
                holders[holder] = holders.pop(holder)
        for holder in needed:
            if holder not in holders:
                holders[holder] = free.popleft() if free else holders.pop(next(iter(holders)))
        channels = {index: holders[holder] for index, holder in wanted.items()}
        channels |= dict.fromkeys(set(playing[number - 1]) - set(bar), DRUM_CHANNEL)
        assigned.append(channels)
    return assigned


def _part_events(
    arrangement: Arrangement, ticks_per_step: int
) -> list[list[tuple[int, mido.Message | mido.MetaMessage]]]:
    """For each part, its messages with their ticks, in the order of the file."""
    import mido

    parts, notes = arrangement.parts, arrangement.notes
    bar_steps = arrangement.fmt.steps_per_measure
    note_bars = notes["start_step"] // bar_steps
    playing = [
        np.unique(notes["part"][note_bars == bar]).tolist() for bar in range(arrangement.bars)
    ]
    channels = assign_channels(parts, playing)

    events = [[(0, _NAME, mido.MetaMessage("track_name", name=part.name))] for part in parts]
    current: dict[int, int] = {}  # channel -> program
    programmed: set[tuple[int, int]] = set()  # (part, channel) whose track has set the program
    for bar, indices in enumerate(playing):
        for index in indices:
            channel = channels[bar][index]
            program = 0 if parts[index].is_drum else parts[index].program
            if current.get(channel) != program or (index, channel) not in programmed:
                tick = bar * bar_steps * ticks_per_step if channel in current else 0
                message = mido.Message("program_change", channel=channel, program=program)
                events[index].append((tick, _PROGRAM, message))
            current[channel] = program
            programmed.add((index, channel))
    keys = [  # (channel, pitch), since a note-off names nothing else
        (channels[bar][index], pitch)
        for bar, index, pitch in zip(note_bars, notes["part"].tolist(), notes["pitch"].tolist())
    ]
    strikers = collections.defaultdict(set)  # (key, step) -> the parts that strike it then
    for key, index, start in zip(keys, notes["part"].tolist(), notes["start_step"].tolist()):
        strikers[key, start].add(index)
    for key, (index, _, velocity, start, end) in zip(keys, notes.tolist()):
        channel, pitch = key
        on = mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)
        off = mido.Message("note_off", channel=channel, note=pitch, velocity=64)
        end_tick = end * ticks_per_step
        # players process the events of one tick track by track
        if strikers.get((key, end), set()) - {index} and ticks_per_step > 1:
            end_tick -= 1
        events[index].append((start * ticks_per_step, _ON, on))
        events[index].append((end_tick, _OFF, off))
    return [
        [(tick, message) for tick, _, message in sorted(track, key=lambda event: event[:2])]
        for track in events
    ]


def _track(
    events: Sequence[tuple[int, mido.Message | mido.MetaMessage]], end_tick: int
) -> mido.MidiTrack:
    """Messages at absolute ticks as a track with delta times that ends at `end_tick`."""
    import mido

    track, now = mido.MidiTrack(), 0
    for tick, message in events:
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=end_tick - now))
    return track


def check_tempo(qpm: float) -> None:
    """Raise UsageError unless a MIDI file, which has three bytes for it, can store the tempo."""
    if not 60e6 / (2**24 - 1) <= qpm <= 60e6:
        raise UsageError(
            f"the tempo is {qpm:g}; give 4 or more quarter notes per minute, such as 120."
        )
