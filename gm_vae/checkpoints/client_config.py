"""The `config.json` from which the browser client learns how to read a checkpoint."""

from __future__ import annotations

import math
from typing import Any

from gm_vae.errors import UserError
from gm_vae.json_values import WrongValue
from gm_vae.music.measure_format import MeasureFormat

CONFIG = "config.json"

_FORMAT = "measureFormat"  # our field, which the client ignores
_KINDS = {
    "MelodyConverter": "a melody model",
    "DrumsConverter": "a drums model",
    "DrumRollConverter": "a drums model",
    "DrumsOneHotConverter": "a drums model",
    "TrioConverter": "a trio model (melody, bass and drums)",
    "TrioRhythmConverter": "a trio model (melody, bass and drums)",
    "GrooveConverter": "a groove model",
    "GrooveConverterTapify": "a groove model",
}
_OPTIONS = ("conditionOnKey", "extraControls", "useBooleanDecoder")


def client_config(fmt: MeasureFormat, chords: bool) -> dict[str, Any]:
    """The client's config.json for a model of this measure format.

    The client plays any format, but has no range of pitches. Its own fields do not distinguish 6/8
    from 3/4, for example; so a format other than the published one gets an additional field.
    """
    config: dict[str, Any] = {
        "type": "MusicVAE",
        "dataConverter": {
            "type": "MultitrackConverter",
            "args": {
                "numSteps": fmt.max_tracks * fmt.max_track_length,
                "numSegments": fmt.max_tracks,
                "stepsPerQuarter": fmt.steps_per_quarter,
                "totalSteps": fmt.steps_per_measure,
                "numVelocityBins": fmt.velocity_bins,
            },
        },
    }
    if chords:
        config["chordEncoder"] = "TriadChordEncoder"
    if fmt != MeasureFormat():
        config[_FORMAT] = fmt.to_dict()
    return config


def read_client_config(config: Any, where: str = CONFIG) -> tuple[MeasureFormat, bool]:
    """The measure format and whether there are chords; the inverse of `client_config`.

    Values that an external config.json lacks are as published: the least instruments and events,
    two chord labels per measure, and a meter in quarters where the steps allow it. `where` is the
    file, for messages.

    Raises:
        UserError: it is the config.json of another kind of model, or damaged.
    """
    try:
        kind, converter = config["type"], config["dataConverter"]["type"]
        args = dict(config["dataConverter"].get("args") or {})
        encoder = config.get("chordEncoder")
        unknown = [name for name in _OPTIONS if config.get(name)]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UserError(
            f"{where} is not the configuration of a MusicVAE model; copy the checkpoint again."
        ) from error
    if (kind, converter) != ("MusicVAE", "MultitrackConverter"):
        known = _KINDS.get(str(converter), "another kind of model")
        raise UserError(
            f"{where} describes {known} ({str(kind)[:40]} with a {str(converter)[:40]}); gm-vae "
            "reads multitrack models (MusicVAE with a MultitrackConverter)."
        )
    if encoder not in (None, "TriadChordEncoder"):
        unknown.append(encoder)
    if unknown:
        raise UserError(
            f"{where} asks for {str(unknown[0])[:40]}, which gm-vae does not know; "
            "take a checkpoint with a TriadChordEncoder or without chords."
        )
    names = ("numSteps", "numSegments", "stepsPerQuarter", "totalSteps", "numVelocityBins")
    given = [args.get(name) for name in names]
    values = [value for value in given if type(value) is int and 1 <= value <= 1 << 20]
    if len(values) < len(names):
        raise UserError(f"{where} lacks one of {', '.join(names)}; copy the checkpoint again.")
    if args.get("minPitch", 0) != 0 or args.get("maxPitch", 127) != 127:
        raise UserError(
            f"{where} narrows the range of pitches, which gm-vae does not support; take another "
            "checkpoint."
        )
    if _FORMAT in config:
        return _own_format(config[_FORMAT], values, where), encoder is not None
    rows, tracks, steps_per_quarter, steps, velocity_bins = values
    # The least beat unit from quarters up in which the measure is a whole number of beats.
    beat_unit = 4 * steps_per_quarter // math.gcd(steps, steps_per_quarter)
    if rows % tracks:
        raise UserError(f"{where} has {rows} rows for {tracks} tracks; copy the checkpoint again.")
    return MeasureFormat(
        beats_per_bar=steps * beat_unit // (4 * steps_per_quarter),
        beat_unit=beat_unit,
        steps_per_quarter=steps_per_quarter,
        max_tracks=tracks,
        max_track_length=rows // tracks,
        min_instruments=min(MeasureFormat.min_instruments, tracks),
        max_instruments=min(MeasureFormat.max_instruments, tracks),
        velocity_bins=velocity_bins,
        chords_per_measure=math.gcd(MeasureFormat.chords_per_measure, steps),
    ), encoder is not None


def _own_format(field: Any, values: list[int], where: str) -> MeasureFormat:
    """The format in our own field, which must agree with the client's fields."""
    try:
        fmt = MeasureFormat.from_dict(field)
    except WrongValue:
        raise UserError(f"{where} has a damaged {_FORMAT}; copy the checkpoint again.") from None
    args = client_config(fmt, chords=False)["dataConverter"]["args"]
    if list(args.values()) != values:
        raise UserError(
            f"{where} contradicts itself: {_FORMAT} differs from the other fields; copy the "
            "checkpoint again."
        )
    return fmt
