"""Benchmarks run: each with a tiny setting, in its own process."""

import subprocess
import sys

import pytest

from benchmarks import ROOT, names
from benchmarks.results import read

# What others need (an accelerator, mir_eval, a browser, ten minutes) is not at hand everywhere.
SETTINGS = {
    "decoding": ["--measures=20", "--repeats=1"],
    "exports": ["--parts=copies,round_trips,served"],
    "first_inputs": ["DATASET", "--measures=4"],
    "music": ["arranger=:4:1", "--frames=10"],
    "operations": ["DATASET", "--count=8", "--learn=64"],
    "outputs": ["--kinds=.mid,.json", "--repeats=1"],
    "package": ["--parts=sizes"],
    "preprocessing": ["MIDI", "--workers=1"],
    "reader": ["DATASET", "--epochs=2", "--repeats=1"],
    "runners": ["MIDI", "--local"],
    "scaling": ["MIDI", "--files=30", "--shards=2,9"],
    "samples": ["DATASET", "--count=4", "--temperatures=0.5"],
    "training": ["DATASET", "--cases=tiny:4:float32,tiny:4:float32:dense", "--seconds=0.1"],
}
ELSEWHERE = {"accelerator", "chords", "demo", "web"}


def test_every_benchmark_is_run_here_or_known_to_be_run_elsewhere():
    assert {*SETTINGS} | ELSEWHERE == {*names()}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_benchmark_measures_something(name, songs_dataset, tmp_path):
    places = {"DATASET": str(songs_dataset), "MIDI": str(songs_dataset.parent / "midi")}
    words = [places.get(word, word) for word in SETTINGS[name]]
    output = tmp_path / "results.json"
    command = [sys.executable, "-m", "benchmarks", name, *words, f"--output={output}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    benchmark, (result,) = read(output)
    assert benchmark == name
    assert result.figures
