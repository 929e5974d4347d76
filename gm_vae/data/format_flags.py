"""`MeasureFormat` as command-line flags, the same for every verb that takes them."""

from __future__ import annotations

import dataclasses

from absl import flags

from gm_vae.music.measure_format import MeasureFormat

_HELP = {
    "beats_per_bar": "Numerator of the meter; bars of another meter are rejected.",
    "beat_unit": "Denominator of the meter.",
    "steps_per_quarter": "Quantisation: steps to a quarter note.",
    "max_tracks": "Tracks that a measure has room for.",
    "max_track_length": "Tokens that a track has room for: program, events, end.",
    "min_instruments": "Measures with fewer instruments are rejected.",
    "max_instruments": "Measures with more instruments are rejected.",
    "min_events": "Measures with fewer events in all are rejected.",
    "velocity_bins": "Levels of loudness.",
    "chords_per_measure": "Chord labels of a measure, evenly spaced.",
}


def define(values: flags.FlagValues) -> None:
    """Add a flag for each field of `MeasureFormat`."""
    for field in dataclasses.fields(MeasureFormat):
        flags.DEFINE_integer(field.name, field.default, _HELP[field.name], flag_values=values)


def measure_format(values: flags.FlagValues) -> MeasureFormat:
    """The format that the flags spell. Raises UsageError for values that do not go together."""
    fields = dataclasses.fields(MeasureFormat)
    return MeasureFormat(**{field.name: values[field.name].value for field in fields})
