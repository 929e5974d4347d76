"""Which songs are for training and which are held out.

The key of a song is a hash of its *music*: of the one measure whose tokens hash lowest. It does not
depend on file names, text events, the order of inputs or the runner, so that copies of a song land
in the same split and nothing held out has been trained on. Versions of a song that share a part of
their measures (a bar more, another ending) are found by their *sketches* (see `near_copies`) and
held together, under the lowest key.

Keys are uniform numbers. In a corpus of more than `RANKED` songs, a song is held out if its key is
below a fixed share of all numbers: more songs do not move it to another split. In a smaller one
that could leave a split empty by bad luck, so keys are ranked and the lowest are held out: at
least one song for each split that is wished for, as long as one remains for training. A test share
of 100 % holds out all songs, of music that a model is only to be scored on.
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
        """The name of the split that a song belongs to."""
        if key < self.test:
            return "test"
        return "validation" if key < self.validation else "train"


@dataclasses.dataclass(frozen=True)
class SplitAssignment:
    """The split of every song of a corpus.

    Attributes:
        cuts: between the splits.
        moved: keys whose songs are held with a version of a lower key in another split, and that
            split.
        measures: of all songs of each split, copies within a song counted once.
    """

    cuts: SplitThresholds
    moved: Mapping[bytes, str]
    measures: Mapping[str, int]

    def split_of(self, key: bytes) -> str:
        """The name of the split that a song belongs to."""
        return self.moved.get(key) or self.cuts.split_of(key)


def song_key(token_hashes: Iterable[bytes]) -> bytes:
    """32 uniformly distributed bytes that stand for the music.

    Args:
        token_hashes: of the song's measures (`examples.MeasureBytes.token_hash`), at least one.
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
    order = ("test", "validation", "train")  # as keys rise
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
    """The cuts between the splits.

    Args:
        keys: the distinct keys of all songs; of more than `RANKED` so many and one are enough.
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
