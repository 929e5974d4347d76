"""The flags that several verbs of music share."""

from __future__ import annotations

import dataclasses
from typing import Any

from gm_vae.checkpoints.load import DEFAULT
from gm_vae.flags import Arguments, flag
from gm_vae.generate.gmvae import REPEAT_PENALTY, TEMPERATURE
from gm_vae.generate.phrases import VARIATION

MOST_MEASURES = 10_000  # made at once: a MIDI file of them takes 0.5 GB and half a minute

MODEL_HELP = (
    "Run or checkpoint folder, SavedModel, magenta.js folder or address, or a bundled model."
)
_NAMES = "General MIDI names, families or numbers from 1, with commas, such as drums,finger bass"


@dataclasses.dataclass(frozen=True)
class ModelArguments(Arguments):
    """Which model."""

    model: str = flag(DEFAULT, MODEL_HELP)


@dataclasses.dataclass(frozen=True)
class PlayArguments(ModelArguments):
    """The model, and how it plays."""

    temperature: float = flag(TEMPERATURE, "0 plays safe, 1 and more dares.")
    drum_temperature: float | None = flag(
        None, "The same for drums; below 1 a little less than --temperature if left out."
    )
    seed: int | None = flag(None, "The same seed, the same music.")
    repeat_penalty: float = flag(
        REPEAT_PENALTY,
        "How much less likely a pitched track strikes again what it struck last, as in real music; "
        "it fades out from temperature 0.5 to 1. 0 leaves it to the model.",
    )
    instruments: str = flag("", f"These instruments and no others: {_NAMES}.")
    require: str = flag("", "These instruments play in any case; names as above.")
    forbid: str = flag("", "None of these instruments plays; names as above.")
    more: str = flag(
        "",
        "Move along attributes learnt by gm-vae attributes, in standard deviations: "
        "density=1.5,pitch=-1.",
    )
    add: str = flag(
        "",
        "Move towards music with these, as learnt: strings,drums. Unlike --require it promises "
        "nothing, but all that goes with them comes along.",
    )
    remove: str = flag("", "Move towards music without these.")


def chords_flag(default: str) -> Any:
    """--chords; `default` says what is played without."""
    return flag(
        None,
        "Chords, one a measure, with spaces between; several in a measure as C|G or C|C|F|G. Bar "
        "lines with spaces divide measures too: | C | Am F | % |. " + default,
    )


@dataclasses.dataclass(frozen=True)
class VoicingArguments(Arguments):
    """How chords that were typed are heard."""

    voice_chords: bool = flag(
        True,
        "Move notes to what a chord has beyond its triad, which is all that the model hears: "
        "sevenths, sixths, suspensions and the bass after a slash.",
    )


@dataclasses.dataclass(frozen=True)
class ChordArguments(VoicingArguments):
    """Which chords."""

    chords: str | None = chords_flag("")
    strict: bool = flag(
        False, "Refuse chords without a triad (sus, power) instead of taking the nearest."
    )


@dataclasses.dataclass(frozen=True)
class PhraseArguments(Arguments):
    """How bars follow each other."""

    vary: float = flag(
        VARIATION,
        "The share of instruments, drums aside, that change a little when a chord comes back. 0 "
        "repeats the bar note for note.",
        least=0.0,
        most=1.0,
    )
    fills: bool = flag(True, "End the last bar of four in a drum fill.")

    @property
    def phrasing(self) -> dict[str, Any]:
        """Those of `operations.progression`."""
        return {"vary": self.vary, "fills": self.fills}


def measure_flag(several: str = "") -> Any:
    """--measure; `several` says what more than one measure is for."""
    return flag(
        (),
        f"Which bar of it, as gm-vae explain numbers them{several}; the first that fits if left "
        "out.",
    )


@dataclasses.dataclass(frozen=True)
class SourceArguments(Arguments):
    """Which measures of the user's own."""

    midi: str | None = flag(
        None,
        "Take the style of a measure of this MIDI file, of a .json of tokens, or of points as "
        "gm-vae encode writes them.",
    )
    measure: tuple[str, ...] = measure_flag()


@dataclasses.dataclass(frozen=True)
class CountArguments(Arguments):
    """How much of it."""

    count: int = flag(8, "How many measures.", least=1, most=MOST_MEASURES)
