"""Which songs are for training and which are held out.

The key of a song is a hash of its *music*: of the one measure whose tokens hash lowest. It does not
depend on file names, text events, the order of inputs or the runner, so that copies of a song land
in the same split and nothing held out has been trained on. Versions of a song that share a part of
their measures (a bar more, another ending) are found by their *sketches*, the few lowest of their
measures' hashes: songs that have two of these in common are held together, under the lowest key.

Keys are uniform numbers. In a corpus of more than `RANKED` songs, a song is held out if its key is
below a fixed share of all numbers: more songs do not move it to another split. In a smaller one
that could leave a split empty by bad luck, so keys are ranked and the lowest are held out: at
least one song for each split that is wished for, as long as one remains for training. A test share
of 100 % holds out all songs, of music that a model is only to be scored on.
"""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from gm_vae.data.dataset import SPLITS
from gm_vae.errors import UsageError
from gm_vae.pipelines.chunks import SongInfo

RANKED = 1000

_PAST_ALL = b"\xff" * 33  # greater than each key, which has 32 bytes
_SKETCH_HASHES = 8
_SKETCH_DTYPE = np.dtype(">u8")  # sorts as the bytes do
_MIXERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)  # odd: they lose no bit


@dataclasses.dataclass(frozen=True)
class SplitThresholds:
    """Keys below `test` are in the test split, others below `validation` in validation."""

    test: bytes
    validation: bytes

    def split_of(self, key: bytes) -> str:
        """The name of the split that a song belongs to."""
        if key < self.test:
            return "test"
        return "validation" if key < self.validation else "train"


@dataclasses.dataclass(frozen=True)
class SplitAssignment:
    """The split of every song of a corpus.

    Attributes:
        cuts: between the splits.
        moved: keys that are held together with a lower one, and that one.
        measures: of all songs of each split, copies within a song counted once.
    """

    cuts: SplitThresholds
    moved: Mapping[bytes, bytes]
    measures: Mapping[str, int]

    def split_of(self, key: bytes) -> str:
        """The name of the split that a song belongs to."""
        return self.cuts.split_of(self.moved.get(key, key))


def song_key(token_hashes: Iterable[bytes]) -> bytes:
    """32 uniformly distributed bytes that stand for the music.

    Args:
        token_hashes: of the song's measures (`examples.MeasureBytes.token_hash`), at least one.
    """
    return hashlib.sha256(min(token_hashes)).digest()


def song_sketch(token_hashes: Iterable[bytes]) -> bytes:
    """The lowest of the distinct token hashes of a song's measures, 8 bytes each."""
    return b"".join(sorted({digest[:8] for digest in token_hashes})[:_SKETCH_HASHES])


def plan(
    songs: Iterable[SongInfo], validation_percent: float, test_percent: float
) -> SplitAssignment:
    """Divide the songs of a corpus, whatever their order.

    Args:
        songs: all songs with measures.
        validation_percent: share of the songs for validation.
        test_percent: share of the songs for the test.
    """
    songs = list(songs)
    moved = near_copies(songs)
    keys = {moved.get(song.key, song.key) for song in songs}
    thresholds = cuts(list(keys), validation_percent, test_percent)
    measures = collections.Counter(dict.fromkeys(SPLITS, 0))
    for song in songs:
        measures[thresholds.split_of(moved.get(song.key, song.key))] += song.records
    return SplitAssignment(thresholds, moved, measures)


def near_copies(songs: Iterable[SongInfo]) -> dict[bytes, bytes]:
    """Keys of songs that have much in common with one of a lower key, and the lowest such key."""
    distinct = sorted({(song.key, song.sketch) for song in songs})
    if not distinct:
        return {}
    parent = {key: key for key, _ in distinct}

    def root(key: bytes) -> bytes:
        while parent[key] != key:
            parent[key] = key = parent[parent[key]]
        return key

    # Two songs share two hashes if they share a pair of them: make all pairs, and sort.
    pair, song = _pairs([sketch for _, sketch in distinct])
    order = np.argsort(pair, kind="stable")
    pair, song = pair[order], song[order]
    same = np.flatnonzero(pair[1:] == pair[:-1])
    for one, other in zip(song[same].tolist(), song[same + 1].tolist()):
        low, high = sorted((root(distinct[one][0]), root(distinct[other][0])))
        parent[high] = low
    return {key: root(key) for key in parent if parent[key] != key}


def _pairs(sketches: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """uint64 [P] and int64 [P]: every pair of a sketch's hashes as one number, and its sketch."""
    by_size: dict[int, list[int]] = {}
    for number, sketch in enumerate(sketches):
        by_size.setdefault(len(sketch) // _SKETCH_DTYPE.itemsize, []).append(number)
    pairs, songs = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for size, numbers in by_size.items():
        joined = b"".join(sketches[number] for number in numbers)
        hashes = np.frombuffer(joined, _SKETCH_DTYPE).astype(np.uint64).reshape(-1, size)  # [S, K]
        for first, second in itertools.combinations(range(size), 2):
            pairs.append(hashes[:, first] * _MIXERS[0] + hashes[:, second] * _MIXERS[1])
            songs.append(np.array(numbers, np.int64))
    return np.concatenate(pairs), np.concatenate(songs)


def cuts(keys: Sequence[bytes], validation_percent: float, test_percent: float) -> SplitThresholds:
    """The cuts between the splits.

    Args:
        keys: the distinct keys of all songs.
        validation_percent: share of the songs for validation.
        test_percent: share of the songs for the test.
    """
    if test_percent == 100:
        return SplitThresholds(_PAST_ALL, _PAST_ALL)
    if len(keys) > RANKED:
        return SplitThresholds(
            _quantile(test_percent), _quantile(validation_percent + test_percent)
        )
    validation, test = (
        max(1, round(len(keys) * percent / 100)) if percent else 0
        for percent in (validation_percent, test_percent)
    )
    if len(keys) < 1 + validation + test:
        test = 0
    if len(keys) < 1 + validation:
        validation = 0
    bounds = [*sorted(keys), _PAST_ALL]
    return SplitThresholds(bounds[test], bounds[test + validation])


def check_percents(validation_percent: float, test_percent: float) -> None:
    """Raise UsageError unless the shares leave something to train on, or all is for the test."""
    for name, percent in (
        ("validation_percent", validation_percent),
        ("test_percent", test_percent),
    ):
        if not 0 <= percent <= 100:
            raise UsageError(f"{name} is {percent:g}; give a number from 0 to 100.")
    if (validation_percent, test_percent) == (0, 100):
        return
    if validation_percent + test_percent >= 100:
        raise UsageError(
            f"validation_percent {validation_percent:g} and test_percent {test_percent:g} leave "
            "no songs for training; choose smaller shares, such as 5 and 5, or 0 and 100 to hold "
            "out all songs."
        )


def _quantile(percent: float) -> bytes:
    return int(percent / 100 * 2**64).to_bytes(9, "big")[1:]
