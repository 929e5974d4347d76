"""General MIDI names against pretty_midi's tables."""

import pretty_midi
import pytest

from gm_vae.music import general_midi


def first_word(name):
    return name.lower().replace("high", "hi").split()[0]


@pytest.mark.parametrize("program", range(128))
def test_programs_are_the_instruments_that_others_call_so(program):
    theirs = pretty_midi.program_to_instrument_name(program).lower()
    assert first_word(general_midi.instrument_name(program)) in theirs
    family = pretty_midi.program_to_instrument_class(program)
    assert first_word(general_midi.family(program)) in family.lower()


@pytest.mark.parametrize("pitch", range(35, 82))
def test_drums_are_the_drums_that_others_call_so(pitch):
    theirs = pretty_midi.note_number_to_drum_name(pitch).lower().replace("-", " ")
    words = general_midi.drum_name(pitch).lower().replace("high", "hi").replace("-", " ").split()
    assert words[0] in theirs
    assert words[-1] in theirs.replace("wood block", "woodblock")


def test_names_distinguish_programs():
    assert len(set(general_midi.INSTRUMENTS)) == 128
    assert len(set(general_midi.FAMILIES)) == 16
    assert general_midi.instrument_name(128) == general_midi.family(128) == "Drums"
    assert general_midi.drum_name(20) == "Drum 20"


@pytest.mark.parametrize("program", [-1, 129])
def test_there_is_no_other_program(program):
    with pytest.raises(ValueError, match="outside"):
        general_midi.instrument_name(program)
    with pytest.raises(ValueError, match="outside"):
        general_midi.family(program)
