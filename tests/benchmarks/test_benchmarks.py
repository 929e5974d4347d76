"""The committed results and their page; files, tables and comparisons of results."""

import argparse
import dataclasses
import importlib
import json

import pytest

from benchmarks import HERE, __main__, compare, names, table
from benchmarks.results import Figure, Machine, Result, added, figure, read, rounded, write
from gm_vae.errors import UserError

MACHINE = Machine("Slow 3000", ("AVX2",), 2, 24.0, "Linux 6.1", "none", "3.11.7", {"numpy": "2.4"})
SPEED = Figure("speed", 50, {"batch": "8"}, "measures/s", "more", (45, 55))
MEMORY = Figure("memory", 4, {"batch": "8"}, "GB", "less")
RESULT = Result("python -m benchmarks decoding", "2026-11-29", MACHINE, (SPEED, MEMORY), load=0.3)


def test_the_page_is_made_of_the_committed_results():
    assert table.PAGE.read_text(encoding="utf-8") == table.page(), "run make bench-table"


def test_every_folder_is_a_complete_benchmark():
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name[0] not in "_."}
    assert folders == set(names())
    readme = (HERE / "RESULTS.md").read_text(encoding="utf-8")
    for name in names():
        assert table.sentence(name).endswith("."), name
        assert f"- [{name}](#{name}): {table.sentence(name)}\n" in readme
        assert f"\n## {name}\n" in readme


@pytest.mark.parametrize("name", names())
def test_committed_results_are_valid(name):
    benchmark, results = read(HERE / name / "results.json")
    assert benchmark == name
    for result in results:
        assert result.command.split()[:4] == ["python", "-m", "benchmarks", name]
        assert result.source or result.machine.processor  # old records do not always know
        assert "/" not in result.command  # no path of a machine


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(159342.7, 3, 159000), (0.0123456, 3, 0.0123), (12345, 2, 12345), (0.0, 3, 0), (9.996, 3, 10)],
)
def test_rounded(value, digits, expected):
    assert repr(rounded(value, digits)) == repr(expected)


def test_the_figure_of_repeats_is_their_median():
    actual = figure({"batch": 8}, "speed", [3.0, 1.0, 2.0, 10.0], "measures/s", "more")
    assert actual == Figure("speed", 2.5, {"batch": "8"}, "measures/s", "more", (1, 10))
    assert figure({}, "speed", 3.14159).spread is None


def test_files_keep_results(tmp_path):
    odd = Result("python -m benchmarks decoding", "2026-11", Machine(), (Figure("é", 0, {"": ""}),))
    write(tmp_path / "results.json", "decoding", [RESULT, odd])
    assert read(tmp_path / "results.json") == ("decoding", [RESULT, odd])


def _change(values, *, remove=(), **changes):
    return {name: value for name, value in {**values, **changes}.items() if name not in remove}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"date": "yesterday"}, "date"),
        ({"figures": []}, "figures"),
        ({"machine": {"cpu": "x"}}, "machine has a field cpu"),
        ({"figures": [{"name": "speed", "value": "fast"}]}, "value is 'fast'"),
        ({"figures": [{"name": "speed", "value": 1, "better": "bigger"}]}, "better is 'bigger'"),
        ({"figures": [{"name": "speed", "value": 1, "spread": [1]}]}, "spread"),
        ({"figures": 2 * [{"name": "speed", "value": 1}]}, "twice"),
        ({"remove": ["command"]}, "lacks the field command"),
    ],
)
def test_files_of_something_else_are_refused(tmp_path, change, why):
    path = tmp_path / "results.json"
    write(path, "decoding", [RESULT])
    values = json.loads(path.read_text(encoding="utf-8"))
    values["results"] = [_change(values["results"][0], **change)]
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(UserError, match=why):
        read(path)


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        read(tmp_path / "results.json")


def test_a_run_replaces_older_figures():
    faster = dataclasses.replace(SPEED, value=60, spread=(59, 61))
    new = dataclasses.replace(RESULT, date="2026-12-01", figures=(faster,))
    old, last = added([RESULT], new)
    assert old.figures == (MEMORY,)
    assert last == new
    assert added([old, last], RESULT) == [RESULT]


@pytest.mark.parametrize(
    ("then", "now", "better", "expected"),
    [
        (50, 100, "more", ("2.00", "better")),
        (50, 100, "less", ("2.00", "worse")),
        (50, 25, "less", ("0.50", "better")),
        (50, 25, "more", ("0.50", "worse")),
        (50, 25, "", ("0.50", "")),
        (50, 50.5, "more", ("1.01", "")),
        (0, 3, "less", ("", "worse")),
        (0, 0, "less", ("", "")),
    ],
)
def test_ratios(then, now, better, expected):
    assert compare.verdict(Figure("x", then), Figure("x", now, better=better)) == expected


def test_overlapping_repeats_are_neither_better_nor_worse():
    for spread, word in (((54, 70), ""), ((56, 70), "better"), ((20, 44), "worse")):
        now = dataclasses.replace(SPEED, value=sum(spread) / 2, spread=spread)
        assert compare.verdict(SPEED, now)[1] == word


def test_a_comparison_names_the_differences():
    other = dataclasses.replace(
        MACHINE, processor="Fast 9000", memory_gb=64.0, python="3.11", packages={"numpy": "2.5"}
    )
    extra = Figure("speed", 7, {"batch": "16"}, "measures/s", "more")
    faster = dataclasses.replace(SPEED, value=125, spread=(120, 130))
    new = dataclasses.replace(RESULT, machine=other, load=4.0, figures=(faster, extra))
    text = compare.compared([RESULT], new)
    assert "THE MACHINES DIFFER" in text
    assert "processor: Slow 3000 then, Fast 9000 now" in text
    assert "memory_gb: 24 then, 64 now" in text
    assert "numpy: 2.4 then, 2.5 now" in text
    assert "python" not in text.replace("Python", "")  # 3.11 may be 3.11.7
    assert "The load is 4; it was 0.3" in text
    assert "1 committed figure was not measured" in text
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    assert ["8", "speed, measures/s", "50 (45 to 55)", "125 (120 to 130)", "2.50", "better"] in rows
    assert ["16", "speed, measures/s", "", "7", "", "new"] in rows


def test_the_same_machine_is_recognised():
    text = compare.compared([RESULT], RESULT)
    assert "DIFFER" not in text
    assert "load" not in text
    assert "1.00" in text


def test_tables_go_the_shorter_way():
    speeds = [Figure("speed", size / 2, {"batch": str(size)}, "1/s", "more") for size in (8, 63)]
    assert table.tables(speeds).splitlines() == [
        "| batch | speed, 1/s ↑ |",
        "| ----- | -----------: |",
        "| 8     |            4 |",
        "| 63    |         31.5 |",
    ]
    assert table.tables([SPEED, MEMORY]).splitlines() == [
        "| batch               |             8 |",
        "| ------------------- | ------------: |",
        "| speed, measures/s ↑ | 50 (45 to 55) |",
        "| memory, GB ↓        |             4 |",
    ]


def test_commands_hold_names_instead_of_paths(monkeypatch, capsys, tmp_path):
    seen = []
    module = argparse.Namespace(
        __doc__="Made up.",
        arguments=lambda parser: parser.add_argument("files", nargs="*"),
        figures=lambda args: (seen.append(args.files), [SPEED])[1],
    )
    monkeypatch.setattr(importlib, "import_module", lambda name: module)
    file = tmp_path / "out.json"
    words = ["decoding", "web=/home/me/web.tar:5", "/data/mine", f"--output={file}", "--note=quiet"]
    assert __main__.main(words) == 0
    _, (result,) = read(file)
    assert result.command == "python -m benchmarks decoding web=web.tar:5 mine"
    assert result.note == "quiet"
    assert result.figures == (SPEED,)
    assert result.machine.python
    assert seen == [["web=/home/me/web.tar:5", "/data/mine"]]
    assert "50 (45 to 55)" in capsys.readouterr().out


def test_an_unknown_name_lists_the_benchmarks(capsys):
    assert __main__.main(["decodign"]) == 2
    listed = capsys.readouterr().out
    assert all(name in listed for name in names())
