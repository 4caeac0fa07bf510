"""Time courses of a simulated model: a panel a quantity, the spread over cells as a band."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lamella.report.picture import png_bytes
from lamella.report.style import MUTED, drawing, figure, quiet_axes
from lamella.store import replacing

MOST_PANELS = 12
_FEW = 8
_LONGEST_TITLE = 30
_COLOUR = "#0072b2"


def write_time_courses(path: Path, result: xr.Dataset) -> tuple[str, ...]:
    """Draw a result of `lamella.simulate` into a PNG file. Returns the names that are drawn, `MOST_PANELS` at most."""
    names = chosen(result)
    with drawing():
        picture = png_bytes(time_courses_figure(result, names), dpi=150)
    with replacing(path) as temporary:
        temporary.write_bytes(picture)
    return names


def chosen(result: xr.Dataset) -> tuple[str, ...]:
    """The quantities worth drawing: where there are too many, those that change most, in the order of the model."""
    names = [str(name) for name in result.data_vars if result[name].dims == ("times", "cells")]
    if len(names) <= MOST_PANELS:
        return tuple(names)
    changes = [_change(result[name].values) for name in names]
    kept = sorted(range(len(names)), key=lambda i: -changes[i])[:MOST_PANELS]
    return tuple(names[i] for i in sorted(kept))


def _change(values: np.ndarray) -> float:
    """How much the first cell moves, beside its largest value."""
    course = values[:, 0][np.isfinite(values[:, 0])]
    largest = np.abs(course).max(initial=0.0)
    return float(np.ptp(course) / largest * np.log10(1.0 + largest)) if largest > 0 else 0.0


def time_courses_figure(result: xr.Dataset, names: tuple[str, ...]) -> Figure:
    """A grid of panels, four in a row at most."""
    columns = min(4, max(1, len(names)))
    rows = max(1, -(-len(names) // columns))
    drawn = figure(max(4.2, 2.6 * columns), max(3.0, 2.0 * rows + 0.5), w_pad=0.06, h_pad=0.06)
    panels = drawn.subplots(rows, columns, squeeze=False)
    unit = result["times"].attrs.get("units", "")
    for axes, name in zip(panels.ravel(), names):
        _draw(axes, result, name)
    for axes in panels.ravel()[len(names) :]:
        axes.set_axis_off()
    for row, line in enumerate(panels):
        for column, axes in enumerate(line):
            if row * columns + column + columns >= len(names):
                axes.set_xlabel(f"time ({unit})" if unit else "time")
    drawn.suptitle(_title(result), x=0.01, ha="left", fontsize=9.5, color=MUTED)
    return drawn


def _title(result: xr.Dataset) -> str:
    cells = result.sizes["cells"]
    if cells == 1:
        kind = "one realisation" if result.attrs["method"] in ("ssa", "tau") else "one cell"
        return f"{result.attrs['model']}: {kind}"
    failed = int((result["status"].values != 0).sum())
    what = "each cell a line, the median strong" if cells <= _FEW else "median and 5 to 95 % of the cells"
    return f"{result.attrs['model']}: {cells} cells, {what}" + (f"; {failed} failed" if failed else "")


def _panel_title(values: xr.DataArray, name: str) -> str:
    """Name, what the model calls it, and the unit, on a short line."""
    long_name, unit = values.attrs.get("long_name", name), values.attrs.get("units", "")
    title = name if long_name == name else f"{name}: {long_name}"
    if len(title) > _LONGEST_TITLE:
        title = title[: _LONGEST_TITLE - 1] + "…"
    return f"{title} ({unit})" if unit else title


def _draw(axes: Axes, result: xr.Dataset, name: str) -> None:
    times, values = result["times"].values, result[name].values
    healthy = values[:, np.isfinite(values).any(axis=0)]
    step = "post" if result.attrs["method"] == "ssa" and healthy.shape[1] == 1 else None
    if healthy.shape[1] == 0:
        axes.text(0.5, 0.5, "no finite value", transform=axes.transAxes, ha="center", va="center", color=MUTED)
    elif healthy.shape[1] == 1:
        axes.plot(times, healthy[:, 0], color=_COLOUR, linewidth=1.6, drawstyle="steps-post" if step else "default")
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # times at which no cell is left
            low, middle, high = np.nanquantile(healthy, (0.05, 0.5, 0.95), axis=1)
        if healthy.shape[1] <= _FEW:
            axes.plot(times, healthy, color=_COLOUR, linewidth=0.7, alpha=0.45)
        else:
            axes.fill_between(times, low, high, color=_COLOUR, alpha=0.22, linewidth=0)
        axes.plot(times, middle, color=_COLOUR, linewidth=1.8)
    axes.set_title(_panel_title(result[name], name))
    axes.ticklabel_format(axis="y", scilimits=(-2, 4))
    axes.set_xlim(times[0], times[-1])
    low, high = axes.get_ylim()
    if low > 0 and low < 0.5 * high:
        axes.set_ylim(0, high)
    quiet_axes(axes, grid="y")
