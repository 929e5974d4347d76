"""The reference implementation for benchmarks and corpus tests, against the goldens."""

import json

import numpy as np
import pytest

from gm_vae.music.chord_inference import most_likely_chords

path = pytest.importorskip("note_seq_path")


def rows(values, lengths):
    """The real tracks of one golden measure; absent ones are only the end token."""
    tracks = [row[:length].tolist() for row, length in zip(values, lengths)]
    return [row for row in tracks if len(row) > 1]


@pytest.fixture
def same_search(note_seq_chords, monkeypatch):
    """Frames that note_seq searched, with ties; our search must find the same path each time."""
    search, frames = note_seq_chords._key_chord_viterbi, []

    def both(likelihood, *tables):
        path = search(likelihood, *tables)
        ours = most_likely_chords(likelihood)
        chords = [note_seq_chords._CHORDS[chord] for chord in ours.chords]
        assert list(zip(ours.keys.tolist(), chords)) == path
        frames.append(len(path))
        return path

    monkeypatch.setattr(note_seq_chords, "_key_chord_viterbi", both)
    return frames


@pytest.mark.corpora  # a minute for what only benchmarks and corpus tests lean on
@pytest.mark.parametrize("form", ["plain", "chords"])
def test_it_gives_the_same_as_the_original(golden, same_search, form):
    """Every cut with its outcome, every token and every chord, including float losses."""
    folder = golden / "data"
    measures = 0
    for entry in json.loads((folder / "manifest.json").read_text()):
        name = entry["file"]
        data = (folder / "midi" / name).read_bytes()
        segments = path.segments_from_midi(data, with_chords=form == "chords")
        expected = [
            (
                round(segment["start_s"], 6),
                [(round(offset, 6), word) for offset, word in segment["measures"]],
            )
            for segment in entry[form]["segments"]
        ]
        actual = [
            (round(s.start, 6), [(round(cut.offset, 6), cut.word) for cut in s.cuts])
            for s in segments
        ]
        assert actual == expected, name

        golden_file = np.load(folder / "tokens" / f"{name[:-4]}.npz")
        tokens, lengths = golden_file[f"{form}_tokens"], golden_file[f"{form}_lengths"]
        kept = [cut for each in segments for cut in each.cuts if cut.word == path.KEPT]
        assert len(kept) == len(tokens), name
        for number, cut in enumerate(kept):
            assert list(map(list, cut.tracks)) == rows(tokens[number], lengths[number]), name
            if form == "chords":
                ids = rows(golden_file["chords_ids"][number], lengths[number])
                assert list(map(list, cut.chords)) == ids, name
        measures += len(kept)
        if form == "chords":
            inferred = [
                (number, *change)
                for number, segment in enumerate(segments)
                for change in segment.inferred
            ]
            columns = (golden_file[f"infer_{c}"] for c in ("segment", "time", "step", "symbol"))
            assert inferred == list(zip(*(column.tolist() for column in columns))), name
    assert (measures, sum(same_search)) == {"plain": (1840, 0), "chords": (1185, 4293)}[form]
