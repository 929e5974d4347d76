"""A piano roll as inline SVG, without any library: shown in notebooks."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from gm_vae.music.general_midi import drum_name
from gm_vae.music.parts import Part, part_colors
from gm_vae.music.roll_lines import BARS_PER_LINE, chords_of_line, line_count, steps_of_line

# One row per note. part: index into the parts of a piece. Steps count from the start of the piece.
ROLL_DTYPE = np.dtype(
    [
        ("part", np.uint16),
        ("pitch", np.uint8),
        ("velocity", np.uint8),
        ("start_step", np.int32),
        ("end_step", np.int32),
    ]
)

MOST_BARS = 256

_STEP, _SEMITONE, _LANE = 1.2, 3.0, 9.0  # pixels
_LEFT, _CHORDS, _GAP, _NUMBERS = 92.0, 18.0, 4.0, 16.0
_BAR_LINE, _BEAT_LINE, _INK, _FAINT_INK = "#A6A6A6", "#E4E4E4", "#222222", "#6B6B6B"
_STYLE = "background:#fff;max-width:100%;height:auto;font-family:sans-serif"


def svg_roll(
    notes: np.ndarray,
    parts: Sequence[Part],
    chords: Sequence[tuple[int, str]],
    bars: int,
    beats_per_bar: int,
    steps_per_bar: int,
) -> str:
    """The markup of a roll: `<svg>`, and a legend in HTML below.

    Measures fill lines of `BARS_PER_LINE`; only the first `MOST_BARS` are drawn.

    Args:
        notes: structured array of `ROLL_DTYPE`; none crosses a bar line.
        parts: the instruments.
        chords: (step, symbol) wherever the chord changes.
        bars: number of measures.
    """
    colors = part_colors(parts)
    is_drum = np.array([part.is_drum for part in parts], bool)[notes["part"]]
    pitches = notes["pitch"][~is_drum].astype(int)
    low, high = (pitches.min() - 1, pitches.max() + 1) if len(pitches) else (60, 72)
    lanes = np.unique(notes["pitch"][is_drum])
    roll = (high - low + 1) * _SEMITONE if len(pitches) or not len(lanes) else 0.0
    strip = len(lanes) * _LANE
    line_height = _CHORDS + roll + (_GAP if roll and strip else 0) + strip + _NUMBERS
    drawn = min(bars, MOST_BARS)
    lines = line_count(drawn)
    width = _LEFT + min(drawn, BARS_PER_LINE) * steps_per_bar * _STEP + 2
    height = lines * line_height
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" style="{_STYLE}" role="img">'
    ]
    for line in range(lines):
        steps = steps_of_line(line, drawn, steps_per_bar)
        inside = (notes["start_step"] >= steps.start) & (notes["start_step"] < steps.stop)
        top = line * line_height + _CHORDS
        bottom = top + line_height - _CHORDS - _NUMBERS
        pieces.append(_grid(steps, top, bottom, beats_per_bar, steps_per_bar))
        for step, symbol in chords_of_line(chords, steps):
            pieces.append(_text(_x(step, steps) + 2, top - 5, symbol, 12, _INK, "bold"))
        for pitch in range(-(-low // 12) * 12, high + 1, 12) if roll else ():
            y = top + (high - pitch + 1) * _SEMITONE
            pieces.append(_text(_LEFT - 5, y, f"C{pitch // 12 - 1}", 8, _FAINT_INK, anchor="end"))
        for lane, pitch in enumerate(lanes.tolist()):
            y = bottom - lane * _LANE - 2
            pieces.append(_text(_LEFT - 5, y, drum_name(pitch), 8, _FAINT_INK, anchor="end"))
        for index, part in enumerate(parts):
            mine = notes[inside & (notes["part"] == index)]
            for velocity in np.unique(mine["velocity"]).tolist():
                boxes = []
                for note in mine[mine["velocity"] == velocity]:
                    x, end = _x(int(note["start_step"]), steps), _x(int(note["end_step"]), steps)
                    if part.is_drum:
                        lane = int(np.searchsorted(lanes, note["pitch"]))
                        boxes.append((x, bottom - (lane + 1) * _LANE + 2, 4.0, _LANE - 3))
                    else:
                        y = top + (high - int(note["pitch"])) * _SEMITONE
                        boxes.append((x, y, max(end - x - 0.7, 0.8), _SEMITONE - 0.4))
                outline = "".join(
                    f"M{x:.4g} {y:.5g}h{w:.3g}v{h:.2g}h-{w:.3g}z" for x, y, w, h in boxes
                )
                opacity = 0.3 + 0.7 * velocity / 127
                pieces.append(
                    f'<path fill="{colors[part]}" fill-opacity="{opacity:.2f}" d="{outline}"/>'
                )
    pieces.append("</svg>")
    return "".join(pieces) + _legend(parts, colors, bars)


def _x(step: int, steps: range) -> float:
    return _LEFT + (step - steps.start) * _STEP


def _grid(steps: range, top: float, bottom: float, beats: int, steps_per_bar: int) -> str:
    pieces = []
    for beat in range(len(steps) // steps_per_bar * beats + 1):
        x = _LEFT + beat * steps_per_bar / beats * _STEP
        color = _BEAT_LINE if beat % beats else _BAR_LINE
        pieces.append(f'<path stroke="{color}" d="M{x:.5g} {top:.5g}V{bottom:.5g}"/>')
    for bar in range(len(steps) // steps_per_bar):
        number = str(steps.start // steps_per_bar + bar + 1)
        pieces.append(
            _text(_LEFT + bar * steps_per_bar * _STEP, bottom + 10, number, 8, _FAINT_INK)
        )
    return "".join(pieces)


def _text(
    x: float, y: float, text: str, size: int, color: str, weight: str = "normal",
    anchor: str = "start",
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.5g}" y="{y:.5g}" font-size="{size}" fill="{color}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{html.escape(text)}</text>'
    )


def _legend(parts: Sequence[Part], colors: dict[Part, str], bars: int) -> str:
    names = [
        f'<span style="color:{colors[part]}">&#9632;</span> {html.escape(part.name)}'
        for part in parts
    ]
    if bars > MOST_BARS:
        names.append(f"the first {MOST_BARS} of {bars:,} bars")
    style = "font:12px sans-serif;margin:4px 0"
    return f'<div style="{style}">{" &nbsp; ".join(names) or "silence"}</div>'
