"""The documentation is complete: links, length, prose, and a site that builds."""

import importlib.util
import inspect
import json
import os
import re
import subprocess
import sys

import pretty_midi
import pytest
from documents import BLOCKS, REPO
from patience import PATIENCE_SECONDS

import gm_vae
from gm_vae.cli import VERBS

MOST_LINES = {"README.md": 150, "BUILD.md": 200}


def _hook(name):
    spec = importlib.util.spec_from_file_location(name, REPO / "docs/hooks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


prose = _hook("prose")


def test_links_lead_somewhere():
    """Links between files of the repository, those of README.md too; mkdocs checks the site's."""
    made = {"reference/command-line.md", "reference/security.md"}  # by docs/hooks/pages.py
    made |= {"developers/building.md", "developers/benchmarks.md"}
    broken = []
    for page in BLOCKS:
        text = (REPO / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            path = (REPO / page).parent / target
            there = path.exists() or os.path.relpath(path, REPO / "docs") in made
            if not there and "://" not in target:
                broken.append(f"{page}: {target}")
    assert not broken


def test_first_pages_are_short():
    lines = {name: len((REPO / name).read_text("utf-8").splitlines()) for name in MOST_LINES}
    assert {name for name, count in lines.items() if count > MOST_LINES[name]} == set()


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("6/8 bars are no 3/4 bars, and this is no file.", ["is not"]),
        ("The checkpoint tells when it was damaged.", ["print"]),
        ("bits a measure", ["per"]),
        ("It is not a file. The message names the step, and bits per measure.", []),
        ("`bits a measure`\n```text\nthe page says\n```\n", []),
    ],
)
def test_habits_of_prose_are_found(text, advice):
    found = [advice for _, _, advice in prose.findings(text)]
    assert len(found) == len(advice)
    assert all(word in line for word, line in zip(advice, found))


@pytest.mark.parametrize(
    ("text", "suffix", "lines"),
    [
        ('"""The page tells."""\nX = "the page tells"  # the bits a step\n', ".py", [1, 2]),
        ('def f():\n    """The `page tells`.\n\n    >>> the page tells\n    """\n', ".py", []),
        ("/** It goes on.\n * It is no file. */\nf('// goes on'); // goes on\n", ".js", [1, 2, 3]),
    ],
)
def test_habits_are_found_in_docstrings_and_comments(text, suffix, lines):
    assert [number for number, _, _ in prose.code_findings(text, suffix)] == lines


def test_the_prose_has_none_of_these_habits(capsys):
    places = ("README.md", "BUILD.md", "docs", "gm_vae", "pipelines", "export", "benchmarks")
    assert prose.main([str(REPO / name) for name in (*places, "tests", "packages")]) == 0, (
        capsys.readouterr().out
    )


def test_the_reference_has_every_name_and_each_is_explained():
    page = (REPO / "docs/reference/python.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^::: (\S+)$", page, re.MULTILINE))
    for name in set(gm_vae.__all__) - {"__version__"}:
        value = getattr(gm_vae, name)
        assert inspect.getdoc(value), f"gm_vae.{name} has no docstring"
        if inspect.ismodule(value):
            members = [f"{value.__name__}.{member}" for member in vars(value)]
            assert value.__name__ in shown or shown & set(members), name
        else:
            assert {value.__module__, f"{value.__module__}.{name}"} & shown, name


def played_by_pretty_midi(path):
    notes = [
        [
            round(1000 * note.start),
            max(round(1000 * (note.end - note.start)), 1),
            note.pitch,
            note.velocity,
            128 if instrument.is_drum else int(instrument.program),
        ]
        for instrument in pretty_midi.PrettyMIDI(str(path)).instruments
        for note in instrument.notes
    ]
    return sorted(notes)


def test_the_site_builds(tmp_path):
    """Strict: a broken link, or a page that the navigation lacks, is an error."""
    pytest.importorskip("mkdocs", reason="make docs installs mkdocs")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(tmp_path)],
        cwd=REPO,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    page = (tmp_path / "reference/command-line.html").read_text("utf-8")
    for verb in VERBS:
        assert f'id="{verb}"' in page
    players = re.findall(r"data-notes=\"([^\"]+)\"", (tmp_path / "gallery.html").read_text("utf-8"))
    files = [REPO / "docs" / name for name in ("progression.mid", "song.mid")]
    assert len(players) == len(list((REPO / "docs").glob("*.mid")))
    for path, notes in zip(files, map(json.loads, players)):
        expected = played_by_pretty_midi(path)
        assert [note[2:] for note in notes] == [note[2:] for note in expected]
        times = [[time for note in each for time in note[:2]] for each in (notes, expected)]
        assert max(abs(one - other) for one, other in zip(*times)) <= 1, "milliseconds"
    loaded = re.compile(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=["'](?:https?:)?//""")
    for path in tmp_path.rglob("*.html"):
        assert not loaded.search(path.read_text("utf-8")), f"{path.name} loads from elsewhere"
