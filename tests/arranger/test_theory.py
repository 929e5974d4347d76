"""The arranger's small tools, against music theory and file formats written out by hand."""

import struct

import numpy as np
import pytest

from gm_vae.arranger.dice import Dice
from gm_vae.arranger.midi_writer import Conductor, TickNote, Track, standard_midi_file
from gm_vae.arranger.patterns import (
    SWING_EIGHTHS,
    SWING_SIXTEENTHS,
    read,
)
from gm_vae.arranger.performance import part_overlaps
from gm_vae.arranger.progressions import spell_out
from gm_vae.arranger.theory import KINDS, Chord, Key, chord_scale, voice_lead
from gm_vae.music.chords import chord_id, chord_pitch_classes

NOTE = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@pytest.mark.parametrize(
    ("tonic", "minor", "numerals", "symbols"),
    [
        (0, False, "I ii7 V7 vi IVmaj7", "C Dm7 G7 Am Fmaj7"),
        (0, False, "V7/ii viio7/V bVII bVI+ Iadd9", "A7 F#dim7 Bb Ab+ Cadd9"),
        (9, True, "i bVI bIII bVII V7 iim7b5 iio", "Am F C G E7 Bm7b5 Bdim"),
        (9, True, "bII V7/iv #ivo7", "Bb A7 D#dim7"),
        (3, True, "i bVII V7", "D#m C# A#7"),
        (5, False, "IV iv6 V+7 bIII", "Bb Bbm6 C+7 Ab"),
        (6, False, "V7/vi vi", "A#7 D#m"),
    ],
)
def test_numerals_name_the_chords_a_theory_book_gives(tonic, minor, numerals, symbols):
    key = Key(tonic, minor)
    assert [key.chord(n).symbol for n in numerals.split()] == symbols.split()


@pytest.mark.parametrize("numeral", ["", "H", "IIII", "Isus4", "b", "7", "i+", "imaj7"])
def test_invalid_numerals_are_refused(numeral):
    with pytest.raises(ValueError, match="is not a chord"):
        Key(0).chord(numeral)


def test_every_kind_is_a_symbol_whose_triad_is_the_chords_own():
    for kind in KINDS:
        for root in range(12):
            name = Key(0).spell(root)
            chord = Chord(root, kind, name)
            assert set(chord.triad) == chord_pitch_classes(chord_id(chord.symbol)), chord.symbol


def test_key_signatures_follow_the_circle_of_fifths():
    for tonic in range(12):
        for minor in (False, True):
            key = Key(tonic, minor)
            assert -6 <= key.sharps <= 6
            # each sharp moves the major tonic up a fifth; the relative minor lies a third below
            assert (7 * key.sharps - 3 * minor) % 12 == tonic
            letter, accidental = key.name.rstrip("m")[0], key.name.rstrip("m")[1:]
            named = NOTE[letter] + accidental.count("#") - accidental.count("b")
            assert named % 12 == tonic


def test_chord_scales_hold_the_chord_and_stay_in_the_key():
    for key in (Key(0), Key(9, minor=True)):
        white = {0, 2, 4, 5, 7, 9, 11}
        for numeral in ["I", "ii7", "iii7", "IVmaj7", "V7", "vi", "viim7b5", "IV", "ii"]:
            chord = Key(0).chord(numeral)
            scale = chord_scale(chord.root, chord.kind, key)
            assert {(chord.root + step) % 12 for step in scale} == white, numeral
    for kind in KINDS:
        for root in range(12):
            scale = chord_scale(root, kind, Key(0))
            assert list(scale) == sorted(set(scale)), (root, kind)
            assert {interval % 12 for interval in KINDS[kind]} <= set(scale), (root, kind)
    # E7 in C leads to A minor: its G# replaces G, the rest is the key's
    assert chord_scale(4, "7", Key(0)) == (0, 1, 4, 5, 7, 8, 10)


def test_voice_leading_keeps_common_tones_and_takes_the_near_way():
    c, am, f = (Key(0).chord(numeral) for numeral in ("I", "vi", "IV"))
    assert voice_lead(am, 3, 50, 74, (60, 64, 67)) == (60, 64, 69)
    assert voice_lead(f, 3, 50, 74, (60, 64, 67)) == (60, 65, 69)
    assert voice_lead(c, 3, 50, 74, (60, 64, 69)) == (60, 64, 67)


def test_voicings_fit_the_range_and_name_the_chord():
    for kind, intervals in KINDS.items():
        for root in range(12):
            chord = Chord(root, kind, "?")
            for voices, spread in ((3, False), (4, False), (3, True), (4, True)):
                pitches = voice_lead(chord, voices, 50, 74, (), spread)
                assert len(set(pitches)) == voices
                assert min(pitches) >= 50
                assert max(pitches) <= 74
                sung = {(pitch - root) % 12 for pitch in pitches}
                assert sung <= {interval % 12 for interval in intervals}
                assert intervals[1] in sung  # the third is never left out


def test_patterns_are_read_as_a_musician_reads_them():
    (bar,) = read("x--- .... X.o- ....")
    assert bar == ((0, 24, "x"), (48, 6, "X"), (60, 12, "o"))
    assert read("x-x x-x ... xxx")[0][-3:] == ((72, 8, "x"), (80, 8, "x"), (88, 8, "x"))
    assert [len(bar) for bar in read("x.x.|x...|....")] == [2, 1, 0]
    eighths = [hit.start_step for hit in read("x.x. x.x. .... ....", SWING_EIGHTHS)[0]]
    assert eighths == [0, 16, 24, 40]
    sixteenths = [hit.start_step for hit in read("xxxx .... .... ....", SWING_SIXTEENTHS)[0]]
    assert sixteenths == [0, 8, 12, 20]
    assert read("xxx ... ... ...", SWING_EIGHTHS)[0][1].start_step == 8  # triplets do not swing
    with pytest.raises(ValueError, match="cells"):
        read("x.x.x")


def test_progressions_repeat_to_the_length_asked():
    chords = spell_out("I vi ii7-V7", 4, Key(7))
    assert [chord.symbol for chord in chords] == ["G", "G", "Em", "Em", "Am7", "D7", "G", "G"]


def test_dice_are_fair_and_streams_are_apart():
    dice = Dice(3)
    counts = np.bincount([dice.below(6) for _ in range(6000)], minlength=6)
    assert ((counts > 850) & (counts < 1150)).all()
    weighted = [dice.pick("ab", (3, 1)) for _ in range(4000)]
    assert 2850 < weighted.count("a") < 3150
    bells = np.array([dice.bell(2.0) for _ in range(4000)])
    assert abs(bells.mean()) < 0.15
    assert 1.85 < bells.std() < 2.2
    assert sorted(dice.shuffled(range(9))) == list(range(9))
    one, other = dice.split("drums"), dice.split("bass")
    assert [one.below(1000) for _ in range(8)] != [other.below(1000) for _ in range(8)]


# The examples of the Standard MIDI File specification.
@pytest.mark.parametrize(
    ("delta", "spelled"),
    [
        (0x40, "40"),
        (0x7F, "7f"),
        (0x80, "8100"),
        (0x2000, "c000"),
        (0x3FFF, "ff7f"),
        (0x4000, "818000"),
        (0x1FFFFF, "ffff7f"),
        (0x200000, "81808000"),
        (0x0FFFFFFF, "ffffff7f"),
    ],
)
def test_files_follow_the_standard(delta, spelled):
    conductor = Conductor(
        name="T",
        tempos=[(0, 500000)],
        meters=[(0, 3, 8)],
        keys=[(0, -3, True)],
        texts=[],
        markers=[],
        end_tick=delta,
    )
    track = Track("P", channel=2, programs=[(0, 40)], notes=[TickNote(0, delta, 60, 100)])
    first = bytes.fromhex(
        "00ff030154 00ff510307a120 00ff580403031808 00ff5902fd01".replace(" ", "")
    )
    first += bytes.fromhex(spelled + "ff2f00")
    second = bytes.fromhex("00ff030150 00c228 00923c64".replace(" ", ""))
    second += bytes.fromhex(spelled + "823c40" + "00ff2f00")
    # meta events of one tick stand in order of their type: name, tempo, meter, key
    expected = bytes.fromhex("4d546864 00000006 0001 0002 00f0".replace(" ", ""))
    for body in (first, second):
        expected += b"MTrk" + struct.pack(">I", len(body)) + body
    assert standard_midi_file(conductor, [track], 240) == expected


def test_overlaps_end_where_the_key_is_struck_again():
    one = Track("a", 9, [(0, 0)], [TickNote(0, 50, 36, 80), TickNote(20, 60, 36, 70)])
    two = Track("b", 9, [(0, 0)], [TickNote(20, 40, 36, 90), TickNote(30, 40, 38, 90)])
    other = Track("c", 3, [(0, 0)], [TickNote(0, 50, 36, 80)])
    part_overlaps([one, two, other])
    assert one.notes == [TickNote(0, 20, 36, 80)]
    assert two.notes == [TickNote(20, 40, 36, 90), TickNote(30, 40, 38, 90)]
    assert other.notes == [TickNote(0, 50, 36, 80)]
