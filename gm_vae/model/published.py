"""The names of weights in published checkpoints, and network sizes from their shapes."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gm_vae.errors import UserError
from gm_vae.model.config import ModelConfig
from gm_vae.music.chords import NUM_CHORDS
from gm_vae.music.vocabulary import vocabulary

FORGET_BIAS = 1.0  # of every LSTM cell, added at run time and never stored

MU = "encoder/mu"
SIGMA = "encoder/sigma"  # the only layer that browsers do not use
CONDUCTOR_STATE = "decoder/hierarchical_level_0/initial_state"
DECODER_STATE = "core_decoder/decoder/z_to_initial_state"
OUTPUT = "core_decoder/decoder/output_projection"

# Other checkpoints of the same family, by a variable that our models never have.
_OTHERS = (
    (
        r"(core_decoder/)?core_decoder_\d+/",
        "a trio MusicVAE (melody, bass and drums: hierdec-trio)",
    ),
    (r".*/nade/|nade/", "a drums MusicVAE (nade-drums)"),
    (r"control_preprocessing/", "a MusicVAE with preprocessed controls"),
    (r"encoder/cell_\d+/|decoder/multi_rnn_cell/", "a MusicVAE of one instrument"),
    (r"rnn/", "a MusicRNN"),
)
# Other checkpoints by vocabulary size.
_BY_TOKENS: dict[tuple[int, ...], str] = {
    (90,): "a melody MusicVAE (cat-mel, flat-mel or hierdec-mel)",
    (512,): "a drums MusicVAE (cat-drums)",
    (27,): "a groove MusicVAE (groovae)",
}


def encoder_cell(level: int, direction: str) -> str:
    """Name of an encoder cell: level 0 reads a track, 1 the tracks; direction "fw" or "bw"."""
    return (
        f"encoder/hierarchical_level_{level}/cell_0/bidirectional_rnn/{direction}"
        "/multi_rnn_cell/cell_0/lstm_cell"
    )


def conductor_cell(layer: int) -> str:
    """Name of a conductor cell (published without `multi_rnn_cell`)."""
    return f"decoder/hierarchical_level_0/cell_{layer}/lstm_cell"


def decoder_cell(layer: int) -> str:
    """Name of a cell of the track decoder."""
    return f"core_decoder/decoder/multi_rnn_cell/cell_{layer}/lstm_cell"


@dataclasses.dataclass(frozen=True)
class NetworkSizes:
    """The sizes of a network, from the shapes of a checkpoint.

    Attributes:
        encoder_units: H of each direction of both encoder levels.
        decoder_units: units of each layer, the same in the conductor and the track decoder.
        latent_size: Z.
        vocabulary_size: V.
        chords: whether encoder and decoder are conditioned on a chord at every event.
        has_sigma: whether it has `encoder/sigma`; browser checkpoints lack it.
    """

    encoder_units: int
    decoder_units: tuple[int, ...]
    latent_size: int
    vocabulary_size: int
    chords: bool
    has_sigma: bool

    @classmethod
    def of(cls, config: ModelConfig) -> NetworkSizes:
        """The sizes of a complete network of this configuration."""
        return cls(
            config.encoder_units,
            config.decoder_units,
            config.latent_size,
            vocabulary(config.fmt).size,
            config.chords,
            has_sigma=True,
        )

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name -> shape of every variable."""
        encoder, decoder = self.encoder_units, self.decoder_units
        tokens, controls = self.vocabulary_size, NUM_CHORDS if self.chords else 0
        kernels = {
            MU: (2 * encoder, self.latent_size),
            CONDUCTOR_STATE: (self.latent_size, 2 * sum(decoder)),
            DECODER_STATE: (decoder[-1], 2 * sum(decoder)),
            OUTPUT: (decoder[-1], tokens),
        }
        if self.has_sigma:
            kernels[SIGMA] = kernels[MU]
        for direction in ("fw", "bw"):
            for level, inputs in enumerate((tokens + controls, 2 * encoder)):
                kernels[encoder_cell(level, direction)] = (inputs + encoder, 4 * encoder)
        below = (None, *decoder[:-1])
        for layer, (lower, units) in enumerate(zip(below, decoder, strict=True)):
            conducted = lower or 1  # a zero of width 1
            decoded = lower or tokens + decoder[-1] + controls
            kernels[conductor_cell(layer)] = (conducted + units, 4 * units)
            kernels[decoder_cell(layer)] = (decoded + units, 4 * units)
        shapes: dict[str, tuple[int, ...]] = {}
        for layer_name, (rows, columns) in kernels.items():
            shapes[f"{layer_name}/kernel"] = (rows, columns)
            shapes[f"{layer_name}/bias"] = (columns,)
        return shapes


def sizes_from_shapes(shapes: Mapping[str, tuple[int, ...]]) -> NetworkSizes:
    """The sizes of the network whose variables, by published name, have these shapes.

    Raises:
        UserError: they belong to another kind of model, or some are missing, superfluous, or of an
            inconsistent shape.
    """
    _refuse_others(shapes)
    encoder_units = _width(shapes, encoder_cell(0, "fw")) // 4
    layers = 0
    while f"{decoder_cell(layers)}/bias" in shapes:
        layers += 1
    vocabulary_size = _width(shapes, OUTPUT)
    reader = shapes.get(f"{encoder_cell(0, 'fw')}/kernel")
    controls = 0
    if reader is not None and len(reader) == 2:  # if not, the comparison below reports it
        controls = reader[0] - vocabulary_size - encoder_units
    if controls not in (0, NUM_CHORDS):
        raise UserError(
            f"the checkpoint reads {controls} numbers beside each token where a chord has "
            f"{NUM_CHORDS}: it was trained with controls that gm-vae does not know; take one with "
            "triad chords or without chords."
        )
    sizes = NetworkSizes(
        encoder_units=encoder_units,
        decoder_units=tuple(
            _width(shapes, decoder_cell(layer)) // 4 for layer in range(max(layers, 1))
        ),
        latent_size=_width(shapes, MU),
        vocabulary_size=vocabulary_size,
        chords=controls == NUM_CHORDS,
        has_sigma=f"{SIGMA}/kernel" in shapes,
    )
    expected = sizes.shapes()
    missing, unknown = sorted(set(expected) - set(shapes)), sorted(set(shapes) - set(expected))
    if missing:
        raise _incomplete(missing)
    if unknown:
        raise UserError(
            f"the checkpoint holds {unknown[0]!r}, which the multitrack network has no place for; "
            "take a checkpoint of a multitrack model (hier-multiperf_vel_1bar)."
        )
    for name, shape in expected.items():
        if tuple(shapes[name]) != shape:
            raise UserError(
                f"{name} has the shape {tuple(shapes[name])}, where the rest of the "
                f"checkpoint asks for {shape}; it is damaged or of another model: copy it again."
            )
    return sizes


def require_weights(weights: Mapping[str, Any], expected: Mapping[str, Sequence[int]]) -> None:
    """Raise UserError unless `weights` has each name of `expected`, its shape, finite numbers."""
    missing = sorted(set(expected) - set(weights))
    if missing:
        raise UserError(
            f"the checkpoint lacks {len(missing)} variables of this model, first {missing[0]}; "
            "it belongs to another model or is damaged."
        )
    for name, shape in expected.items():
        if tuple(weights[name].shape) != tuple(shape):
            raise UserError(
                f"{name} has shape {tuple(weights[name].shape)} in the checkpoint and "
                f"{tuple(shape)} in the model; choose the preset it was trained with."
            )
        with np.errstate(over="ignore"):
            finite = np.isfinite(np.asarray(weights[name], np.float32)).all()
        if not finite:
            raise UserError(
                f"{name} holds NaN or infinity: the training of this model diverged, or its file "
                "is damaged; take another checkpoint."
            )


def _refuse_others(shapes: Mapping[str, tuple[int, ...]]) -> None:
    for pattern, kind in _OTHERS:
        if any(re.match(pattern, name) for name in shapes):
            for layer in (OUTPUT, "decoder/output_projection"):
                kind = _BY_TOKENS.get(shapes.get(f"{layer}/bias", ()), kind)
            raise UserError(
                f"this is a checkpoint of {kind}, not of the multitrack model; gm-vae reads "
                "hier-multiperf_vel_1bar checkpoints, with and without chords."
            )


def _width(shapes: Mapping[str, tuple[int, ...]], layer: str) -> int:
    bias = shapes.get(f"{layer}/bias")
    if bias is None:
        raise _incomplete([f"{layer}/bias"])
    if len(bias) != 1:
        raise UserError(f"{layer}/bias has the shape {tuple(bias)}; copy the checkpoint again.")
    return bias[0]


def _incomplete(missing: list[str]) -> UserError:
    return UserError(
        f"the checkpoint lacks {missing[0]!r}, which every multitrack model has; copy it again, or "
        "take a checkpoint of a multitrack model (hier-multiperf_vel_1bar)."
    )
