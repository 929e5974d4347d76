"""The flags that several music verbs share."""

from __future__ import annotations

import dataclasses
from typing import Any

from gm_vae.checkpoints.load import DEFAULT
from gm_vae.flags import Arguments, flag
from gm_vae.generate.gmvae import REPEAT_PENALTY, TEMPERATURE
from gm_vae.generate.phrases import VARIATION

MOST_MEASURES = 10_000  # at a time: writing them as a MIDI file takes 0.5 GB and half a minute

MODEL_HELP = (
    "The model: a bundled model, a run folder, a checkpoint folder, a SavedModel, or a magenta.js "
    "folder or address."
)
TEMPERATURE_HELP = (
    "Sampling temperature: 0 always takes the most likely token; higher values are more varied."
)
_NAMES = (
    "General MIDI names, families or numbers from 1 (gm-vae instruments lists them), separated by "
    "commas"
)


@dataclasses.dataclass(frozen=True)
class ModelArguments(Arguments):
    """Which model."""

    model: str = flag(DEFAULT, MODEL_HELP)


@dataclasses.dataclass(frozen=True)
class PlayArguments(ModelArguments):
    """The model, and how it plays."""

    temperature: float = flag(TEMPERATURE, TEMPERATURE_HELP, group="sampling")
    drum_temperature: float | None = flag(
        None,
        "Temperature of drum tracks. Without it, a little lower than --temperature if that is "
        "below 1.",
        group="sampling",
    )
    repeat_penalty: float = flag(
        REPEAT_PENALTY,
        "How much less likely a pitched track is to repeat its last chord or note, in nats: 1 "
        "repeats as often as real music, 0 as often as the model would. The penalty fades out "
        "between temperatures 0.5 and 1.",
        group="sampling",
    )
    seed: int | None = flag(
        None,
        "Seed of all random numbers: the same seed gives the same music. Without it, a seed is "
        "drawn and printed.",
        group="sampling",
    )
    instruments: str = flag(
        "",
        f"The only instruments that play, one track each: {_NAMES}, such as drums,finger bass.",
        group="instrument",
    )
    require: str = flag(
        "", "Instruments that play in every measure, named as in --instruments.", group="instrument"
    )
    forbid: str = flag(
        "", "Instruments that never play, named as in --instruments.", group="instrument"
    )
    more: str = flag(
        "",
        "Attributes to move along, in standard deviations, such as density=1.5,pitch=-1. The model "
        "must have learnt them (gm-vae attributes).",
        group="attribute",
    )
    add: str = flag(
        "",
        "Attributes to move towards, such as strings,drums. Unlike --require, this does not "
        "guarantee an instrument; related instruments tend to appear too.",
        group="attribute",
    )
    remove: str = flag("", "Attributes to move away from, such as drums.", group="attribute")


def chords_flag(more: str = "", required: bool = False) -> Any:
    """--chords; `more` describes how they are used."""
    return flag(
        None,
        "Chords, one per measure, separated by spaces; several per measure as C|G or C|C|F|G, or "
        "between bar lines: | C | Am F | % |. " + more,
        required=required,
    )


@dataclasses.dataclass(frozen=True)
class VoicingArguments(Arguments):
    """How typed chords are played."""

    voice_chords: bool = flag(
        True,
        "Move notes to the tones that a chord has beyond its triad (sevenths, sixths, suspensions, "
        "the bass after a slash). The model itself hears triads only.",
    )


@dataclasses.dataclass(frozen=True)
class ChordArguments(VoicingArguments):
    """Which chords."""

    chords: str | None = chords_flag()
    strict: bool = flag(
        False, "Refuse chords without a triad (sus, power) instead of playing the nearest triad."
    )


@dataclasses.dataclass(frozen=True)
class PhraseArguments(Arguments):
    """How bars follow each other."""

    vary: float = flag(
        VARIATION,
        "Share of the pitched instruments that change a little when a chord returns; 0 repeats "
        "the bar note for note.",
        least=0.0,
        most=1.0,
    )
    fills: bool = flag(True, "End every fourth bar with a drum fill.")

    @property
    def phrasing(self) -> dict[str, Any]:
        """The keywords of `operations.progression`."""
        return {"vary": self.vary, "fills": self.fills}


def measure_flag(several: str = "") -> Any:
    """--measure; `several` describes the use of more than one measure."""
    return flag(
        (),
        f"Number of a bar in that file, as gm-vae explain counts{several}. Without it, the first "
        "bar that fits the model.",
        group="style",
    )


def midi_flag(required: bool = False) -> Any:
    """--midi."""
    return flag(
        None,
        "File to take measures from: a MIDI file, a .json of tokens, or points written by gm-vae "
        "encode.",
        required=required,
        group="style",
    )


@dataclasses.dataclass(frozen=True)
class SourceArguments(Arguments):
    """Which of the user's measures to start from."""

    midi: str | None = midi_flag()
    measure: tuple[str, ...] = measure_flag()


@dataclasses.dataclass(frozen=True)
class CountArguments(Arguments):
    """How many measures."""

    count: int = flag(8, "Number of measures.", least=1, most=MOST_MEASURES)
