"""Printing to terminals of any encoding."""

import io
import os
import pathlib
import subprocess
import sys

import pytest

from gm_vae import arranger
from gm_vae.cli import VERBS, main
from gm_vae.console import print_anything

ROOT = pathlib.Path(__file__).parent.parent
TEXT = "piano ×2, 0.5 ± 0.1, F♯ B♭, söng-日本-\udcff.mid"


def printed(monkeypatch, encoding, errors="strict"):
    """The output on a terminal with an encoding."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors, newline="\n")
    monkeypatch.setattr(sys, "stdout", stream)
    print_anything()
    print(TEXT, flush=True)
    return stream.buffer.getvalue()


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("ascii", b"piano x2, 0.5 +- 0.1, F# Bb, s\\xf6ng-\\u65e5\\u672c-\\xff.mid\n"),
        ("latin-1", b"piano \xd72, 0.5 \xb1 0.1, F# Bb, s\xf6ng-\\u65e5\\u672c-\\xff.mid\n"),
        ("utf-8", TEXT.replace("\udcff", "\\xff").encode() + b"\n"),
        ("utf-16-le", (TEXT.replace("\udcff", "\\xff") + "\n").encode("utf-16-le")),
    ],
)
def test_a_letter_that_the_encoding_lacks_is_written_in_plainer_ones(
    monkeypatch, encoding, expected
):
    for errors in ("strict", "surrogateescape", "backslashreplace"):
        assert printed(monkeypatch, encoding, errors) == expected


def test_an_error_handler_that_the_user_chose_stays(monkeypatch):
    assert printed(monkeypatch, "ascii", "ignore").startswith(b"piano 2, 0.5  0.1, F B, sng--.mid")


def test_streams_may_be_missing_or_of_another_kind(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    print_anything()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_prints_its_help_in_ascii(monkeypatch, verb):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    assert main([verb, "--help"]) == 0


@pytest.mark.parametrize(
    "settings",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
@pytest.mark.parametrize("module", [["gm_vae", "explain"], ["gm_vae.explain"]])
def test_explain_ends_well_in_a_terminal_without_the_multiplication_sign(
    tmp_path, settings, module
):
    songs = arranger.songs(20, seed=0)
    midi = tmp_path / "song.mid"
    name = next(i for i, song in enumerate(songs) if _explained(midi, song.midi))
    done = subprocess.run(
        [sys.executable, "-m", *module, midi.name],
        cwd=tmp_path,
        # in such a locale Python finds no editable installation in a folder named in other letters
        env={**_without("PYTHONIOENCODING"), **settings, "PYTHONPATH": str(ROOT)},
        capture_output=True,
    )
    assert done.returncode == 0, (name, done.stderr)
    assert b" x2" in done.stdout
    assert done.stderr == b""


def _explained(path, data):
    """Write a song; whether two of its tracks play one instrument, which is where × appears."""
    from gm_vae.explain import explain

    path.write_bytes(data)
    return "×2" in explain(data)


def _without(*names):
    return {name: value for name, value in os.environ.items() if name not in names}
