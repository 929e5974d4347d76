"""Temporary folders that leave nothing behind, whatever ends the process.

A folder goes when its block ends. What a process that was killed has left, the next one removes:
the lock of such a folder is free.
"""

from __future__ import annotations

import contextlib
import errno
import os
import pathlib
import shutil
import tempfile
from collections.abc import Iterator

from gm_vae.errors import UserError
from gm_vae.locks import lock

_PREFIX = "gm-vae-scratch-"
_UNLOCKED = ".gm-vae-new-"  # until its lock is taken, nobody may sweep it


@contextlib.contextmanager
def scratch_folder() -> Iterator[pathlib.Path]:
    """A temporary folder of this process alone.

    Raises UserError if none can be made.
    """
    try:
        parent = pathlib.Path(tempfile.gettempdir())
        _sweep(parent)
        new = pathlib.Path(tempfile.mkdtemp(prefix=_UNLOCKED))
        held = lock(new)
        if held is None:
            raise BlockingIOError(errno.EWOULDBLOCK, "another process has taken it")
        folder = new.with_name(_PREFIX + new.name.removeprefix(_UNLOCKED))
        new.rename(folder)
    except OSError as error:
        raise UserError(
            f"no temporary folder can be made ({error.strerror or error}); free some space, or set "
            "TMPDIR to a folder that you can write to."
        ) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def does_not_fit(what: object, folder: pathlib.Path, error: OSError) -> UserError:
    """What to report if a scratch folder cannot take something."""
    return UserError(
        f"{what} cannot be kept in {folder.parent} ({error.strerror or error}); free some space "
        "there, or set TMPDIR to another folder."
    )


def _sweep(parent: pathlib.Path) -> None:
    """Remove the folders of processes that are no more."""
    if not hasattr(os, "getuid"):  # without locks nobody knows which are in use
        return
    for left in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if left.is_symlink() or left.stat().st_uid != os.getuid():
                continue
            held = lock(left)
            if held is not None:
                shutil.rmtree(left, ignore_errors=True)
                os.close(held)
