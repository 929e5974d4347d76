"""Who writes a folder: one process at a time, by a lock that ends with the process.

The system holds the lock, not a file, so that a process that was killed leaves none behind.
"""

from __future__ import annotations

import os


def lock(folder: str | os.PathLike[str]) -> int | None:
    """Take the lock of a folder that is there; None if another process has it.

    Returns a file descriptor; `os.close` gives the lock back, as does the end of the process. On a
    system without such locks, and on storage that knows none, it is always given.

    Raises OSError if the folder cannot be opened.
    """
    try:
        import fcntl
    except ImportError:  # not a Unix
        return os.open(os.devnull, os.O_RDONLY)
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(opened)
        return None
    except OSError:  # a network folder may have no locks
        pass
    return opened
