"""Lines of chords as typed."""

import json
import pathlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gm_vae.music.chord_lines import chord_line, measure_chords
from gm_vae.music.chord_spelling import ChordError

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "chord_lines.json"


@pytest.fixture(scope="module")
def vectors():
    """Expectations written by hand, also for the tests of the page."""
    return json.loads(VECTORS.read_text(encoding="utf-8"))


def text_of(measures):
    return " ".join("|".join(measure) for measure in measures)


def test_every_line_has_the_measures_that_people_mean(vectors):
    for group in vectors["read"]:
        measures = {line: text_of(chord_line(line)) for line in group["lines"]}
        assert measures == dict.fromkeys(group["lines"], group["measures"])


def test_lines_of_two_meanings_or_none_are_refused(vectors):
    for line in vectors["refused"]:
        with pytest.raises(ChordError) as error:
            print(line, chord_line(line))
        assert str(error.value).endswith(".")
        assert "''" not in str(error.value)


def test_lines_of_the_shared_cases(shared):
    lines = (shared / "cases" / "chord_lines_refused.txt").read_text(encoding="utf-8").splitlines()
    measures = {text_of(chord_line(line)) for line in lines}
    assert len(lines) == 4
    # "%%" repeats two measures, as in chord charts on the web
    assert measures == {"C Am F G", "C Am C Am F"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("C|G Am | F", r"'C\|G'.*write '\| C \| G \|' .* or 'C\|G'"),
        ("C a F", "'a' in lower case may mean A or Am.*write A or Am"),
        ("C f7 G", "'f7' .* may mean F or Fm.*write F7 or Fm"),
        ("% C", "'%' repeats a measure before it"),
        ("| C | | F |", "between two bar lines; write N.C., or %"),
        ("C / Am", "'/' is a beat between bar lines"),
        ("C Hm", "'Hm' is not a chord symbol"),
    ],
)
def test_refusals_name_the_word_and_the_remedy(line, message):
    with pytest.raises(ChordError, match=message):
        chord_line(line)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="CGabm7# |:%/.-,()x2\n", max_size=24))
def test_a_line_is_read_or_refused_and_reads_the_same_in_plain_form(line):
    try:
        measures = chord_line(line)
    except ChordError:
        return
    assert chord_line(text_of(measures)) == measures
    assert chord_line("".join(f"| {' '.join(measure)} " for measure in measures)) == measures


def test_the_chords_of_one_measure():
    assert measure_chords("C") == ["C"]
    assert measure_chords("C|G") == measure_chords("C | G") == ["C", "G"]
    for symbol in ("C|", "|C", "C||G"):
        with pytest.raises(ChordError, match="lacks a chord"):
            measure_chords(symbol)
