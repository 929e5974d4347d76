"""The wheel contains all that the package needs and works outside the checkout."""

import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

from patience import PATIENCE_SECONDS

REPO = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ("setup.py", "pyproject.toml", "README.md", "LICENSE", "gm_vae", "pipelines", "export")


def test_the_wheel_works_outside_the_checkout(tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in SOURCES:  # a copy, so that no build folder appears in the checkout
        source = REPO / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "node_modules")
            shutil.copytree(source, tree / name, ignore=ignored)
        else:
            shutil.copy(source, tree / name)
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path],
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    expected = {
        (
            f"gm_vae/{path.relative_to(REPO)}"
            if path.relative_to(REPO).parts[0] != "gm_vae"
            else str(path.relative_to(REPO))
        )
        for folder in ("gm_vae", "pipelines", "export")
        for path in (REPO / folder).rglob("*.py")
        if REPO / "export/web" not in path.parents  # what the page is built with
    }
    assert expected <= names
    assert "gm_vae/py.typed" in names
    bundled = (REPO / "gm_vae/models").glob("*/*")
    assert {str(path.relative_to(REPO)) for path in bundled} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    # alone on the path, before any checkout
    code = (
        "import gm_vae, gm_vae.pipelines.midi_to_measures, gm_vae.checkpoints.magentajs as m;"
        "from gm_vae import arranger;"
        "song = next(iter(arranger.songs(1, seed=0)));"
        "assert gm_vae.measures_from_midi(song.midi)[0];"
        "print(gm_vae.__file__, m.__file__)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count(str(tmp_path / "site")) == 2
