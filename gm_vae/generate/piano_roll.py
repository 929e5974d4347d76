"""Measures -> a picture: one colour an instrument, chord names on top, drums in a strip below."""

from __future__ import annotations

import dataclasses
import itertools
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.files import output_file
from gm_vae.generate.lettering import drawable
from gm_vae.music.arrangement import Arrangement, Part
from gm_vae.music.general_midi import FAMILIES, drum_name, family
from gm_vae.music.measure import Measure
from gm_vae.quiet import import_matplotlib_quietly
from gm_vae.text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg")
_DPI = 160
MOST_MEASURES = 256  # of a picture: its bars are then as narrow as can be told apart

# Hues that stay apart for colour-blind eyes (after Okabe & Ito, and Tol), each in two shades.
_PALETTE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#882255", "#999933",
    "#004B76", "#8C3D00", "#00674B", "#8F4A72", "#96680A", "#2C7FB0", "#C2557F", "#5F5F1D",
)  # fmt: skip
# Families of instruments ask for a colour each, so that a bass looks the same in every picture.
_FAVOURITES = dict(zip(FAMILIES, (0, 5, 6, 4, 1, 2, 3, 7, 7, 5, 4, 3, 2, 6, 0, 1)))
_DRUM_COLOR = "#4D4D4D"
_INK, _FAINT_INK = "#222222", "#6B6B6B"
_BAR_LINE, _BEAT_LINE, _BLACK_KEYS = "#A6A6A6", "#E4E4E4", "#F6F6F7"
_BLACK_KEY_CLASSES = frozenset({1, 3, 6, 8, 10})
_FONT = "DejaVu Sans"  # comes with matplotlib: the same picture everywhere

# inches
_HEIGHT = 5.0  # of the picture; more if many drums or a wide range of pitches need it
_LEFT, _LEFT_WITH_DRUMS, _BOTTOM, _GAP, _LANE = 0.5, 1.25, 0.3, 0.09, 0.135
_BAR_WIDTH, _NARROWEST, _WIDEST = 0.9, 3.0, 60.0  # of the plot
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
    """Draw measures end to end as a picture; its suffix says which kind: .png or .svg.

    Each instrument has a colour, the louder the stronger; the legend beside the picture names it.
    Drums have a strip of their own with one lane a drum. The width grows with the measures (eight
    make about 1600 x 800 pixels). Of more than `MOST_MEASURES` the first are drawn, and the title
    tells. The same measures give the same bytes.

    Args:
        measures: one or more measures of one format.
        path: the picture to write, under a temporary name until it is whole.
        title: the line above the picture; letters that no installed font has are left out.
        chords: write the chord names on top.
        force: replace a file that is there already.
        symbols: what the chords of each measure are called; see `Arrangement.from_measures`.

    Raises:
        UsageError: unknown suffix, `path` exists, there are no measures, or their formats or the
            number of symbols differ.
        UserError: the place cannot be written.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{path} is no picture that we draw; let its name end in .png or .svg.")
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
        figure.savefig(temporary, dpi=_DPI, format=suffix[1:], metadata=metadata)


def piano_roll_figure(arrangement: Arrangement, title: str = "", chords: bool = True) -> Figure:
    """The picture as a matplotlib `Figure`, which no global state of matplotlib knows of."""
    import_matplotlib_quietly()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    title, families = drawable(title, _FONT, "bold")
    layout = _Layout.of(arrangement, bool(title), chords)
    figure = Figure(figsize=(layout.width, layout.height), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    colors = part_colors(arrangement.parts)
    axes = []
    if layout.roll_height:
        axes.append(figure.add_axes(layout.roll_box()))
        _draw_roll(axes[-1], arrangement, colors, layout)
    if layout.drum_pitches:
        axes.append(figure.add_axes(layout.strip_box()))
        _draw_drums(axes[-1], arrangement, layout.drum_pitches)
    for ax in axes:
        _draw_grid(ax, arrangement)
    _number_bars(axes[-1], arrangement, layout)
    if chords:
        _write_chords(axes[0], arrangement, layout)
    _write_legend(axes[0], arrangement.parts, colors, layout)
    if title:
        figure.text(
            layout.left / layout.width,
            1 - 0.14 / layout.height,
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


def part_colors(parts: Sequence[Part]) -> dict[Part, str]:
    """A colour a part, "#RRGGBB": its family's favourite, or one that nobody else wants.

    Eight hues, then eight darker ones, then the same again; drums are grey.
    """
    wishes: dict[int, Part] = {}  # the first part that wants a colour has it
    for part in parts:
        if not part.is_drum:
            wishes.setdefault(_FAVOURITES[family(part.program)], part)
    colors = {part: _PALETTE[wish] for wish, part in wishes.items()}
    rest = itertools.cycle([c for i, c in enumerate(_PALETTE) if i not in wishes])
    for part in parts:
        if part not in colors:
            colors[part] = _DRUM_COLOR if part.is_drum else next(rest)
    return colors


@dataclasses.dataclass(frozen=True)
class _Layout:
    """Where things are, in inches."""

    left: float
    top: float
    plot_width: float
    legend_width: float
    roll_height: float  # 0: only drums play
    drum_pitches: tuple[int, ...]  # one lane each, the lowest at the bottom
    total_steps: int

    @classmethod
    def of(cls, arrangement: Arrangement, has_title: bool, has_chords: bool) -> _Layout:
        is_drum = arrangement.note_is_drum
        pitches = arrangement.notes["pitch"][~is_drum]
        lanes = tuple(np.unique(arrangement.notes["pitch"][is_drum]).tolist())
        names = [len(part.name) for part in arrangement.parts]
        top = 0.14 + 0.3 * has_title + 0.24 * has_chords
        height = max(_HEIGHT, top + len(names) * _LEGEND_LINE + _BOTTOM)
        roll = 0.0
        if len(pitches) or not lanes:
            rest = top + _BOTTOM + bool(lanes) * (_GAP + len(lanes) * _LANE)
            span = int(np.ptp(pitches)) if len(pitches) else 0
            roll = max(height - rest, _LEAST_SEMITONE * span)
        return cls(
            left=_LEFT_WITH_DRUMS if lanes else _LEFT,
            top=top,
            plot_width=float(np.clip(arrangement.bars * _BAR_WIDTH, _NARROWEST, _WIDEST)),
            legend_width=0.45 + 0.072 * max(names, default=0),
            roll_height=roll,
            drum_pitches=lanes,
            total_steps=arrangement.total_steps,
        )

    @property
    def inches_per_step(self) -> float:
        return self.plot_width / self.total_steps

    @property
    def strip_height(self) -> float:
        return len(self.drum_pitches) * _LANE

    @property
    def width(self) -> float:
        return self.left + self.plot_width + self.legend_width

    @property
    def height(self) -> float:
        gap = _GAP if self.roll_height and self.drum_pitches else 0
        return self.top + self.roll_height + gap + self.strip_height + _BOTTOM

    def roll_box(self) -> tuple[float, float, float, float]:
        bottom = self.height - self.top - self.roll_height
        return self._box(bottom, self.roll_height)

    def strip_box(self) -> tuple[float, float, float, float]:
        return self._box(_BOTTOM, self.strip_height)

    def _box(self, bottom: float, height: float) -> tuple[float, float, float, float]:
        return (
            self.left / self.width,
            bottom / self.height,
            self.plot_width / self.width,
            height / self.height,
        )


def _draw_roll(
    ax: Axes, arrangement: Arrangement, colors: dict[Part, str], layout: _Layout
) -> None:
    notes = arrangement.notes[~arrangement.note_is_drum]
    low, high = 60, 72
    if len(notes):
        low, high = int(notes["pitch"].min()), int(notes["pitch"].max())
    ax.set_ylim(low - 1.2, high + 1.2)
    for pitch in range(low - 1, high + 2):
        if pitch % 12 in _BLACK_KEY_CLASSES:
            ax.axhspan(pitch - 0.5, pitch + 0.5, color=_BLACK_KEYS, linewidth=0, zorder=0)
    octaves = [pitch for pitch in range(low - 1, high + 2) if pitch % 12 == 0]
    ax.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    ax.hlines(np.array(octaves) - 0.5, 0, arrangement.total_steps, _BEAT_LINE, lw=0.8, zorder=1)

    left, bottom, height = notes["start_step"], *_unison_rows(notes)
    # a hair of white at the end tells repeated notes apart
    duration = notes["end_step"] - left
    right = left + duration - np.minimum(_HAIR / layout.inches_per_step, 0.2 * duration)
    for index, part in enumerate(arrangement.parts):
        mine = notes["part"] == index
        boxes = _boxes(left[mine], right[mine], bottom[mine], height[mine])
        _add_boxes(ax, boxes, notes["velocity"][mine], colors[part])


def _draw_drums(ax: Axes, arrangement: Arrangement, pitches: Sequence[int]) -> None:
    notes = arrangement.notes[arrangement.note_is_drum]
    lane = np.searchsorted(pitches, notes["pitch"])
    # how long a drum is held means nothing: all strokes have the width of a short note
    left, width = notes["start_step"], max(1, arrangement.fmt.steps_per_quarter // 7)
    boxes = _boxes(left, left + width, lane - 0.34, np.full(len(notes), 0.68))
    _add_boxes(ax, boxes, notes["velocity"], _DRUM_COLOR)
    ax.set_ylim(-0.6, len(pitches) - 0.4)
    ax.set_yticks(range(len(pitches)), [drum_name(pitch) for pitch in pitches])
    ax.hlines(
        np.arange(1, len(pitches)) - 0.5, 0, arrangement.total_steps, _BLACK_KEYS, lw=0.8, zorder=0
    )


def _boxes(
    left: np.ndarray, right: np.ndarray, bottom: np.ndarray, height: np.ndarray
) -> np.ndarray:
    """Rectangles as polygons, [N, 4 corners, x and y]."""
    top = bottom + height
    x = np.stack([left, left, right, right], -1)
    y = np.stack([bottom, top, top, bottom], -1)
    return np.stack([x, y], -1)


def _add_boxes(ax: Axes, boxes: np.ndarray, velocity: np.ndarray, color: str) -> None:
    """Rectangles of one colour; velocity is their opacity, their edge is full."""
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_rgb

    faces = np.empty((len(boxes), 4))
    faces[:, :3] = to_rgb(color)
    faces[:, 3] = 0.25 + 0.75 * velocity / 127
    # the types of Matplotlib ask for a sequence; an array is drawn without a loop over it
    polygons = cast("Sequence[np.ndarray]", boxes)
    ax.add_collection(
        PolyCollection(polygons, facecolors=faces, edgecolors=color, linewidths=0.5, zorder=3)
    )


def _unison_rows(notes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bottom and height, in semitones, of each note: parts that sound one pitch share its row."""
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


def _draw_grid(ax: Axes, arrangement: Arrangement) -> None:
    fmt = arrangement.fmt
    ax.set_xlim(0, arrangement.total_steps)
    steps_per_beat = fmt.steps_per_measure / fmt.beats_per_bar
    for beat in range(1, arrangement.bars * fmt.beats_per_bar):
        is_bar = beat % fmt.beats_per_bar == 0
        ax.axvline(
            beat * steps_per_beat,
            color=_BAR_LINE if is_bar else _BEAT_LINE,
            linewidth=0.9 if is_bar else 0.6,
            zorder=2 if is_bar else 1,
        )
    for side in ("top", "right", "left", "bottom"):
        ax.spines[side].set_color(_BAR_LINE)
        ax.spines[side].set_linewidth(0.9)
    ax.set_xticks([])
    ax.tick_params(
        axis="y", length=0, pad=4, labelsize=7, labelcolor=_FAINT_INK, labelfontfamily=_FONT
    )
    ax.set_facecolor("white")


def _number_bars(ax: Axes, arrangement: Arrangement, layout: _Layout) -> None:
    bar_width = layout.plot_width / arrangement.bars
    stride = 1
    while bar_width * stride < 0.3:
        stride *= 2
    for bar in range(0, arrangement.bars, stride):
        ax.annotate(
            str(bar + 1),
            (bar * arrangement.fmt.steps_per_measure, 0),
            xycoords=("data", "axes fraction"),
            xytext=(0, -4),
            textcoords="offset points",
            ha="left",
            va="top",
            fontsize=7,
            color=_FAINT_INK,
            family=_FONT,
        )


def _write_chords(ax: Axes, arrangement: Arrangement, layout: _Layout) -> None:
    changes = arrangement.chord_symbols
    steps = np.array([step for step, _ in changes] + [arrangement.total_steps])
    rooms = np.diff(steps) * layout.inches_per_step
    densest = max((len(symbol) / room for (_, symbol), room in zip(changes, rooms)), default=1.0)
    size = float(np.clip(min(rooms.min(initial=_WIDEST) * 24, 72 / (_LETTER * densest)), 6, 11))
    for step, symbol in changes:
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
