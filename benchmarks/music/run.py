"""MIDI bytes to measures with chords, compared with the original: time, and bars that are kept.

    python -m benchmarks music arranger=:120:5 web=gm_web.tar.xz:500:100 freedoom=freedoom.tar.xz

Each argument names a corpus, an archive of MIDI files and, after colons, the number of files to use
(those with the lowest SHA-256) and the number of these to time. Without an archive, as in
`arranger=:120:5`, songs of our arranger are used. The original takes over a second per file. Both
implementations run on each file in turn, in one process and one thread, so that other work on the
machine affects both equally; times are CPU times. On files that are not timed, the original uses
our chord search, which gives the same paths. Control-C ends a corpus early and keeps the results so
far. Each bar that only one implementation keeps has a reason. Chord inference is timed separately
on the last corpus.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import dataclasses
import hashlib
import heapq
import io
import sys
import tarfile
import time
import warnings
from collections.abc import Iterator
from unittest import mock

import note_seq_path
import numpy as np
import pretty_midi
import threadpoolctl
from gm_player import Player
from note_seq import MIDIConversionError
from original_notes import differences, original_notes

from benchmarks.results import Figure, figure
from gm_vae import arranger
from gm_vae.music import chord_inference
from gm_vae.music.measures import Bar, measures_from_midi, measures_from_score
from gm_vae.music.midi_file import MidiError, parse_midi

PARSER = "note_seq's parser refuses the file"
FRAMES = "it has over 1,000 chord frames"
METER = "the first track, which alone it reads, tells another time signature"
EIGHT_EIGHT = "it infers no chords in 8/8"
COINCIDENT = "float error puts two chords on one step"
TEMPO_GRID = "a tempo change restarts the bars off the bar lines"
TEMPO_CUT = "a tempo change within the bar ends it"
EMPTY_TRACK = "a track left empty by float error counts as an instrument"
LOST = "float error loses notes at the bar line: too few instruments are left"
MOVED = "float error rounds notes apart: more events or instruments than the limits"
ENDED = "the piece ends earlier for the original"
READ_OTHERWISE = "it reads notes of the bar otherwise than a player sounds them"
KEPT_BY_LOSS = "the original keeps it only because it lost notes or events"
FRAGMENT = "the original makes a measure of the part of a bar between tempo changes"
OTHER_BARS = "the original's bars after a tempo change are elsewhere"

FEW = (note_seq_path.NO_NOTES, note_seq_path.FEW_INSTRUMENTS, note_seq_path.FEW_EVENTS)
REFUSALS = {
    "meter": METER,
    "SequenceTooLongError": FRAMES,
    "UncommonTimeSignatureError": EIGHT_EIGHT,
    "EmptySequenceError": TEMPO_CUT,
}


@dataclasses.dataclass
class Totals:
    """Sums over the files of a corpus that both implementations were timed on."""

    files: int = 0
    timed: int = 0
    unreadable: int = 0
    bars: int = 0
    ours: int = 0
    theirs: int = 0
    all_our_seconds: float = 0.0
    our_seconds: float = 0.0  # these two for timed files only
    their_seconds: float = 0.0
    our_timed: int = 0
    their_timed: int = 0
    gains: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    losses: collections.Counter = dataclasses.field(default_factory=collections.Counter)


def sample(archive: str, count: int | None = None) -> list[bytes]:
    """The MIDI files of an archive, or the `count` with the lowest content hash, by hash."""
    kept = []
    with tarfile.open(archive) as tar:
        for member in tar:
            if not member.isfile() or not member.name.lower().endswith((".mid", ".midi")):
                continue
            data = tar.extractfile(member).read()
            digest = int(hashlib.sha256(data).hexdigest(), 16)
            heapq.heappush(kept, (-digest, data))
            if count is not None and len(kept) > count:
                heapq.heappop(kept)
    return [data for _, data in sorted(kept, reverse=True)]


@contextlib.contextmanager
def borrowed_chords():
    """Replace note_seq's search, which takes nine tenths of its time, by ours."""
    theirs = note_seq_path.chord_inference

    def search(likelihood, *_):
        path = chord_inference.most_likely_chords(likelihood)
        return [(key, theirs._CHORDS[chord]) for key, chord in zip(path.keys, path.chords)]

    table = "_key_chord_transition_distribution"
    with (
        mock.patch.object(theirs, "_key_chord_viterbi", search),
        mock.patch.object(theirs, table, return_value=1.0),
    ):
        yield


def compare(files: list[bytes], timed: int) -> Totals:
    """Run both implementations on each file."""
    totals = Totals()
    try:
        for number, data in enumerate(files):
            compare_file(data, number < timed, totals)
            if not (number + 1) % 20:
                print(f"{number + 1} of {len(files)} files", file=sys.stderr)
    except KeyboardInterrupt:
        pass
    return totals


def compare_file(data: bytes, timed: bool, totals: Totals) -> None:
    """Run both implementations on a file and add the results."""
    start = time.process_time()
    try:
        measures = measures_from_midi(data)[0]
    except MidiError:
        measures = None
    between = time.process_time()
    with contextlib.nullcontext() if timed else borrowed_chords():
        try:
            segments = note_seq_path.segments_from_midi(data)
        except MIDIConversionError:
            segments = None
    stop = time.process_time()
    ours, theirs = len(measures or []), note_seq_path.count_kept(segments or [])
    totals.files += 1
    totals.all_our_seconds += between - start
    if timed:
        totals.timed += 1
        totals.our_seconds += between - start
        totals.their_seconds += stop - between
        totals.our_timed += ours
        totals.their_timed += theirs
    totals.ours += ours
    totals.theirs += theirs
    if measures is None:
        totals.unreadable += 1
        assert not theirs
    else:
        attribute(data, segments, totals)
    gain = sum(totals.gains.values()) - sum(totals.losses.values())
    assert gain == totals.ours - totals.theirs


def attribute(data: bytes, segments, totals: Totals) -> None:
    """Count the reasons why bars that one implementation keeps are not kept by the other."""
    score = parse_midi(data)
    ticks_per_quarter = score.ticks_per_quarter
    bars = measures_from_score(score)
    totals.bars += len(bars)
    kept = {bar.start_tick: bar for bar in bars if bar.measure}
    read_otherwise = ticks_read_otherwise(data)
    if segments is None:
        totals.gains[PARSER] += len(kept)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        midi = pretty_midi.PrettyMIDI(io.BytesIO(data))
    seconds = midi._PrettyMIDI__tick_to_time

    def tick(second: float) -> int:
        at = min(int(np.searchsorted(seconds, second)), len(seconds) - 1)
        return at - bool(at and second - seconds[at - 1] < seconds[at] - second)

    starts = [tick(segment.start) for segment in segments]
    cuts = {}
    for segment in segments:
        for cut in segment.cuts:
            cuts.setdefault(tick(segment.start + cut.offset), []).append(cut)
    all_cuts = np.array([*sorted(cuts), 1 << 60])
    grid = {bar.start_tick for bar in bars}
    lengths = {bar.start_tick: length for bar, length in zip(bars, lengths_of(bars))}
    for at, their_cuts in cuts.items():
        for cut in their_cuts:
            if cut.word != note_seq_path.KEPT:
                continue
            if at in kept:
                del kept[at]
            else:
                end = all_cuts[np.searchsorted(all_cuts, at, "right")]
                short = end - at < 4 * ticks_per_quarter - ticks_per_quarter // 24
                why = KEPT_BY_LOSS if at in grid else FRAGMENT if short else OTHER_BARS
                end = at + 4 * ticks_per_quarter
                if at in grid and any_within(read_otherwise, at, end):
                    why = READ_OTHERWISE
                totals.losses[why] += 1
    for at in kept:
        index = int(np.searchsorted(starts, at, "right")) - 1
        segment = segments[index] if index >= 0 else None
        stop = starts[index + 1] if index + 1 < len(starts) else None
        why = reason(at, lengths[at], segment, starts[index], stop, cuts, grid)
        if why in (LOST, MOVED, ENDED) and any_within(
            read_otherwise, at, at + 4 * ticks_per_quarter
        ):
            why = READ_OTHERWISE
        totals.gains[why] += 1


def ticks_read_otherwise(data: bytes) -> np.ndarray:
    """Ascending onsets of notes that the original's parser reads differently."""
    try:
        player = Player(data)
    except Exception:  # mido raises any error of its parser
        return np.zeros(0, np.int64)
    pairs = zip(player.notes, original_notes(player))
    return np.array(sorted(note.start for note, theirs in pairs if differences(note, theirs)))


def any_within(ticks: np.ndarray, start: int, stop: int) -> bool:
    """Whether any of ascending ticks is in a range, or a step before it."""
    first, last = np.searchsorted(ticks, [start - (stop - start) // 96, stop])
    return last > first


def lengths_of(bars: list[Bar]) -> list[int]:
    """Ticks from each bar to the next; the last has its largest length."""
    starts = [bar.start_tick for bar in bars]
    return [after - before for before, after in zip(starts, [*starts[1:], 1 << 60])]


def reason(at, length, segment, start, stop, cuts, grid) -> str:
    """Why the original did not keep our bar at a tick."""
    if segment is None:
        return ENDED
    if segment.refused:
        return REFUSALS.get(segment.refused, segment.refused)
    if start not in grid:
        return TEMPO_GRID
    if stop is not None and at < stop < at + length:
        return TEMPO_CUT
    if at not in cuts:
        return ENDED
    cut = cuts[at][-1]
    if cut.word == note_seq_path.COINCIDENT_CHORDS:
        return COINCIDENT
    if cut.word == note_seq_path.MANY_INSTRUMENTS and cut.empty_tracks:
        return EMPTY_TRACK
    if cut.word in FEW:
        return LOST
    if cut.word in (note_seq_path.LONG_TRACK, note_seq_path.MANY_INSTRUMENTS):
        return MOVED
    return cut.word


def chords(files: list[bytes], frames_wanted: int) -> Iterator[Figure]:
    """The Viterbi search alone, ours and note_seq's on the same frames."""
    theirs = note_seq_path.chord_inference
    start = time.process_time()
    key_chords = theirs._key_chord_distribution(chord_pitch_out_of_key_prob=0.01)
    moves = theirs._key_chord_transition_distribution(key_chords, 0.001, 0.5)
    table = np.log(key_chords), np.log(moves)
    table_seconds = time.process_time() - start
    frames = our_seconds = their_seconds = 0
    for data in files:
        try:
            score = parse_midi(data)
        except MidiError:
            continue
        pitched = ~score.is_drum
        if not pitched.any():
            continue
        vectors = chord_inference.pitch_vectors(
            score.start_ticks[pitched],
            score.end_ticks[pitched],
            score.pitch[pitched],
            score.end_tick,
            2 * score.ticks_per_quarter,
        )[:1000]
        likelihood = theirs._chord_frame_log_likelihood(vectors, 100.0)
        if not frames:
            chord_inference.most_likely_chords(likelihood)
        start = time.process_time()
        ours = chord_inference.most_likely_chords(likelihood)
        between = time.process_time()
        path = theirs._key_chord_viterbi(likelihood, *table)
        stop = time.process_time()
        assert list(zip(ours.keys, (theirs._CHORDS[chord] for chord in ours.chords))) == path
        frames += len(vectors)
        our_seconds += between - start
        their_seconds += stop - between
        if frames >= frames_wanted:
            break
    for name, seconds in (("ours", our_seconds), ("note_seq", their_seconds)):
        of = {"search for chords": name}
        yield figure(of, "frames", frames)
        yield figure(of, "CPU per frame", 1e6 * seconds / max(frames, 1), "µs", "less")
    yield figure(of, "CPU per call besides", table_seconds, "s", "less")


def counts(name: str, totals: Totals) -> Iterator[Figure]:
    """The bars that were kept of a corpus, and the speed."""
    of = {"corpus": name}
    yield figure(of, "files", totals.files)
    yield figure(of, "unreadable files", totals.unreadable)
    yield figure(of, "bars", totals.bars)
    yield figure(of, "measures, ours", totals.ours, "", "more")
    yield figure(of, "measures, note_seq's", totals.theirs)
    per_file = 1e3 * totals.all_our_seconds / totals.files
    yield figure(of, "CPU per file", per_file, "ms", "less")
    yield figure(of, "speed", totals.ours / totals.all_our_seconds, "measures/s of CPU", "more")
    if totals.timed:
        paths = {
            "ours": (totals.our_seconds, totals.our_timed),
            "note_seq's": (totals.their_seconds, totals.their_timed),
        }
        yield figure(of, "files timed side by side", totals.timed)
        for path, (seconds, measures) in paths.items():
            per_file = 1e3 * seconds / totals.timed
            yield figure(of, f"CPU per such file, {path}", per_file, "ms", "less")
            yield figure(of, f"speed, {path}", measures / seconds, "measures/s of CPU", "more")


def reasons(name: str, totals: Totals) -> Iterator[Figure]:
    """Why bars are kept by only one of the two."""
    for kept, counter in (("ours", totals.gains), ("note_seq", totals.losses)):
        for why, count in counter.most_common():
            yield figure({"kept only by": kept, "because": why}, f"measures of {name}", count)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("corpora", nargs="+", help="NAME=[ARCHIVE][:FILES[:TIMED]]")
    parser.add_argument("--frames", type=int, default=4000, help="of chord inference alone")


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    with threadpoolctl.threadpool_limits(1):
        comparisons = {}
        for argument in args.corpora:
            name, _, rest = argument.partition("=")
            archive, count, timed = [*rest.split(":"), "", ""][:3]
            if archive:
                files = sample(archive, int(count) if count else None)
            else:
                files = [song.midi for song in arranger.songs(int(count or 120), seed=0)]
            measures_from_midi(files[0])  # its tables are computed once per process
            comparisons[name] = compare(files, int(timed) if timed else len(files))
            yield from counts(name, comparisons[name])
        for name, totals in comparisons.items():
            yield from reasons(name, totals)
        if args.frames:
            yield from chords(files, args.frames)
