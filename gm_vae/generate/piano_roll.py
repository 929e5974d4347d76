"""Measures -> a piano roll: a colour per instrument, chords above, drums in a strip below."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.files import output_file
from gm_vae.generate.lettering import drawable
from gm_vae.music.arrangement import Arrangement
from gm_vae.music.general_midi import drum_name
from gm_vae.music.measure import Measure
from gm_vae.music.parts import DRUM_COLOR, Part, part_colors
from gm_vae.music.roll_lines import BARS_PER_LINE, chords_of_line, line_count, steps_of_line
from gm_vae.quiet import import_matplotlib_quietly
from gm_vae.text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg")
_DPI = 160
MOST_MEASURES = 256  # of a picture
_MOST_PIXELS = 16_000  # height; some programs do not open taller pictures

_INK, _FAINT_INK = "#222222", "#6B6B6B"
_BAR_LINE, _BEAT_LINE, _BLACK_KEYS = "#A6A6A6", "#E4E4E4", "#F6F6F7"
_BLACK_KEY_CLASSES = frozenset({1, 3, 6, 8, 10})
_FONT = "DejaVu Sans"  # included in matplotlib, so pictures are the same everywhere

# inches
# of a picture of one line, and of each line of several; more for many drums or a wide range of
# pitches
_HEIGHT, _LINE_HEIGHT = 5.0, 3.0
_LEFT, _LEFT_WITH_DRUMS, _BOTTOM, _GAP, _LANE = 0.5, 1.25, 0.3, 0.09, 0.135
_MARGIN, _TITLE, _CHORDS = 0.14, 0.3, 0.24
_BAR_WIDTH, _NARROWEST = 0.9, 3.0  # of the plot
_LEAST_SEMITONE, _LEGEND_LINE = 0.04, 0.175
_LETTER = 0.7  # of the size of a font: the width of a bold letter
_HAIR = 0.012  # between two notes
_NOTE_HEIGHT = 0.86  # in semitones


def draw_piano_roll(
    measures: Sequence[Measure],
    path: str | os.PathLike[str],
    title: str = "",
    chords: bool = True,
    force: bool = False,
    symbols: Sequence[str] | None = None,
) -> None:
    """Draw measures as a piano roll; the suffix of `path` chooses the kind of image, .png or .svg.

    Each instrument has a colour, named in the legend; louder notes are more opaque. Drums have a
    strip of their own with one lane per drum. Measures fill lines of `BARS_PER_LINE` (eight make
    about 1600 x 800 pixels). Only the first `MOST_MEASURES` are drawn, as the title then states.
    The same measures give the same bytes.

    Args:
        measures: one or more measures of one format.
        path: the image file to write; it appears only once it is complete.
        title: the line above the picture; letters that no installed font has are left out.
        chords: write the chord symbols above the notes.
        force: replace an existing file.
        symbols: names of the chords of each measure; see `Arrangement.from_measures`.

    Raises:
        UsageError: unknown suffix, `path` exists, there are no measures, or their formats or the
            number of symbols differ.
        UserError: the path cannot be written.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{path}: unsupported image type; use .png or .svg.")
    import_matplotlib_quietly()
    import matplotlib

    if len(measures) > MOST_MEASURES:
        title = f"{title}: the first {MOST_MEASURES} of {len(measures):,} measures".lstrip(": ")
        measures = measures[:MOST_MEASURES]
        symbols = symbols and symbols[:MOST_MEASURES]
    figure = piano_roll_figure(Arrangement.from_measures(measures, symbols), title, chords)
    # the same measures give the same bytes: no date, no random names
    metadata = {"Date": None} if suffix == ".svg" else None
    with output_file(path, force) as temporary, matplotlib.rc_context({"svg.hashsalt": "gm-vae"}):
        dpi = min(_DPI, _MOST_PIXELS / figure.get_size_inches()[1])
        figure.savefig(temporary, dpi=dpi, format=suffix[1:], metadata=metadata)


def piano_roll_figure(arrangement: Arrangement, title: str = "", chords: bool = True) -> Figure:
    """The picture as a matplotlib `Figure` outside matplotlib's global state."""
    import_matplotlib_quietly()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    title, families = drawable(title, _FONT, "bold")
    layout = _Layout.of(arrangement, bool(title), chords)
    figure = Figure(figsize=(layout.width, layout.height), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    colors = part_colors(arrangement.parts)
    for line in range(layout.lines):
        steps = layout.steps_of(line)
        axes = []
        if layout.roll_height:
            axes.append(figure.add_axes(layout.roll_box(line)))
            _draw_roll(axes[-1], arrangement, steps, colors, layout)
        if layout.drum_pitches:
            axes.append(figure.add_axes(layout.strip_box(line)))
            _draw_drums(axes[-1], arrangement, steps, layout.drum_pitches)
        for ax in axes:
            _draw_grid(ax, arrangement, steps)
        _number_bars(axes[-1], arrangement, steps)
        if chords:
            _write_chords(axes[0], arrangement, steps, layout)
        if line == 0:
            _write_legend(axes[0], arrangement.parts, colors, layout)
    if title:
        figure.text(
            layout.left / layout.width,
            1 - _MARGIN / layout.height,
            printable(title),
            ha="left",
            va="top",
            fontsize=12,
            weight="bold",
            color=_INK,
            family=families,
            parse_math=False,  # a "$" in a name is a dollar
        )
    return figure


@dataclasses.dataclass(frozen=True)
class _Layout:
    """Where things are, in inches; all lines have the same pitches and drums."""

    left: float
    top: float  # of the picture, above its first line
    chords_height: float
    bar_width: float
    legend_width: float
    legend_height: float
    roll_height: float  # 0 if only drums play
    drum_pitches: tuple[int, ...]  # one lane each, the lowest at the bottom
    pitch_range: tuple[int, int]
    bars: int
    steps_per_bar: int

    @classmethod
    def of(cls, arrangement: Arrangement, has_title: bool, has_chords: bool) -> _Layout:
        is_drum = arrangement.note_is_drum
        pitches = arrangement.notes["pitch"][~is_drum]
        lanes = tuple(np.unique(arrangement.notes["pitch"][is_drum]).tolist())
        names = [len(part.name) for part in arrangement.parts]
        bars = arrangement.bars
        top, chords_height = _MARGIN + _TITLE * has_title, _CHORDS * has_chords
        height = _LINE_HEIGHT
        if bars <= BARS_PER_LINE:
            height = max(_HEIGHT - top, chords_height + len(names) * _LEGEND_LINE + _BOTTOM)
        low, high = 60, 72
        if len(pitches):
            low, high = int(pitches.min()), int(pitches.max())
        roll = 0.0
        if len(pitches) or not lanes:
            rest = chords_height + _BOTTOM + bool(lanes) * (_GAP + len(lanes) * _LANE)
            span = high - low if len(pitches) else 0
            roll = max(height - rest, _LEAST_SEMITONE * span, _LEAST_SEMITONE * 12)
        return cls(
            left=_LEFT_WITH_DRUMS if lanes else _LEFT,
            top=top,
            chords_height=chords_height,
            bar_width=max(_BAR_WIDTH, _NARROWEST / bars),
            legend_width=0.45 + 0.072 * max(names, default=0),
            legend_height=chords_height + len(names) * _LEGEND_LINE + _BOTTOM,
            roll_height=roll,
            drum_pitches=lanes,
            pitch_range=(low, high),
            bars=bars,
            steps_per_bar=arrangement.fmt.steps_per_measure,
        )

    @property
    def lines(self) -> int:
        return line_count(self.bars)

    def steps_of(self, line: int) -> range:
        """The steps of the piece that a line shows."""
        return steps_of_line(line, self.bars, self.steps_per_bar)

    @property
    def inches_per_step(self) -> float:
        return self.bar_width / self.steps_per_bar

    @property
    def plot_width(self) -> float:
        return min(self.bars, BARS_PER_LINE) * self.bar_width

    @property
    def strip_height(self) -> float:
        return len(self.drum_pitches) * _LANE

    @property
    def line_height(self) -> float:
        gap = _GAP if self.roll_height and self.drum_pitches else 0
        return self.chords_height + self.roll_height + gap + self.strip_height + _BOTTOM

    @property
    def width(self) -> float:
        return self.left + self.plot_width + self.legend_width

    @property
    def height(self) -> float:
        return self.top + max(self.lines * self.line_height, self.legend_height)

    def roll_box(self, line: int) -> tuple[float, float, float, float]:
        bottom = self._bottom(line) + self.line_height - self.chords_height - self.roll_height
        return self._box(line, bottom, self.roll_height)

    def strip_box(self, line: int) -> tuple[float, float, float, float]:
        return self._box(line, self._bottom(line) + _BOTTOM, self.strip_height)

    def _bottom(self, line: int) -> float:
        return self.height - self.top - (line + 1) * self.line_height

    def _box(self, line: int, bottom: float, height: float) -> tuple[float, float, float, float]:
        return (
            self.left / self.width,
            bottom / self.height,
            len(self.steps_of(line)) * self.inches_per_step / self.width,
            height / self.height,
        )


def _draw_roll(
    ax: Axes, arrangement: Arrangement, steps: range, colors: dict[Part, str], layout: _Layout
) -> None:
    from matplotlib.colors import to_rgb

    notes = _notes_in(arrangement, steps, drums=False)
    low, high = layout.pitch_range
    ax.set_ylim(low - 1.2, high + 1.2)
    black = np.array([p for p in range(low - 1, high + 2) if p % 12 in _BLACK_KEY_CLASSES])
    keys = _boxes(
        np.full(len(black), steps.start), np.full(len(black), steps.stop), black - 0.5, np.ones(1)
    )
    _add_boxes(ax, keys, _BLACK_KEYS, "none", zorder=0)
    octaves = [pitch for pitch in range(low - 1, high + 2) if pitch % 12 == 0]
    ax.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    ax.hlines(np.array(octaves) - 0.5, steps.start, steps.stop, _BEAT_LINE, lw=0.8, zorder=1)

    left, bottom, height = notes["start_step"], *_unison_rows(notes)
    # a hair of white at the end separates repeated notes
    duration = notes["end_step"] - left
    right = left + duration - np.minimum(_HAIR / layout.inches_per_step, 0.2 * duration)
    order = np.argsort(notes["part"], kind="stable")
    ink = np.array([to_rgb(colors[part]) for part in arrangement.parts]).reshape(-1, 3)
    ink = ink[notes["part"][order]]
    boxes = _boxes(left[order], right[order], bottom[order], height[order])
    _add_boxes(ax, boxes, _shaded(ink, notes["velocity"][order]), ink)


def _draw_drums(ax: Axes, arrangement: Arrangement, steps: range, pitches: Sequence[int]) -> None:
    from matplotlib.colors import to_rgb

    notes = _notes_in(arrangement, steps, drums=True)
    lane = np.searchsorted(pitches, notes["pitch"])
    # the length of a drum note has no meaning: all have the width of a short note
    left, width = notes["start_step"], max(1, arrangement.fmt.steps_per_quarter // 7)
    boxes = _boxes(left, left + width, lane - 0.34, np.full(len(notes), 0.68))
    ink = np.tile(to_rgb(DRUM_COLOR), (len(notes), 1))
    _add_boxes(ax, boxes, _shaded(ink, notes["velocity"]), ink)
    ax.set_ylim(-0.6, len(pitches) - 0.4)
    ax.set_yticks(range(len(pitches)), [drum_name(pitch) for pitch in pitches])
    lines = np.arange(1, len(pitches)) - 0.5
    ax.hlines(lines, steps.start, steps.stop, _BLACK_KEYS, lw=0.8, zorder=0)


def _notes_in(arrangement: Arrangement, steps: range, drums: bool) -> np.ndarray:
    """The notes of some measures, none of which crosses a bar line."""
    starts = arrangement.notes["start_step"]
    inside = (starts >= steps.start) & (starts < steps.stop)
    return arrangement.notes[inside & (arrangement.note_is_drum == drums)]


def _boxes(
    left: np.ndarray, right: np.ndarray, bottom: np.ndarray, height: np.ndarray
) -> np.ndarray:
    """Rectangles as polygons, [N, 4 corners, x and y]."""
    top = bottom + height
    x = np.stack([left, left, right, right], -1)
    y = np.stack([bottom, top, top, bottom], -1)
    return np.stack([x, y], -1)


def _shaded(ink: np.ndarray, velocity: np.ndarray) -> np.ndarray:
    """Colours [N, RGBA] of notes, whose velocity is their opacity, from colours [N, RGB]."""
    return np.concatenate([ink, (0.25 + 0.75 * velocity / 127)[:, None]], 1)


def _add_boxes(ax: Axes, boxes: np.ndarray, faces: Any, edges: Any, zorder: float = 3) -> None:
    """Rectangles, each with a face and an edge colour, or one colour for all."""
    from matplotlib.collections import PolyCollection

    # Matplotlib's type hints require a sequence; an array is drawn without a loop
    polygons = cast("Sequence[np.ndarray]", boxes)
    ax.add_collection(
        PolyCollection(polygons, facecolors=faces, edgecolors=edges, linewidths=0.5, zorder=zorder)
    )


def _unison_rows(notes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bottom and height, in semitones, of each note: parts in unison share a row."""
    bottom = notes["pitch"] - _NOTE_HEIGHT / 2
    height = np.full(len(notes), _NOTE_HEIGHT)
    order = np.lexsort((notes["start_step"], notes["pitch"]))
    cluster: list[int] = []
    pitch, end = -1, 0
    for index in [*order, None]:  # None ends the last cluster
        if (
            index is not None
            and notes["pitch"][index] == pitch
            and notes["start_step"][index] < end
        ):
            cluster.append(index)
            end = max(end, notes["end_step"][index])
            continue
        parts = sorted({notes["part"][i] for i in cluster}, reverse=True)
        for i in cluster:
            height[i] = _NOTE_HEIGHT / len(parts)
            bottom[i] += parts.index(notes["part"][i]) * height[i]
        if index is not None:
            cluster, pitch, end = [index], notes["pitch"][index], notes["end_step"][index]
    return bottom, height


def _draw_grid(ax: Axes, arrangement: Arrangement, steps: range) -> None:
    fmt = arrangement.fmt
    ax.set_xlim(steps.start, steps.stop)
    beats = np.arange(1, len(steps) // fmt.steps_per_measure * fmt.beats_per_bar)
    places = steps.start + beats * fmt.steps_per_measure / fmt.beats_per_bar
    is_bar = beats % fmt.beats_per_bar == 0
    whole = ax.get_xaxis_transform()  # from bottom to top of the axes
    ax.vlines(places[~is_bar], 0, 1, _BEAT_LINE, linewidth=0.6, zorder=1, transform=whole)
    ax.vlines(places[is_bar], 0, 1, _BAR_LINE, linewidth=0.9, zorder=2, transform=whole)
    for side in ("top", "right", "left", "bottom"):
        ax.spines[side].set_color(_BAR_LINE)
        ax.spines[side].set_linewidth(0.9)
    ax.set_xticks([])
    ax.tick_params(
        axis="y", length=0, pad=4, labelsize=7, labelcolor=_FAINT_INK, labelfontfamily=_FONT
    )
    ax.set_facecolor("white")


def _number_bars(ax: Axes, arrangement: Arrangement, steps: range) -> None:
    steps_per_bar = arrangement.fmt.steps_per_measure
    for step in steps[::steps_per_bar]:
        ax.annotate(
            str(step // steps_per_bar + 1),
            (step, 0),
            xycoords=("data", "axes fraction"),
            xytext=(0, -4),
            textcoords="offset points",
            ha="left",
            va="top",
            fontsize=7,
            color=_FAINT_INK,
            family=_FONT,
        )


def _write_chords(ax: Axes, arrangement: Arrangement, steps: range, layout: _Layout) -> None:
    """Write the chords of a line; a chord that continues from the previous line is repeated."""
    changes = arrangement.chord_symbols
    starts = np.array([step for step, _ in changes] + [arrangement.total_steps])
    rooms = np.diff(starts) * layout.inches_per_step
    densest = max((len(symbol) / room for (_, symbol), room in zip(changes, rooms)), default=1.0)
    narrowest = rooms.min(initial=layout.plot_width)
    size = float(np.clip(min(narrowest * 24, 72 / (_LETTER * densest)), 6, 11))
    for step, symbol in chords_of_line(changes, steps):
        ax.annotate(
            symbol.replace("#", "♯").replace("b", "♭").replace("dim", "°"),
            (step, 1),
            xycoords=("data", "axes fraction"),
            xytext=(1, 4),
            textcoords="offset points",
            ha="left",
            va="bottom",
            fontsize=size,
            weight="bold",
            color=_INK,
            family=_FONT,
        )


def _write_legend(
    ax: Axes, parts: Sequence[Part], colors: dict[Part, str], layout: _Layout
) -> None:
    from matplotlib.font_manager import FontProperties
    from matplotlib.patches import Patch

    if not parts:
        return
    ax.legend(
        handles=[Patch(facecolor=colors[part], label=part.name) for part in parts],
        loc="upper left",
        bbox_to_anchor=(1 + 0.1 / layout.plot_width, 1),
        borderaxespad=0,
        frameon=False,
        handlelength=0.9,
        handleheight=0.9,
        labelspacing=0.55,
        labelcolor=_INK,
        prop=FontProperties(family=_FONT, size=8),
    )
