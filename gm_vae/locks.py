"""A lock on a folder, so that one process writes it at a time; it ends with the process.

The operating system holds the lock, not a file, so a killed process leaves no lock behind.
"""

from __future__ import annotations

import os


def lock(folder: str | os.PathLike[str]) -> int | None:
    """Take the lock of an existing folder; None if another process has it.

    Returns a file descriptor; `os.close` releases the lock, as does the end of the process. On
    systems and storage without such locks, it is always granted.

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
