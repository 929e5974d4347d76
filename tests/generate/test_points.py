"""Interpolations, grids and neighbours in the latent space."""

import numpy as np
import pytest
from closeness import SUM, assert_close

from gm_vae.errors import UsageError
from gm_vae.generate.points import interpolate


@pytest.mark.parametrize("spherical", [True, False])
def test_ends_are_the_points_given(spherical):
    a, b = np.random.default_rng(0).normal(size=(2, 16)).astype(np.float32)
    points = interpolate(a, b, 9, spherical)
    assert_close(points[[0, -1]], [a, b], SUM)
    assert points.dtype == np.float32


def test_spherical_turns_evenly_and_lengthens_evenly():
    a, b = np.random.default_rng(1).normal(size=(2, 16)) * [[1], [3]]
    points = interpolate(a, b, 5).astype(float)
    lengths = np.linalg.norm(points, axis=1)
    assert_close(np.diff(lengths, 2), 0, SUM, size=lengths.max())
    units = points / lengths[:, None]
    angles = np.arccos((units[1:] * units[:-1]).sum(1))
    assert_close(angles, angles[0], SUM, size=1)  # the cosine of a small angle is near 1


def test_linear_is_a_straight_line():
    a, b = np.random.default_rng(2).normal(size=(2, 16))
    points = interpolate(a, b, 5, spherical=False)
    assert_close(np.diff(points, 2, axis=0), 0, SUM, size=np.abs(points).max())


@pytest.mark.parametrize("b", [np.zeros(4), np.ones(4), -np.ones(4)])
def test_points_without_a_plane_to_turn_in_are_joined_straight(b):
    points = interpolate(np.ones(4), b, 3)
    assert_close(points[1], (1 + b) / 2, SUM, size=1)


def test_one_point_is_not_an_interpolation():
    with pytest.raises(UsageError, match="2 points or more"):
        interpolate(np.ones(4), np.zeros(4), 1)
