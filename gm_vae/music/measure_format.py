"""What a measure may hold: the limits that travel from the corpus to the checkpoint."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from gm_vae.errors import UsageError


@dataclasses.dataclass(frozen=True)
class MeasureFormat:
    """Limits and resolution of a measure. A dataset, a model and a checkpoint carry one each.

    The defaults are the published representation; every other value makes a format of its own,
    and models and data of different formats do not mix (`require_equal`).

    Attributes:
        beats_per_bar: numerator of the meter.
        beat_unit: denominator of the meter (4 = quarter).
        steps_per_quarter: quantisation; 24 gives 96 steps to a 4/4 measure.
        max_tracks: T, tracks in a measure.
        max_track_length: E, tokens in a track: program, events, end.
        min_instruments: a measure with fewer is rejected.
        max_instruments: a measure with more is rejected; at most `max_tracks`.
        min_events: a measure with fewer events over all its tracks is rejected.
        velocity_bins: loudness levels; bin = 1 + (velocity - 1) // (128 / bins).
        chords_per_measure: evenly spaced chord labels of a measure.
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

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise UsageError(
                    f"MeasureFormat.{field.name} is {value!r}; give a whole number of 1 or more."
                )
        if self.beat_unit & (self.beat_unit - 1) or self.beats_per_bar > 255:
            raise UsageError(
                f"{self.beats_per_bar}/{self.beat_unit} is no meter of a MIDI file; give up to 255 "
                "beats of 1, 2, 4, 8, ... to a whole note."
            )
        if self.steps_per_quarter * 4 * self.beats_per_bar % self.beat_unit:
            raise UsageError(
                f"A {self.beats_per_bar}/{self.beat_unit} measure is no whole number of steps at "
                f"{self.steps_per_quarter} steps a quarter; choose a multiple of {self.beat_unit}."
            )
        if self.steps_per_measure % self.chords_per_measure:
            raise UsageError(
                f"chords_per_measure={self.chords_per_measure} does not divide the "
                f"{self.steps_per_measure} steps of a measure."
            )
        if self.max_instruments > self.max_tracks or self.min_instruments > self.max_instruments:
            raise UsageError(
                "MeasureFormat needs min_instruments <= max_instruments <= max_tracks; got "
                f"{self.min_instruments}, {self.max_instruments}, {self.max_tracks}."
            )
        if 128 % self.velocity_bins:
            raise UsageError(
                f"velocity_bins={self.velocity_bins} does not divide 128; use 1, 2, 4, ... 128."
            )
        if not 8 <= self.max_track_length <= 255:
            raise UsageError(
                f"max_track_length={self.max_track_length} is outside 8..255 (lengths are bytes)."
            )

    @functools.cached_property
    def steps_per_measure(self) -> int:
        """Steps in a measure: 96 by default."""
        return self.beats_per_bar * self.steps_per_quarter * 4 // self.beat_unit

    @property
    def steps_per_chord(self) -> int:
        """Steps from one chord label to the next: 48 by default."""
        return self.steps_per_measure // self.chords_per_measure

    @property
    def max_events(self) -> int:
        """Events in a track, program and end not counted: 62 by default."""
        return self.max_track_length - 2

    def to_dict(self) -> dict[str, int]:
        """The fields as JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> MeasureFormat:
        """The inverse of `to_dict`. Raises UsageError for a field this version does not know."""
        require_known_fields(cls, values, "measure format")
        return cls(**values)

    def require_equal(self, other: MeasureFormat, this: str, that: str) -> None:
        """Raise UsageError, naming the differing fields, unless both formats are the same."""
        mine, theirs = self.to_dict(), other.to_dict()
        differing = [
            f"{name} {mine[name]} against {theirs[name]}"
            for name in mine
            if mine[name] != theirs[name]
        ]
        if differing:
            raise UsageError(
                f"{this} and {that} have different measure formats ({'; '.join(differing)}); "
                "preprocess the data again with the model's format or train a new model."
            )


def require_known_fields(cls: type, values: dict[str, Any], what: str) -> None:
    """Raise UsageError if `values` names a field that the dataclass `cls` does not have."""
    unknown = sorted(set(values) - {field.name for field in dataclasses.fields(cls)})
    if unknown:
        raise UsageError(
            f"The {what} has unknown fields {', '.join(unknown)}; "
            "it was probably written by a newer gm-vae: upgrade the package."
        )
