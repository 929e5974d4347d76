"""Operations on a model, as properties; and the documented examples."""

import doctest

import numpy as np
import pytest
from closeness import SUM, assert_close

from gm_vae import arranger, numpy_ops
from gm_vae.errors import UsageError
from gm_vae.generate import instruments, operations, points
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.config import ModelConfig
from gm_vae.model.points import prior_points
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.measures import measures_from_midi


@pytest.fixture(scope="module")
def model():
    return GMVAE(HierarchicalVAE(ModelConfig(12, (16, 16), 6)))


@pytest.fixture(scope="module")
def midi(tmp_path_factory):
    folder = tmp_path_factory.mktemp("song")
    arranger.write_corpus(folder, count=1, seed=3)
    return next(folder.rglob("*.mid"))


@pytest.fixture(scope="module")
def measure(midi):
    measures, _ = measures_from_midi(midi.read_bytes())
    return next(measure for measure in measures if 128 in measure.programs)


def test_one_style_and_two_ends(model):
    start, end = model.sample_points(2, seed=0)
    song = operations.progression(model, start, ["C", "G", "C"], seed=1, vary=0)
    assert song[0] == song[2]  # nothing differs, not even the draw
    way = operations.interpolate(model, start, end, ["C", "G"], 5, seed=1)
    assert way[0] == song[0]
    assert way[-1] == operations.progression(model, end, ["C"], seed=1)[0]
    assert [bar.chords[0] for bar in way] == ["C", "G", "C", "G", "C"]


def test_a_grid_has_its_corners(model):
    corners = model.sample_points(4, seed=0)
    z = points.grid(corners, 3, 4)
    assert_close(z[[0, 0, -1, -1], [0, -1, 0, -1]], corners, SUM)
    assert_close(z[1], points.interpolate(z[1, 0], z[1, -1], 4), SUM)
    rows = operations.grid(model, corners, 3, 4, ["C", "F"], seed=1)
    assert [[bar.chords[0] for bar in row] for row in rows] == [["C", "F", "C", "F"]] * 3
    assert rows[2][3] == model.decode(corners[3:], "F", seed=1, same_draw=True)[0]
    with pytest.raises(UsageError, match="four corners"):
        points.grid(corners[:3], 2, 2)


def test_near_points_are_as_similar_as_asked():
    point = np.random.default_rng(0).normal(size=4000).astype(np.float32)
    for similarity in (0.0, 0.3, 0.9):
        others = points.near(point, similarity, 3, seed=1)
        for other in others:
            assert np.corrcoef(point, other)[0, 1] == pytest.approx(similarity, abs=0.05)
            assert other.std() == pytest.approx(1, abs=0.05)  # as the prior
    np.testing.assert_array_equal(points.near(point, 1.0, 2, seed=1), [point, point])
    with pytest.raises(UsageError, match="0 to 1"):
        points.near(point, 1.1, 1)


def test_variations_of_a_drawn_point_take_other_numbers_of_the_same_seed():
    """Otherwise the first one would be the scaled point itself."""
    width = 4000
    point = prior_points(3, np.arange(1), width, numpy_ops)[0]
    others = points.near(point, 0.5, 2, seed=3)
    assert np.corrcoef(point, others[0])[0, 1] == pytest.approx(0.5, abs=0.05)
    np.testing.assert_array_equal(others, points.near(point, 0.5, 2, seed=3 + 2**32))
    np.testing.assert_array_equal(others[:1], points.near(point, 0.5, 1, seed=3))
    assert not np.array_equal(points.near(point, 0.5, 1), points.near(point, 0.5, 1))


def test_variations_start_from_the_measures_point_and_chords(model, measure):
    mu, _ = model.encode([measure])
    same = operations.vary(model, measure, 2, similarity=1.0, temperature=0.0, seed=1)
    chords = operations.chords_of([measure])
    assert same == model.decode(np.repeat(mu, 2, 0), chords * 2, temperature=0.0, seed=0)
    assert same[0].chords == measure.chords
    from_point = operations.vary(model, mu[0], 3, chords=chords[0], seed=1)
    assert operations.vary(model, measure, 3, seed=1) == from_point


def test_replacing_tracks_keeps_the_others(model, measure):
    variants = operations.reroll(model, measure, "drums", 3, temperature=1.0, seed=1)
    row = measure.programs.index(128)
    assert len({other.tokens[row].tobytes() for other in variants}) > 1
    for other in variants:
        assert other.programs == measure.programs
        assert other.chords == measure.chords
        for track in set(range(8)) - set(np.flatnonzero(np.array(measure.programs) == 128)):
            np.testing.assert_array_equal(other.tokens[track], measure.tokens[track])
    with pytest.raises(UsageError, match="sitar"):
        operations.reroll(model, measure, "sitar")


def test_operations_do_not_depend_on_the_batch(model):
    three = operations.sample(model, 3, "C", seed=2)
    assert operations.sample(model, 80, "C", seed=2)[:3] == three


@pytest.mark.parametrize("module", [operations, instruments])
def test_examples_in_docstrings(model, measure, module):
    results = doctest.testmod(module, extraglobs={"model": model, "measure": measure})
    assert results.attempted
    assert not results.failed
