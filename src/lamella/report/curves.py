"""Time courses: the mean over dishes with its 95 % band, one line per arm."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lamella.assays.effects import mean
from lamella.report import words
from lamella.report.picture import Picture
from lamella.report.style import INK, MUTED, Look, figure, quiet_axes, spread

_HOUR_STEPS = (1, 2, 3, 4, 6, 12, 24, 48, 96)


def curves_picture(courses: Mapping[str, xr.DataArray], looks: Mapping[str, Look]) -> Picture:
    """Time courses of one or more variables, a panel each.

    courses   name -> values [replicates, arms, times], coordinates arms and times (s)
    """
    drawn = curves_figure(courses, looks)
    first = next(iter(courses.values()))
    dishes = first.sizes["replicates"]
    titles = [words.shown(name, course).title for name, course in courses.items()]
    alt = f"Time courses per arm of {words.joined(titles)}."
    for name, course in courses.items():
        kind = words.shown(name, course)
        ends = [f"{arm} {words.number(kind.factor * mean(course.sel(arms=arm).isel(times=-1).values).mean)}"
                for arm in map(str, course["arms"].values)]
        alt += f" {kind.label} at the end: {', '.join(ends)}."
    caption = f"Lines: mean over {dishes} dishes. Bands: 95 % interval of the mean (t)." if dishes > 1 \
        else "Lines: the one dish of each arm; one dish gives no interval."
    return Picture(drawn, alt, caption)


def curves_figure(courses: Mapping[str, xr.DataArray], looks: Mapping[str, Look]) -> Figure:
    """The drawing of `curves_picture`: one wide panel, or two in a row."""
    columns = 1 if len(courses) == 1 else 2
    rows = -(-len(courses) // columns)
    drawn = figure(7.0 if columns == 1 else 9.4, 3.9 if columns == 1 else 2.9 * rows, w_pad=0.08, h_pad=0.08)
    panels = drawn.subplots(rows, columns, squeeze=False).ravel()
    for axes, (name, course) in zip(panels, courses.items()):
        draw_course(axes, name, course, looks, tall=(3.9 if columns == 1 else 2.9) - 0.9)
    for axes in panels[len(courses):]:
        axes.set_axis_off()
    return drawn


def draw_course(axes: Axes, name: str, course: xr.DataArray, looks: Mapping[str, Look], *, tall: float) -> None:
    """One variable: lines, bands, names of the arms at the ends of their lines.

    tall   height of the panel in inches, about, for the distance between names
    """
    kind = words.shown(name, course)
    hours, unit = _clock(np.asarray(course["times"].values, dtype=float))
    ends = bands(axes, hours, kind.factor * course.transpose("arms", "replicates", "times"), looks)
    axes.set_title(kind.label)
    axes.set_xlabel(f"time ({unit})")
    axes.set_xlim(hours[0], hours[-1] if hours[-1] > hours[0] else hours[0] + 1)
    if unit == "h":
        step = next((s for s in _HOUR_STEPS if hours[-1] / s <= 6), 240)
        axes.set_xticks(np.arange(0, hours[-1] + 1e-9, step))
    plain_ticks(axes, "y")
    quiet_axes(axes, grid="y")
    names_at_ends(axes, ends, looks, 0.175 / tall)


def bands(axes: Axes, at: np.ndarray, values: xr.DataArray, looks: Mapping[str, Look]) -> dict[str, float]:
    """Mean and interval of every arm along an axis.

    at, values   places [n], and what was read there [arms, replicates, n]
    returns      where the line of each arm ends
    """
    ends: dict[str, float] = {}
    for arm in map(str, values["arms"].values):
        every = [mean(column) for column in np.asarray(values.sel(arms=arm).values, dtype=float).T]
        centre, low, high = (np.array([getattr(m, part) for m in every]) for part in ("mean", "low", "high"))
        look = looks[arm]
        axes.fill_between(at, low, high, color=look.colour, alpha=0.16, linewidth=0)
        axes.plot(at, centre, color=look.colour, linestyle=look.dash, linewidth=1.8)
        finite = np.flatnonzero(np.isfinite(centre))
        if finite.size:
            ends[arm] = float(centre[finite[-1]])
    return ends


def _clock(seconds: np.ndarray) -> tuple[np.ndarray, str]:
    """Times in the unit that suits their length."""
    return (seconds / 3600, "h") if seconds.size == 0 or seconds[-1] >= 5400 else (seconds / 60, "min")


def plain_ticks(axes: Axes, which: str) -> None:
    """Tick labels as this report writes numbers."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_formatter(lambda value, _position: words.tick(value))


def names_at_ends(axes: Axes, ends: Mapping[str, float], looks: Mapping[str, Look], gap: float) -> None:
    """Names of the arms right of the axes, apart from each other, joined to their lines by a thin leader."""
    low, high = axes.get_ylim()
    axes.set_ylim(low, high)
    scale = np.log if axes.get_yscale() == "log" else np.asarray
    if not ends:
        axes.text(0.5, 0.5, "no finite value", transform=axes.transAxes, ha="center", va="center", color=MUTED)
        return
    heights = [float((scale(value) - scale(low)) / (scale(high) - scale(low))) for value in ends.values()]
    for (arm, _), at, label_at in zip(ends.items(), heights, spread(heights, gap, 0.0, 1.0)):
        axes.annotate(arm, (1.0, at), (1.055, label_at), xycoords="axes fraction", textcoords="axes fraction",
                      va="center", color=INK, fontsize=8.5, annotation_clip=False,
                      arrowprops={"arrowstyle": "-", "color": looks[arm].colour, "linewidth": 1.0,
                                  "linestyle": looks[arm].dash, "shrinkA": 1, "shrinkB": 0, "relpos": (0, 0.5)})
