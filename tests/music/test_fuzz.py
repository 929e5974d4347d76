"""A few hundred damaged files; `make fuzz` reads 200,000."""

import pytest
from midi_mutations import mutant

from gm_vae.arranger import write_corpus
from gm_vae.music.measures import measures_from_midi
from gm_vae.music.midi_bytes import MAX_EVENTS
from gm_vae.music.midi_file import MidiError


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    write_corpus(folder, count=6, seed=1)
    return [path.read_bytes() for path in sorted(folder.rglob("*.mid"))]


@pytest.mark.slow
def test_damaged_files_are_read_or_refused_in_a_sentence(songs):
    read, sentences = 0, set()
    for number in range(1, 400):
        try:
            measures_from_midi(mutant(songs, 1, number))
            read += 1
        except MidiError as error:
            sentences.add(str(error))
    assert all(sentence.endswith(".") for sentence in sentences)
    assert 300 < read < 390  # both happen, or else the mutants are not worth much
    assert len(sentences) > 15


def test_mutants_are_the_same_each_time(songs):
    assert mutant(songs, 3, 14) == mutant(songs, 3, 14) != mutant(songs, 3, 15)


@pytest.mark.parametrize("event", [b"\x00\x90\x3c\x40", b"\x00\xc0\x00"])
def test_more_events_than_memory_is_made_for(event):
    track = event * (MAX_EVENTS + 1)
    header = b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x00\x60MTrk"
    with pytest.raises(MidiError, match="over 1,000,000 events"):
        measures_from_midi(header + len(track).to_bytes(4, "big") + track)
