"""A remote model -> a local folder, within limits of bytes and time.

The description of the model is copied and checked first; then its weights, at most as many bytes as
the description states.
"""

from __future__ import annotations

import contextlib
import pathlib
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from typing import BinaryIO

from gm_vae import storage
from gm_vae.checkpoints.checkpoint import ATTRIBUTES
from gm_vae.checkpoints.client_config import CONFIG
from gm_vae.checkpoints.folder import FILE_NAME
from gm_vae.checkpoints.tensors import MANIFEST, MAX_DESCRIPTION_BYTES, read_manifest
from gm_vae.errors import UserError
from gm_vae.scratch import does_not_fit, scratch_folder

_PATIENCE_SECONDS = 60.0  # for the descriptions, and for the weights before their rate is measured
_LEAST_BYTES_A_SECOND = 50_000
_PIECE_BYTES = 1 << 16
_ABSENT_WITHOUT_HARM = (FILE_NAME, ATTRIBUTES, CONFIG)


@contextlib.contextmanager
def fetched(address: str, check: Callable[[pathlib.Path], None]) -> Iterator[pathlib.Path]:
    """A temporary folder with the files of a remote checkpoint folder.

    Args:
        address: of the folder.
        check: receives a folder with everything but the weights, and raises UserError if it does
            not describe a model.

    Raises:
        UserError: `check` raises it, the folder does not exist, or the server is too slow or sends
            something other than described. The message names the address.
    """
    with scratch_folder() as folder:
        try:
            fetch = _Fetch(address, folder)
            fetch.descriptions()
            check(folder)
            fetch.weights()
            yield folder
        except UserError as error:  # names the address, not a temporary folder
            raise type(error)(str(error).replace(str(folder), address)) from None


class _Fetch:
    """Copies the files of `address` into `folder`."""

    def __init__(self, address: str, folder: pathlib.Path) -> None:
        self._address, self._folder = address, folder
        self._deadline = 0.0  # on the monotonic clock
        self._writing = threading.Lock()
        self._given_up = False  # then nothing may be created in the folder, which is being deleted

    def descriptions(self) -> None:
        """Copy everything but the weights."""

        def copy() -> None:
            for name in (MANIFEST, *_ABSENT_WITHOUT_HARM):
                self._copy(name, MAX_DESCRIPTION_BYTES)

        self._within(_PATIENCE_SECONDS, copy)

    def weights(self) -> None:
        """Copy the shards."""
        groups = read_manifest(self._folder)

        def copy() -> None:
            for group in groups:
                left = group.stored_bytes
                for name in dict.fromkeys(group.shards):
                    left -= self._copy(name, left)

        expected_bytes = sum(group.stored_bytes for group in groups)
        self._within(_PATIENCE_SECONDS + expected_bytes / _LEAST_BYTES_A_SECOND, copy)

    def _within(self, seconds: float, copy: Callable[[], None]) -> None:
        """Run `copy` in a thread, which is abandoned when the time is up.

        Without a thread, a server that rarely sends a byte could keep a read from returning.
        """
        failures: list[BaseException] = []

        def work() -> None:
            try:
                copy()
            except BaseException as error:
                failures.append(error)

        self._deadline = time.monotonic() + seconds
        thread = threading.Thread(target=work, daemon=True, name=f"fetching {self._address}")
        thread.start()
        try:
            thread.join(seconds)
        finally:
            with self._writing:
                self._given_up = thread.is_alive()
        if failures:
            raise failures[0]
        if self._given_up:
            raise self._too_slow()

    def _copy(self, name: str, most: int) -> int:
        """Copy a file of limited size; returns its number of bytes."""
        address = storage.join(self._address, urllib.parse.quote(name))
        target = self._folder / name
        copied = 0
        stream = self._open(name, address)
        if stream is None:
            return 0
        try:
            with stream:
                with self._writing:
                    if self._given_up:
                        raise self._too_slow()
                    target.parent.mkdir(parents=True, exist_ok=True)
                    copy = open(target, "wb")  # noqa: SIM115
                with copy:
                    for piece in self._pieces(stream, address):
                        copied += len(piece)
                        if copied > most:
                            raise UserError(
                                f"{address} has more than the allowed {most:,} bytes; "
                                "take another model."
                            )
                        copy.write(piece)
        except OSError as error:
            raise does_not_fit(address, self._folder, error) from None
        return copied

    def _open(self, name: str, address: str) -> BinaryIO | None:
        """A file of the address; None if it is optional and missing."""
        try:
            return storage.open_file(address)
        except FileNotFoundError:
            if name in _ABSENT_WITHOUT_HARM:
                return None
            raise UserError(
                f"there is no {address}; give the address of a folder that holds {MANIFEST} and "
                "the files that it names."
            ) from None
        except OSError as error:
            raise _unreadable(address, error) from None

    def _pieces(self, stream: BinaryIO, address: str) -> Iterator[bytes]:
        """The content, piece by piece."""
        read = getattr(stream, "read1", stream.read)
        while True:
            if self._given_up or time.monotonic() > self._deadline:
                raise self._too_slow()
            try:
                piece = read(_PIECE_BYTES)
            except Exception as error:  # each kind of storage has its own errors
                raise _unreadable(address, error) from None
            if not piece:
                return
            yield piece

    def _too_slow(self) -> UserError:
        return UserError(
            f"{self._address} sends the model too slowly; copy the folder to this machine by other "
            "means and name the copy."
        )


def _unreadable(address: str, error: Exception) -> UserError:
    reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or error
    return UserError(f"cannot read {address} ({reason}); try again later.")
