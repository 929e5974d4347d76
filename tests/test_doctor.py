"""gm-vae doctor, in working and in broken installations."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

from gm_vae import doctor, machine, probes
from gm_vae.cli import main
from gm_vae.errors import UserError
from gm_vae.probes import PROBES, Answer, Probe
from gm_vae.version import __version__

FOUND = {
    "numbers": {"blas": ["openblas 0.3 for Haswell, 2 threads"], "features": ["AVX2", "AVX512F"]},
    "backend": {"backend": "tensorflow", "devices": ["CPU", "GPU (NVIDIA H200)"]},
    "model": {"folder": "/models", "names": ["large", "small"]},
    "page": {"folder": "/page"},
    "sound": {"program": "/bin/fluidsynth", "soundfont": "/fonts/default.sf2"},
    "player": {"command": "/bin/fluidsynth -niq"},
}


@pytest.fixture
def answers(monkeypatch):
    """Results of the probes, which tests change."""
    by_probe = {name: Answer(FOUND.get(name, {}), "") for name in PROBES}
    monkeypatch.setattr(doctor, "ask", lambda name: by_probe[name])
    return by_probe


def rows(text):
    """{name of a row: its text on one line}"""
    table, name = {}, ""
    for line in text.partition("\n\n")[0].splitlines():
        name = line[:14].strip() or name
        table[name] = f"{table.get(name, '')} {line[14:]}".strip()
    return table


def test_a_sound_installation_fits_on_one_screen(answers, capsys):
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    assert text.replace(str(pathlib.Path(__file__).parent.parent), "").isascii()
    assert len(text.splitlines()) <= 45
    assert max(map(len, text.splitlines())) <= 100
    assert text.endswith("\n\nEvery verb has what it needs.\n")
    table = rows(text)
    assert table["gm-vae"].startswith(f"{__version__} in ")
    assert table["Python"].startswith("{}.{}.{} ".format(*sys.version_info))
    assert "AVX2, AVX-512" in table["CPU"]
    assert table["BLAS"] == FOUND["numbers"]["blas"][0]
    assert table["backend"] == "tensorflow on CPU, GPU (NVIDIA H200)"
    assert table["models"] == "large, small in /models"
    assert table["soundfont"] == "/fonts/default.sf2"
    assert re.search(r"\bnumpy \d+\.\d+", table["packages"])


def test_what_is_missing_is_named_with_the_verbs_that_need_it(answers, capsys):
    answers["page"] = Answer({}, "the page is not built; run make web.")
    answers["sound"] = answers["player"] = Answer({}, "FluidSynth is not installed.")
    answers["backend"] = Answer({}, "the process was ended by SIGILL")
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    missing = text.partition("\nmissing\n")[2]
    assert "  web, export --format=web: the page is not built; run make web.\n" in missing
    assert "  .wav files; --play: FluidSynth is not installed.\n" in missing
    assert "  train, evaluate, export, import, demo: the process was ended by SIGILL\n" in missing
    assert rows(text)["backend"].endswith("which cannot be used")


def test_every_package_that_the_installation_needs_is_listed():
    project = pathlib.Path(__file__).parent.parent / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    needed = re.search(r"^dependencies = \[(.*?)^\]", text, re.DOTALL | re.MULTILINE)[1]
    assert set(re.findall(r'"([\w-]+)[>=]', needed)) <= set(doctor.PACKAGES)


def test_a_fact_that_cannot_be_found_is_unknown(answers, monkeypatch):
    monkeypatch.setitem(doctor._FACTS, "memory", lambda answers: 1 / 0)
    assert rows(doctor.report())["memory"] == "unknown (ZeroDivisionError: division by zero)"


def test_machines_without_proc(answers, monkeypatch):
    monkeypatch.setattr(machine, "cpu_info", dict)
    for platform in ("darwin", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        assert "AVX2, AVX-512; not AVX-512 bf16" in rows(doctor.report())["CPU"]
    answers["numbers"] = Answer({"features": ["NEON", "ASIMD"]}, "")
    assert rows(doctor.report())["CPU"].endswith("NEON; not SVE, bf16")
    monkeypatch.delattr(os, "sysconf")
    assert rows(doctor.report())["memory"] == "unknown"


def test_the_home_folder_is_not_named(answers, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    answers["sound"] = Answer({"soundfont": f"{tmp_path}/mine.sf2"}, "")
    assert rows(doctor.report())["soundfont"] == "~/mine.sf2"


def test_folders_that_cannot_be_written(answers, monkeypatch):
    monkeypatch.setenv("HOME", os.devnull)
    assert "home not writable (Not a directory)" in rows(doctor.report())["folders"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (UserError("not built; run make web."), "not built; run make web."),
        (ModuleNotFoundError("No module named 'mido'", name="mido"), "mido is not installed"),
        (OSError("libcuda.so: no such file\nmore"), "OSError: libcuda.so: no such file"),
        (SystemExit(3), "SystemExit: 3"),
    ],
)
def test_errors_of_a_probe_become_a_sentence(monkeypatch, capsys, fault, reason):
    def find():
        raise fault

    ended = []
    monkeypatch.setattr(probes.os, "_exit", ended.append)
    monkeypatch.setitem(PROBES, "page", Probe("web", find))
    probes.main("page")
    assert reason in capsys.readouterr().out
    assert ended == [0]


@pytest.fixture
def broken(tmp_path):
    """An environment whose packages cannot be imported, each in a way of its own."""
    for name, code in {
        "absl": "raise ModuleNotFoundError(\"No module named 'absl'\", name='absl')",
        "apache_beam": "raise ImportError('libgrpc.so: cannot open shared object file')",
        "keras": "",
        "matplotlib": "raise ImportError('no fonts')",
        "note_seq": "raise SystemExit('out of patience')",
        "tensorflow": "import os, signal; os.kill(os.getpid(), signal.SIGILL)",
    }.items():
        (tmp_path / f"{name}.py").write_text(code + "\n")
    return {**os.environ, "PYTHONPATH": str(tmp_path), "KERAS_BACKEND": "tensorflow"}


def run(env, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "gm_vae", *arguments], env=env, capture_output=True, text=True
    )


def test_a_broken_installation_is_reported(broken):
    done = run(broken, "doctor")
    assert (done.returncode, done.stderr) == (0, "")
    missing = done.stdout.partition("\nmissing\n")[2].replace("\n    ", " ").splitlines()
    for verbs, reason in (
        ("encode, reconstruct", "absl is not installed; install gm-vae with its packages again"),
        ("preprocess, demo", "ImportError: libgrpc.so: cannot open shared object file"),
        ("pictures (.png, .svg)", "ImportError: no fonts"),
        (".tfrecord files", "SystemExit: out of patience"),
        ("train, evaluate, export, import, demo", "the process was ended by SIGILL"),
    ):
        assert any(verbs in line and line.endswith(f": {reason}") for line in missing), missing
    assert "tensorflow, which cannot be used" in done.stdout
    assert "BLAS" in done.stdout


def test_other_verbs_name_the_package_that_is_missing(broken):
    done = run(broken, "explain", "song.mid")
    assert done.returncode == 1
    assert done.stderr == (
        "gm-vae explain: absl cannot be imported (No module named 'absl'); install gm-vae again. "
        "gm-vae doctor reports what is missing.\n"
    )
    done = run(broken, "--version")
    assert (done.returncode, done.stdout) == (0, f"gm-vae {__version__}\n")


def test_it_takes_no_arguments(capsys):
    assert main(["doctor", "--json"]) == 2
    assert "--json" in capsys.readouterr().err
