"""Weights to export and import."""

import numpy as np
import pytest


@pytest.fixture(scope="session", params=["chords_dec3", "plain_dec3"])
def golden_model(golden, request):
    """The folder of a model of the original implementation."""
    return golden / "model" / request.param


@pytest.fixture(scope="session")
def golden_weights(golden_model):
    """Its weights by published name, with sigma."""
    with np.load(golden_model / "weights.npz") as file:
        return {name.replace("|", "/"): file[name] for name in file.files}
