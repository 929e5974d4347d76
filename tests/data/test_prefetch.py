import itertools
import threading

import pytest
from patience import PATIENCE_SECONDS

from gm_vae.data.prefetch import prefetched


def test_items_and_errors_keep_their_order():
    assert list(prefetched(range(20), 3)) == list(range(20))

    def failing():
        yield 1
        raise KeyError("gone")

    items = prefetched(failing(), 5)
    assert next(items) == 1
    with pytest.raises(KeyError, match="gone"):
        next(items)


def test_closing_ends_the_thread():
    before = set(threading.enumerate())
    items = prefetched(itertools.count(), 2)
    assert [next(items) for _ in range(3)] == [0, 1, 2]
    (thread,) = set(threading.enumerate()) - before
    items.close()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
