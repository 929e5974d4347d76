"""Pieces in the classes of other libraries -> bytes of a MIDI file.

The classes are recognised by their methods, so none of the libraries is imported here.
"""

from __future__ import annotations

import copy
import io
from typing import Any

from gm_vae.errors import UsageError


def midi_bytes_of(piece: Any) -> bytes | None:
    """The MIDI file that a library writes of its piece; None if the type of `piece` is unknown.

    Known are `symusic.Score`, `muspy.Music`, `mido.MidiFile`, `miditoolkit.MidiFile` and
    `pretty_midi.PrettyMIDI`.

    Raises UsageError if the library cannot write it.
    """
    for methods, write in _WRITERS:
        if all(hasattr(piece, method) for method in methods):
            try:
                return write(piece)
            except Exception as error:  # other libraries raise anything for odd values
                kind = f"{type(piece).__module__.partition('.')[0]}.{type(piece).__name__}"
                reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
                raise UsageError(
                    f"this {kind} cannot be written as MIDI ({reason}); check its notes and times."
                ) from None
    return None


def is_note_sequence(piece: Any) -> bool:
    """Whether a value is a `NoteSequence` proto of Magenta's libraries."""
    return getattr(getattr(piece, "DESCRIPTOR", None), "name", None) == "NoteSequence"


def _symusic(score: Any) -> bytes:
    return bytes(score.to("tick").dumps_midi())


def _muspy(music: Any) -> bytes:
    music = copy.copy(music)
    music.key_signatures = []  # muspy reads keys, such as D sharp, that it cannot write
    return _mido(music.to_mido())


def _mido(file: Any) -> bytes:
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def _miditoolkit(file: Any) -> bytes:
    buffer = io.BytesIO()
    file.dump(file=buffer)
    return buffer.getvalue()


def _pretty_midi(file: Any) -> bytes:
    buffer = io.BytesIO()
    file.write(buffer)
    return buffer.getvalue()


# the first class whose methods are all present
_WRITERS = (
    (("dumps_midi", "tracks"), _symusic),
    (("to_mido", "tracks"), _muspy),
    (("save", "ticks_per_beat", "tracks"), _mido),
    (("dump", "ticks_per_beat", "instruments"), _miditoolkit),
    (("write", "instruments", "resolution"), _pretty_midi),
)
