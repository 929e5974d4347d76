"""Fixtures for all tests."""

import os
import pathlib
import sys

import closeness
import hypothesis
import pytest

REPO = pathlib.Path(__file__).resolve().parent.parent


def _same_weights_in_any_order() -> None:
    """Models of a test or its fixtures have the same weights whatever ran before."""
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup() -> None:
    _same_weights_in_any_order()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call() -> None:
    _same_weights_in_any_order()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, so that no process is left with one at the end."""
    first = ("training", "web", "pipelines", "docs", "js", "export", "evaluation", "model", "music")
    positions = {REPO / "tests" / name: position for position, name in enumerate(first)}
    items.sort(key=lambda item: positions.get(item.path.parent, len(first)))


def pytest_configure() -> None:
    slow = [hypothesis.HealthCheck.too_slow]  # is for quiet machines
    hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=slow)
    hypothesis.settings.load_profile("busy")
    if closeness.PERTURB_ULPS:
        closeness.perturb_music()


@pytest.fixture(scope="session")
def shared() -> pathlib.Path:
    """The folder with goldens and corpora, which is not part of the repository."""
    path = pathlib.Path(os.environ.get("GM_VAE_SHARED", REPO.parent / "shared"))
    if not (path / "golden" / "README.md").exists():
        pytest.skip(f"no goldens at {path}; set GM_VAE_SHARED to the folder that holds golden/")
    return path


@pytest.fixture(scope="session")
def golden(shared: pathlib.Path) -> pathlib.Path:
    """Outputs of the original implementation and of the browser client."""
    return shared / "golden"


@pytest.fixture(scope="session")
def songs_dataset(tmp_path_factory) -> pathlib.Path:
    """A dataset of a dozen songs of the arranger, with all three splits."""
    from gm_vae import arranger
    from gm_vae.pipelines.midi_to_measures import preprocess

    folder = tmp_path_factory.mktemp("songs")
    arranger.write_corpus(folder / "midi", count=12, seed=5)
    preprocess(folder / "midi", folder / "data", validation_percent=20, test_percent=20, workers=1)
    return folder / "data"
