"""Which instruments may play: words for General MIDI programs, masks on tracks' programs."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
from collections.abc import Iterable, Sequence

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.music.general_midi import DRUMS_NAME, FAMILIES, INSTRUMENTS, instrument_name
from gm_vae.music.vocabulary import DRUMS, PROGRAMS

Programs = frozenset[int]  # 0..127, and 128 for drums

# meanings of words that are not one family of General MIDI
GROUPS: dict[str, Programs] = {
    "drums": frozenset([DRUMS]),
    "strings": frozenset([*range(40, 47), *range(48, 52)]),  # without timpani, with ensembles
    "choir": frozenset(range(52, 55)),
    "woodwinds": frozenset(range(64, 80)),
    "mallets": frozenset(range(8, 16)),
    "lead": frozenset(range(80, 88)),
    "pad": frozenset(range(88, 96)),
    "effects": frozenset(range(96, 104)),
}


_LONGEST = 100  # letters of a name


@functools.lru_cache
def programs_named(words: str) -> Programs:
    """The programs 0..128 for a name or number of General MIDI.

    A number counts from 1, as General MIDI does. A name is an instrument's ("finger bass"), a
    family's ("bass"), one of `GROUPS` ("strings"), or a part of some instruments' names ("sax").

    >>> sorted(programs_named("sax")), sorted(programs_named("34")), sorted(programs_named("drums"))
    ([64, 65, 66, 67], [33], [128])

    Raises:
        UsageError: there is no such instrument.
    """
    plain = _plain(words)
    if len(plain) > _LONGEST:
        raise UsageError(f"{words[:_LONGEST]}... is not a General MIDI instrument; give a name.")
    if plain.isdigit():
        if not 1 <= int(plain) <= PROGRAMS:
            raise UsageError(f"{words} is not a General MIDI program; give a number from 1 to 128.")
        return frozenset([int(plain) - 1])
    known = _known()
    for spelling in (plain, plain.removesuffix("s"), plain + "s"):
        if spelling in known:
            return known[spelling]
    programs = [i for i, name in enumerate(INSTRUMENTS) if plain and plain in _plain(name)]
    if not programs:
        near = difflib.get_close_matches(plain, known, 1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise UsageError(
            f"{words!r} is not a General MIDI instrument{hint}; give a name such as finger bass, a "
            f"family such as {FAMILIES[0].lower()}, strings or drums, or a number from 1 to 128."
        )
    return frozenset(programs)


@dataclasses.dataclass(frozen=True)
class Instruments:
    """Which instruments play, in every measure.

    Attributes:
        only: a track for each of these sets of programs, and no other; None: any.
        require: at least a track for each of these.
        forbid: no track for any of these.
    """

    only: tuple[Programs, ...] | None = None
    require: tuple[Programs, ...] = ()
    forbid: Programs = frozenset()

    @classmethod
    def named(
        cls,
        only: str | Sequence[str] = (),
        require: str | Sequence[str] = (),
        forbid: str | Sequence[str] = (),
    ) -> Instruments:
        """From names or numbers of General MIDI, as lists or with commas; empty for no restriction.

        >>> Instruments.named(require="drums, 34").require
        (frozenset({128}), frozenset({33}))
        """
        alone, needed, banned = (
            tuple(programs_named(word) for word in _words(words))
            for words in (only, require, forbid)
        )
        return cls(alone or None, needed, frozenset().union(*banned))

    def masks(self, logits: np.ndarray) -> np.ndarray:
        """bool [B, T, 130]: the allowed first tokens of each track (program 0..127, drums, end).

        Each required program is assigned to the track that is most likely to play it, so that the
        measure stays close to the model's own. The most likely pair is assigned first.

        Args:
            logits: float [B, T, 130] of the tracks' first tokens.

        Raises:
            UsageError: more instruments are required than there are tracks, or a forbidden one is
                required.
        """
        batch, tracks, end = logits.shape[0], logits.shape[1], logits.shape[2] - 1
        allowed = np.ones(logits.shape, bool)
        allowed[:, :, sorted(self.forbid)] = False
        wanted = [programs - self.forbid for programs in (self.only or ()) + self.require]
        if self.only:
            allowed[:, :, :end] = False
            wanted = wanted[: len(self.only)]
            for programs in self.require:
                if not any(programs & mine for mine in wanted):
                    raise UsageError(
                        f"{_name_of(programs)} is required but not one of the instruments that "
                        "may play; add it to them."
                    )
        for programs, left in zip((self.only or ()) + self.require, wanted):
            if not left:
                raise UsageError(
                    f"{_name_of(programs)} is both required and forbidden; drop one of the two."
                )
        if len(wanted) > tracks:
            raise UsageError(f"{len(wanted)} instruments are asked for; a measure has {tracks}.")
        if not wanted:
            return allowed
        chances = np.exp(logits - logits.max(-1, keepdims=True))
        chances /= chances.sum(-1, keepdims=True)
        sets = np.zeros((len(wanted), logits.shape[2]), bool)
        for number, programs in enumerate(wanted):
            sets[number, sorted(programs)] = True
        scores = np.einsum("btp,kp->bkt", chances, sets)
        every = np.arange(batch)
        for _ in wanted:
            best = scores.reshape(batch, len(wanted) * tracks).argmax(-1)
            number, track = np.divmod(best, tracks)
            allowed[every, track] = sets[number]
            scores[every, number] = scores[every, :, track] = -1
        return allowed


def _name_of(programs: Programs) -> str:
    """The name of a set of programs."""
    names = [name for name, known in _known().items() if known == programs]
    return names[0] if names else " or ".join(map(instrument_name, sorted(programs)))


def _words(words: str | Sequence[str]) -> Iterable[str]:
    words = words.split(",") if isinstance(words, str) else words
    return [word for word in words if word.strip()]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


@functools.cache
def _known() -> dict[str, Programs]:
    known = {_plain(name): frozenset([index]) for index, name in enumerate(INSTRUMENTS)}
    for index, name in enumerate(FAMILIES):
        known[_plain(name)] = frozenset(range(8 * index, 8 * index + 8))
    return known | GROUPS | {_plain(DRUMS_NAME): GROUPS["drums"]}
