"""The notes of a file according to the original's parser, and why a player plays others.

The rules are pretty_midi's, written out: each MIDI track by itself, programs at the end of notes,
notes dropped that last no time or never end, drums on channel 10 alone. Tests compare these notes
with pretty_midi's own, and explain where `gm_player` has others.
"""

from __future__ import annotations

import collections
import dataclasses

from gm_player import OFF, ON, RESET, Event, Note, Player

# Why a note is another to a player.
NO_LENGTH = "it lasts no time"
NO_END = "it never ends"
ENDED_BY_MESSAGE = "a mode message or a reset ends it"
ENDED_ELSEWHERE = "a note-off in another track ends it"
CHANNEL_PROGRAM = "another track set the program of its channel, or a reset did"
PROGRAM_AT_START = "the program changes while it sounds"
DRUM_PART = "its channel was made a drum part, or a melodic one"
# Why pedals hold it for another time to a player.
OTHER_CONTROLLER = "sostenuto, all sound off, a reset of controllers or of all has a say"
PEDAL_ELSEWHERE = "the pedal is moved in another track"
ONE_TICK = "pedal and note-off, or two moves of the pedal, are on one tick"
STRUCK_ELSEWHERE = "another instrument of its channel strikes the pitch"
LEFT_DOWN = "the pedal is never released"


@dataclasses.dataclass(frozen=True)
class OriginalNote:
    """A note of the original, with its end before and after pedals."""

    track: int
    channel: int
    pitch: int
    velocity: int
    start: int
    end: int
    program: int
    program_at_start: int
    pedal_end: int | None = None  # None: a note of the same pitch and start replaced it

    @property
    def is_drum(self) -> bool:
        return self.channel == 9


def original_notes(player: Player) -> list[OriginalNote | None]:
    """The original's note for each of a player's, or None."""
    ends = {}  # id of a player's note: (note-off, program then, program at its start)
    notes = iter(player.notes)
    for track in range(len(player.track_ends)):
        programs = collections.Counter()
        sounding: dict[tuple[int, int], list[tuple[Note, int]]] = collections.defaultdict(list)
        for event in player.events:
            if event.track == track:
                _one_event(event, programs, sounding, notes, ends)
    originals = [
        OriginalNote(
            note.track, note.channel[1], note.pitch, note.velocity, note.start, *ends[id(note)]
        )
        if id(note) in ends
        else None
        for note in player.notes
    ]
    return _with_pedals(player, originals)


def _with_pedals(player: Player, originals: list[OriginalNote | None]) -> list[OriginalNote | None]:
    """The notes as note_seq's pedal makes them last, with ticks for seconds."""
    import note_seq

    sequence = note_seq.NoteSequence()
    numbers = collections.defaultdict(lambda: len(numbers))
    for index, note in enumerate(originals):
        if note:
            instrument = numbers[note.track, note.channel, note.program]
            sequence.notes.add(
                start_time=note.start,
                end_time=note.end,
                pitch=note.pitch,
                velocity=note.velocity,
                instrument=instrument,
                is_drum=note.is_drum,
                voice=index,
            )
    sequence.total_time = max((note.end for note in originals if note), default=0)
    for (track, channel, _), instrument in list(numbers.items()):
        for event in player.events:
            message = event.message
            if event.track == track and message.is_cc(64) and message.channel == channel:
                sequence.control_changes.add(
                    time=event.tick,
                    control_number=64,
                    control_value=message.value,
                    instrument=instrument,
                )
    sustained = note_seq.apply_sustain_control_changes(sequence)
    ends = {note.voice: int(note.end_time) for note in sustained.notes}
    return [
        note and dataclasses.replace(note, pedal_end=ends.get(index))
        for index, note in enumerate(originals)
    ]


def _one_event(event: Event, programs, sounding, notes, ends) -> None:
    message = event.message
    if message.type == "program_change":
        programs[message.channel] = message.program
    elif event.phase == ON:
        begun = next(notes), programs[message.channel]
        sounding[message.channel, message.note].append(begun)
    elif event.phase == OFF:
        open_notes = sounding[message.channel, message.note]
        older = [begun for begun in open_notes if begun[0].start != event.tick]
        for note, program in older:
            ends[id(note)] = event.tick, programs[message.channel], program
        sounding[message.channel, message.note] = (
            [begun for begun in open_notes if begun[0].start == event.tick] if older else []
        )


def differences(note: Note, original: OriginalNote | None) -> set[str]:
    """Why a player's note is not the original's; empty if it is. Fails if the reason is unknown."""
    kinds = set()
    if note.is_drum != (note.channel[1] == 9):
        kinds.add(DRUM_PART)
    if original is None:
        assert note.own_end in (None, note.start)
        if note.own_end == note.start:
            return kinds | {NO_LENGTH}
        return kinds | ({NO_END} if note.flaw == "no_end" else {ENDED_ELSEWHERE})
    assert note.own_end == original.end
    if note.key_end != original.end:
        assert note.key_end < original.end
        kinds.add(ENDED_BY_MESSAGE)
    if note.program != original.program:
        if note.program_track == note.track:
            assert note.program == original.program_at_start
            kinds.add(PROGRAM_AT_START)
        else:
            kinds.add(CHANNEL_PROGRAM)
    return kinds


def is_read_alike(data: bytes) -> bool:
    """Whether the original has the same notes as a player, with and without pedals."""
    player = Player(data)
    return all(
        original and note.end == original.pedal_end and not differences(note, original)
        for note, original in zip(player.notes, original_notes(player))
    )


def pedal_difference(player: Player, note: Note, original: OriginalNote) -> str | None:
    """Why a player's note with the same key release has another length; None if it has not.

    Fails for no known reason.
    """
    if note.end == original.pedal_end:
        return None
    until = max(note.end, original.pedal_end or 0)
    moves, others, elsewhere = collections.defaultdict(set), False, False
    for event in player.events:
        message = event.message
        if event.port != note.channel[0] or event.tick > until:
            continue
        while_it_sounds = event.tick >= note.start
        if event.phase == RESET:
            others |= while_it_sounds
        elif message.type == "control_change" and message.channel == note.channel[1]:
            if message.control in (66, 120, 121):
                others |= while_it_sounds
            elif message.control == 64:
                moves[event.tick].add(message.value >= 64)
                elsewhere |= event.track != note.track
    last_before = max((tick for tick in moves if tick <= note.start), default=0)
    both_ways = [tick for tick in moves if tick >= last_before and len(moves[tick]) == 2]
    if others:
        return OTHER_CONTROLLER
    if elsewhere:
        return PEDAL_ELSEWHERE
    if note.key_end in moves or both_ways:
        return ONE_TICK
    strikes = [
        other
        for other in player.notes
        if (other.channel, other.pitch) == (note.channel, note.pitch)
        and other.start in (note.end, note.start)
        and other is not note
    ]
    if strikes:
        return STRUCK_ELSEWHERE
    assert note.end == max(other.key_end for other in player.notes)
    return LEFT_DOWN
