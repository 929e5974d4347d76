"""The files that contributors and tools read agree with the repository."""

import pathlib
import re

import pytest

from gm_vae.version import __version__

tomllib = pytest.importorskip("tomllib", reason="comes with Python 3.11")
yaml = pytest.importorskip("yaml", reason="PyYAML comes with other packages of the extra dev")
REPO = pathlib.Path(__file__).resolve().parent.parent


def load(name):
    return yaml.safe_load((REPO / name).read_text(encoding="utf-8"))


def test_the_citation_names_this_version_and_the_paper():
    citation = load("CITATION.cff")
    assert citation["version"] == __version__
    (paper,) = citation["references"]
    assert paper["title"] == "Learning a Latent Space of Multitrack Measures"
    assert paper["url"].endswith("1806.00195")
    assert [author["family-names"] for author in paper["authors"]] == [
        "Simon", "Roberts", "Raffel", "Engel", "Hawthorne", "Eck",
    ]  # fmt: skip


def test_the_changelog_begins_with_this_version():
    versions = re.findall(r"^## (\S+)", (REPO / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions[0] in (__version__, "Unreleased")
    assert __version__ in versions


def test_a_bug_report_asks_for_the_doctor():
    form = load(".github/ISSUE_TEMPLATE/bug.yml")
    (field,) = [field for field in form["body"] if field.get("id") == "doctor"]
    assert "gm-vae doctor" in field["attributes"]["label"]
    assert field["validations"]["required"]
    for path in (REPO / ".github/ISSUE_TEMPLATE").glob("*.yml"):
        load(path)


def test_the_workflow_runs_the_same_as_ci():
    workflow = load(".github/workflows/ci.yml")
    steps = workflow["jobs"]["test"]["steps"]
    assert [step["run"] for step in steps if "run" in step][-1] == ".ci/run"
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    least = re.search(r">=([\d.]+)", project["requires-python"])[1]
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"][0] == least


def test_dependabot_looks_where_packages_are_named():
    for update in load(".github/dependabot.yml")["updates"]:
        names = {"pip": "pyproject.toml", "npm": "package.json", "github-actions": ".github"}
        for folder in update.get("directories") or [update["directory"]]:
            assert (REPO / folder.strip("/") / names[update["package-ecosystem"]]).exists()


def test_hooks_call_tools_of_the_environment():
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = {re.match(r"[\w-]+", name)[0] for name in project["optional-dependencies"]["dev"]}
    for repo in load(".pre-commit-config.yaml")["repos"]:
        assert repo["repo"] == "local", "hooks of others are not pinned by constraints.txt"
        for hook in repo["hooks"]:
            assert re.match(r"\.venv/bin/(\w+)", hook["entry"])[1] in packages


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md"])
def test_links_lead_to_files(name):
    text = (REPO / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if not target.startswith("http"):
            assert (REPO / target).exists(), target
