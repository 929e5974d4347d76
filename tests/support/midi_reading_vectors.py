"""Writes `reading_cases` as JSON, for readers in other languages:

    python tests/support/midi_reading_vectors.py

A vector is the bytes of a file as hexadecimal digits, its notes, flaws by kind and time signatures
(tick, numerator, denominator). A note is [instrument, channel from 0, program, 1 for drums, pitch,
start tick, end tick], pedals applied. Notes are by instrument; those of one are in any order.
"""

import json
import pathlib
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from reading_cases import CASES

PATH = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "midi_reading.json"


def vector(case):
    """A case and its results."""
    notes = [
        (number, instrument.channel - 1, instrument.program, int(instrument.is_drum), *note)
        for number, instrument in enumerate(case.instruments)
        for note in instrument.notes
    ]
    return {
        "name": case.name,
        "midi": case.data.hex(),
        "notes": [list(note) for note in notes],
        "flaws": case.flaws,
        "timeSignatures": [list(meter) for meter in case.meters],
    }


def text():
    """The JSON, one line per vector."""
    lines = ",\n".join(json.dumps(vector(case)) for case in CASES)
    return f"[\n{lines}\n]\n"


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(text())
