"""The clients that our exports are for, as fixtures."""

import pathlib

import pytest
from js_clients import Clients
from node_packages import install, require_chromium, require_node

HERE = pathlib.Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def clients():
    """The clients, installed. Without Node the tests are skipped, but fail where CI=true."""
    require_node()
    for package in ("magenta", "tfjs"):
        install(HERE / package)
    running = Clients()
    yield running
    running.close()


@pytest.fixture(scope="session")
def chromium(clients):
    """ "chromium", if it is installed; otherwise skipped as above."""
    require_chromium()
    return "chromium"


@pytest.fixture(params=["node", "chromium"])
def where(request):
    """ "node" and "chromium" in turn."""
    return request.param if request.param == "node" else request.getfixturevalue("chromium")
