"""Playing, with stand-ins for players: the chosen program and its arguments."""

import sys

import pytest
from sine_soundfont import sine_soundfont

from gm_vae.errors import UsageError, UserError
from gm_vae.generate import audio, player
from gm_vae.generate.player import Player


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Function that puts a program into an otherwise empty PATH; it records its arguments."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv(audio.SOUNDFONT_VARIABLE, raising=False)
    monkeypatch.setattr(audio, "_usual_soundfonts", lambda: iter([tmp_path / "usual.sf2"]))
    monkeypatch.setattr(sys, "platform", "linux")

    def install(name, script="exit 0"):
        path = folder / name
        path.write_text(f'#!/bin/sh\necho "$0 $@" >> {tmp_path}/calls\n{script}\n')
        path.chmod(0o755)
        return str(path)

    return install


def calls(tmp_path):
    return (tmp_path / "calls").read_text().splitlines()


def test_fluidsynth_plays_if_there_is_a_soundfont_else_timidity(machine, tmp_path):
    fluidsynth, timidity = machine("fluidsynth"), machine("timidity")
    Player.find().play("a.mid")
    (tmp_path / "usual.sf2").write_bytes(sine_soundfont())
    (tmp_path / "mine.sf2").write_bytes(sine_soundfont())
    Player.find().play("b.mid")
    Player.find(str(tmp_path / "mine.sf2")).play("c.mid")
    assert calls(tmp_path) == [
        f"{timidity} -idq a.mid",
        f"{fluidsynth} -niq {tmp_path}/usual.sf2 b.mid",
        f"{fluidsynth} -niq {tmp_path}/mine.sf2 c.mid",
    ]


@pytest.mark.parametrize(("platform", "program"), [("darwin", "open"), ("win32", "cmd")])
def test_macos_and_windows_open_the_file(machine, monkeypatch, tmp_path, platform, program):
    machine(program)
    monkeypatch.setattr(sys, "platform", platform)
    chosen = Player.find()
    assert not chosen.waits
    chosen.play("a.mid")
    (call,) = calls(tmp_path)
    assert call.endswith(" a.mid")


def test_a_missing_player_is_reported_with_the_remedy(machine, monkeypatch, tmp_path):
    with pytest.raises(UserError, match=r"No program here can play.*apt install fluidsynth"):
        Player.find()
    machine("fluidsynth")
    with pytest.raises(UserError, match=r"No program here can play.*needs a soundfont"):
        Player.find()
    machine("timidity")
    with pytest.raises(UsageError, match=r"--soundfont=no\.sf2"):
        Player.find("no.sf2")
    monkeypatch.setenv(audio.SOUNDFONT_VARIABLE, "no.sf2")
    with pytest.raises(UsageError, match=audio.SOUNDFONT_VARIABLE):
        Player.find()


def test_a_failing_player_is_reported_with_its_last_line(machine):
    machine("timidity", "echo first >&2; echo no audio device >&2; exit 1")
    with pytest.raises(UserError, match=r"timidity could not play the music \(no audio device\)"):
        Player.find().play("a.mid")
    with pytest.raises(UserError, match="cannot be run"):
        Player(("/nowhere/timidity",)).play("a.mid")


def test_ctrl_c_ends_the_music_without_an_error(machine, monkeypatch):
    machine("timidity")
    chosen = Player.find()

    def stopped(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(player.subprocess, "run", stopped)
    chosen.play("a.mid")
