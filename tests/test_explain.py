"""`gm-vae explain`: the table, the summary, exit codes and sentences."""

import pytest
from midi_builder import meter, midi, note, program

from gm_vae.explain import COMMAND, explain
from gm_vae.music.measure_format import MeasureFormat


def song():
    """A pick-up, a measure, an empty bar, and one with a single instrument."""
    piano = program(0) + note(0, 24, 67)
    piano += note(24, 72, 60) + note(24, 72, 64) + note(24, 72, 67)
    piano += note(72, 120, 57) + note(72, 120, 60) + note(72, 120, 64)
    strings = program(48, 1) + note(24, 120, 72, channel=1)
    drums = [event for n in range(4) for event in note(24 + 24 * n, 30 + 24 * n, 36, channel=9)]
    drums += note(216, 222, 36, channel=9)
    signatures = meter(1, 4) + meter(4, 4, tick=24)
    return midi(signatures, piano, strings, program(48, 2) + note(24, 72, 76, channel=2), drums)


def test_table_and_summary():
    assert explain(song()).splitlines() == [
        "bar  meter  measure?                             chords  instruments",
        "  1  1/4    no: its meter is not 4/4",
        "  2  4/4    yes                                  C|Am    "
        "Acoustic Grand Piano, String Ensemble 1 ×2, Drums",
        "  3  4/4    no: no note begins in it             Am",
        "  4  4/4    no: it has fewer than 2 instruments  Am      Drums",
        "",
        "14 notes of 4 instruments in 4 bars; 1 can be used as measures.",
        "      1 not: its meter is not 4/4.",
        "      1 not: no note begins in it.",
        "      1 not: it has fewer than 2 instruments.",
    ]


def test_assumptions_are_reported():
    assert "no time signature" in explain(midi(note(0, 96, 60)))
    assert "no time signature" not in explain(midi(meter(4, 4) + note(0, 96, 60)))
    assert explain(midi(meter(4, 4))) == "The file has no notes."


def test_mended_flaws_are_reported():
    """Two hits without length, and a note without an end."""
    hits = note(0, 0, 36, channel=9) + note(24, 24, 36, channel=9)
    text = explain(midi(hits, note(0, 96, 60)[:1]))
    assert text.endswith("\n1 note had no end.\n2 notes lasted no time.")
    assert explain(midi(meter(4, 4))[:-4]) == "The file has no notes.\n1 track was cut short."


def test_another_format():
    fmt = MeasureFormat(beats_per_bar=3, min_instruments=1, min_events=1)
    text = explain(
        midi(meter(3, 4) + note(0, 72, 60) + meter(4, 4, tick=72) + note(72, 90, 60)), fmt
    )
    assert "no: its meter is not 3/4" in text
    assert "1 can be used" in text
    assert text.endswith(
        "\nIts 1 4/4 bar can be measures of another format: --beats_per_bar=4 --beat_unit=4."
    )


def run(capsys, *arguments):
    code = COMMAND.main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def test_files_one_after_another(capsys, tmp_path):
    good, bad, quiet = (tmp_path / name for name in ("good.mid", "bad.mid", "quiet.mid"))
    good.write_bytes(song())
    bad.write_bytes(song()[:12])
    quiet.write_bytes(midi(meter(4, 4)))
    code, out, err = run(capsys, good)
    assert (code, out, err) == (0, explain(song()) + "\n", "")
    code, out, err = run(capsys, bad)
    assert (code, out) == (1, "")
    assert err.startswith(f"gm-vae explain: {bad}: The MIDI file ends within its header")
    assert err.count("\n") == 1
    code, out, err = run(capsys, bad, quiet, good)
    assert code == 1
    assert out == f"{bad}:\n\n{quiet}:\nThe file has no notes.\n\n{good}:\n{explain(song())}\n"


@pytest.mark.parametrize("arguments", [[], ["missing.mid"], ["."]])
def test_wrong_usage(capsys, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("gm-vae explain: ")
