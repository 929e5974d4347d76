"""An independent implementation of the statistics, note by note in plain Python."""

import itertools
import statistics
from collections import defaultdict

import numpy as np

NAN = float("nan")
QUALITIES = ((0, 4, 7), (0, 3, 7), (0, 4, 8), (0, 3, 6))


def slow_statistics(measure):
    """Name -> value, NaN where it is undefined."""
    fmt = measure.fmt
    notes = [tuple(int(x) for x in note) for note in measure.notes()]
    tracks = defaultdict(list)
    for track, program, pitch, velocity, start, end in notes:
        tracks[track, program].append((start, pitch, end, velocity))
    pitched = {key: own for key, own in tracks.items() if key[1] != 128}
    drums = [(start, pitch) for key, own in tracks.items() if key[1] == 128
             for start, pitch, _, _ in own]  # fmt: skip
    bass = [(start, pitch) for key, own in tracks.items() if key[1] // 8 == 4
            for start, pitch, _, _ in own]  # fmt: skip
    values = {}

    repeats, moves, statics = [], [], []
    for own in pitched.values():
        onsets = onsets_of(own)
        steps = sorted(onsets)
        for before, after in itertools.pairwise(steps):
            repeats.append(onsets[before] == onsets[after])
            moves.append(abs(max(onsets[before]) - max(onsets[after])))
        if len(steps) > 1:
            statics.append(all(onsets[step] == onsets[steps[0]] for step in steps))
    values["repeated_notes"] = mean(repeats)
    values["static_tracks"] = mean(statics)
    values["mean_move"] = mean(moves)
    values["stepwise_moves"] = mean([move in (1, 2) for move in moves])
    values["leaps"] = mean([move > 11 for move in moves])
    values["track_range"] = mean(
        [max(note[1] for note in own) - min(note[1] for note in own) for own in pitched.values()]
    )

    rhythms = [tuple(sorted(onsets_of(own))) for own in tracks.values()]
    values["shared_rhythm"] = mean([rhythms.count(each) > 1 for each in rhythms])
    if len(rhythms) < 2:
        values["shared_rhythm"] = NAN
    values["unison_notes"] = mean(
        [
            any(
                (start, pitch) == note[:2]
                for other, theirs in pitched.items()
                if other != key
                for note in theirs
            )
            for key, own in pitched.items()
            for start, pitch, _, _ in own
        ]
    )
    intervals = [np.diff(rhythm).tolist() for rhythm in rhythms if len(rhythm) > 1]
    values["distinct_intervals"] = mean([len(set(each)) for each in intervals])

    classes = {note[1] % 12 for own in pitched.values() for note in own}
    values["pitch_classes"] = len(classes) or NAN
    values["bass_pitch_classes"] = len({pitch % 12 for _, pitch in bass}) or NAN
    chord = int(measure.chord_ids[0])
    first = [pitch for start, pitch in bass if start <= 2]
    values["root_on_1"] = float(bool(first) and min(first) % 12 == (chord - 1) % 12)
    if not bass or not chord:
        values["root_on_1"] = NAN

    inside, clashes, sounding, polyphony = [], [], 0, 0
    for step in range(fmt.steps_per_measure):
        now = [
            note[1] for own in pitched.values() for note in own if note[0] <= step < note[2]
        ]  # fmt: skip
        polyphony += len(now)
        label = int(measure.chord_ids[step * len(measure.chord_ids) // fmt.steps_per_measure])
        if label:
            chord_classes = {
                (label - 1 + above) % 12 for above in QUALITIES[(label - 1) // 12]
            }  # fmt: skip
            inside += [pitch % 12 in chord_classes for pitch in now]
        if now:
            sounding += 1
            clashes.append(any(pitch + 1 in now for pitch in now))
    values["time_in_chord"] = mean(inside)
    values["clash_time"] = mean(clashes)
    values["polyphony"] = polyphony / fmt.steps_per_measure if notes else NAN

    values["drum_sounds"] = len({pitch for _, pitch in drums}) or NAN
    half = fmt.steps_per_measure // 2
    one = {(pitch, start) for start, pitch in drums if start < half}
    two = {(pitch, start - half) for start, pitch in drums if half <= start < 2 * half}
    values["drum_halves_alike"] = len(one & two) / len(one | two) if one | two else NAN
    beat = fmt.steps_per_measure / fmt.beats_per_bar

    def struck(pitches, number):
        return any(
            pitch in pitches and abs(start - (number - 1) * beat) <= 2 for start, pitch in drums
        )

    values["kick_on_1"] = float(struck({35, 36}, 1)) if drums else NAN
    backbeat = struck({38, 40}, 2) and struck({38, 40}, 4)
    values["snare_on_2_and_4"] = float(backbeat) if drums and fmt.beats_per_bar == 4 else NAN

    quarter = fmt.steps_per_quarter
    grid = {step for step in range(fmt.steps_per_measure) if step * 4 % quarter == 0}
    grid |= {step for step in range(fmt.steps_per_measure) if step * 3 % quarter == 0}
    values["off_grid_onsets"] = mean([step not in grid for rhythm in rhythms for step in rhythm])
    values["silent_beats"] = 1 - len({int(note[4] // beat) for note in notes}) / fmt.beats_per_bar
    values["syncopation"] = mean(
        [
            start % beat > 0 and end > (start // beat + 1) * beat
            for own in pitched.values()
            for start, _, end, _ in own
        ]
    )
    values["note_length"] = mean(
        [end - start for own in pitched.values() for start, _, end, _ in own]
    )
    values["tracks"] = len(measure.programs)
    values["density"] = len(notes) / fmt.beats_per_bar
    values["pitch"] = mean([note[1] for own in pitched.values() for note in own])
    values["velocity"] = mean([note[3] for note in notes])
    values["velocity_spread"] = mean(
        [statistics.pstdev([note[3] for note in own]) for own in tracks.values()]
    )
    return values


def onsets_of(part):
    """Step -> set of pitches that begin there."""
    onsets = defaultdict(set)
    for start, pitch, _, _ in part:
        onsets[start].add(pitch)
    return onsets


def mean(values):
    return sum(values) / len(values) if values else NAN
