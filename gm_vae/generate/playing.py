"""The flags of music verbs as arguments of the model: chords, seeds, instruments, attributes."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.generate.arguments import MOST_MEASURES, ChordArguments, PlayArguments
from gm_vae.generate.gmvae import GMVAE, Decoding
from gm_vae.generate.instruments import Instruments
from gm_vae.json_values import brief, shown
from gm_vae.music.chord_lines import chord_line, measure_chords
from gm_vae.music.chords import chord_id, chord_symbol, has_triad, nearest_chord_id, tidy_symbol

_LONGEST_CHORDS, _LONGEST_BAR = 200_000, 1000  # letters of --chords


@dataclasses.dataclass(frozen=True)
class Playing:
    """How the model plays.

    Attributes:
        decoding: how tokens are chosen.
        drawn: whether the seed was drawn because none was given.
        instruments: which instruments play; any if None.
    """

    decoding: Decoding
    drawn: bool
    instruments: Instruments | None

    @classmethod
    def of(cls, args: PlayArguments) -> Playing:
        """From flags. Raises UsageError for instruments that cannot all play, or a number out of
        range.
        """
        wanted = Instruments.named(args.instruments, args.require, args.forbid)
        return cls(
            Decoding(args.temperature, args.drum_temperature, args.repeat_penalty, args.seed),
            args.seed is None,
            None if wanted == Instruments() else wanted,
        )

    @property
    def arguments(self) -> dict[str, Any]:
        """The keywords of `GMVAE.decode`."""
        return {**dataclasses.asdict(self.decoding), "instruments": self.instruments}

    def print_seed(self) -> None:
        """Print the flag that repeats the music, if the seed was drawn."""
        if self.drawn and self.decoding.temperature > 0:
            print(f"--seed={self.decoding.seed} plays this again.", file=sys.stderr)


def chords(args: ChordArguments) -> list[str]:
    """The measures' symbols in --chords as typed, such as "Cmaj7|C/E", before a model is loaded.

    Raises UsageError for chords that cannot be read, or with --strict for chords without a triad.
    """
    text = args.chords or ""
    if len(text) > _LONGEST_CHORDS or max(map(len, text.split()), default=0) > _LONGEST_BAR:
        raise UsageError(
            f"--chords has more than {_LONGEST_CHORDS:,} letters, or {_LONGEST_BAR:,} in one "
            "measure; give fewer."
        )
    measures = chord_line(text)
    if text and not measures:
        raise UsageError('--chords names no chord; write for example --chords="C Am F G".')
    if args.strict:
        for measure in measures:
            for chord in measure:
                chord_id(chord)
    symbols = ["|".join(map(tidy_symbol, measure)) for measure in measures]
    if not args.voice_chords:
        print_folded(symbols)
    return symbols


def print_folded(symbols: Sequence[str]) -> None:
    """Print once, for each chord without a triad, what is played instead."""
    for chord in dict.fromkeys(chord for symbol in symbols for chord in measure_chords(symbol)):
        if not has_triad(chord):
            triad = chord_symbol(nearest_chord_id(chord))
            print(f"{chord} has no triad; it is played as {triad}.", file=sys.stderr)


def triads(symbols: Sequence[str]) -> list[str]:
    """The triads of measures' symbols, as the model knows them: "C|G" for "Cmaj7|Gsus4"."""
    return [
        "|".join(chord_symbol(nearest_chord_id(chord)) for chord in measure_chords(symbol))
        for symbol in symbols
    ]


def require_bounded(count: int, flag: str) -> None:
    """Raise UsageError if a flag asks for more measures than are generated at a time."""
    if count > MOST_MEASURES:
        raise UsageError(
            f"--{flag} asks for {shown(count)} measures, and at most {MOST_MEASURES:,} are "
            "generated at a time; ask for fewer."
        )


def moved(args: PlayArguments, model: GMVAE, z: np.ndarray) -> np.ndarray:
    """Points [..., Z] moved by --more, --add and --remove.

    Raises UserError for unknown attributes, or if the model has none yet.
    """
    steps: dict[str, float] = {}
    for entry in filter(None, args.more.split(",")):
        name, _, number = entry.partition("=")
        try:
            steps[name.strip()] = float(number)
        except ValueError:
            steps[name.strip()] = math.nan
        if not math.isfinite(steps[name.strip()]):
            raise UsageError(f"--more={brief(args.more, 100)}; write it as density=1.5,pitch=-1.")
    for names, sign in ((args.add, 1.0), (args.remove, -1.0)):
        for name in filter(None, names.split(",")):
            steps[name.strip()] = sign
    if not steps:
        return z
    from gm_vae.generate.attributes import Attributes

    return Attributes.of(model, args.model).move(z, steps)
