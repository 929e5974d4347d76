"""Songs: forms, returning sections, endings, and markers in a sequencer."""

import itertools
from collections import Counter

import mido
import numpy as np
import pytest
from well_formed import assert_well_formed

import gm_vae
from gm_vae.errors import UsageError
from gm_vae.generate.song import read_form, song
from gm_vae.music.chord_spelling import ChordError


@pytest.fixture(scope="module")
def model():
    return gm_vae.load("small")


def test_a_form_has_the_chords_of_its_sections():
    sections = read_form("A A>B B", "A: C G; B: F | Em Am |; Dm", 9)
    assert [section.name for section in sections] == ["A", "A>B", "B"]
    assert sections[0].chords == ("C", "G", "C")
    assert sections[1].chords == ("C", "G", "C")  # those of where it begins
    assert sections[2].chords == ("F", "Em|Am", "F")
    assert [section.styles for section in sections] == [("A", "A"), ("A", "B"), ("B", "B")]
    assert [s.chords for s in read_form("A B", "C G")] == [("C", "G")] * 2


@pytest.mark.parametrize(
    ("form", "chords", "bars", "message"),
    [
        ("A B", "A: C", None, 'section B has no chords; write them as "B: C G Am F"'),
        ("A B", "A: C; A: G", None, "there are chords for A twice"),
        ("A", "A: C; Q: G", None, "there are chords for Q, which the form does not have"),
        ("A B A", "C", 31, "31 bars cannot be shared among 3 sections; give a multiple of 3"),
        ("A B A", "C", 2, "such as 3"),
        ("", "C", None, "a form has 1 to 100 sections, not 0"),
        ("A A-B", "C", None, "the form has a section 'A-B'"),
        ("A " * 101, "C", None, "not 101"),
    ],
)
def test_a_form_that_cannot_be_played_is_refused(form, chords, bars, message):
    with pytest.raises(UsageError, match=message):
        read_form(form, chords, bars)


def test_a_chord_that_cannot_be_read_is_named():
    with pytest.raises(ChordError, match="Hmm"):
        read_form("A", "A: C Hmm")


def test_sections_come_back_and_others_differ(model):
    form = read_form("A B A", "A: C G Am F; B: Dm Em F G")
    piece = song(model, form, model.sample_points(1, 7)[0], seed=7, vary=0, fills=False)
    assert piece.sections == ((0, "A"), (4, "B"), (8, "A"), (12, "Ending"))
    assert piece.measures[:4] == piece.measures[8:12]
    assert piece.measures[0] != piece.measures[4]
    varied = song(model, form, model.sample_points(1, 7)[0], seed=7)
    assert varied.measures[:3] == piece.measures[:3]  # but for the fill of the fourth
    assert varied.measures[8:12] != piece.measures[8:12]
    assert varied == song(model, form, model.sample_points(1, 7)[0], seed=7)


def test_it_is_one_band_that_plays(model):
    form = read_form("A B", "C G Am F")
    for seed in range(6):
        piece = song(model, form, model.sample_points(1, seed)[0], seed=seed)
        first, other = (Counter(piece.measures[bar].programs) for bar in (0, 4))
        leaving, coming = first - other, other - first
        assert max(leaving.total(), coming.total()) <= 2
        assert 128 not in leaving + coming


def test_styles_of_ones_own_and_the_way_between_them(model):
    start, end = model.sample_points(2, 3)
    form = read_form("A A>B B", "C G Am F C G")
    piece = song(model, form, {"A": start, "B": end}, seed=3, vary=0, fills=False, ending=False)
    bars = piece.measures
    assert len(bars) == 18
    assert bars[0] == bars[6]
    assert bars[11] == bars[17]
    assert bars[0].programs != bars[17].programs
    for a, b in itertools.pairwise(bars[6:12]):
        assert len(set(a.programs) ^ set(b.programs)) <= 4
    with pytest.raises(UsageError, match="style B has no point"):
        song(model, form, {"A": start})
    with pytest.raises(UsageError, match="contrast is 2"):
        song(model, form, start, contrast=2)


def test_the_last_chord_is_struck_together_and_held(model):
    for seed in range(8):
        piece = song(model, read_form("A", "Am F C G"), model.sample_points(1, seed)[0], seed=seed)
        last = piece.measures[-1]
        notes = last.notes()
        assert last.chords == ("Am", "Am")
        assert (notes["start_step"] == 0).all()
        assert (notes["end_step"] == 96).all()
        assert last.programs == piece.measures[-2].programs
        for tokens, length in zip(last.tokens, last.lengths):
            assert_well_formed(tokens[:length].tolist(), model.format)
        hits = notes["pitch"][notes["program"] == 128].tolist()
        assert not hits or {36, 49} <= set(hits)


def test_a_sequencer_shows_the_sections(tmp_path):
    from gm_vae.cli import main

    output = tmp_path / "song.mid"
    command = ["song", "--form=A B", "--chords=A: C G; B: F Am", "--bars=8", "--seed=1"]
    assert main([*command, f"--output={output}"]) == 0
    file = mido.MidiFile(output)
    now, marks = 0, []
    for message in file.tracks[0]:
        now += message.time
        if message.type == "marker":
            marks.append((now / (4 * file.ticks_per_beat), message.text))
    assert marks[:2] == [(0, "[A]"), (0, "C")]
    assert (4, "[B]") in marks
    assert marks[-2:] == [(8, "[Ending]"), (8, "C")]
    names = [track.name for track in file.tracks[1:]]
    assert len(names) == len(set(names))  # one track an instrument
    assert np.isclose(file.length, 9 * 2.0)  # bars of two seconds
