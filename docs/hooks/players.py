"""A button beside each link to a MIDI file, `[x.mid](x.mid){ download }`, which plays it.

The button has the notes of the file, and docs/player.js plays them, so that a page needs neither a
soundfont nor another request, and works without a server.
"""

from __future__ import annotations

import json
import pathlib
import re
from typing import Any

import mido

from gm_vae.music.general_midi import DRUM_CHANNEL
from gm_vae.music.vocabulary import DRUMS

DOCS = pathlib.Path(__file__).resolve().parents[1]
_LINK = re.compile(r"\[[^\]]+\]\((?P<path>[^)]+\.mid)\)\{ download \}")

Note = tuple[int, int, int, int, int]  # start and length in ms, pitch, velocity, program


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Add players to a page."""
    folder = (DOCS / page.file.src_uri).parent

    def player(match: re.Match[str]) -> str:
        notes = json.dumps(notes_of(folder / match["path"]), separators=(",", ":"))
        button = (
            '<button type="button" class="md-button midi-player" aria-label="Play or stop '
            f'{match["path"]}" data-notes="{notes}">Play</button>'
        )
        return f"{button} {match[0]}"

    return _LINK.sub(player, markdown)


def notes_of(path: pathlib.Path) -> list[Note]:
    """The notes of a MIDI file, by start."""
    programs: dict[int, int] = {}
    sounding: dict[tuple[int, int], list[tuple[float, int, int]]] = {}
    notes: list[Note] = []
    time = 0.0
    for message in mido.MidiFile(path):
        time += message.time
        if message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type in ("note_on", "note_off"):
            key = message.channel, message.note
            if message.type == "note_on" and message.velocity:
                program = programs.get(message.channel, 0)
                program = DRUMS if message.channel == DRUM_CHANNEL else program
                sounding.setdefault(key, []).append((time, message.velocity, program))
            elif sounding.get(key):
                start, velocity, program = sounding[key].pop(0)
                length = max(round(1000 * (time - start)), 1)
                notes.append((round(1000 * start), length, message.note, velocity, program))
    return sorted(notes)
