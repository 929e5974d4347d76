"""Seeds: the same points in Python, in graphs and on the page."""

import json
import math
import pathlib

import numpy as np
import pytest

from gm_vae import numpy_ops
from gm_vae.model.points import noise, prior_points

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "prior_points.json"
MASK = 2**32 - 1


@pytest.fixture(scope="module")
def vectors():
    """Points for the tests of the page."""
    return json.loads(VECTORS.read_text(encoding="utf-8"))["points"]


def mix(x):
    x = (x + 0x9E3779B9) & MASK
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & MASK
    x = ((x ^ (x >> 15)) * 0x846CA68B) & MASK
    return x ^ (x >> 16)


def uniform(seed, *numbers):
    state = mix(seed)
    for number in numbers:
        state = mix(state ^ (number & MASK))
    return ((state >> 9) + 0.5) / 2**23


def plain_point(seed, draw, width):
    """The definition in whole numbers and Python's floats, for one coordinate after the other."""
    return [
        math.sqrt(-2 * math.log(uniform(seed, draw, coordinate, -1)))
        * math.cos(2 * math.pi * uniform(seed, draw, coordinate, -2))
        for coordinate in range(width)
    ]


def test_the_vectors_follow_from_the_definition(vectors):
    assert {vector["seed"] for vector in vectors} >= {0, 21, 2**31, 2**32 - 1}
    for vector in vectors:
        expected = plain_point(vector["seed"], vector["draw"], len(vector["point"]))
        np.testing.assert_array_equal(np.float32(vector["point"]), np.float32(expected))
    (point,) = [v["point"] for v in vectors if (v["seed"], v["draw"]) == (21, 0)]
    assert point[0] == pytest.approx(0.685, abs=5e-4)


def test_points_are_the_vectors_to_the_last_bit(vectors):
    for vector in vectors:
        draws, width = np.array([vector["draw"]]), len(vector["point"])
        points = prior_points(vector["seed"], draws, width, numpy_ops)
        assert points.dtype == np.float32
        np.testing.assert_array_equal(points[0], np.float32(vector["point"]))


def test_noise_is_none_of_the_points(vectors):
    (vector,) = [v for v in vectors if (v["seed"], v["draw"]) == (21, -1)]
    noises = noise(21, 300, 8)
    np.testing.assert_array_equal(noises[0], np.float32(vector["point"][:8]))
    points = prior_points(21, np.arange(300), 8, numpy_ops)
    distances = np.linalg.norm(noises[:, None] - points, axis=-1)
    assert distances.min() > 0.1
