"""The sequence of all epochs, on measures that are pairs (shard, index)."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gm_vae.data.order import Order

orders = st.builds(
    Order,
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=9),
    seed=st.none() | st.integers(-(2**63), 2**63 - 1),
    window=st.integers(1, 120),
    bucket=st.integers(0, 12),
    transpose=st.integers(0, 11),
)


def _length(measure):
    shard, index = measure
    return (5 * shard + 3 * index) % 7


def _line(order, start, count, origin=0):
    """The `count` measures from `start`, each with its shift."""
    line = []
    for window in order.windows(start, origin=origin):
        joined = [(int(s), i) for s in window.shards for i in range(order.sizes[s])]
        measures = [joined[index] for index in window.order]
        if order.bucket:
            measures.sort(key=_length)
        chosen = [measures[rank] for rank in window.ranks]
        line += zip(chosen, window.shifts.tolist(), strict=True)
        if len(line) >= count:
            return line[:count]


@given(orders, st.integers(0, 5), st.integers(0, 20))
def test_an_epoch_holds_each_measure_once(order, epoch, origin):
    line = _line(order, epoch * order.measures, order.measures, origin)
    measures = [measure for measure, _ in line]
    every = [(s, i) for s, size in enumerate(order.sizes) for i in range(size)]
    assert sorted(measures) == every
    assert all(abs(shift) <= order.transpose for _, shift in line)
    if order.seed is None and not order.bucket:
        assert measures == every


@given(orders, st.integers(0, 400), st.integers(0, 20))
def test_the_line_may_be_entered_anywhere(order, start, origin):
    whole = _line(order, 0, start + 100, origin)
    assert _line(order, start, 100, origin) == whole[start:]


def test_entering_far_away_reads_one_window():
    order = Order([1000] * 50, seed=1, window=3000, transpose=3)
    begin = 10**9 + 12_345
    window = next(order.windows(begin))
    assert len(window.shards) == 3
    assert len(window.order) == 3000
    before = next(order.windows(begin - begin % 50_000))
    assert len(before.ranks) == 3000  # whole windows at the seam of two epochs


def test_a_stop_is_the_end_of_an_epoch():
    order = Order([4, 5, 6], seed=1, window=9)
    parts = list(order.windows(20, 30))
    assert sum(len(window.ranks) for window in parts) == 10


def test_epochs_and_seeds_differ():
    order = Order([40, 30, 50], seed=1, window=80, transpose=3)
    first, second = (_line(order, start, 120) for start in (0, 120))
    other = _line(Order([40, 30, 50], seed=2, window=80, transpose=3), 0, 120)
    for a, b in itertools.combinations([first, second, other], 2):
        same = np.array([x[0] == y[0] for x, y in zip(a, b, strict=True)])
        assert same.mean() < 0.1
        shift = {measure: shift for measure, shift in b}
        assert 0.02 < np.mean([shift[measure] == moved for measure, moved in a]) < 0.35


def test_windows_mix_shards_and_shards_meet_others():
    order = Order([100] * 12, seed=3, window=400)
    partners = {
        frozenset(window.shards.tolist())
        for window in itertools.islice(order.windows(0), 9)  # three epochs
    }
    assert len(partners) == 9
    assert {len(others) for others in partners} == {4}
    window = next(order.windows(0))
    shard_of = window.order // 100
    counts = np.array([np.bincount(quarter, minlength=4) for quarter in shard_of.reshape(4, 100)])
    assert counts.min() > 10  # each quarter of the window has measures of all its shards


def test_batches_of_like_length_also_across_windows():
    order = Order([500, 430, 470, 520, 410], seed=4, window=1000, bucket=16)
    line = _line(order, 16, 16 * 400, origin=0)
    lengths = np.array([_length(measure) for measure, _ in line]).reshape(400, 16)
    assert (np.ptp(lengths, 1) <= 1).all()
    means = lengths.mean(1)
    assert abs(np.corrcoef(means[1:], means[:-1])[0, 1]) < 0.15  # the batches are shuffled


def test_shifts_are_drawn_evenly():
    window = next(Order([70_000], seed=5, transpose=3).windows(0))
    counts = np.bincount(window.shifts + 3, minlength=7)
    assert counts == pytest.approx(np.full(7, 10_000), abs=500)


def test_the_order_never_changes():
    """Runs that are resumed after an upgrade, even of NumPy, see the same data as without it."""
    window = next(Order([4, 3, 5], seed=1, window=10, bucket=2, transpose=3).windows(12))
    assert window.shards.tolist() == [1, 0]
    assert window.order.tolist() == [5, 1, 4, 0, 3, 6, 2]
    assert window.ranks.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert window.shifts.tolist() == [-1, 3, -1, -3, 3, -3, -1]
