"""The golden data: the original's results for each file, and the file's notes in exact arithmetic.

Steps are fractions and notes are taken one at a time, and they are those of `gm_player`. So nothing
is shared with the package.
"""

import bisect
import collections
import dataclasses
import io
import json
import warnings
from fractions import Fraction

import numpy as np
import pretty_midi
from gm_player import Player
from original_notes import (
    CHANNEL_PROGRAM,
    PROGRAM_AT_START,
    differences,
    original_notes,
    pedal_difference,
)

from gm_vae.music.measures import RejectReason, measures_from_score
from gm_vae.music.midi_file import parse_midi

STEPS = 96
DRUMS = 128
END = 489
HALF = Fraction(1, 2)


def golden_files(folder):
    """All golden files, in the order of the manifest."""
    manifest = json.loads((folder / "manifest.json").read_text())
    return [File(folder, entry) for entry in manifest]


@dataclasses.dataclass(frozen=True)
class Note:
    """A note of a bar, in fractions of a step from the bar line; `end` may lie past the bar."""

    instrument: int
    program: int
    pitch: int
    loudness: int  # velocity bin
    start: Fraction
    end: Fraction
    original_program: int | None  # None if the original has no such note
    original_end: Fraction
    read_otherwise: frozenset  # why it is another to the original

    def spelled(self, cut=STEPS, start_down=0, end_down=0):
        start = nearest(self.start) - start_down
        end = min(max(nearest(min(self.end, cut)) - end_down, start + 1), STEPS)
        return (self.program, self.pitch, self.loudness, start, end)

    def as_the_original(self):
        """The original's note in its place."""
        return dataclasses.replace(self, program=self.original_program, end=self.original_end)


def nearest(step):
    return int((step + HALF) // 1)


class File:
    """A golden file: the original's results, our results, and the ticks of its notes."""

    def __init__(self, folder, entry):
        self.name = entry["file"]
        data = (folder / "midi" / self.name).read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            midi = pretty_midi.PrettyMIDI(io.BytesIO(data))
        self.seconds = midi._PrettyMIDI__tick_to_time  # as the original placed each tick
        self.entry = entry
        self.reference = np.load(folder / "tokens" / (self.name[:-4] + ".npz"))
        self.score = score = parse_midi(data)
        self.ticks_per_quarter = score.ticks_per_quarter
        self.bars = measures_from_score(score)
        self.bar_ticks = [bar.start_tick for bar in self.bars]
        player = Player(data)
        self.end_tick = max(note.end for note in player.notes)
        # Pedal events after the last note were lost to the original. If they were to release a
        # pedal, the piece ended with its last melodic event.
        last = max(note.key_end for note in player.notes)
        pedals = [
            event
            for event in player.events
            if event.message.is_cc(64) and event.tick < last and event.message.channel != 9
        ]
        melodic = [note.key_end for note in player.notes if not note.is_drum]
        self.melodic_end_tick = max([0, *melodic, *(event.tick for event in pedals)])
        state = {(e.track, e.message.channel): e.message.value >= 64 for e in pedals}
        self.pedal_left_down = any(state.values())
        originals = original_notes(player)
        pairs = list(zip(player.notes, originals, strict=True))
        self.note_kinds = collections.Counter()
        self.notes = [self._note(player, *pair) for pair in pairs]
        self.notes.sort(key=lambda note: note[:5])
        self.onsets = [note[0] for note in self.notes]

    def _note(self, player, note, original):
        """Start and end in ticks, and the other fields of `Note`."""
        program = DRUMS if note.is_drum else note.program
        theirs = their_end = None
        kinds = differences(note, original)
        if original:
            theirs = DRUMS if original.is_drum else original.program
            their_end = original.pedal_end
            kinds |= {pedal_difference(player, note, original)} - {None}
        self.note_kinds.update(kinds or {None})
        if theirs == program:  # a drum kit is not a program
            kinds -= {CHANNEL_PROGRAM, PROGRAM_AT_START}
        instrument = note.track, note.channel, note.program, note.is_drum
        loudness = (note.velocity - 1) // 16 + 1
        return (
            *(note.start, note.end, instrument, program, note.pitch, loudness),
            *(theirs, note.end if their_end is None else their_end, frozenset(kinds)),
        )

    def tick(self, seconds):
        """The tick at a time, which must be exact."""
        tick = int(np.abs(self.seconds - seconds).argmin())
        assert abs(self.seconds[tick] - seconds) < 1e-6
        return tick

    def bar_at(self, tick):
        """Index of our bar that begins at a tick, or None."""
        index = bisect.bisect_right(self.bar_ticks, tick) - 1
        return index if self.bar_ticks[index] == tick else None

    def steps(self, ticks):
        return Fraction(ticks * 24, self.ticks_per_quarter)

    def notes_around(self, tick):
        """Notes from half a step before a bar line to the next bar line, inclusive."""
        length = 4 * self.ticks_per_quarter
        first = bisect.bisect_left(self.onsets, tick - self.ticks_per_quarter)
        last = bisect.bisect_right(self.onsets, tick + length)
        around = []
        for start, end, instrument, program, pitch, loudness, *original in self.notes[first:last]:
            begins = self.steps(start - tick)
            if begins >= -HALF:
                ends = self.steps(end - tick)
                theirs, their_end, kinds = original
                original = theirs, self.steps(their_end - tick), kinds
                around.append(Note(instrument, program, pitch, loudness, begins, ends, *original))
        return around

    def is_section(self, start, end):
        """Whether a stretch without tempo change is one of one time signature, as ours are."""
        changes = {0, self.end_tick, *(tick for tick, *_ in self.score.time_signatures)}
        return {start, end} <= changes

    def segments(self, form):
        """(start tick, end tick, entry) of the stretches that the original cut a file into."""
        entries = self.entry[form]["segments"]
        starts = [self.tick(entry["start_s"]) for entry in entries]
        return list(zip(starts, [*starts[1:], self.end_tick], entries))


def spell(tokens):
    """The notes of one track's tokens, first sounding first ended, and its program."""
    sounding, notes, step, loudness = collections.defaultdict(collections.deque), [], 0, 0
    program = int(tokens[0]) - 360
    for token in map(int, tokens[1:]):
        if token < 128:
            sounding[token].append((loudness, step))
        elif token < 256:
            notes.append((program, token - 128, *sounding[token - 128].popleft(), step))
        elif token < 352:
            step += token - 255
        elif token < 360:
            loudness = token - 351
    assert tokens[-1] == END
    assert step == STEPS
    assert not any(sounding.values())
    return notes


def count_events(notes):
    """Events of one instrument's spelled notes: ons, offs, velocities, shifts."""
    moments = {note[3] for note in notes} | {note[4] for note in notes} | {STEPS}
    in_order = sorted(notes, key=lambda note: (note[3], note[1]))
    velocities = sum(
        before is None or before[2] != note[2] for before, note in zip([None, *in_order], in_order)
    )
    return 2 * len(notes) + velocities + len(moments - {0})


def outcome(file, index):
    """Why one of our bars is kept or not, by the test's own count."""
    by_instrument = collections.defaultdict(list)
    for note in file.notes_around(file.bar_ticks[index]):
        if nearest(note.start) < STEPS:
            by_instrument[note.instrument].append(note.spelled())
    events = [count_events(notes) for notes in by_instrument.values()]
    if not events:
        return RejectReason.EMPTY
    if len(events) < 2:
        return RejectReason.TOO_FEW_INSTRUMENTS
    if len(events) > 8:
        return RejectReason.TOO_MANY_INSTRUMENTS
    if max(events) > 62:
        return RejectReason.TRACK_TOO_LONG
    return RejectReason.TOO_FEW_EVENTS if sum(events) < 8 else None
