"""Read-outs: every dish a dot, the mean over dishes with its 95 % interval, one row per arm."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lamella.assays.effects import Mean, mean
from lamella.report import words
from lamella.report.curves import plain_ticks
from lamella.report.picture import Picture
from lamella.report.style import FAINT, INK, MUTED, PAPER, Look, figure, quiet_axes


def dots_picture(readouts: Mapping[str, xr.DataArray], looks: Mapping[str, Look], control: str | None) -> Picture:
    """Dots of one or more read-outs, a panel each.

    readouts   name -> values [replicates, arms], coordinate arms
    control    arm whose mean is drawn through as a line; None for none
    """
    drawn = dots_figure(readouts, looks, control)
    sentences = []
    for name, values in readouts.items():
        kind = words.shown(name, values)
        told = [f"{arm} {_told(summary)}" for arm, summary in _summaries(values, kind.factor).items()]
        sentences.append(f"{kind.label}: {'; '.join(told)}.")
    dishes = next(iter(readouts.values())).sizes["replicates"]
    caption = "Open marks: dishes. Filled marks with bars: mean over dishes and its 95 % interval (t)." if dishes > 1 \
        else "Filled marks: the one dish of each arm; one dish gives no interval."
    if control is not None:
        caption += f" Vertical line: mean of {control}."
    return Picture(drawn, " ".join(sentences), caption)


def dots_figure(readouts: Mapping[str, xr.DataArray], looks: Mapping[str, Look], control: str | None) -> Figure:
    """The drawing of `dots_picture`: up to three panels in a row that share the names of the arms."""
    columns = 2 if len(readouts) == 4 else min(3, len(readouts))
    rows = -(-len(readouts) // columns)
    arms = next(iter(readouts.values())).sizes["arms"]
    drawn = figure(6.4 if columns == 1 else 9.4, rows * (0.75 + 0.32 * max(arms, 2)), w_pad=0.08, h_pad=0.06)
    panels = drawn.subplots(rows, columns, squeeze=False, sharey=True)
    for axes, (name, values) in zip(panels.ravel(), readouts.items()):
        draw_dots(axes, name, values, looks, control, title_width=28 if columns > 1 else 60)
    for axes in panels.ravel()[len(readouts):]:
        axes.set_axis_off()
    return drawn


def draw_dots(axes: Axes, name: str, values: xr.DataArray, looks: Mapping[str, Look], control: str | None,
              *, title_width: int) -> None:
    """One read-out, arms from top to bottom; its title in lines of about `title_width` characters."""
    kind = words.shown(name, values)
    summaries = _summaries(values, kind.factor)
    if control in summaries and np.isfinite(summaries[control].mean):
        axes.axvline(summaries[control].mean, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    for place, (arm, summary) in enumerate(summaries.items()):
        look, dishes = looks[arm], np.asarray(summary.values)
        axes.axhline(place, color=FAINT, linewidth=0.7, zorder=0)
        if dishes.size > 1:
            axes.plot(dishes, place + 0.24 * _sway(dishes.size), look.marker, markerfacecolor=PAPER,
                      markeredgecolor=look.colour, markersize=4, markeredgewidth=0.9, alpha=0.9, zorder=2)
        if np.isfinite(summary.low):
            axes.plot([summary.low, summary.high], [place, place], color=look.colour, linewidth=2.4, zorder=3,
                      solid_capstyle="butt")
        axes.plot([summary.mean], [place], look.marker, color=look.colour, markersize=6.5, markeredgecolor=PAPER,
                  markeredgewidth=0.8, zorder=4)
        if not np.isfinite(summary.mean):
            axes.text(0.5, place, "no finite value", transform=axes.get_yaxis_transform(), ha="center", va="center",
                      color=MUTED, fontsize=8, bbox={"facecolor": PAPER, "linewidth": 0, "pad": 1})
    axes.set_yticks(range(len(summaries)), list(summaries))
    axes.set_ylim(len(summaries) - 0.4, -0.6)
    axes.set_title(words.broken(kind.title, title_width))
    axes.set_xlabel(kind.unit)
    longest = max((len(words.tick(float(f"{s.mean:.2g}"))) for s in summaries.values()), default=1)
    axes.locator_params(axis="x", nbins=5 if longest < 6 else 3)
    plain_ticks(axes, "x")
    quiet_axes(axes)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=INK)


def _summaries(values: xr.DataArray, factor: float) -> dict[str, Mean]:
    """Arm -> mean over dishes, in the shown unit."""
    return {arm: mean(factor * np.asarray(values.sel(arms=arm).values, dtype=float))
            for arm in map(str, values["arms"].values)}


def _told(summary: Mean) -> str:
    text = words.number(summary.mean)
    return f"{text} ({words.interval(summary.low, summary.high)})" if np.isfinite(summary.low) else text


def _sway(count: int) -> np.ndarray:
    """Offsets from -1 to 1 that keep dots of equal value apart, the same for every arm: a dish keeps its height."""
    return np.linspace(-1, 1, count) if count > 1 else np.zeros(1)
