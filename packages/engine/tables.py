"""Writes src/generated/tables.js: what the engine shares with the package, `make tables`.

The package is the only source: names of General MIDI, tokens, spellings of chords, parameters of
chord inference and of the prior. Patterns are strings that mean the same to JavaScript.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any

from gm_vae.generate import attributes, bands, phrases, song
from gm_vae.generate.gmvae import REPEAT_PENALTY, TEMPERATURE
from gm_vae.model import points as prior
from gm_vae.music import (
    channel_state,
    chord_inference,
    chord_lines,
    chord_spelling,
    chords,
    general_midi,
    midi_bytes,
    pedal,
    sustain,
    voicing,
)
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.midi_flaws import Flaw
from gm_vae.music.vocabulary import DRUMS, PITCHES, PROGRAMS, EventType

FILE = pathlib.Path(__file__).resolve().parent / "src" / "generated" / "tables.js"

# What TypeScript cannot infer from the values: tuples, and objects that are looked up by any key.
TYPES = {
    "SPELLING.naturals": "Record<string, number>",
    "SPELLING.signs": "Record<string, string>",
    "SPELLING.kinds": "[pattern: string, third: ?number, fifth: ?number, seventh: ?number, "
    "numbered: ?number][]",
    "SPELLING.changes": "Record<string, number>",
    "SPELLING.suspensions": "Record<string, number>",
    "CHORD_INFERENCE.kinds": "[suffix: string, pitchClasses: number[], quality: number][]",
    "MIDI.dataOfSystemCommon": "Record<number, number>",
    "MIDI.metaLengths": "Record<number, number>",
    "MIDI.flaws": "Record<string, [one: string, several: string]>",
}


def tables() -> dict[str, dict[str, Any]]:
    """JSON values by name, by the name of the table."""
    return {
        "GENERAL_MIDI": {
            "families": general_midi.FAMILIES,
            "instruments": general_midi.INSTRUMENTS,
            "drumsName": general_midi.DRUMS_NAME,
            "drums": [general_midi.drum_name(pitch) for pitch in range(PITCHES)],
        },
        "TOKENS": {
            "pitches": PITCHES,
            "programs": PROGRAMS,
            "drums": DRUMS,
            "kinds": {kind.name: kind.value for kind in EventType},
            "format": MeasureFormat().to_dict(),
        },
        "CHORDS": {
            "none": chords.NO_CHORD,
            "noneSymbol": chords.NO_CHORD_SYMBOL,
            "count": chords.NUM_CHORDS,
            "roots": chords.ROOTS,
            "qualities": chords.QUALITIES,
            "suffixes": chords.SUFFIXES,
            "triads": chords.TRIADS,
        },
        "SPELLING": {
            "naturals": chord_spelling.NATURALS,
            "note": chord_spelling.NOTE,
            "noChord": chord_spelling.NO_CHORD_SPELLINGS,
            "signs": chord_spelling.SIGNS,
            "words": chord_spelling.WORDS,
            "kinds": chord_spelling.KINDS,
            "modification": chord_spelling.MODIFICATION,
            "changes": chord_spelling.CHANGES,
            "suspensions": chord_spelling.SUSPENSIONS,
            "sixths": chord_spelling.SIXTHS,
            "scale": chord_spelling.SCALE,
            "harteBass": chord_spelling.HARTE_BASS,
            "harteDegree": chord_spelling.HARTE_DEGREE,
            "barLine": chord_lines.BAR_LINE,
            "word": chord_lines.WORD,
            "loneDash": chord_lines.LONE_DASH,
            "times": chord_lines.TIMES,
            "mostTimes": chord_lines.MOST_TIMES,
            "mostDashes": chord_lines.MOST_DASHES,
        },
        "VOICING": {
            "basses": [voicing.BASSES.start, voicing.BASSES.stop],
            "pitched": voicing.PITCHED.stop,
            "rubs": voicing.RUBS,
            "heard": voicing.HEARD,
        },
        "CHORD_INFERENCE": {
            "keyChange": chord_inference.KEY_CHANGE_PROBABILITY,
            "chordChange": chord_inference.CHORD_CHANGE_PROBABILITY,
            "outOfKey": chord_inference.OUT_OF_KEY_PROBABILITY,
            "concentration": chord_inference.CONCENTRATION,
            "scale": chord_inference.MAJOR_SCALE,
            "kinds": chord_inference.KINDS,
        },
        "MIDI": {
            "maxBytes": midi_bytes.MAX_BYTES,
            "maxEvents": midi_bytes.MAX_EVENTS,
            "maxMessages": midi_bytes.MAX_MESSAGES,
            "maxTicks": midi_bytes.MAX_TICKS,
            "maxTracks": midi_bytes.MAX_TRACKS,
            "maxPreambleBytes": midi_bytes.MAX_PREAMBLE_BYTES,
            "maxFaults": midi_bytes.MAX_FAULTS,
            "soundBytesPerFault": midi_bytes.SOUND_BYTES_PER_FAULT,
            "maxResets": channel_state.MAX_RESETS,
            "maxUnitPower": midi_bytes.MAX_UNIT_POWER,
            "maxSysexBytes": midi_bytes.MAX_SYSEX_BYTES,
            "longestDelayQuarters": midi_bytes.LONGEST_DELAY_QUARTERS,
            "latestReleaseQuarters": sustain.LATEST_RELEASE_QUARTERS,
            "dataOfSystemCommon": midi_bytes.DATA_OF_SYSTEM_COMMON,
            "metaLengths": midi_bytes.META_LENGTHS,
            "channels": midi_bytes.CHANNELS,
            "drumChannel": general_midi.DRUM_CHANNEL,
            "bank": channel_state.BANK,
            "gm2Drums": channel_state.GM2_DRUMS,
            "gm2Melodic": channel_state.GM2_MELODIC,
            "xgDrums": channel_state.XG_DRUMS,
            "resetToGmOrGs": channel_state.RESET_TO_GM_OR_GS.pattern.decode(),
            "resetToXg": channel_state.RESET_TO_XG.pattern.decode(),
            "gsPart": channel_state.GS_PART.pattern.decode(),
            "xgPart": channel_state.XG_PART.pattern.decode(),
            "sustain": pedal.SUSTAIN,
            "sostenuto": pedal.SOSTENUTO,
            "soundOff": pedal.SOUND_OFF,
            "resetControllers": pedal.RESET_CONTROLLERS,
            "pedalDown": pedal.DOWN,
            "endsNotes": channel_state.ENDING_CONTROLLERS,
            "flaws": {flaw.name.lower(): flaw.value for flaw in Flaw},
        },
        "DECODING": {"temperature": TEMPERATURE, "repeatPenalty": REPEAT_PENALTY},
        "ATTRIBUTES": {"scales": attributes.SCALES},
        "PHRASES": {
            "vary": phrases.VARIATION,
            "phraseBars": phrases.PHRASE_BARS,
            "fills": phrases.FILLS,
            "fillTemperature": phrases.FILL_TEMPERATURE,
            "snaresAndToms": phrases.SNARES_AND_TOMS,
            "places": {"changes": phrases.CHANGES, "cut": phrases.CUT},
        },
        "SONG": {
            "contrast": song.CONTRAST,
            "exchanged": song.EXCHANGED,
            "family": bands.FAMILY,
            "letter": song.LETTER,
            "mostSections": song.MOST_SECTIONS,
            "ending": song.ENDING,
            "lastHits": song.LAST_HITS,
        },
        "PRIOR": {"radius": prior.RADIUS, "angle": prior.ANGLE},
    }


def source() -> str:
    """The text of the file."""
    lines = [
        "// Written by tables.py from the Python package: change it there, then `make tables`."
    ]
    for name, table in tables().items():
        lines += ["", f"export const {name} = {{"]
        for key, value in table.items():
            literal = json.dumps(value, ensure_ascii=True)
            if kind := TYPES.get(f"{name}.{key}"):
                literal = f"/** @type {{{kind}}} */ ({literal})"
            lines.append(f"  {key}: {literal},")
        lines.append("};")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(source(), encoding="utf-8")
