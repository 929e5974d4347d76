"""Temporary folders that are removed however the process ends.

A folder is removed when its block ends. The next process removes folders of killed processes, which
it recognises by their free locks.
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
_UNLOCKED = ".gm-vae-new-"  # it must not be swept before its lock is taken


@contextlib.contextmanager
def scratch_folder() -> Iterator[pathlib.Path]:
    """A temporary folder for this process only.

    Raises UserError if it cannot be created.
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
    """The error if a scratch folder is full."""
    return UserError(
        f"{what} cannot be kept in {folder.parent} ({error.strerror or error}); free some space "
        "there, or set TMPDIR to another folder."
    )


def _sweep(parent: pathlib.Path) -> None:
    """Remove the folders of processes that have ended."""
    if not hasattr(os, "getuid"):  # without locks it is unknown which are in use
        return
    for left in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if left.is_symlink() or left.stat().st_uid != os.getuid():
                continue
            held = lock(left)
            if held is not None:
                shutil.rmtree(left, ignore_errors=True)
                os.close(held)
