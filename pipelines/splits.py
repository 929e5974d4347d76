"""Which songs are for training and which are held out.

The key of a song is a hash of its *music*: of the one measure whose tokens hash lowest. It does not
depend on file names, text events, the order of inputs or the runner, and copies of a song that
differ by some bars mostly still have the same key (with probability of their common share of
measures), so that they land in the same split and nothing held out has been trained on.

Keys are uniform numbers. In a corpus of more than `RANKED` keys, a song is held out if its key is
below a fixed share of all numbers: more songs never move it to another split. In a smaller one
that could leave a split empty by bad luck, so keys are ranked and the lowest are held out: at
least one song for each split that is wished for, as long as one remains for training.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Sequence

from gm_vae.data import examples
from gm_vae.errors import UsageError
from gm_vae.music.measure import Measure

RANKED = 1000


@dataclasses.dataclass(frozen=True)
class Cuts:
    """Keys below `test` are in the test split, others below `validation` in validation."""

    test: bytes
    validation: bytes

    def split_of(self, key: bytes) -> str:
        """The name of the split that a song belongs to."""
        if key < self.test:
            return "test"
        return "validation" if key < self.validation else "train"


def song_key(measures: Iterable[Measure]) -> bytes:
    """32 uniformly distributed bytes that stand for the music; at least one measure is needed."""
    lowest = min(examples.token_hash(measure) for measure in measures)
    return hashlib.sha256(lowest).digest()


def cuts(keys: Sequence[bytes], validation_percent: float, test_percent: float) -> Cuts:
    """The cuts between the splits.

    Args:
        keys: the distinct keys of all songs; of more than `RANKED` of them any `RANKED` + 1.
        validation_percent: share of the songs for validation.
        test_percent: share of the songs for the test.
    """
    if len(keys) > RANKED:
        return Cuts(_quantile(test_percent), _quantile(validation_percent + test_percent))
    ranked = sorted(keys)
    validation, test = (
        max(1, round(len(ranked) * percent / 100)) if percent else 0
        for percent in (validation_percent, test_percent)
    )
    if len(ranked) < 1 + validation + test:
        test = 0
    if len(ranked) < 1 + validation:
        validation = 0
    bounds = [*ranked, b"\xff" * 33]  # one past the greatest key
    return Cuts(bounds[test], bounds[test + validation])


def check_percents(validation_percent: float, test_percent: float) -> None:
    """Raise UsageError unless the shares leave something to train on."""
    for name, percent in (
        ("validation_percent", validation_percent),
        ("test_percent", test_percent),
    ):
        if not 0 <= percent < 100:
            raise UsageError(f"{name} is {percent:g}; give a number from 0 up to 100.")
    if validation_percent + test_percent >= 100:
        raise UsageError(
            f"validation_percent {validation_percent:g} and test_percent {test_percent:g} leave "
            "no songs for training; choose smaller shares, such as 5 and 5."
        )


def _quantile(percent: float) -> bytes:
    return int(percent / 100 * 2**64).to_bytes(9, "big")[1:]
