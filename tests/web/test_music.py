"""The page reads and writes MIDI files, and reads chords, as the package does."""

import mido
import numpy as np
import pytest
from midi_mutations import mutant

from gm_vae.generate.midi_writer import write_midi
from gm_vae.music import arranger, general_midi
from gm_vae.music.chords import ROOTS, ChordError, chord_id
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import measures_from_midi, measures_from_score
from gm_vae.music.midi_file import MidiError, parse_midi


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
    for data, found in zip(files, node("music.mjs", requests), strict=True):
        expected = bars_in_python(data, fmt)
        if expected is None:
            assert found["error"]
            continue
        assert len(found) == len(expected)
        for bar, wanted in zip(found, expected):
            if wanted["chords"] is None:
                bar["chords"] = None
            assert bar == wanted
            total += 1
    return total


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
    files = [mutant([song], seed=2, index=index) for index in range(1, 50)]
    assert_same_bars(node, tmp_path, [*files, b"", b"MThd", b"not a MIDI file"])


def test_chord_symbols(node):
    kinds = [
        "", "m", "min", "-", "maj7", "M7", "Δ", "7", "9", "13", "6", "69", "6/9", "m7", "m7b5",
        "mM7", "dim", "dim7", "°", "o7", "ø", "ø7", "+", "aug", "+7", "7#5",
        "7b5", "sus4", "7sus4", "5",
        "add9", "(add9)", "m(add11)", "no3", "7(b9)", "7alt", "/E", "m/G", "maj7/B", "2", "4", "x",
        "#", "b", "bb", "##m", "7b9#11", "-5", "maj",
    ]  # fmt: skip
    symbols = [root + kind for root in (*ROOTS, "Cb", "E#", "H", "") for kind in kinds]
    symbols += ["N.C.", "NC", "n.c.", "N", " Am ", "F♯m", "B♭"]
    found = node("music.mjs", [{"action": "chord", "symbol": symbol} for symbol in symbols])
    for symbol, answer in zip(symbols, found, strict=True):
        try:
            assert answer == chord_id(symbol), symbol
        except ChordError:
            assert answer["error"], symbol


def test_names_of_instruments(node):
    (names,) = node("music.mjs", [{"action": "names"}])
    assert names["FAMILIES"] == list(general_midi.FAMILIES)
    assert names["INSTRUMENTS"] == list(general_midi.INSTRUMENTS)
    assert names["drums"] == [general_midi.drum_name(pitch) for pitch in range(128)]


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
    found, expected = (mido.MidiFile(tmp_path / name) for name in ("page.mid", "package.mid"))
    assert found.ticks_per_beat == expected.ticks_per_beat
    assert len(found.tracks) == len(expected.tracks) > 10
    for page_track, package_track in zip(found.tracks, expected.tracks):
        assert list(page_track) == list(package_track)
