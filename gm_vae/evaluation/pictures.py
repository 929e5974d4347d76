"""Plots of a report: KL by unit, accuracy and nats by token type, some reconstructions."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gm_vae.evaluation.music_statistics import STATISTICS
from gm_vae.evaluation.samples import Samples
from gm_vae.evaluation.scores import Evaluation
from gm_vae.generate.piano_roll import draw_piano_roll
from gm_vae.model.diagnostics import ACTIVE_VARIANCE
from gm_vae.quiet import import_matplotlib_quietly

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gm_vae.music.measure import Measure

_ACTIVE, _IDLE, _OTHER = "#0072B2", "#BBBBBB", "#D55E00"  # distinct for colour-blind readers
_DPI = 120


def draw_pictures(
    figures: Evaluation,
    examples: Sequence[Sequence[Measure]],
    samples: Samples | None,
    folder: pathlib.Path,
) -> None:
    """Write kl_by_unit.png, tokens_by_type.png, reconstruction_N.png, samples.png into a folder.

    samples.png is written only if there are samples.
    """
    kl_figure(figures).savefig(folder / "kl_by_unit.png")
    types_figure(figures).savefig(folder / "tokens_by_type.png")
    if samples:
        samples_figure(samples).savefig(folder / "samples.png")
    for number, pair in enumerate(examples, 1):
        draw_piano_roll(
            pair,
            folder / f"reconstruction_{number}.png",
            title="1: as it is, 2: decoded from its point",
        )


def kl_figure(figures: Evaluation) -> Figure:
    """Mean KL of each unit of z in bits, in descending order; inactive units grey."""
    order = np.argsort(figures.unit_kl)[::-1]
    bits = np.array(figures.unit_kl)[order] / math.log(2)
    active = np.array(figures.unit_variance)[order] > ACTIVE_VARIANCE
    figure, (axes,) = _figure(1, (7, 3.2))
    places = np.arange(len(bits))
    for chosen, color, label in (
        (active, _ACTIVE, f"{active.sum()} active (variance of mu > {ACTIVE_VARIANCE})"),
        (~active, _IDLE, f"{(~active).sum()} not"),
    ):
        axes.bar(places[chosen], bits[chosen], width=0.9, color=color, label=label)
    axes.set_xlabel("units of z, by rank")
    axes.set_ylabel("KL, bits per measure")
    axes.set_title(f"KL by unit: {bits.sum():.1f} bits in all")
    axes.legend(frameon=False)
    return figure


def types_figure(figures: Evaluation) -> Figure:
    """Accuracy and nats per token of each token type under teacher forcing."""
    names = [name.replace("_", " ") for name in figures.accuracy_by_type]
    figure, panels = _figure(2, (7, 3.2))
    for axes, values, title, color in (
        (panels[0], figures.accuracy_by_type, "accuracy", _ACTIVE),
        (panels[1], figures.nats_by_type, "nats per token", _OTHER),
    ):
        bars = axes.barh(names, list(values.values()), color=color)
        axes.bar_label(bars, fmt="%.2f", padding=2)
        axes.invert_yaxis()
        axes.set_title(title)
        axes.margins(x=0.15)
    panels[0].set_xlim(0, 1.15)
    panels[1].tick_params(labelleft=False)
    return figure


def samples_figure(samples: Samples) -> Figure:
    """Distance of each statistic from real measures, in descending order, and its noise floor."""
    statistics = samples.comparison.statistics
    known = [each for each in STATISTICS if np.isfinite(statistics[each.name].distance)]
    known.sort(key=lambda each: statistics[each.name].distance)
    figure, (axes,) = _figure(1, (7, 1.2 + 0.2 * len(known)))
    labels = [each.label for each in known]
    axes.barh(
        labels, [statistics[each.name].distance for each in known], color=_ACTIVE, label="samples"
    )
    axes.plot(
        [statistics[each.name].floor for each in known], labels, "|", color=_OTHER, markersize=9,
        markeredgewidth=2.5, label="other real measures",
    )  # fmt: skip
    axes.margins(y=0.01)
    axes.set_xlabel("Wasserstein-1 distance from real measures, in their standard deviations")
    axes.set_title(f"{samples.count:,} samples at temperature {samples.temperature:g}")
    axes.legend(frameon=False)
    return figure


def _figure(panels: int, size: tuple[float, float]) -> tuple[Figure, np.ndarray]:
    """A figure outside matplotlib's global state, with panels side by side."""
    import_matplotlib_quietly()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, panels, squeeze=False)[0]
    for panel in axes:
        panel.spines[["top", "right"]].set_visible(False)
    return figure, axes
