"""The format of measures: limits that a dataset passes on to the checkpoint."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.json_values import WrongValue, brief, shown

_BOUNDS = {  # ranges of fields other than 1 to `_MOST`
    "beats_per_bar": (1, 255),  # a byte of a MIDI file
    "max_tracks": (1, 255),  # rows are counted in bytes
    "max_track_length": (8, 1024),
    "min_pitch": (0, 127),
    "max_pitch": (0, 127),
}
_MOST = _MOST_STEPS = 32_767  # steps in a measure: times within it are int16


@dataclasses.dataclass(frozen=True)
class MeasureFormat:
    """Limits and resolution of a measure. A dataset, a model and a checkpoint carry one each.

    The defaults are the published representation; every other value makes a format of its own,
    and models and data of different formats do not mix (`require_equal`).

    Attributes:
        beats_per_bar: numerator of the meter. A simple meter includes others of the same length, as
            4/4 includes 2/2 and 8/8; compound meters (6, 9, 12, ... beats) do not, so 3/4 and 6/8
            are different although they are equally long.
        beat_unit: denominator of the meter (4 is a quarter note).
        steps_per_quarter: quantisation: steps per quarter note; 24 gives 96 steps per 4/4 measure.
        max_tracks: largest number of tracks (T) per measure, up to 255.
        max_track_length: largest number of tokens (E) per track, 8 to 1024: program, events, end.
        min_instruments: smallest number of instruments; measures with fewer are rejected.
        max_instruments: largest number of instruments, up to `max_tracks`; measures with more are
            rejected.
        min_events: smallest number of events over all tracks; measures with fewer are rejected.
        velocity_bins: number of loudness levels; bin = 1 + (velocity - 1) // (128 / bins).
        chords_per_measure: evenly spaced chord labels per measure; must divide its steps.
        min_pitch: lowest pitch, drums excepted. Measures with a lower note are rejected;
            transposition and decoding stay in the range. The vocabulary has all 128 pitches anyway.
        max_pitch: highest pitch, drums excepted; see `min_pitch`.
    """

    beats_per_bar: int = 4
    beat_unit: int = 4
    steps_per_quarter: int = 24
    max_tracks: int = 8
    max_track_length: int = 64
    min_instruments: int = 2
    max_instruments: int = 8
    min_events: int = 8
    velocity_bins: int = 8
    chords_per_measure: int = 2
    min_pitch: int = 0
    max_pitch: int = 127

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            least, most = _BOUNDS.get(field.name, (1, _MOST))
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise UsageError(
                    f"MeasureFormat.{field.name} is {shown(value)}; give a whole number, {least} "
                    f"to {most}."
                )
        if self.beat_unit & (self.beat_unit - 1):
            raise UsageError(
                f"{self.meter} is not a meter of MIDI files; give beats of 1, 2, 4, 8, ... to a "
                "whole note."
            )
        if self.steps_per_quarter * 4 * self.beats_per_bar % self.beat_unit:
            raise UsageError(
                f"A {self.meter} measure is not a whole number of steps at "
                f"{self.steps_per_quarter} steps per quarter; choose a multiple of "
                f"{self.beat_unit}."
            )
        if self.steps_per_measure > _MOST_STEPS:
            raise UsageError(
                f"A {self.meter} measure has {self.steps_per_measure:,} steps at "
                f"{self.steps_per_quarter} steps per quarter and may have {_MOST_STEPS:,}; choose "
                "fewer steps per quarter."
            )
        if self.steps_per_measure % self.chords_per_measure:
            raise UsageError(
                f"chords_per_measure={self.chords_per_measure} does not divide the "
                f"{self.steps_per_measure} steps of a {self.meter} measure; choose a divisor, "
                "such as 1."
            )
        if self.max_instruments > self.max_tracks or self.min_instruments > self.max_instruments:
            raise UsageError(
                "MeasureFormat needs min_instruments <= max_instruments <= max_tracks; got "
                f"{self.min_instruments}, {self.max_instruments}, {self.max_tracks}."
            )
        if self.min_pitch > self.max_pitch:
            raise UsageError(
                f"MeasureFormat needs min_pitch <= max_pitch; got {self.min_pitch}, "
                f"{self.max_pitch}."
            )
        if 128 % self.velocity_bins:
            raise UsageError(
                f"velocity_bins={self.velocity_bins} does not divide 128; use 1, 2, 4, ... 128."
            )

    @property
    def meter(self) -> str:
        """The meter in the usual notation: "4/4"."""
        return f"{self.beats_per_bar}/{self.beat_unit}"

    def counts(self, beats: int, beat_unit: int) -> bool:
        """Whether bars of a time signature may be measures of this format; see `beats_per_bar`."""
        if (beats, beat_unit) == (self.beats_per_bar, self.beat_unit):
            return True
        compound = any(count > 3 and count % 3 == 0 for count in (beats, self.beats_per_bar))
        return not compound and beats * self.beat_unit == self.beats_per_bar * beat_unit

    @functools.cached_property
    def steps_per_measure(self) -> int:
        """Steps in a measure: 96 by default."""
        return self.beats_per_bar * self.steps_per_quarter * 4 // self.beat_unit

    @property
    def steps_per_beat(self) -> float:
        """Steps in a beat: 24 by default; not always whole, but exact."""
        return self.steps_per_quarter * 4 / self.beat_unit

    @property
    def steps_per_chord(self) -> int:
        """Steps from one chord label to the next: 48 by default."""
        return self.steps_per_measure // self.chords_per_measure

    @property
    def max_events(self) -> int:
        """Events in a track, program and end not counted: 62 by default."""
        return self.max_track_length - 2

    @property
    def length_dtype(self) -> np.dtype:
        """The dtype of track lengths, in memory and on disk: uint8, or uint16 little-endian."""
        return np.dtype(np.uint8 if self.max_track_length <= 255 else "<u2")

    @property
    def flags(self) -> str:
        """The flags that `gm-vae explain` and `preprocess` need for it; "" for the default."""
        default = MeasureFormat().to_dict()
        return " ".join(
            f"--{name}={value}" for name, value in self.to_dict().items() if value != default[name]
        )

    def to_dict(self) -> dict[str, int]:
        """The fields as JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> MeasureFormat:
        """The inverse of `to_dict`; a field that an older version did not have gets its default.

        Raises UsageError for a field that is unknown or out of bounds, WrongValue unless it is an
        object.
        """
        require_known_fields(cls, values, "measure format")
        return cls(**values)

    def differences(self, other: MeasureFormat) -> str:
        """The differing fields: "beats_per_bar 4 against 3; min_events 8 against 1", or ""."""
        theirs = other.to_dict()
        return "; ".join(
            f"{name} {value} against {theirs[name]}"
            for name, value in self.to_dict().items()
            if value != theirs[name]
        )

    def require_equal(self, other: MeasureFormat, this: str, that: str) -> None:
        """Raise UsageError, naming the differing fields, unless both formats are the same."""
        if self != other:
            raise UsageError(
                f"{this} and {that} have different measure formats ({self.differences(other)}); "
                "preprocess the data again with the model's format or train a new model."
            )


def require_known_fields(cls: type, values: dict[str, Any], what: str) -> None:
    """Raise UsageError if `values` names a field that the dataclass `cls` does not have.

    Raises WrongValue if it is not an object.
    """
    if not isinstance(values, dict):
        raise WrongValue("is not an object")
    unknown = sorted(set(values) - {field.name for field in dataclasses.fields(cls)})
    if unknown:
        raise UsageError(
            f"The {what} has unknown fields {', '.join(map(brief, unknown[:5]))}; "
            "it was probably written by a newer gm-vae: upgrade the package."
        )
