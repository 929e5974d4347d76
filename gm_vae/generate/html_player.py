"""Music in a notebook: a piano roll, an audio player, and the MIDI file to download."""

from __future__ import annotations

import base64
import html
import io
import wave
from collections.abc import Sequence

import numpy as np

from gm_vae.errors import UserError
from gm_vae.generate.audio import SAMPLE_RATE, render
from gm_vae.generate.midi_writer import Sections, midi_file
from gm_vae.music.arrangement import Arrangement
from gm_vae.music.measure import Measure

MOST_SECONDS = 180.0  # of sound in a page: about 11 MB
_EVERY = 2  # keep every second sample, in one channel, so that a page stays small


def html_player(measures: Sequence[Measure], qpm: float = 120.0, sections: Sections = ()) -> str:
    """Inline markup: a piano roll, a player if FluidSynth is installed, and a link to the MIDI.

    Music of more than `MOST_SECONDS` has no player.

    Raises UsageError if there are no measures, formats differ, or `qpm` cannot be a tempo.
    """
    piece = Arrangement.from_measures(measures)
    midi = io.BytesIO()
    midi_file(piece, qpm, sections=sections).save(file=midi)
    seconds = piece.total_steps * 60 / (qpm * piece.fmt.steps_per_quarter)
    link = f'<a download="music.mid" href="{_data("audio/midi", midi.getvalue())}">music.mid</a>'
    return f"<div>{piece.svg()}{_player(measures, qpm, seconds)} {link}</div>"


def _player(measures: Sequence[Measure], qpm: float, seconds: float) -> str:
    if seconds > MOST_SECONDS:
        return _note(f"Music of over {MOST_SECONDS:.0f} seconds has no player here.")
    try:
        samples = render(measures, qpm)
    except UserError as error:
        return _note(str(error))
    return f'<audio controls preload="metadata" src="{_data("audio/wav", _wav(samples))}"></audio>'


def _wav(samples: np.ndarray) -> bytes:
    """A small WAV file, mono, of samples [N, 2] within int16."""
    pairs = samples[: len(samples) // _EVERY * _EVERY].reshape(-1, _EVERY * 2)
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, SAMPLE_RATE // _EVERY, len(pairs), "NONE", ""))
        writer.writeframes(np.round(pairs.mean(1)).astype("<i2").tobytes())
    return file.getvalue()


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _note(text: str) -> str:
    return f'<span style="font:12px sans-serif;color:#666">{html.escape(text)}</span>'
