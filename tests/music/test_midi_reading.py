"""Each rule of reading on a small file, with the outcome written by hand."""

import numpy as np
import pytest
from as_played import assert_as_played
from midi_reading_vectors import PATH, text
from reading_cases import CASES, SHARED

from gm_vae.music.midi_file import parse_midi
from gm_vae.music.sustain import apply_sustain


def assert_outcome(case, data):
    score = parse_midi(data)
    sounding = apply_sustain(score)
    instruments = []
    for number in np.unique(sounding.instrument):
        own = sounding.instrument == number
        columns = sounding.channel, sounding.program, sounding.is_drum
        ((channel, program, is_drum),) = set(zip(*(column[own].tolist() for column in columns)))
        notes = zip(
            sounding.pitch[own].tolist(),
            sounding.start_ticks[own].tolist(),
            sounding.end_ticks[own].tolist(),
        )
        instruments.append((channel + 1, program, is_drum, sorted(notes)))
    assert instruments == [
        (instrument.channel, instrument.program, instrument.is_drum, sorted(instrument.notes))
        for instrument in case.instruments
    ]
    assert {flaw.name.lower(): count for flaw, count in score.flaws.items()} == case.flaws
    assert list(score.time_signatures) == list(case.meters)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_case_has_its_outcome(case):
    assert_outcome(case, case.data)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if not {*case.flaws} - {"no_end", "no_length"}],
    ids=lambda case: case.name,
)
def test_a_player_agrees(case):
    """Only undamaged files, which mido reads; and bytes before the header."""
    assert_as_played(case.data)


def test_the_shared_files_have_the_same_outcomes(shared):
    paths = {path.stem: path for path in (shared / "cases" / "midi").glob("*.mid")}
    if not paths:
        pytest.skip("the shared folder has no cases")
    assert paths.keys() == {case.name for case in SHARED}
    for case in SHARED:
        assert_outcome(case, paths[case.name].read_bytes())


def test_vectors_for_other_languages_are_up_to_date():
    assert PATH.read_text() == text(), "run python tests/support/midi_reading_vectors.py"
