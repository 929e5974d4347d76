"""GM-VAE: a latent space of General MIDI measures.

A measure is one bar of up to eight instruments (`Measure`). A model encodes measures to points,
vectors of the latent space, and decodes points to measures under any chords.

Load a model, and draw points of the latent space, each a style:

    import gm_vae
    model = gm_vae.load()              # the bundled model; or a run, a checkpoint, an address
    start, end = model.sample_points(2, seed=1)                         # float32 [2, Z]

Make music. Each operation returns a list of measures; the same seed gives the same music:

    music = gm_vae.progression(model, start, ["C", "Am", "F|G", "C"], seed=1)  # one style
    music = gm_vae.morph(model, start, end, ["Dm", "F"], count=16, seed=1)     # from one to another
    music = gm_vae.sample(model, 8, "C", seed=1)                               # eight styles
    rows = gm_vae.grid(model, model.sample_points(4), 4, 4, "C")               # between four styles
    form = gm_vae.read_form("A A B A", "A: C G Am F; B: F G Em Am")
    music = gm_vae.song(model, form, start, seed=1)                            # a `Song`

The model hears the triad of a chord. Move its notes to the chords that you mean:

    chords = ["Cmaj7", "Am7", "Fsus2", "G7/B"]
    music = gm_vae.voiced(gm_vae.progression(model, start, chords, seed=1), chords)

Choose instruments, and how adventurous the decoding is:

    band = gm_vae.Instruments.named(require="drums,finger bass", forbid="piano")
    music = gm_vae.progression(model, start, ["C", "F"], instruments=band, temperature=0.8)

Start from music of your own: a path, an open file or bytes of a MIDI file, or an object of
pretty_midi, symusic, muspy, mido, miditoolkit or note_seq:

    measures, rejected = gm_vae.measures_from_midi("song.mid")
    mu, sigma = model.encode(measures)                                  # float32 [B, Z] each
    music = gm_vae.reconstruct(model, measures)                         # encoded and decoded
    music = gm_vae.vary(model, measures[0], count=8, similarity=0.8)    # measures like this one
    music = gm_vae.reroll(model, measures[0], "drums,bass")             # new drums and bass
    music = gm_vae.progression(model, mu[0], ["C", "Am"])               # its style, other chords
    points = gm_vae.points.interpolate(mu[0], mu[1], 5)                 # float32 [5, Z]
    music = model.decode(points, "C", temperature=0.5, seed=1)

Move along attributes, such as density or strings, that a model has learnt:

    known = gm_vae.attributes.Attributes.of(model, "small")
    music = model.decode(known.move(points, {"density": 1.5, "strings": 1}), "C")

Write it; in a notebook, `gm_vae.Song(music)` shows a piano roll and an audio player:

    gm_vae.write_midi(music, "song.mid", qpm=100)
    gm_vae.draw_piano_roll(music, "song.png")
    gm_vae.write_wav(music, "song.wav")                                 # needs FluidSynth
    gm_vae.write_tokens(music, "song.json")
    sequence = gm_vae.to_note_sequence(music)                           # for Magenta's tools

Wrong values raise `gm_vae.errors.UserError`, whose message says what to do.

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
    from gm_vae.generate.song import Song, read_form, song
    from gm_vae.music.measure import Measure
    from gm_vae.music.measure_format import MeasureFormat
    from gm_vae.music.measures import RejectReason, measures_from_midi
    from gm_vae.music.midi_file import MidiError
    from gm_vae.music.note_sequences import from_note_sequence, to_note_sequence
    from gm_vae.music.token_json import read_tokens, write_tokens
    from gm_vae.music.voicing import voiced

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
    "Song": "gm_vae.generate.song",
    "read_form": "gm_vae.generate.song",
    "song": "gm_vae.generate.song",
    "Measure": "gm_vae.music.measure",
    "MeasureFormat": "gm_vae.music.measure_format",
    "MidiError": "gm_vae.music.midi_file",
    "RejectReason": "gm_vae.music.measures",
    "measures_from_midi": "gm_vae.music.measures",
    "from_note_sequence": "gm_vae.music.note_sequences",
    "read_tokens": "gm_vae.music.token_json",
    "to_note_sequence": "gm_vae.music.note_sequences",
    "voiced": "gm_vae.music.voicing",
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
    "Song",
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
    "read_form",
    "read_tokens",
    "reconstruct",
    "reroll",
    "sample",
    "song",
    "to_note_sequence",
    "vary",
    "voiced",
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
