"""Notes of measures moved to the chords that were typed, of which the model hears the triads.

The model speaks 48 triads. Of a chord such as Cmaj7, G7sus4 or C/E it makes music under C, G and
C. Here its notes are moved, while their times, velocities and instruments stay:

- What a chord has in the place of the triad's third or fifth (the fourth of a suspended chord) is
  played by all in its place.
- The part that plays the bass takes the note after the slash where it plays the root.
- One voice of one part takes the seventh, or the sixth, unless it is heard already: a root that
  others play too, a semitone to three down, or else a fifth, up. It is a voice of a part that
  plays chords or long notes, if there is one, and it rubs against no other note more than before.

Drums, percussion and sound effects (programs from 112 on) have no chord and stay.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.music.chord_lines import measure_chords
from gm_vae.music.chord_spelling import FIFTH, MAJOR_THIRD, pitch_class, read_chord
from gm_vae.music.chords import TRIADS, nearest_chord_id
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.tokenise import BarNotes, tokenise

BASSES = range(32, 40)  # programs
PITCHED = range(112)  # programs that play notes of chords
RUBS = (1, 13)  # semitones between two notes that clash
HEARD = 4  # a seventh is heard if it sounds for one in so many steps of its chord


@dataclasses.dataclass(frozen=True)
class _Demand:
    """What a symbol calls for beyond the triad that the model hears.

    Attributes:
        root: pitch class.
        moves: pitch class of the triad -> by how many semitones it moves.
        bass: by how many semitones the root moves in the bass.
        seventh: the seventh or the sixth, in semitones above the root, or None.
        fifth: that of the symbol, in semitones above the root.
    """

    root: int
    moves: dict[int, int]
    bass: int
    seventh: int | None
    fifth: int

    @classmethod
    def of(cls, symbol: str) -> _Demand | None:
        """The demand of a symbol, None for a triad or no chord."""
        chord = read_chord(symbol)
        if not chord.root:
            return None
        root = pitch_class(chord.root)
        _, third, fifth = TRIADS[(nearest_chord_id(symbol) - 1) // 12]
        # a power chord has the fifth in the place of the third
        wanted = FIFTH if chord.third is None else MAJOR_THIRD + chord.third
        own_fifth = FIFTH + (chord.fifth or 0)
        moves = {
            (root + heard) % 12: asked - heard
            for heard, asked in ((third, wanted), (fifth, own_fifth))
            if asked != heard
        }
        bass = chord.bass - 12 if chord.bass > 5 else chord.bass
        if not moves and not bass and chord.seventh is None:
            return None
        return cls(root, moves, bass, chord.seventh, own_fifth)


@dataclasses.dataclass(eq=False)
class _Note:
    track: int
    program: int
    pitch: int
    velocity: int
    start: int
    end: int
    is_bass: bool = False

    def overlap(self, start: int, end: int) -> int:
        """For how many of these steps it sounds."""
        return max(0, min(self.end, end) - max(self.start, start))


def voiced(measures: Sequence[Measure], symbols: str | Sequence[str]) -> list[Measure]:
    """The measures with their notes moved to what their symbols call for.

    Args:
        measures: as the model plays them.
        symbols: of each measure, such as "C" or "Cmaj7|G/B", evenly spaced; a single one is of all.

    Raises:
        UsageError: there are more or fewer symbols than measures, or one cannot be read.

    >>> [moved] = voiced([measure], ["Cmaj7"])
    >>> len(moved.notes()) == len(measure.notes())
    True
    """
    names = [symbols] * len(measures) if isinstance(symbols, str) else symbols
    if len(names) != len(measures):
        raise UsageError(
            f"there are {len(names)} chords for {len(measures)} measures; "
            "give one chord for all or one each"
        )
    return list(map(_voiced, measures, names))


def _voiced(measure: Measure, symbol: str) -> Measure:
    steps = measure.fmt.steps_per_measure
    spans = [
        (demand, start, end)
        for chord, start, end in _spans(measure_chords(symbol), steps)
        if (demand := _Demand.of(chord))
    ]
    if not spans:
        return measure
    notes = [
        _Note(track, program, pitch, velocity, start, end)
        for track, program, pitch, velocity, start, end in measure.notes().tolist()
        if program in PITCHED
    ]
    before = [note.pitch for note in notes]
    _mark_bass(notes)
    for demand, start, end in spans:
        inside = [note for note in notes if start <= note.start < end]
        for note in inside:
            _move(note, demand.moves.get(note.pitch % 12, 0), notes, measure.fmt)
        for note in inside:
            if note.is_bass and note.pitch % 12 == demand.root:
                _move(note, demand.bass, notes, measure.fmt)
        if demand.seventh is not None:
            _take_seventh(demand, notes, start, end, measure.fmt)
    changed = {note.track for note, pitch in zip(notes, before) if note.pitch != pitch}
    return _with_notes(measure, [note for note in notes if note.track in changed])


def _spans(chords: Sequence[str], steps: int) -> Iterable[tuple[str, int, int]]:
    """Symbols with their first and last steps; the same ones in a row are one."""
    begin = 0
    for index, chord in enumerate(chords):
        if index + 1 == len(chords) or chords[index + 1] != chord:
            end = (index + 1) * steps // len(chords)
            yield chord, begin, end
            begin = end


def _mark_bass(notes: Sequence[_Note]) -> None:
    """Mark the bass: the lowest note of each stroke of the track that plays it.

    That is the lowest track of a bass program, else the lowest of all, by the mean of its pitches.
    """
    if not notes:
        return
    tracks: dict[int, list[_Note]] = {}
    for note in notes:
        tracks.setdefault(note.track, []).append(note)
    bass = min(
        tracks.values(),
        key=lambda track: (
            track[0].program not in BASSES,
            sum(note.pitch for note in track) / len(track),
            track[0].track,
        ),
    )
    lowest = {note.start: note for note in sorted(bass, key=lambda note: -note.pitch)}
    for note in lowest.values():
        note.is_bass = True


def _move(note: _Note, semitones: int, notes: Sequence[_Note], fmt: MeasureFormat) -> None:
    """Move a note, or to another octave of the same, where the format and its own track allow."""
    for octave in (0, -12, 12) if semitones else ():
        pitch = note.pitch + semitones + octave
        if _is_free(note, pitch, notes, fmt):
            note.pitch = pitch
            return


def _is_free(note: _Note, pitch: int, notes: Sequence[_Note], fmt: MeasureFormat) -> bool:
    return fmt.min_pitch <= pitch <= fmt.max_pitch and not any(
        other.track == note.track and other.pitch == pitch and other.overlap(note.start, note.end)
        for other in notes
        if other is not note
    )


def _take_seventh(
    demand: _Demand, notes: Sequence[_Note], start: int, end: int, fmt: MeasureFormat
) -> None:
    """Give the seventh to the voice that is best for it, if one is."""
    seventh = demand.seventh or 0
    pitch_class_of_it = (demand.root + seventh) % 12
    heard = sum(n.overlap(start, end) for n in notes if n.pitch % 12 == pitch_class_of_it)
    if heard * HEARD >= end - start:
        return
    comping = _comping(notes, end - start)
    voices: dict[tuple[int, int], list[_Note]] = {}
    for note in notes:
        if start <= note.start and note.end <= end and not note.is_bass:
            voices.setdefault((note.track, note.pitch), []).append(note)
    best: tuple[tuple[bool, int, bool, int, int], list[_Note], int] | None = None
    for (track, pitch), voice in voices.items():
        is_root = pitch % 12 == demand.root
        if not is_root and pitch % 12 != (demand.root + demand.fifth) % 12:
            continue
        shift = seventh - 12 if is_root else seventh - demand.fifth
        if is_root and not _is_doubled(voice, notes, start, end):
            continue
        if not all(_is_free(note, pitch + shift, notes, fmt) for note in voice):
            continue
        if _rubs(voice, pitch + shift, notes) > _rubs(voice, pitch, notes):
            continue
        time = sum(note.end - note.start for note in voice)
        rank = (track not in comping, -time, not is_root, pitch, track)
        if best is None or rank < best[0]:
            best = rank, voice, shift
    if best:
        for note in best[1]:
            note.pitch += best[2]


def _comping(notes: Sequence[_Note], steps: int) -> set[int]:
    """The tracks that strike several notes at once, or hold one for half of a chord's steps."""
    struck = [(note.track, note.start) for note in notes]
    return {
        note.track
        for note, stroke in zip(notes, struck)
        if struck.count(stroke) > 1 or 2 * (note.end - note.start) >= steps
    }


def _is_doubled(voice: Sequence[_Note], notes: Sequence[_Note], start: int, end: int) -> bool:
    """Whether another voice sounds the pitch class of this one."""
    first = voice[0]
    return any(
        other.pitch % 12 == first.pitch % 12
        and (other.track, other.pitch) != (first.track, first.pitch)
        and other.overlap(start, end)
        for other in notes
    )


def _rubs(voice: Sequence[_Note], pitch: int, notes: Sequence[_Note]) -> int:
    """For how many steps a voice at a pitch clashes with other notes."""
    return sum(
        other.overlap(note.start, note.end)
        for other in notes
        if abs(other.pitch - pitch) in RUBS
        for note in voice
        if other not in voice
    )


def _with_notes(measure: Measure, notes: Sequence[_Note]) -> Measure:
    """The measure with other notes of some tracks; one that is too long then stays as it was."""
    columns = np.array(
        [(n.track, n.program, n.pitch, n.velocity, n.start, n.end) for n in notes], np.int64
    ).reshape(-1, 6).T  # fmt: skip
    track, program, pitch, velocity, start, end = columns
    none = np.zeros(len(notes), np.int64)
    # a bar for each track, so that they come back in their order
    new = tokenise(BarNotes(track, none, program, pitch, velocity, start, end), measure.fmt)
    tokens, lengths = measure.tokens.copy(), measure.lengths.copy()
    position = 0
    for row, length in zip(new.bar.tolist(), new.length.tolist()):
        if length <= tokens.shape[1]:
            tokens[row] = 0
            tokens[row, :length] = new.tokens[position : position + length]
            lengths[row] = length
        position += length
    return Measure(tokens, lengths, measure.chord_ids, measure.fmt)
