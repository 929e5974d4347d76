"""Decides which songs are for training and which are held out.

The key of a song is a hash of its *music*: of the measure whose tokens have the lowest hash. It
does not depend on file names, text events, the order of inputs or the runner, so copies of a song
are in the same split and no held-out song is trained on. Versions of a song that share a part of
their measures (with an extra bar or another ending) are found by their *sketches* (see
`near_copies`) and kept together, under the lowest key.

Keys are uniform numbers. In a corpus of more than `RANKED` songs, a song is held out if its key is
below a fixed share of all numbers: more songs do not move it to another split. In a smaller corpus
this could leave a split empty by chance, so keys are ranked and the lowest are held out: at least
one song for each requested split, as long as one remains for training. A test share of 100 % holds
out all songs, for music that is only used for scoring.
"""

from __future__ import annotations

import bisect
import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from gm_vae.data.dataset import SPLITS
from gm_vae.errors import UsageError
from gm_vae.pipelines.near_copies import near_copies
from gm_vae.pipelines.song_table import SKETCH_HASHES, SongTable

RANKED = 1000

_PAST_ALL = b"\xff" * 33  # greater than each key, which has 32 bytes


@dataclasses.dataclass(frozen=True)
class SplitThresholds:
    """Keys below `test` are in the test split, others below `validation` in validation."""

    test: bytes
    validation: bytes

    def split_of(self, key: bytes) -> str:
        """The name of a song's split."""
        if key < self.test:
            return "test"
        return "validation" if key < self.validation else "train"


@dataclasses.dataclass(frozen=True)
class SplitAssignment:
    """The split of every song of a corpus.

    Attributes:
        cuts: thresholds between the splits.
        moved: keys of songs that are moved to the split of a version with a lower key, and that
            split.
        measures: number of measures per split, counting copies within a song once.
    """

    cuts: SplitThresholds
    moved: Mapping[bytes, str]
    measures: Mapping[str, int]

    def split_of(self, key: bytes) -> str:
        """The name of a song's split."""
        return self.moved.get(key) or self.cuts.split_of(key)


def song_key(token_hashes: Iterable[bytes]) -> bytes:
    """32 uniformly distributed bytes that identify the music.

    Args:
        token_hashes: hashes of the song's measures (`examples.MeasureBytes.token_hash`), at least
            one.
    """
    return hashlib.sha256(min(token_hashes)).digest()


def song_sketch(token_hashes: Iterable[bytes]) -> bytes:
    """The lowest of the distinct token hashes of a song's measures, 8 bytes each."""
    return b"".join(sorted({digest[:8] for digest in token_hashes})[:SKETCH_HASHES])


def plan(songs: SongTable, validation_percent: float, test_percent: float) -> SplitAssignment:
    """Divide the songs of a corpus, whatever their order.

    Args:
        songs: all songs with measures.
        validation_percent: share of the songs for validation.
        test_percent: share of the songs for the test.
    """
    groups = near_copies(songs)
    some = np.unique(groups.lowest)[: RANKED + 1]
    thresholds = cuts([groups.keys[n].tobytes() for n in some], validation_percent, test_percent)
    order = ("test", "validation", "train")  # in ascending order of keys
    bounds = [
        bisect.bisect_left(range(len(groups.keys)), cut, key=lambda n: groups.keys[n].tobytes())
        for cut in (thresholds.test, thresholds.validation)
    ]
    by_key = np.searchsorted(bounds, np.arange(len(groups.keys)), side="right")
    split = by_key[groups.lowest]
    moved = {
        groups.keys[n].tobytes(): order[split[n]] for n in np.flatnonzero(split != by_key).tolist()
    }
    counts = np.bincount(split[groups.key_of_song], songs.records, len(order))
    measures = {name: int(counts[order.index(name)]) for name in SPLITS}
    return SplitAssignment(thresholds, moved, measures)


def cuts(keys: Sequence[bytes], validation_percent: float, test_percent: float) -> SplitThresholds:
    """The thresholds between the splits.

    Args:
        keys: the distinct keys of all songs; `RANKED` + 1 of them suffice.
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
    """Raise UsageError unless the shares leave songs for training, or all are for the test."""
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
