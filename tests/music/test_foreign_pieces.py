"""Pieces of other libraries give the measures of their MIDI file."""

import pytest

import gm_vae
from gm_vae import arranger
from gm_vae.errors import UsageError


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    arranger.write_corpus(folder, count=1, seed=4)
    return next(folder.rglob("*.mid"))


@pytest.fixture(scope="module")
def measures(path):
    return gm_vae.measures_from_midi(path)[0]


def notes(measures):
    """Notes without velocities, which some libraries round."""
    return [
        sorted(zip(*(bar.notes()[field].tolist() for field in ("program", "pitch", "start_step"))))
        for bar in measures
    ]


def library(name):
    return pytest.importorskip(name, reason=f"{name} is not a dependency (pip install {name})")


def test_mido(path, measures):
    assert gm_vae.measures_from_midi(library("mido").MidiFile(path))[0] == measures


def test_pretty_midi(path, measures):
    piece = library("pretty_midi").PrettyMIDI(str(path))
    assert notes(gm_vae.measures_from_midi(piece)[0]) == notes(measures)


def test_note_seq(path, measures):
    sequence = library("note_seq").midi_file_to_note_sequence(str(path))
    assert notes(gm_vae.measures_from_midi(sequence)[0]) == notes(measures)
    back = gm_vae.measures_from_midi(gm_vae.to_note_sequence(measures))[0]
    assert notes(back) == notes(measures)


@pytest.mark.parametrize("unit", ["tick", "quarter", "second"])
def test_symusic(path, measures, unit):
    symusic = library("symusic")
    assert notes(gm_vae.measures_from_midi(symusic.Score(path).to(unit))[0]) == notes(measures)


def test_muspy(path, measures):
    music = library("muspy").read_midi(path)
    assert notes(gm_vae.measures_from_midi(music)[0]) == notes(measures)


def test_miditoolkit(path, measures):
    piece = library("miditoolkit").MidiFile(path)
    assert notes(gm_vae.measures_from_midi(piece)[0]) == notes(measures)


def test_unwritable_pieces_are_reported_in_one_sentence(path):
    file = library("mido").MidiFile(path)
    file.tracks[0].append("not a message")
    with pytest.raises(UsageError, match=r"this mido\.MidiFile cannot be written as MIDI") as error:
        gm_vae.measures_from_midi(file)
    assert "\n" not in str(error.value)


def test_the_format_is_used(path):
    piece = library("mido").MidiFile(path)
    fmt = gm_vae.MeasureFormat(min_instruments=8)
    expected = gm_vae.measures_from_midi(path, fmt)
    assert gm_vae.measures_from_midi(piece, fmt) == expected
