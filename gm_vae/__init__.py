"""GM-VAE: measures of General MIDI music as points of a latent space.

    import gm_vae
    model = gm_vae.load()  # the bundled one; or a run, a checkpoint folder, an address
    point = model.sample_points(1, seed=1)[0]
    arrangement = gm_vae.progression(model, point, ["C", "Am", "F", "G"], seed=1)
    gm_vae.write_midi(arrangement, "first.mid")

    measures, rejected = gm_vae.measures_from_midi("song.mid")
    mu, sigma = model.encode(measures)

Importing the package imports neither TensorFlow nor Beam: names load what they need on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from gm_vae.version import __version__

if TYPE_CHECKING:
    from gm_vae.generate import attributes, operations, points
    from gm_vae.generate.audio import write_wav
    from gm_vae.generate.gmvae import GMVAE
    from gm_vae.generate.instruments import Instruments
    from gm_vae.generate.loading import load
    from gm_vae.generate.midi_writer import write_midi
    from gm_vae.generate.operations import (
        grid,
        morph,
        progression,
        reconstruct,
        reroll,
        sample,
        vary,
    )
    from gm_vae.generate.piano_roll import draw_piano_roll
    from gm_vae.music.measure import Measure
    from gm_vae.music.measure_format import MeasureFormat
    from gm_vae.music.measures import RejectReason, measures_from_midi
    from gm_vae.music.midi_file import MidiError
    from gm_vae.music.note_sequences import from_note_sequence, to_note_sequence
    from gm_vae.music.token_json import read_tokens, write_tokens

_MODULES = {"attributes": "gm_vae.generate", "operations": "gm_vae.generate",
            "points": "gm_vae.generate"}  # fmt: skip

_HOME = {
    "GMVAE": "gm_vae.generate.gmvae",
    "draw_piano_roll": "gm_vae.generate.piano_roll",
    "Instruments": "gm_vae.generate.instruments",
    "grid": "gm_vae.generate.operations",
    "load": "gm_vae.generate.loading",
    "morph": "gm_vae.generate.operations",
    "progression": "gm_vae.generate.operations",
    "reconstruct": "gm_vae.generate.operations",
    "reroll": "gm_vae.generate.operations",
    "sample": "gm_vae.generate.operations",
    "vary": "gm_vae.generate.operations",
    "Measure": "gm_vae.music.measure",
    "MeasureFormat": "gm_vae.music.measure_format",
    "MidiError": "gm_vae.music.midi_file",
    "RejectReason": "gm_vae.music.measures",
    "measures_from_midi": "gm_vae.music.measures",
    "from_note_sequence": "gm_vae.music.note_sequences",
    "read_tokens": "gm_vae.music.token_json",
    "to_note_sequence": "gm_vae.music.note_sequences",
    "write_midi": "gm_vae.generate.midi_writer",
    "write_tokens": "gm_vae.music.token_json",
    "write_wav": "gm_vae.generate.audio",
}

__all__ = [
    "GMVAE",
    "Instruments",
    "Measure",
    "MeasureFormat",
    "MidiError",
    "RejectReason",
    "__version__",
    "attributes",
    "draw_piano_roll",
    "from_note_sequence",
    "grid",
    "load",
    "measures_from_midi",
    "morph",
    "operations",
    "points",
    "progression",
    "read_tokens",
    "reconstruct",
    "reroll",
    "sample",
    "to_note_sequence",
    "vary",
    "write_midi",
    "write_tokens",
    "write_wav",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"{_MODULES[name]}.{name}")
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'gm_vae' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
