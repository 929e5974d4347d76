"""The notebooks run from beginning to end, in a fresh folder."""

import os
import pathlib
import shutil
import sys

import pytest
from patience import PATIENCE_SECONDS

nbformat = pytest.importorskip("nbformat", reason="nbformat is in the extra dev")
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))


def read(name):
    return nbformat.read(FOLDER / name, as_version=4)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_are_committed_without_outputs(name):
    notebook = read(name)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_first_cell_of_code_installs_the_package(name):
    first = next(cell for cell in read(name).cells if cell.cell_type == "code")
    assert "find_spec" in first.source
    assert "%pip install" in first.source


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs(name, tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient", reason="nbclient is in the extra dev")
    # cells call gm-vae, which is beside the interpreter
    monkeypatch.setenv(
        "PATH", os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    )
    monkeypatch.chdir(tmp_path)
    notebook = read(name)
    nbclient.NotebookClient(
        notebook, timeout=PATIENCE_SECONDS, kernel_name="python3", resources={}
    ).execute(cwd=str(tmp_path))
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    shown = [output["data"].get("text/html", "") for output in outputs if "data" in output]
    songs = [html for html in shown if "music.mid" in html]
    assert len(songs) >= 2
    assert all("<svg" in html for html in songs)
    if shutil.which("fluidsynth"):
        assert all("<audio" in html for html in songs)
    printed = "".join(output.get("text", "") for output in outputs)
    assert "gm-vae: " not in printed
    assert "Error" not in printed
