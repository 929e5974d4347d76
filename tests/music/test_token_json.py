"""Tokens as JSON, written and read."""

import json

import numpy as np
import pytest
from token_words import from_words

from gm_vae.errors import UsageError, UserError
from gm_vae.music.chords import chord_ids
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.token_json import read_tokens, write_tokens

PIANO = from_words("P0 v6 +60 >24 -60 +62 >72 -62 .")
DRUMS = from_words("drums v8 +36 >6 -36 >90 .")


@pytest.fixture
def file(tmp_path):
    measures = [
        Measure.from_tracks([PIANO, DRUMS], chord_ids(["C", "F#m"])),
        Measure.from_tracks([]),
    ]
    write_tokens(measures, tmp_path / "a.json", qpm=97.5, title='A "title" ♯')
    return tmp_path / "a.json"


def test_any_program_reads_the_tokens(file):
    piece = json.loads(file.read_text(encoding="utf-8"))
    assert piece["title"] == 'A "title" ♯'
    assert piece["qpm"] == 97.5
    assert piece["format"]["steps_per_quarter"] == 24
    assert piece["measures"] == [
        {"chords": ["C", "F#m"], "tracks": [PIANO, DRUMS]},
        {"chords": ["N.C.", "N.C."], "tracks": []},
    ]
    lines = [line.strip(" ,") for line in file.read_text(encoding="utf-8").splitlines()]
    assert str(PIANO) in lines, "a track has a line of its own"


def test_measures_come_back(golden, tmp_path):
    measures = []
    for path in sorted((golden / "data/tokens").glob("*.npz")):
        data = np.load(path)
        for tokens, lengths in zip(data["plain_tokens"], data["plain_lengths"]):
            measures.append(Measure.from_tracks([row[:n] for row, n in zip(tokens, lengths)]))
    assert len(measures) > 1000
    write_tokens(measures, tmp_path / "a.json")
    assert read_tokens(tmp_path / "a.json") == measures


def test_odd_measures_come_back(tmp_path):
    fmt = MeasureFormat(beats_per_bar=3, max_tracks=12, max_track_length=300, velocity_bins=16)
    end = 2 * 128 + 72 + 16 + 129
    absent_between = [[256 + 72 + 16, 60, end], [end], [256 + 72 + 16 + 5, 61, end]]
    many_chords = Measure.from_tracks(absent_between, chord_ids(["C", "N.C.", "G+", "Bdim"]), fmt)
    full = Measure.from_tracks([[60] * 299 + [end]] * 12, None, fmt)
    for measures in ([many_chords], [full, many_chords]):
        write_tokens(measures, tmp_path / "a.json", force=True)
        back = read_tokens(tmp_path / "a.json")
        assert back == measures
        assert back[0].lengths.dtype == measures[0].lengths.dtype


def test_other_files_are_reported_in_a_sentence(file, tmp_path):
    whole = json.loads(file.read_text(encoding="utf-8"))

    def message(change):
        piece = json.loads(json.dumps(whole))
        change(piece)
        path = tmp_path / "b.json"
        path.write_text(json.dumps(piece))
        with pytest.raises(UserError) as caught:
            read_tokens(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def put(value, *keys):
        def change(piece):
            for key in keys[:-1]:
                piece = piece[key]
            piece[keys[-1]] = value

        return change

    track = ("measures", 0, "tracks", 0)
    assert "no measures" in message(lambda piece: piece.pop("measures"))
    assert "no measures" in message(put(3, "measures"))
    assert "no measures" in message(put([3], "measures"))
    assert "upgrade" in message(put(1, "format", "swing"))
    assert "beats_per_bar" in message(put(0, "format", "beats_per_bar"))
    for token in (490, -1, 1.5, "60", None, True):
        assert "measure 1" in message(put([360, token, 489], *track))
    assert "end" in message(put([360, 60], *track))
    assert "end" in message(put([], *track))
    assert "end" in message(put([360, 489, 60, 489], *track))
    assert "64" in message(put([360] * 70 + [489], *track))
    assert "9 tracks" in message(put([PIANO] * 9, "measures", 1, "tracks"))
    assert "chords" in message(put([], "measures", 1, "chords"))
    assert "'H'" in message(put(["H"], "measures", 1, "chords"))
    for content in (b"", b"[", b"\xff\xfe", b"[]", b"3", b"[" * 100_000):
        (tmp_path / "c.json").write_bytes(content)
        with pytest.raises(UserError, match="no measures"):
            read_tokens(tmp_path / "c.json")
    with pytest.raises(UserError, match="cannot be read"):
        read_tokens(tmp_path / "absent.json")


def test_unwritable_values(file, tmp_path):
    with pytest.raises(UsageError, match="--force"):
        write_tokens([Measure.from_tracks([])], file)
    with pytest.raises(UsageError, match="no measures"):
        write_tokens([], tmp_path / "b.json")
    with pytest.raises(UsageError, match="max_tracks"):
        write_tokens(
            [Measure.from_tracks([]), Measure.from_tracks([], fmt=MeasureFormat(max_tracks=9))],
            tmp_path / "b.json",
        )
    assert list(tmp_path.iterdir()) == [file]
