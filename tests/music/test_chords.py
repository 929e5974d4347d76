"""Chord symbols against note_seq's reading of them, and the spellings of musicians."""

import itertools
import json
import pathlib

import numpy as np
import pytest

from gm_vae.errors import UsageError
from gm_vae.music import chords
from gm_vae.music.chord_lines import chord_line
from gm_vae.music.chords import ChordError, chord_id, chord_symbol

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"
C, CM, C_AUG, C_DIM = 1, 13, 25, 37


@pytest.fixture(scope="module")
def note_seq():
    return pytest.importorskip("note_seq")


DEGREES = ("b5", "#5", "b9", "#9", "#11", "b13", "#4", "b6", "b3", "b7", "#7")
ADDED = ("add2", "add4", "add6", "add9", "add11", "add#11", "addb9", "add3", "add5", "addb7")
MISSING = ("no1", "no3", "no5", "no7", "no9")
IN_BRACKETS = ("(b5)", "(#5)", "(b9)", "(add9)", "(no3)", "(no5)")
MODIFICATIONS = (*DEGREES, *ADDED, *MISSING, *IN_BRACKETS)


def test_every_symbol_that_note_seq_can_encode_has_its_id(note_seq):
    """All kinds of note_seq, with up to two modifications, some with a bass."""
    library = note_seq.chord_symbols_lib
    encoding = note_seq.TriadChordOneHotEncoding()
    kinds = list(library._CHORD_KINDS_BY_ABBREV)
    assert len(kinds) > 60
    agreed = 0
    for kind, first, second in itertools.product(kinds, ["", *MODIFICATIONS], ["", "b5", "(add9)"]):
        root = ("C", "F#", "Bb", "Ebb", "G##")[agreed % 5]
        symbol = root + kind + first + second + ("", "/G", "/Ab")[agreed % 3]
        try:
            expected = encoding.encode_event(symbol)
        except (library.ChordSymbolError, note_seq.ChordEncodingError):
            continue
        assert chord_id(symbol) == expected, symbol
        agreed += 1
    assert agreed > 2000


@pytest.mark.parametrize("kind", ["sus", "sus2", "sus4", "sus7", "7sus", "ped", "5", "(no3)", "b5"])
def test_a_chord_that_note_seq_cannot_encode_is_an_error_of_ours(note_seq, kind):
    with pytest.raises(note_seq.ChordEncodingError):
        note_seq.TriadChordOneHotEncoding().encode_event("A" + kind)
    with pytest.raises(ChordError, match="has no major, minor, augmented or diminished triad"):
        chord_id("A" + kind)


def test_every_id_has_a_symbol_that_note_seq_reads(note_seq):
    encoding = note_seq.TriadChordOneHotEncoding()
    for index in range(chords.NUM_CHORDS):
        assert chord_id(chord_symbol(index)) == index
        assert encoding.encode_event(chord_symbol(index)) == index
        assert chord_id(encoding.decode_event(index)) == index


@pytest.mark.parametrize(
    ("symbol", "index"),
    [
        ("Cmaj7", C), ("CM7", C), ("CΔ", C), ("C△7", C), ("Cma9", C), ("Cmaj", C), ("Cmajor", C),
        ("C7", C), ("C9", C), ("C13", C), ("C6", C), ("C69", C), ("C6/9", C), ("C2", C),
        ("Cadd9", C), ("C(add9)", C), ("C7(b9,#11)", C), ("C7(b9)(#9)", C), ("C7-9", C),
        ("C7+9", C), ("C/E", C), ("C7/Bb", C), ("C6/9/E", C), ("C(no5)", C), ("C7omit5", C),
        ("C7alt", C), (" C ", C),
        ("Cm", CM), ("Cmin", CM), ("Cminor", CM), ("Cmi7", CM), ("C-", CM), ("C−7", CM),
        ("Cm6", CM), ("Cm9", CM), ("CmMaj7", CM), ("Cm(maj7)", CM), ("C-Δ7", CM), ("Cmadd9", CM),
        ("Cm/Eb", CM),
        ("C+", C_AUG), ("Caug", C_AUG), ("C+7", C_AUG), ("Caug7", C_AUG), ("C7#5", C_AUG),
        ("C7(#5)", C_AUG), ("C7+5", C_AUG), ("C7+", C_AUG), ("Cmaj7#5", C_AUG), ("C(♯5)", C_AUG),
        ("Cdim", C_DIM), ("C°", C_DIM), ("C°7", C_DIM), ("Co7", C_DIM), ("Cdim7", C_DIM),
        ("Cø", C_DIM), ("Cø7", C_DIM), ("Cm7b5", C_DIM), ("C-7b5", C_DIM), ("Cm7(b5)", C_DIM),
        ("Cm7♭5", C_DIM), ("Cmin7-5", C_DIM),
        ("F#m7b5", C_DIM + 6), ("Bb", C + 10), ("B♭", C + 10), ("Db°", C_DIM + 1),
        ("D♭o", C_DIM + 1),
        ("Cb", C + 11), ("B#", C), ("E♯m", CM + 5), ("Abm/Cb", CM + 8), ("Am7/G", CM + 9),
        ("N.C.", 0), ("NC", 0), ("n.c.", 0), ("N", 0),
    ],
)  # fmt: skip
def test_spellings_of_musicians(symbol, index):
    assert chord_id(symbol) == index


@pytest.mark.parametrize(
    "symbol", ["Xyz", "H", "Cfoo", "Cm7x", "C/X", "C/", "C7b", "C#b", "C(", "1", "C|G"]
)
def test_unreadable_chords_are_reported_with_an_example(symbol):
    with pytest.raises(ChordError, match=r"is not a chord symbol.*write.* F#m, Bb7") as error:
        chord_id(symbol)
    assert isinstance(error.value, UsageError)
    assert repr(symbol) in str(error.value)


@pytest.mark.parametrize("symbol", ["", " ", "\u200b"])
def test_a_message_never_names_an_empty_symbol(symbol):
    with pytest.raises(ChordError, match=r"A chord is missing here; write.* F#m, Bb7") as error:
        chord_id(symbol)
    assert "''" not in str(error.value)


def test_the_german_h_is_explained():
    with pytest.raises(ChordError, match="German H is B"):
        chord_id("Hm")


@pytest.fixture(scope="module")
def spellings():
    """Expectations written by hand, also for the tests of the page."""
    return json.loads((VECTORS / "chord_symbols.json").read_text(encoding="utf-8"))


def test_every_spelling_is_the_chord_that_musicians_mean(spellings):
    for group in spellings["read"]:
        assert chord_symbol(group["id"]) == group["triad"]
        ids = {symbol: chord_id(symbol) for symbol in group["symbols"]}
        assert ids == dict.fromkeys(group["symbols"], group["id"])
        assert all(map(chords.has_triad, group["symbols"]))


def test_spellings_without_a_triad_have_a_nearest_one(spellings):
    for group in spellings["nearest"]:
        assert chord_symbol(group["id"]) == group["triad"]
        ids = {symbol: chords.nearest_chord_id(symbol) for symbol in group["symbols"]}
        assert ids == dict.fromkeys(group["symbols"], group["id"])
        assert not any(map(chords.has_triad, group["symbols"]))


def test_unreadable_chords_are_refused(spellings):
    for symbol in spellings["refused"]:
        with pytest.raises(ChordError):
            print(symbol, chords.nearest_chord_id(symbol))


def test_a_symbol_is_shown_as_typed(spellings):
    for typed, shown in spellings["shown"]:
        assert chords.tidy_symbol(typed) == shown
    with pytest.raises(ChordError):
        chords.tidy_symbol("Xyz")


def test_a_shown_symbol_is_the_same_chord_even_in_a_line(spellings):
    for group in spellings["read"] + spellings["nearest"]:
        for symbol in group["symbols"]:
            shown = chords.tidy_symbol(symbol)
            assert chords.nearest_chord_id(shown) == group["id"], symbol
            assert chords.tidy_symbol(shown) == shown
            assert chord_line(f"{shown} {shown}|F") == [(shown,), (shown, "F")]


def test_spellings_of_the_shared_cases(shared):
    lines = (shared / "cases" / "chord_spellings_refused.txt").read_text(encoding="utf-8")
    cases = [line.split("\t") for line in lines.splitlines() if "\t" in line]
    assert len(cases) > 20
    for symbol, meant, *_ in cases:
        assert chord_symbol(chords.nearest_chord_id(symbol)) == meant.removesuffix(" (nearest)")


@pytest.mark.parametrize("symbol", ["Csus4", "Csus", "C9sus4", "Cmaj7sus2", "C5", "C4", "Cno3"])
def test_chords_without_a_triad_are_reported_with_a_remedy(symbol):
    with pytest.raises(ChordError, match="write C or Cm instead"):
        chord_id(symbol)


def test_several():
    ids = chords.chord_ids(["C", "Am", "N.C."])
    assert ids.dtype == np.uint8
    assert ids.tolist() == [1, 22, 0]


def test_pitch_classes(note_seq):
    assert chords.chord_pitch_classes(0) == frozenset()
    for index in range(1, chords.NUM_CHORDS):
        expected = note_seq.chord_symbols_lib.chord_symbol_pitches(chord_symbol(index))
        assert chords.chord_pitch_classes(index) == set(expected)


def test_transposing(note_seq):
    assert chords.transpose_chord(0, 5) == 0
    for index in range(1, chords.NUM_CHORDS):
        for semitones in (-13, -1, 0, 3, 12):
            symbol = note_seq.chord_symbols_lib.transpose_chord_symbol(
                chord_symbol(index), semitones
            )
            assert chords.transpose_chord(index, semitones) == chord_id(symbol)


def test_note_names():
    assert [chords.pitch_class(name) for name in ("C", "F#", "Bbb", "Cb", "B##")] == [
        0,
        6,
        9,
        11,
        1,
    ]
    assert [chords.pitch_class(name) for name in ("c", "bb", "bbb", "Fx")] == [0, 10, 9, 7]
    with pytest.raises(ChordError, match="not a note name"):
        chords.pitch_class("h")


@pytest.mark.parametrize("index", [-1, 49])
def test_there_is_no_other_id(index):
    with pytest.raises(ValueError, match="outside"):
        chord_symbol(index)


@pytest.mark.parametrize(
    ("symbol", "nearest"),
    [
        ("Csus4", "C"), ("Csus2", "C"), ("C7sus4", "C"), ("C5", "C"), ("C4", "C"), ("Cped", "C"),
        ("C(no3)", "C"), ("C7b5", "C"), ("Cm#5", "Cm"), ("F#sus4/B", "F#"),
        ("Bbm7#5", "Bbm"), ("Eb5", "Eb"),
    ],
)  # fmt: skip
def test_the_nearest_triad_of_a_chord_without_one(symbol, nearest):
    with pytest.raises(ChordError):
        chord_id(symbol)
    assert not chords.has_triad(symbol)
    assert chords.nearest_chord_id(symbol) == chord_id(nearest)


def test_a_chord_with_a_triad_is_nearest_to_itself():
    for kind in ("", "m", "7", "maj7", "m7b5", "°", "+", "6/9", "/E", "add9"):
        for root in chords.ROOTS:
            assert chords.has_triad(root + kind)
            assert chords.nearest_chord_id(root + kind) == chord_id(root + kind)
    assert chords.has_triad("N.C.")
    assert chords.nearest_chord_id("N.C.") == chords.NO_CHORD
    for function in (chords.nearest_chord_id, chords.has_triad):
        with pytest.raises(ChordError):
            function("Cfoo")
