"""Sizes of the network, and named presets."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from gm_vae.errors import UsageError
from gm_vae.json_values import Fields, ListOf, Text, Whole, anything, boolean
from gm_vae.music.measure_format import MeasureFormat, require_known_fields


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """Determines the shapes of all weights. Saved as JSON with every checkpoint.

    Attributes:
        encoder_units: H of each direction of both encoder levels.
        decoder_units: units of each layer, the same in the conductor and the track decoder; the
            last one is the width of a track embedding.
        latent_size: Z.
        chords: whether encoder and decoder are conditioned on a chord at every event.
        fmt: the measure format of the model.
        start_units: units of the track decoder's first layer that mark the start of a track
            (`start_units.py`); 0 as in published models, 8 makes a track's first input irrelevant.
        preset: name of the preset that this is based on; it does not affect shapes.
    """

    encoder_units: int = 256
    decoder_units: tuple[int, ...] = (256, 256)
    latent_size: int = 128
    chords: bool = True
    fmt: MeasureFormat = dataclasses.field(default_factory=MeasureFormat)
    start_units: int = 0
    preset: str = "custom"

    def __post_init__(self) -> None:
        object.__setattr__(self, "decoder_units", tuple(self.decoder_units))
        if not self.decoder_units:
            raise UsageError("decoder_units is empty; give at least one layer, such as 256.")
        for name, size in (
            ("encoder_units", self.encoder_units),
            ("latent_size", self.latent_size),
            *(("decoder_units", units) for units in self.decoder_units),
        ):
            if not isinstance(size, int) or size < 1:
                raise UsageError(f"{name} is {size!r}; give a whole number of 1 or more.")
        if not 0 <= self.start_units < self.decoder_units[0]:
            raise UsageError(
                f"start_units is {self.start_units} of a decoder of {self.decoder_units[0]} units; "
                "give fewer, or 0."
            )

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values."""
        values = dataclasses.asdict(self)
        values["decoder_units"] = list(self.decoder_units)
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelConfig:
        """The inverse of `to_dict`.

        Raises UsageError for an unknown field, WrongValue for a field that is missing or has
        another type.
        """
        require_known_fields(cls, values, "model configuration")
        _RULE(values)
        return cls(**{**values, "fmt": MeasureFormat.from_dict(values["fmt"])})


_RULE = Fields(
    {"fmt": anything},  # MeasureFormat checks its own fields
    {
        "encoder_units": Whole(1, math.inf),
        "decoder_units": ListOf(Whole(1, math.inf)),
        "latent_size": Whole(1, math.inf),
        "chords": boolean,
        "start_units": Whole(0, math.inf),
        "preset": Text(),
    },
)


# The published models are med (`hier-multiperf_vel_1bar_med[_chords]`) and big; weights of these
# sizes are interchangeable with published weights. Parameter counts, with chords, are pinned by a
# test.
PRESETS = {
    # 2.0 M parameters: the demo's model, minutes on two CPU cores.
    "tiny": ModelConfig(128, (128, 128), 64, start_units=8, preset="tiny"),
    # 6.2 M parameters: trains on a CPU in hours, small enough for any web page.
    "small": ModelConfig(256, (256, 256), 128, start_units=8, preset="small"),
    # 27 M parameters: one GPU.
    "base": ModelConfig(768, (256, 256, 256), 256, start_units=8, preset="base"),
    # 56 M parameters: the published med model.
    "med": ModelConfig(1024, (512, 512, 512), 512, start_units=8, preset="med"),
    # 206 M parameters: the published big model.
    "big": ModelConfig(2048, (1024, 1024, 1024), 512, start_units=8, preset="big"),
}


def preset(name: str) -> ModelConfig:
    """The configuration of a preset. Raises UsageError for an unknown name."""
    if name not in PRESETS:
        raise UsageError(f"there is no preset {name!r}; choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]
