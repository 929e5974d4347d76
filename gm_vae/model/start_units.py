"""Units that mark the start of a track for the track decoder, without a special token.

The first input of a track in magenta.js is the last token that it sampled for the previous track;
in training it was zeros. With start units this input has no effect, by construction and in any
client: some units of the decoder's first layer begin a track with h near 1 and are 0 from the next
step on. While they are 1, they close the layer's input gates and open its forget and output gates.
So the first step of the layer passes its initial state on, whatever the input.

They are ordinary weights, some of which are fixed: a start unit's own gates and cell have no inputs
(so its h is 0 after the first step), its initial h is tanh(3), and its row of the state kernel is
negative on input gates and positive on forget and output gates of the other units.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gm_vae.model import published
from gm_vae.model.config import ModelConfig

_HOLD = 24.0  # of all rows: sigmoids are 0 or 1 in float32 if other contributions are at most 8
_INITIAL = 3.0  # tanh of it is 0.995


def fixed_weights(
    config: ModelConfig, shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The weights that start units fix: published name -> (bool mask, float32 values).

    Where the mask is True the weight has the value, and training does not change it. `shapes` are
    the shapes of all weights by published name.
    """
    count, units = config.start_units, config.decoder_units[0]
    if not count:
        return {}
    start = np.arange(units) >= units - count
    gates = np.tile(start, 4)  # [4H], gates i, j, f, o
    row = np.repeat([-_HOLD, 0.0, _HOLD, _HOLD], units) / count * ~gates
    fixed = {}

    def fix(name: str, mask: np.ndarray, values: np.ndarray | float) -> None:
        mask = np.broadcast_to(mask, shapes[name])
        fixed[name] = mask, np.where(mask, values, 0).astype(np.float32)

    cell, state = published.decoder_cell(0), published.DECODER_STATE
    rows = np.arange(shapes[f"{cell}/kernel"][0]) >= shapes[f"{cell}/kernel"][0] - count
    fix(f"{cell}/kernel", rows[:, None] | gates, rows[:, None] * row)
    fix(f"{cell}/bias", gates, 0.0)
    # initial states are laid out c0, h0, c1, h1, ...
    c0 = np.arange(shapes[f"{state}/bias"][0]) - (units - count)
    is_c0, is_h0 = (c0 >= 0) & (c0 < count), (units <= c0) & (c0 < units + count)
    fix(f"{state}/kernel", is_c0 | is_h0, 0.0)
    fix(f"{state}/bias", is_c0 | is_h0, is_h0 * _INITIAL)
    return fixed
