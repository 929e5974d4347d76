"""Fixtures that every room's tests share."""

import os
import pathlib

import pytest

REPO = pathlib.Path(__file__).resolve().parent.parent


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
