"""Where a run writes until its dataset is complete, and what an earlier run left there.

A local dataset is written to a folder `NAME.partial` beside its path, and renamed at the end.
Remote storage cannot rename folders: there files are written to their final paths (a dataset that
they replace is removed before), and dataset.json, which makes them a dataset, is written last. In
both cases finished chunks (see `chunks`) of an interrupted run are kept, so that the same command
resumes it.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import sys
from collections.abc import Iterator

from gm_vae import files, storage
from gm_vae.data import dataset as dataset_lib
from gm_vae.errors import UsageError
from gm_vae.locks import lock
from gm_vae.storage import join
from gm_vae.text import printable

_CHUNKS = "_chunks"
_SUFFIX = ".partial"


class Staging:
    """The folder of an unfinished dataset.

    Attributes:
        folder: where shards and reports are written.
        chunks: where workers write their chunks.
        resumes: whether an interrupted run has left chunks.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.chunks = join(folder, _CHUNKS)
        self.resumes = self._has_chunks()

    def clear(self, chunks_too: bool) -> None:
        """Remove leftovers of an earlier run, with or without its chunks."""
        if chunks_too:
            storage.remove_folder(self.chunks)
        for file in storage.files_in(self.folder):
            storage.remove(file.path)
        if not storage.is_remote(self.folder):
            storage.remove_unfinished(self.folder)

    def _has_chunks(self) -> bool:
        return any(file.path.endswith(".index") for file in storage.files_in(self.chunks))


@contextlib.contextmanager
def stage(output: str | os.PathLike[str]) -> Iterator[Staging]:
    """A folder for the block to fill, which then becomes `output`.

    If the block raises, it is kept if it contains finished chunks, otherwise removed.

    Raises:
        UsageError: another run is filling it.
        UserError: it cannot be written.
    """
    with _remote(os.fspath(output)) if storage.is_remote(output) else _local(output) as staging:
        yield staging


@contextlib.contextmanager
def _remote(output: str) -> Iterator[Staging]:
    staging = Staging(output)
    staging.clear(chunks_too=False)
    yield staging
    storage.remove_folder(staging.chunks)


@contextlib.contextmanager
def _local(output: str | os.PathLike[str]) -> Iterator[Staging]:
    output = pathlib.Path(output).absolute()
    folder = output.with_name(output.name + _SUFFIX)
    if folder.exists() and not _is_ours(folder):
        raise UsageError(f"{folder} is in the way; remove it or choose another output.")
    try:
        (folder / _CHUNKS).mkdir(parents=True, exist_ok=True)
        held = lock(folder / _CHUNKS)
    except OSError as error:
        raise files.unwritable(output, error) from error
    if held is None:
        raise UsageError(f"Another run is writing {output}; wait for it or choose another output.")
    try:
        staging = Staging(str(folder))
        try:
            staging.clear(chunks_too=False)
            yield staging
            shutil.rmtree(staging.chunks)
            storage.remove_unfinished(staging.folder)  # of a worker that was lost and replaced
            files.put_folder(folder, output)
        except OSError as error:
            raise files.unwritable(output, error) from error
        finally:
            if folder.exists() and staging._has_chunks():
                name = printable(folder.name)
                print(
                    f"{name} keeps the finished work; the same command resumes it.", file=sys.stderr
                )
            else:
                shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(held)


def _is_ours(folder: pathlib.Path) -> bool:
    """Whether a run left a folder: before its first chunk, after the last, or in between."""
    if not folder.is_dir():
        return False
    names = {entry.name for entry in folder.iterdir()}
    return not names or bool(names & {_CHUNKS, dataset_lib.FILE_NAME})


def finished(output: str) -> bool | None:
    """Whether `output` is a dataset: None if there is nothing, or leftovers of an interrupted run.

    False means that it is something else.
    """
    if storage.is_remote(output):
        names = {file.path for file in storage.files_in(output)}
        if join(output, dataset_lib.FILE_NAME) in names:
            return True
        return False if names and not Staging(output).resumes else None
    path = pathlib.Path(output)
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return None
    return (path / dataset_lib.FILE_NAME).is_file()
