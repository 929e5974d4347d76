"""Inferred chords compared with experts' chords (POP909-CL), ours and note_seq's, by mir_eval.

Needs `pip install mir_eval`. The second track of a song contains the experts' chords as notes, the
first one the music from which chords are inferred, by us on every song and by note_seq on a number
of first songs. A score is the share of comparable time in which the chords agree, over all songs;
chords that mir_eval does not have are left out, as in mir_eval.
"""

import argparse
import collections
import dataclasses
import pathlib
import tarfile
from collections.abc import Iterator
from unittest import mock

import chord_parity
import mir_eval.chord
import note_seq
import numpy as np

from benchmarks.results import Figure, figure
from gm_vae.music.chord_inference import infer_chords
from gm_vae.music.midi_file import Score, parse_midi

SCORES = ("root", "majmin", "triads")
KINDS = {
    "": "maj",
    "m": "min",
    "+": "aug",
    "dim": "dim",
    "7": "7",
    "maj7": "maj7",
    "m7": "min7",
    "m7b5": "hdim7",
}
# Pitch classes above the root, most likely reading first; chords of four notes before triads.
QUALITIES = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "aug": (0, 4, 8),
    "dim": (0, 3, 6),
    "sus4": (0, 5, 7),
    "sus2": (0, 2, 7),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "hdim7": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "minmaj7": (0, 3, 7, 11),
    "maj6": (0, 4, 7, 9),
    "min6": (0, 3, 7, 9),
    "aug(b7)": (0, 4, 8, 10),
    "sus4(b7)": (0, 5, 7, 10),
    "maj(9)": (0, 2, 4, 7),
    "min(9)": (0, 2, 3, 7),
}
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def expert_label(pitches: list[int]) -> str:
    """mir_eval's name for a chord's notes; X, which is not scored, if it has none."""
    bass = min(pitches) % 12
    classes = {pitch % 12 for pitch in pitches}
    for root in sorted(classes, key=lambda root: (root != bass, root)):
        above = {(pitch - root) % 12 for pitch in classes}
        for name, intervals in QUALITIES.items():
            if above == set(intervals):
                return f"{NAMES[root]}:{name}"
    return "X"


def symbol_label(symbol: str) -> str:
    """mir_eval's name of an inferred chord."""
    if symbol == "N.C.":
        return "N"
    root = symbol[:2] if symbol[1:2] in ("#", "b") else symbol[:1]
    return f"{root}:{KINDS[symbol[len(root) :]]}"


def labels(changes: list[tuple[float, str]], end: float) -> tuple[np.ndarray, list[str]]:
    """Intervals [N, 2] and labels, from the start times of labels."""
    changes = [(max(time, 0.0), label) for time, label in changes if time < end]
    if not changes or changes[0][0] > 0:
        changes.insert(0, (0.0, "N"))
    times = [time for time, _ in changes] + [end]
    spans = [(a, b, label) for a, b, (_, label) in zip(times, times[1:], changes) if b > a]
    return np.array([span[:2] for span in spans]), [label for *_, label in spans]


def experts(score: Score, track: np.ndarray) -> list[tuple[float, str]]:
    """(quarter, label) of the chords of the second track."""
    chords = collections.defaultdict(list)
    for start, end, pitch in zip(
        *(c[track].tolist() for c in (score.start_ticks, score.end_ticks, score.pitch))
    ):
        chords[start].append((end, pitch))
    changes, sounding = [], 0
    for start, notes in sorted(chords.items()):
        if start > sounding:
            changes.append((sounding / score.ticks_per_quarter, "N"))
        label = expert_label([pitch for _, pitch in notes])
        changes.append((start / score.ticks_per_quarter, label))
        sounding = max(end for end, _ in notes)
    return changes


def frame_quarters(score: Score) -> float:
    """note_seq's frames: half of a 4/4 or 6/8 bar, a whole bar in other meters."""
    _, numerator, denominator = score.time_signatures[0]
    bar = 4 * numerator / denominator
    return bar / 2 if (numerator, denominator) in ((4, 4), (6, 8)) else bar


def ours(music: Score) -> list[tuple[float, str]]:
    """(quarter, label) of our chords."""
    quarters = frame_quarters(music)
    frame = round(quarters * music.ticks_per_quarter)
    inferred = infer_chords(music.start_ticks, music.end_ticks, music.pitch, music.end_tick, frame)
    return [(i * quarters, symbol_label(symbol)) for i, symbol in enumerate(inferred.symbols)]


def theirs(music: Score) -> list[tuple[float, str]] | None:
    """(quarter, label) of note_seq's chords; None if it refuses the piece."""
    sequence = chord_parity.sequence_of(music, music.tempos[0][1])
    sequence.time_signatures[0].numerator = music.time_signatures[0][1]
    sequence.time_signatures[0].denominator = music.time_signatures[0][2]
    inference = note_seq.chord_inference
    try:
        changes = chord_parity.their_changes(inference, sequence)
    except inference.ChordInferenceError:
        return None
    return [(step / 24, symbol_label(symbol)) for _, step, symbol in changes]


class Scores:
    """Quarters that agree, and comparable quarters, by type of score."""

    def __init__(self) -> None:
        self.songs = 0
        self.sums = {name: np.zeros(2) for name in SCORES}

    def add(self, expert, estimate, end: float) -> None:
        """Compare the changes of one song."""
        self.songs += 1
        reference, estimated = labels(expert, end), labels(estimate, end)
        intervals, expected, guessed = mir_eval.util.merge_labeled_intervals(*reference, *estimated)
        durations = mir_eval.util.intervals_to_durations(intervals)
        for name in SCORES:
            agree = getattr(mir_eval.chord, name)(expected, guessed)
            compared = agree >= 0
            self.sums[name] += (agree * durations)[compared].sum(), durations[compared].sum()

    def figures(self, name: str) -> Iterator[Figure]:
        """The shares of the time in which the chords agree."""
        of = {"chords": name}
        yield figure(of, "songs", self.songs)
        for score, (agree, compared) in self.sums.items():
            yield figure(of, score, float(100 * agree / compared), "%", "more")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("archive", type=pathlib.Path, help="POP909-CL, as .tar")
    parser.add_argument("--songs", type=int, help="the first so many; all of them if not given")
    parser.add_argument("--theirs", type=int, default=100, help="songs that note_seq infers")


def figures(args: argparse.Namespace) -> Iterator[Figure]:
    inference = note_seq.chord_inference
    name = "_key_chord_transition_distribution"  # half a second per call
    table = getattr(inference, name)(inference._key_chord_distribution(0.01), 0.001, 0.5)
    all_ours, same_ours, all_theirs = Scores(), Scores(), Scores()
    unnamed = total = 0.0
    with (
        tarfile.open(args.archive) as archive,
        mock.patch.object(inference, name, return_value=table),
    ):
        members = (m for m in archive if m.name.endswith(".mid") and "processed" in m.name)
        songs = sorted((m.name, archive.extractfile(m).read()) for m in members)
        for number, (_, data) in enumerate(songs[: args.songs]):
            score = parse_midi(data)
            music_notes = score.instrument == 0
            music = dataclasses.replace(
                score,
                **{
                    column: getattr(score, column)[music_notes]
                    for column in chord_parity.NOTE_COLUMNS
                },
            )
            expert = experts(score, score.instrument == 1)
            end = score.end_tick / score.ticks_per_quarter
            intervals, names = labels(expert, end)
            total += end
            unnamed += sum(b - a for (a, b), name in zip(intervals, names) if name == "X")
            estimate = ours(music)
            all_ours.add(expert, estimate, end)
            if number < args.theirs:
                other = theirs(music)
                if other is not None:
                    all_theirs.add(expert, other, end)
                    same_ours.add(expert, estimate, end)
    yield from all_ours.figures("ours, all songs")
    if all_theirs.songs:
        yield from same_ours.figures("ours, the songs of note_seq")
        yield from all_theirs.figures("note_seq")
    yield figure({"experts": "all songs"}, "time without a name", 100 * unnamed / total, "%")
