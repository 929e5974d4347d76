"""Ways through the latent space."""

import numpy as np
import pytest

from gm_vae.errors import UsageError
from gm_vae.generate.points import interpolate


@pytest.mark.parametrize("spherical", [True, False])
def test_ends_are_the_points_given(spherical):
    a, b = np.random.default_rng(0).normal(size=(2, 16)).astype(np.float32)
    found = interpolate(a, b, 9, spherical)
    np.testing.assert_allclose(found[[0, -1]], [a, b], atol=1e-6)
    assert found.dtype == np.float32


def test_spherical_turns_evenly_and_lengthens_evenly():
    a, b = np.random.default_rng(1).normal(size=(2, 16)) * [[1], [3]]
    found = interpolate(a, b, 5).astype(float)
    lengths = np.linalg.norm(found, axis=1)
    np.testing.assert_allclose(np.diff(lengths, 2), 0, atol=1e-5)
    units = found / lengths[:, None]
    angles = np.arccos((units[1:] * units[:-1]).sum(1))
    np.testing.assert_allclose(angles, angles[0], atol=1e-5)


def test_linear_is_a_straight_line():
    a, b = np.random.default_rng(2).normal(size=(2, 16))
    found = interpolate(a, b, 5, spherical=False)
    np.testing.assert_allclose(np.diff(found, 2, axis=0), 0, atol=1e-6)


@pytest.mark.parametrize("b", [np.zeros(4), np.ones(4), -np.ones(4)])
def test_points_without_a_plane_to_turn_in_are_joined_straight(b):
    found = interpolate(np.ones(4), b, 3)
    np.testing.assert_allclose(found[1], (1 + b) / 2, atol=1e-6)


def test_one_point_is_no_way():
    with pytest.raises(UsageError, match="2 or more"):
        interpolate(np.ones(4), np.zeros(4), 1)
