"""Mistakes in Python: one sentence that explains what to do."""

import io
import os
import pathlib

import mido
import numpy as np
import pytest

import gm_vae
from gm_vae import arranger
from gm_vae.cli import main
from gm_vae.errors import UsageError
from gm_vae.generate import gmvae
from gm_vae.music.midi_file import MidiError


@pytest.fixture(scope="module")
def model():
    return gm_vae.load("small")


@pytest.fixture(scope="module")
def midi(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    arranger.write_corpus(folder, count=1, seed=4)
    return next(folder.rglob("*.mid"))


@pytest.fixture(scope="module")
def measures(midi):
    return gm_vae.measures_from_midi(midi)[0]


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda model, _: model.encode("song.mid"), "measures_from_midi reads those of a MIDI"),
        (lambda model, all_: model.encode(all_[0]), "takes a list of measures; put the measure in"),
        (lambda model, _: model.encode([1]), "takes measures, and one is a int"),
        (lambda model, _: model.sample_points(2, seed="abc"), "seed is \"'abc'\"|seed is 'abc'"),
        (lambda model, _: model.sample_points(2, seed=1.5), "give a whole number"),
        (lambda model, _: model.sample_points(-1), "count is -1"),
        (lambda model, _: gm_vae.sample(model, 2, seed="abc"), "give a whole number"),
        (lambda model, all_: gm_vae.vary(model, all_[0], seed="abc"), "give a whole number"),
        (lambda _, all_: gm_vae.write_midi(all_, "x.txt"), "x.txt does not end in .mid"),
        (lambda _, all_: gm_vae.write_midi(all_[0], "x.mid"), "put the measure in brackets"),
        (lambda *_: gm_vae.measures_from_midi("no/song.mid"), "song.mid cannot be read"),
        (lambda *_: gm_vae.measures_from_midi(7), "a MIDI file is bytes, not int; give its path"),
    ],
)
def test_a_wrong_thing_is_named(model, measures, attempt, message):
    with pytest.raises(UsageError, match=message):
        attempt(model, measures)


def test_a_text_file_is_not_a_midi_file(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("no music")
    with pytest.raises(MidiError):
        gm_vae.measures_from_midi(path)
    with pytest.raises(UsageError, match="open it with 'rb'"), path.open() as file:
        gm_vae.measures_from_midi(file)


def test_a_file_is_given_as_bytes_path_or_open_file(midi, measures):
    for file in (
        midi.read_bytes(),
        str(midi),
        midi,
        pathlib.PurePath(midi),
        bytearray(midi.read_bytes()),
    ):
        assert gm_vae.measures_from_midi(file)[0] == measures
    with midi.open("rb") as file:
        assert gm_vae.measures_from_midi(file)[0] == measures


def test_reprs_are_readable(model, measures):
    assert repr(model) == "GMVAE(small, z of 128, with chords, 4/4)"
    assert "Drums" in repr(next(measure for measure in measures if 128 in measure.programs))
    known = gm_vae.attributes.Attributes.of(model, "small")
    assert len(repr(known)) < 300
    assert "density" in repr(known)


def test_the_operations_are_at_the_top(model):
    point = gm_vae.points.near(model.sample_points(1, seed=1)[0], 0.9, 1, seed=2)[0]
    assert len(gm_vae.progression(model, point, ["C", "F"], seed=1)) == 2
    assert len(gm_vae.interpolate(model, point, -point, "C", 3, seed=1)) == 3
    for name in gm_vae.__all__:
        assert getattr(gm_vae, name) is not None
    assert gm_vae.operations.sample is gm_vae.sample
    assert np.array_equal(model.sample_points(1, seed=2**32 + 1), model.sample_points(1, seed=1))


def run(capsys, *argv):
    code = main(list(argv))
    return code, *capsys.readouterr()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("generate", "--chords", "--output=x.mid"), "--chords has no value; write --chords=VALUE"),
        (("generate", "--chords=C", "--temperature=hot"), "--temperature=hot; give a number"),
        (("generate", "--chords=C", "--seed=abc"), "--seed=abc; give a whole number"),
        (("sample", "--count=100000000"), "--count=100000000; give 10,000 at most"),
        (("generate", "--chords=C", "--model=smal"), "did you mean small?"),
        (("generate", "--chords=C", "--require=violin", "--forbid=violin"),
         "violin is both required and forbidden; drop one"),
        (("generate", "--chords=C", "--instruments=flute,piano", "--require=drums"),
         "drums is required but not one of the instruments that may play"),
        (("generate", "--chords=C", "--midi=silent.mid"), "silent.mid has no notes"),
    ],
)  # fmt: skip
def test_a_wrong_flag_is_named(capsys, tmp_path, monkeypatch, flags, message):
    monkeypatch.chdir(tmp_path)
    mido.MidiFile(tracks=[mido.MidiTrack()]).save("silent.mid")
    code, out, err = run(capsys, *flags, "--output=a.mid")
    assert (code, out) == (1 if "silent" in message else 2, "")
    assert err.startswith(f"gm-vae {flags[0]}: ")
    assert message in err
    assert err.count("\n") == 1
    assert not os.path.exists("a.mid")


def test_help_of_a_verb_is_there_under_both_names(capsys):
    assert run(capsys, "help", "generate") == run(capsys, "generate", "--help")
    assert run(capsys, "help") == run(capsys, "--help")


def test_decoding_much_shows_progress_on_a_terminal(model, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(gmvae, "_MANY", 40)
    for count, shown in ((39, False), (70, True)):
        terminal = Terminal()
        monkeypatch.setattr("sys.stderr", terminal)
        gm_vae.sample(model, count, "C", seed=1)
        assert ("70/70 measures  100 %" in terminal.getvalue()) == shown
