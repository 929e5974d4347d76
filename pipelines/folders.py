"""The files below a folder, including linked folders, and the files that match a glob with `**`.

Each folder is visited once, however many links lead to it. So links may form loops, and a file that
is reached with and without a link gets its path without the link.
"""

from __future__ import annotations

import collections
import fnmatch
import glob
import os
import pathlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gm_vae.errors import UserError

_ANY_FOLDERS = "**"


class FileInfo(NamedTuple):
    """Something below a folder that is not a folder, or a folder that cannot be read.

    Attributes:
        path: its path.
        name: its path within the folder, with slashes; folders end with one.
        error: why a folder cannot be read; "" for all else.
    """

    path: str
    name: str
    error: str = ""


def files_below(folder: str) -> Iterator[FileInfo]:
    """All files below a folder, with links not resolved, ordered by name.

    Raises:
        UserError: the folder itself cannot be read.
    """
    seen: set[str] = set()  # real paths
    folders = [(folder, "")]
    links: collections.deque[tuple[str, str]] = collections.deque()
    while folders or links:
        path, name = folders.pop() if folders else links.popleft()
        real = os.path.realpath(path)
        if real in seen:
            continue
        seen.add(real)
        try:
            with os.scandir(path) as entries:
                children = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            reason = error.strerror or str(error)
            if path == folder:
                raise UserError(
                    f"{folder} cannot be read ({reason}); check its permissions."
                ) from None
            yield FileInfo(path, name, reason.lower())
            continue
        inner = []
        for entry in children:
            if not _is_folder(entry):
                yield FileInfo(entry.path, name + entry.name)
            elif entry.is_symlink():
                links.append((entry.path, f"{name}{entry.name}/"))
            else:
                inner.append((entry.path, f"{name}{entry.name}/"))
        folders += reversed(inner)


def has_any_folders(pattern: str) -> bool:
    """Whether a glob includes folders of any depth."""
    return _ANY_FOLDERS in pathlib.PurePath(pattern).parts


def matches(pattern: str) -> Iterator[FileInfo]:
    """The matches of a glob with `**`, as in `glob.glob`, but safe for loops of links.

    Unreadable folders are included, since they may contain matches.
    """
    parts = pathlib.PurePath(pattern).parts
    first = parts.index(_ANY_FOLDERS)
    wanted = parts[first:] if parts[-1] != _ANY_FOLDERS else (*parts[first:], "*")
    for base in sorted(glob.glob(os.path.join(*parts[:first]))) if first else [os.curdir]:
        for file in files_below(base) if os.path.isdir(base) else ():
            *above, last = file.name.split("/")
            if last == "":  # a folder
                if not any(map(_is_hidden, above)):
                    yield file
            elif _fits((*above, last), wanted):
                yield file


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path matches a glob, both split into parts; wildcards do not match hidden names."""
    if not pattern:
        return not parts
    if pattern[0] == _ANY_FOLDERS:
        deeper = bool(parts) and not _is_hidden(parts[0]) and _fits(parts[1:], pattern)
        return deeper or _fits(parts, pattern[1:])
    if not parts or (_is_hidden(parts[0]) and not _is_hidden(pattern[0])):
        return False
    return fnmatch.fnmatch(parts[0], pattern[0]) and _fits(parts[1:], pattern[1:])


def _is_hidden(name: str) -> bool:
    return name.startswith(".")
