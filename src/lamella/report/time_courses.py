"""Time courses of a simulated model: a panel a quantity, the spread over cells as a band."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lamella.report.picture import png_bytes, svg_bytes
from lamella.report.style import INK, MUTED, drawing, figure, quiet_axes
from lamella.store import replacing

MOST_PANELS = 12
_MOST_RULES = 6
"""Panels that assignment rules, which an author wrote to be read, may take before other quantities."""

_FEW = 8
"""So many cells are drawn one by one; of more, as many stand for the others behind the median."""

_COLUMNS = {1: 1, 2: 2, 3: 3, 4: 2, 5: 3, 6: 3, 9: 3}
_LONGEST_TITLE = 34
_COLOUR, _FIRST = "#0072b2", "#d55e00"
_DIGITS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def write_time_courses(folder: Path, result: xr.Dataset) -> tuple[str, ...]:
    """Draw a result of `lamella.simulate` into plot.png and plot.svg. Returns the names that are drawn."""
    names = chosen(result)
    with drawing():
        drawn = time_courses_figure(result, names)
        pictures = {"plot.png": png_bytes(drawn, dpi=150), "plot.svg": svg_bytes(drawn)}
    for name, picture in pictures.items():
        with replacing(Path(folder) / name) as lent:
            lent.write_bytes(picture)
    return names


def chosen(result: xr.Dataset) -> tuple[str, ...]:
    """The quantities worth drawing, `MOST_PANELS` at most, in the order of the model.

    Where there are more: rules that change, then what changes most.
    """
    names = [str(name) for name in result.data_vars if result[name].dims == ("times", "cells")]
    if len(names) <= MOST_PANELS:
        return tuple(names)
    changes = {name: _change(result[name].values) for name in names}
    order = sorted(names, key=lambda name: -changes[name])
    rules = [name for name in order if result[name].attrs.get("kind") == "rule" and changes[name] > 0][:_MOST_RULES]
    kept = {*rules, *[name for name in order if name not in rules][: MOST_PANELS - len(rules)]}
    return tuple(name for name in names if name in kept)


def _change(values: np.ndarray) -> float:
    """How much the first cell moves, beside its largest value; of two that move alike, the larger one counts more."""
    course = values[:, 0][np.isfinite(values[:, 0])]
    largest = np.abs(course).max(initial=0.0)
    return float(np.ptp(course) / largest * (100.0 + np.log10(largest))) if largest > 1e-99 else 0.0


def time_courses_figure(result: xr.Dataset, names: tuple[str, ...]) -> Figure:
    """A grid of panels, four in a row at most."""
    columns = _COLUMNS.get(len(names), 4)
    rows = max(1, -(-len(names) // columns))
    wide = 3.4 if columns < 3 else 2.7
    tall = 2.5 if columns < 3 else 2.05
    drawn = figure(max(4.8, wide * columns), max(3.2, tall * rows + 0.4), w_pad=0.07, h_pad=0.07)
    panels = drawn.subplots(rows, columns, squeeze=False).ravel()
    unit = result["times"].attrs.get("units", "")
    for number, (axes, name) in enumerate(zip(panels, names)):
        _draw(axes, result, name)
        if number + columns >= len(names):
            axes.set_xlabel(f"time ({unit})" if unit else "time")
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    drawn.suptitle(_title(result), x=0.01, ha="left", fontsize=9.5, color=MUTED)
    return drawn


def _title(result: xr.Dataset) -> str:
    cells, name = result.sizes["cells"], result.attrs["model"]
    if cells == 1:
        return f"{name}: one realisation" if result.attrs["method"] in ("ssa", "tau") else str(name)
    what = "each a line" if cells <= _FEW else f"median and 5 to 95 %; thin: {_FEW} of the cells"
    dashed = "; dashed: the values of the model" if "varied" in result else ""
    failed = int((result["status"].values != 0).sum())
    return f"{name}: {cells} cells, {what}{dashed}" + (f"; {failed} failed" if failed else "")


def _panel_title(values: xr.DataArray, name: str) -> str:
    """Name and what the model calls it, on a short line."""
    long_name = values.attrs.get("long_name", name)
    title = name if long_name == name else f"{long_name} ({name})"
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"


def _draw(axes: Axes, result: xr.Dataset, name: str) -> None:
    times, values, unit = result["times"].values, result[name].values, result[name].attrs.get("units", "")
    power = _power(values)
    values = values / 10.0**power
    counted = result.attrs["method"] == "ssa"
    shown = np.flatnonzero(np.isfinite(values).any(axis=0))
    style: dict[str, Any] = {"drawstyle": "steps-post" if counted else "default"}
    if len(shown) == 0:
        axes.text(0.5, 0.5, "no finite value", transform=axes.transAxes, ha="center", va="center", color=MUTED)
    elif result.sizes["cells"] == 1:
        axes.plot(times, values[:, 0], color=_COLOUR, linewidth=1.6, **style)
    else:
        _draw_cells(axes, times, values[:, shown], style)
        if "varied" in result and 0 in shown:
            axes.plot(times, values[:, 0], color=_FIRST, linewidth=1.2, linestyle=(0, (4, 2)), **style)
    axes.set_title(_panel_title(result[name], name))
    axes.set_ylabel(" ".join(part for part in (f"10{str(power).translate(_DIGITS)}" if power else "", unit) if part))
    axes.set_xlim(times[0], times[-1])
    _limit(axes, values)
    quiet_axes(axes, grid="y")


def _draw_cells(axes: Axes, times: np.ndarray, values: np.ndarray, style: dict[str, Any]) -> None:
    """A few cells [times, cells] singly; of many the band, the median, and some of them."""
    cells = values.shape[1]
    if cells <= _FEW:
        axes.plot(times, values, color=_COLOUR, linewidth=1.0, alpha=0.7, **style)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # times at which no cell is left
        low, middle, high = np.nanquantile(values, (0.05, 0.5, 0.95), axis=1)
    axes.fill_between(times, low, high, color=_COLOUR, alpha=0.18, linewidth=0)
    some = np.linspace(0, cells - 1, _FEW).round().astype(int)
    axes.plot(times, values[:, some], color=_COLOUR, linewidth=0.6, alpha=0.4, **style)
    axes.plot(times, middle, color=_COLOUR, linewidth=1.8)


def _power(values: np.ndarray) -> int:
    """Power of ten, a multiple of three, that is taken out of numbers too large or too small to read."""
    finite = np.abs(values[np.isfinite(values)])
    largest = finite.max(initial=0.0)
    if largest == 0.0 or 1e-2 <= largest < 1e4:
        return 0
    return min(max(3 * math.floor(math.log10(largest) / 3), -300), 300)


def _limit(axes: Axes, values: np.ndarray) -> None:
    """Begin at 0 unless that would flatten what is drawn; a constant gets some room."""
    low, high = axes.get_ylim()
    finite = values[np.isfinite(values)]
    if finite.size and np.ptp(finite) <= 1e-9 * np.abs(finite).max():
        middle = float(finite[0])
        low, high = (0.0, 2.0 * middle) if middle > 0 else (2.0 * middle, 0.0) if middle < 0 else (0.0, 1.0)
    elif finite.size and finite.min() >= 0 and low < 0.5 * high:
        low = 0.0
    axes.set_ylim(low, high)
    axes.axhline(0.0, color=INK, linewidth=0.5) if low < 0 < high else None
