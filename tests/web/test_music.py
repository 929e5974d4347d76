"""The page reads and writes MIDI files, and reads chords, as the package does."""

import json
import pathlib
import random

import mido
import numpy as np
import pytest
from midi_mutations import mutant
from random_midi import random_midi

from gm_vae import arranger, numpy_ops
from gm_vae.generate.attributes import Attributes
from gm_vae.generate.loading import load
from gm_vae.generate.midi_writer import write_midi
from gm_vae.model.points import prior_points
from gm_vae.music.chord_lines import chord_line
from gm_vae.music.chord_spelling import ChordError, read_chord
from gm_vae.music.chords import ROOTS, chord_id, has_triad, nearest_chord_id
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import measures_from_midi, measures_from_score
from gm_vae.music.midi_file import MidiError, parse_midi
from gm_vae.music.sustain import apply_sustain
from gm_vae.music.tokenise import BarNotes, tokenise
from gm_vae.music.voicing import voiced

WALTZ = MeasureFormat(
    beats_per_bar=3, steps_per_quarter=12, max_tracks=4, max_instruments=4, max_track_length=32,
    velocity_bins=4, min_pitch=36, max_pitch=90,
)  # fmt: skip
VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"


def bars_in_python(data, fmt):
    try:
        bars = measures_from_score(parse_midi(data), fmt)
    except MidiError:
        return None
    return [
        {
            "number": bar.number,
            "programs": list(bar.programs),
            "symbols": list(bar.chords),
            "reason": bar.reason.sentence(fmt) if bar.reason else "",
            "tracks": bar.measure
            and [
                bar.measure.tokens[t, : bar.measure.lengths[t]].tolist()
                for t in range(fmt.max_tracks)
                if bar.measure.lengths[t] > 1
            ],
            "chords": bar.measure and bar.measure.chord_ids.tolist(),
        }
        for bar in bars
    ]


def assert_same_bars(node, folder, files, fmt=None):
    """Compares every bar of files given as bytes; returns how many there were."""
    fmt = fmt or MeasureFormat()
    requests = []
    for number, data in enumerate(files):
        path = folder / f"{number}.mid"
        path.write_bytes(data)
        requests.append({"action": "bars", "file": str(path), "format": fmt.to_dict()})
    total = 0
    for data, answer in zip(files, node("music.mjs", requests), strict=True):
        expected = bars_in_python(data, fmt)
        if expected is None:
            assert answer["error"]
            continue
        assert len(answer) == len(expected)
        for bar, wanted in zip(answer, expected):
            if wanted["chords"] is None:
                bar["chords"] = None
            assert bar == wanted
            total += 1
    return total


def notes_in_python(data):
    try:
        score = parse_midi(data)
    except MidiError:
        return None
    tempo = score.tempos[0][1] if score.tempos else 120
    held = apply_sustain(score)
    columns = (
        *(held.instrument, held.start_ticks, held.end_ticks, held.pitch, held.velocity),
        *(held.program, held.is_drum, held.channel),
    )
    return {
        "notes": [list(row) for row in zip(*(column.tolist() for column in columns))],
        "flaws": {flaw.name.lower(): count for flaw, count in score.flaws.items()},
        "signatures": [list(change) for change in score.time_signatures],
        "qpm": tempo,
    }


def assert_same_notes(node, folder, files):
    """Compares every note, flaw and time signature; returns how many notes there were."""
    requests = []
    for number, data in enumerate(files):
        path = folder / f"{number}.mid"
        path.write_bytes(data)
        requests.append({"action": "notes", "file": str(path)})
    total = 0
    for number, answer in enumerate(node("music.mjs", requests)):
        expected = notes_in_python(files[number])
        if expected is None:
            assert answer["error"]
            continue
        for name, value in expected.items():
            assert answer[name] == value, (number, name)
        total += len(answer["notes"])
    return total


def test_notes_of_random_messages(node, tmp_path):
    """Programs, banks, drum parts, pedals, resets and mode messages of several ports and tracks."""
    files = [random_midi(index) for index in range(300)]
    assert assert_same_notes(node, tmp_path, files) > 2500


def test_notes_of_damaged_files(node, tmp_path):
    files = [random_midi(index) for index in range(20)]
    damaged = [mutant(files, seed=5, index=index) for index in range(1, 250)]
    assert assert_same_notes(node, tmp_path, damaged) > 250


def test_notes_of_files_that_go_wrong(node, shared, tmp_path):
    paths = sorted((shared / "cases" / "midi").glob("*.mid"))
    assert len(paths) > 15
    assert assert_same_notes(node, tmp_path, [path.read_bytes() for path in paths]) > 100


def test_bars_of_our_songs(node, tmp_path):
    files = [song.midi for song in arranger.songs(8, seed=1)]
    assert assert_same_bars(node, tmp_path, files) > 200


def test_bars_of_another_format(node, tmp_path):
    files = [song.midi for song in arranger.songs(3, seed=6)]
    fmt = MeasureFormat(beats_per_bar=2, min_instruments=1, min_pitch=40, velocity_bins=16)
    assert assert_same_bars(node, tmp_path, files, fmt) > 50


def test_bars_of_odd_files(node, golden, tmp_path):
    files = [path.read_bytes() for path in sorted((golden / "data" / "midi").glob("*.mid"))[::2]]
    assert len(files) > 15
    assert assert_same_bars(node, tmp_path, files) > 300


def test_damaged_files_are_refused_alike(node, tmp_path):
    song = next(iter(arranger.songs(1, seed=3))).midi
    files = [mutant([song], seed=2, index=index) for index in range(1, 20)]
    assert_same_bars(node, tmp_path, [*files, b"", b"MThd", b"not a MIDI file"])


def or_none(read, text):
    try:
        return read(text)
    except ChordError:
        return None


def test_chord_symbols(node):
    """All kinds of chords on many roots; their meaning is in the vectors (chords.test.mjs)."""
    vectors = json.loads((VECTORS / "chord_symbols.json").read_text(encoding="utf-8"))
    known = [s for name in ("read", "nearest") for group in vectors[name] for s in group["symbols"]]
    known += vectors["refused"]
    kinds = sorted({s[1:] for s in known if s[:1] in tuple("ABCDEFG")})
    symbols = [root + kind for root in (*ROOTS, "Cb", "e", "bb", "H", "") for kind in kinds]
    answers = node("music.mjs", [{"action": "chord", "symbol": symbol} for symbol in symbols])
    readers = {"id": chord_id, "nearest": nearest_chord_id, "hasTriad": has_triad}
    for symbol, answer in zip(symbols, answers, strict=True):
        expected = {name: or_none(read, symbol) for name, read in readers.items()}
        expected["chord"] = or_none(lambda each: list(read_chord(each)), symbol)
        assert answer == expected, symbol


@pytest.mark.parametrize("fmt", [MeasureFormat(), WALTZ], ids=["common time", "waltz"])
def test_voiced_chords(node, fmt):
    """Random symbols over random measures, with tracks near their limit."""
    rng = random.Random(2)
    kinds = [
        "", "maj7", "7", "m7b5", "sus4", "7sus2", "6", "5", "/E", "m9/F#", "dim7", "+7", "b5", "4",
    ]  # fmt: skip
    measures = [random_measure(rng, fmt) for _ in range(300)]
    symbols = [
        [rng.choice(ROOTS) + rng.choice(kinds) for _ in range(rng.choice((1, 1, 2, 4)))]
        for _ in measures
    ]
    requests = [
        {
            "action": "voiced",
            "tracks": tracks_of(measure),
            "symbols": chords,
            "format": fmt.to_dict(),
        }
        for measure, chords in zip(measures, symbols)
    ]
    expected = voiced(measures, ["|".join(chords) for chords in symbols])
    for answer, measure in zip(node("music.mjs", requests), expected, strict=True):
        assert answer == tracks_of(measure)
    moved = sum(before != after for before, after in zip(measures, expected))
    assert moved > 60


def test_voiced_sequences(node):
    """The npm package's function, which takes NoteSequences."""
    rng = random.Random(5)
    symbols = ["Cmaj7", "F#m7b5", "Gsus4", "Bb/D"]
    measures = [random_measure(rng, MeasureFormat()) for _ in range(100)]
    requests = [
        {
            "action": "voicedSequence",
            "tracks": tracks_of(measure),
            "symbols": [symbols[i % 4], symbols[i // 4 % 4]],
            "format": MeasureFormat().to_dict(),
        }
        for i, measure in enumerate(measures)
    ]
    expected = voiced(measures, ["|".join(request["symbols"]) for request in requests])
    moved = 0
    for answer, before, after in zip(node("music.mjs", requests), measures, expected, strict=True):
        rows = [[*row[:3], *row[4:]] for row in after.notes().tolist()]
        assert sorted(answer) == sorted(rows)
        moved += before != after
    assert moved > 20


def random_measure(rng, fmt):
    """Tracks of a bass, drums and others, with chords and lines on a grid of sixteenths."""
    rows = []
    programs = rng.sample((0, 24, 33, 38, 48, 56, 73, 115, 128), rng.randint(1, fmt.max_tracks))
    step = fmt.steps_per_quarter // 4
    for program in sorted(programs):
        free = dict.fromkeys(range(128), 0)
        at = 0
        limit = rng.randint(1, (fmt.max_track_length - 8) // 3)  # notes
        while at < fmt.steps_per_measure and limit > 0:
            end = min(at + step * rng.choice((1, 2, 4, 8, 16)), fmt.steps_per_measure)
            for pitch in rng.sample(range(40, 84), rng.choice((1, 1, 1, 3, 4))):
                if free[pitch] <= at and limit > 0:
                    rows.append((0, 0, program, pitch, rng.choice((40, 80)), at, end))
                    free[pitch] = end
                    limit -= 1
            at += step * rng.choice((1, 2, 4))
    tracks = tokenise(BarNotes(*np.array(rows, np.int64).T), fmt)
    if tracks.length.max() > fmt.max_track_length:
        return random_measure(rng, fmt)
    tokens = np.split(tracks.tokens, np.cumsum(tracks.length)[:-1])
    return Measure.from_tracks([row.tolist() for row in tokens], None, fmt)


def test_points_move_along_attributes(node):
    """Bit for bit, along the bundled model's attributes, in the order of their names."""
    model = load()
    known = Attributes.of(model, "small")
    names, z = known.names, model.sample_points(20, seed=6)
    rng = random.Random(6)
    steps = [{rng.choice(names): rng.randint(-20, 20) / 10 for _ in range(4)} for _ in z]
    requests = [
        {"action": "moved", "point": point.tolist(), "steps": list(way.items()),
         "attributes": model.attributes}
        for point, way in zip(z, steps)
    ]  # fmt: skip
    for answer, point, way in zip(node("music.mjs", requests), z, steps, strict=True):
        np.testing.assert_array_equal(np.float32(answer), known.move(point, way))
    (other,) = node("music.mjs", [{**requests[0], "point": [1, 2, 3]}])
    assert other == [1, 2, 3]  # vectors of another model


def tracks_of(measure):
    return [
        measure.tokens[t, : measure.lengths[t]].tolist()
        for t in np.flatnonzero(measure.lengths > 1)
    ]


def test_lines_of_chords(node):
    rng = random.Random(0)
    chords = [
        "C", "G7", "Am", "F", "a", "bb", "C-", "C7(b9, 13)", "Fsus4", "˚7", "ｍ", "A:min", "%",
        "x3",
    ]  # fmt: skip
    between = [
        " ", " ", " | ", "|", "-", " - ", "−", "—", "|: ", " :|", ":|:", " / ", ".", ", ", "\n",
        "(",
    ]  # fmt: skip
    lines = [
        "".join(rng.choice(chords) + rng.choice(between) for _ in range(rng.randrange(1, 7)))
        for _ in range(3000)
    ]
    answers = node("music.mjs", [{"action": "line", "text": line} for line in lines])
    read = [or_none(chord_line, line) for line in lines]
    assert sum(map(bool, read)) > 300
    for line, answer, measures in zip(lines, answers, read, strict=True):
        assert answer == (None if measures is None else [*map(list, measures)]), line


def test_seeds_mean_the_points_of_the_package(node):
    requests = [dict(action="point", seed=seed, draw=0, size=128) for seed in range(300)]
    for request, point in zip(requests, node("music.mjs", requests), strict=True):
        (expected,) = prior_points(request["seed"], np.array([0]), 128, numpy_ops)
        np.testing.assert_array_equal(np.float32(point), expected)


@pytest.mark.parametrize("seed", [0, 1])
def test_midi_files_hold_the_messages_of_the_package(node, tmp_path, seed):
    """Measures of several songs in turn, so that instruments outnumber the channels."""
    songs = [measures_from_midi(song.midi)[0] for song in arranger.songs(6, seed=seed)]
    rng = np.random.default_rng(seed)
    measures = [songs[rng.integers(len(songs))][rng.integers(12)] for _ in range(16)]
    request = {
        "action": "write", "format": {}, "qpm": 97, "title": "a title",
        "file": str(tmp_path / "page.mid"),
        "measures": [
            {
                "tracks": [m.tokens[t, : m.lengths[t]].tolist() for t in range(8)
                           if m.lengths[t] > 1],
                "chords": m.chord_ids.tolist(),
            }
            for m in measures
        ],
    }  # fmt: skip
    node("music.mjs", [request])
    write_midi(measures, tmp_path / "package.mid", qpm=97, title="a title")
    actual, expected = (mido.MidiFile(tmp_path / name) for name in ("page.mid", "package.mid"))
    assert actual.ticks_per_beat == expected.ticks_per_beat
    assert len(actual.tracks) == len(expected.tracks) > 10
    for page_track, package_track in zip(actual.tracks, expected.tracks):
        assert list(page_track) == list(package_track)
