"""Items of an iterator, prepared ahead in a thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

T = TypeVar("T")


def prefetched(items: Iterable[T], count: int) -> Generator[T, None, None]:
    """The same items, up to `count` of them prepared in advance.

    Exceptions of the iterator are raised in order. Closing the generator ends the thread.
    """
    # an item in a tuple; an exception; None at the end
    ready: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(count)
    closed = threading.Event()

    def work() -> None:
        try:
            for item in items:
                ready.put((item,))
                if closed.is_set():
                    return
            ready.put(None)
        except BaseException as error:
            ready.put(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while True:
            entry = ready.get()
            if entry is None:
                return
            if isinstance(entry, BaseException):
                raise entry
            yield entry[0]
    finally:
        closed.set()
        while not ready.empty():  # release a waiting `put`
            ready.get_nowait()
