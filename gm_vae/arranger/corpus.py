"""The default corpus: songs of all styles in turn, in memory or as a folder of .mid files."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Iterator

from gm_vae.arranger.dice import Dice
from gm_vae.arranger.song import Song, compose
from gm_vae.arranger.style import Style
from gm_vae.arranger.styles import STYLES
from gm_vae.command import Command
from gm_vae.errors import UsageError, UserError
from gm_vae.files import user_path
from gm_vae.flags import Arguments, flag
from gm_vae.json_values import shown

DEFAULT_SONGS = 120
_MOST_SONGS = 1_000_000


def songs(count: int = DEFAULT_SONGS, seed: int = 0) -> Iterator[Song]:
    """Songs 0..count-1 of a seed, the styles in turn; a larger count adds songs at the end.

    Raises UsageError unless count is 1 to a million and seed 0 or more.
    """
    if count < 1:
        raise UsageError(f"{count} songs are too few to write; give 1 or more.")
    if count > _MOST_SONGS:
        raise UsageError(f"{shown(count)} songs are too many; give {_MOST_SONGS:,} at most.")
    if not 0 <= seed < 2**64:
        raise UsageError(f"the seed is {shown(seed)}; give a number from 0 to 2**64 - 1.")
    styles = tuple(STYLES.values())
    return (_song(styles[index % len(styles)], index, seed) for index in range(count))


def _song(style: Style, index: int, seed: int) -> Song:
    name = f"{style.name}-{index:03d}"
    return compose(style, name, Dice(seed, index).split(style.name))


def write_corpus(
    folder: str | os.PathLike, count: int = DEFAULT_SONGS, seed: int = 0
) -> list[pathlib.Path]:
    """Write the songs as NAME.mid into a folder, created if missing, and return their paths.

    Files are written under a temporary name and then renamed; files of the same name are replaced.
    Raises UserError if the folder cannot be written, UsageError like `songs`.
    """
    made = songs(count, seed)
    folder = pathlib.Path(folder)
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for song in made:
            path = folder / f"{song.name}.mid"
            partial = folder / f".{song.name}.mid.partial"
            try:
                partial.write_bytes(song.midi)
                partial.replace(path)
            finally:
                partial.unlink(missing_ok=True)  # missing after success
            paths.append(path)
    except OSError as error:
        raise UserError(
            f"{folder} cannot be written ({error.strerror or error}); give another --output."
        ) from error
    return paths


@dataclasses.dataclass(frozen=True)
class ArrangeArguments(Arguments):
    """The flags of `arrange`."""

    output: str = flag(None, "Folder to write the .mid files to.", required=True)
    songs: int = flag(DEFAULT_SONGS, "Number of songs.")
    seed: int = flag(0, "Seed: the same seed gives the same songs.")


def _run(args: ArrangeArguments) -> None:
    paths = write_corpus(user_path(args.output), args.songs, args.seed)
    size = sum(path.stat().st_size for path in paths)
    print(f"{len(paths)} songs in {len(STYLES)} styles, {size / 1e6:.1f} MB, in {args.output}")


COMMAND = Command(
    name="arrange",
    summary="Write a corpus of songs as MIDI files, in many styles, the same for the same seed.",
    example="gm-vae arrange --output=corpus --songs=120 --seed=0",
    arguments=ArrangeArguments,
    run=_run,
)
