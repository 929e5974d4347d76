"""The files of `--output`; wrong ones are refused before any music is generated."""

import json
import os
import wave

import mido
import numpy as np
import pytest
from PIL import Image
from sine_soundfont import sine_soundfont

from gm_vae.errors import UsageError, UserError
from gm_vae.flags import arguments, define
from gm_vae.generate import audio
from gm_vae.generate.outputs import OutputArguments, Outputs
from gm_vae.music.measure import Measure
from gm_vae.music.measures import measures_from_midi
from gm_vae.music.token_json import read_tokens


def outputs(*argv):
    values = define(OutputArguments)
    values(["verb", *argv])
    return Outputs.of(arguments(OutputArguments, values))


@pytest.fixture
def measures(simple_track):
    piano = simple_track(0, [(0, 24, 60), (24, 48, 64), (48, 96, 67)])
    bass = simple_track(33, [(0, 96, 36)])
    return [Measure.from_tracks([piano, bass], [1, 1]), Measure.from_tracks([bass, piano], [8, 8])]


@pytest.fixture
def player(monkeypatch, tmp_path):
    """A FluidSynth that keeps its input: as a player, or as 400 samples of a rendering."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "fluidsynth"
    script.write_text(
        "#!/bin/sh\n"
        'for last; do :; done; /bin/cp "$last" "$0.heard"\n'
        'while [ $# -gt 0 ]; do [ "$1" = -F ] && printf %3200s "" > "$2"; shift; done\n'
    )
    script.chmod(0o755)
    (tmp_path / "bin/any.sf2").write_bytes(sine_soundfont())
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv(audio.SOUNDFONT_VARIABLE, str(folder / "any.sf2"))
    return folder / "fluidsynth.heard"


def test_each_suffix_has_its_kind_of_file(player, measures, capsys, tmp_path):
    from gm_vae.data import shards
    from gm_vae.music.note_sequences import to_note_sequence

    names = ["a.mid", "b.midi", "c.WAV", "d.png", "e.svg", "f.json", "g.tfrecord"]
    paths = [str(tmp_path / "new" / name) for name in names]
    outputs("--output=" + ", ".join(paths), "--qpm=90").write(measures, "Title")
    assert capsys.readouterr().out.splitlines() == paths
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == names
    for path in paths[:2]:
        with open(path, "rb") as file:
            back, _ = measures_from_midi(file.read())
        np.testing.assert_array_equal(back[0].tokens, measures[0].tokens)
    with wave.open(paths[2]) as file:
        assert file.getnframes() == round(8 * 60 / 90 * 44_100)
    with Image.open(paths[3]) as image:
        assert image.format == "PNG"
    with open(paths[4]) as file:
        assert "<svg" in file.read()
    assert read_tokens(paths[5]) == measures
    with open(paths[6], "rb") as file:
        (record,) = shards.records(file)
    sequence = to_note_sequence(measures, 90)
    sequence.sequence_metadata.title = "Title"
    assert type(sequence).FromString(record) == sequence


def test_a_midi_file_alone_gets_a_picture(measures, capsys, tmp_path):
    outputs(f"--output={tmp_path / 'a.mid'}").write(measures, "Title")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mid", "a.png"]
    outputs(f"--output={tmp_path / 'b.mid'},{tmp_path / 'b.json'}").write(measures, "Title")
    outputs(f"--output={tmp_path / 'c.svg'},").write(measures, "Title")
    assert sorted(path.name for path in tmp_path.iterdir())[2:] == ["b.json", "b.mid", "c.svg"]


def test_any_name_can_be_a_title(measures, tmp_path):
    name = os.fsdecode(b"caf\xe9 $x_1$ \\alpha$ \x1b[31m")
    names = ["a.mid", "b.png", "c.svg", "d.json", "e.tfrecord"]
    outputs("--output=" + ",".join(str(tmp_path / name) for name in names)).write(measures, name)
    shown = "caf\ufffd $x_1$ \\alpha$ \\x1b[31m"
    track = mido.MidiFile(tmp_path / "a.mid", charset="utf-8").tracks[0]
    assert track.name == shown
    assert json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))["title"] == shown
    assert shown.encode() in (tmp_path / "e.tfrecord").read_bytes()


def test_wrong_flags_are_reported_before_any_work(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    (tmp_path / "a.mid").touch()
    (tmp_path / "b.png").touch()
    (tmp_path / "folder.mid").mkdir()
    for argv, words in (
        ((), "--output is missing"),
        (("--output=a.mp3",), "a.mp3.*\\.mid"),
        (("--output=a",), "\\.mid"),
        (("--output=x.json,a.mp3",), "a.mp3"),
        ((f"--output={tmp_path}/a.mid",), "--force"),
        ((f"--output={tmp_path}/b.mid",), "b.png.*--force"),
        ((f"--output={tmp_path}/folder.mid", "--force"), "is a folder"),
        (("--output=x.mid", "--qpm=0"), "tempo"),
        (("--output=x.wav",), "apt install fluidsynth"),
        (("--output=x.mid", "--play"), "No program here can play"),
        (("--play",), "No program here can play"),
    ):
        with pytest.raises(UserError, match=words) as caught:
            outputs(*argv)
        assert "\n" not in str(caught.value)
        assert isinstance(caught.value, UsageError) == ("fluidsynth" not in str(caught.value))
    outputs(f"--output={tmp_path}/a.mid", "--force")


def test_the_midi_file_is_played(player, measures, tmp_path):
    outputs(f"--output={tmp_path / 'a.mid'}", "--play").write(measures, "Title")
    assert player.read_bytes() == (tmp_path / "a.mid").read_bytes()


def test_playing_needs_no_file_and_leaves_none(player, measures, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    outputs("--play", "--qpm=90").write(measures, "Title")
    back, _ = measures_from_midi(player.read_bytes())
    np.testing.assert_array_equal(back[0].tokens, measures[0].tokens)
    assert not list((tmp_path / "temporary").iterdir())
