"""What is read over a dose, a force or a lag: the mean over dishes with its 95 % band, one line per arm."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lamella.report import words
from lamella.report.curves import bands, names_at_ends, plain_ticks
from lamella.report.picture import Picture
from lamella.report.style import Look, figure, quiet_axes

_WIDE = 30.0
"""Values above 0 whose largest is this many times the smallest are drawn on a logarithmic scale."""

_AXES = {"doses": "dose", "forces": "force on a cell", "lags": "lag"}


def series_of(dataset: xr.Dataset) -> dict[str, xr.DataArray]:
    """Variables with the axes replicates, arms and one more that has numbers, and is no time of the assay."""
    found = {}
    for name, variable in dataset.data_vars.items():
        others = [dim for dim in variable.dims if dim not in ("replicates", "arms")]
        if len(others) != 1 or variable.ndim != 3 or variable.dtype.kind not in "fiub":
            continue
        (axis,) = others
        if axis in ("times", "frames") or axis not in dataset.coords or dataset[axis].dtype.kind not in "fiu":
            continue
        if dataset.sizes[axis] > 1:
            found[str(name)] = variable.transpose("replicates", "arms", axis)
    return found


def series_picture(series: Mapping[str, xr.DataArray], looks: Mapping[str, Look]) -> Picture:
    """A panel for every variable.

    series   name -> values [replicates, arms, axis], coordinates arms and axis
    """
    titles = [f"{words.shown(name, values).title} over {_axis(values)[0]}" for name, values in series.items()]
    dishes = next(iter(series.values())).sizes["replicates"]
    caption = f"Lines: mean over {dishes} dishes. Bands: 95 % interval of the mean (t)." if dishes > 1 \
        else "Lines: the one dish of each arm; one dish gives no interval."
    return Picture(series_figure(series, looks), f"Per arm: {words.joined(titles)}.", caption)


def series_figure(series: Mapping[str, xr.DataArray], looks: Mapping[str, Look]) -> Figure:
    """The drawing of `series_picture`: one wide panel, or two in a row."""
    columns = 1 if len(series) == 1 else 2
    rows = -(-len(series) // columns)
    height = 3.9 if columns == 1 else 2.9
    drawn = figure(7.0 if columns == 1 else 9.4, height * rows, w_pad=0.08, h_pad=0.08)
    panels = drawn.subplots(rows, columns, squeeze=False).ravel()
    for axes, (name, values) in zip(panels, series.items()):
        _draw(axes, name, values, looks, height - 0.9)
    for axes in panels[len(series):]:
        axes.set_axis_off()
    return drawn


def _axis(values: xr.DataArray) -> tuple[str, str]:
    """What the third axis is called, and its unit."""
    axis = str(values.dims[2])
    unit = words.unit_name(str(values[axis].attrs.get("units", "s" if axis == "lags" else "")))
    return _AXES.get(axis, axis), unit


def _draw(axes: Axes, name: str, values: xr.DataArray, looks: Mapping[str, Look], tall: float) -> None:
    kind, (title, unit) = words.shown(name, values), _axis(values)
    at = np.asarray(values[values.dims[2]].values, dtype=float)
    scaled = kind.factor * values
    everything = np.asarray(scaled.values, dtype=float)
    ends = bands(axes, at, scaled, looks)
    axes.set_title(kind.label)
    axes.set_xlabel(f"{title} ({unit})" if unit else title)
    if _is_wide(at):
        axes.set_xscale("log")
    if _is_wide(everything) and str(values.dims[2]) == "lags":
        axes.set_yscale("log")
    for which in "xy":
        plain_ticks(axes, which)
    quiet_axes(axes, grid="y")
    names_at_ends(axes, ends, looks, 0.175 / tall)


def _is_wide(values: np.ndarray) -> bool:
    finite = values[np.isfinite(values)]
    return finite.size > 1 and finite.min() > 0.0 and finite.max() > _WIDE * finite.min()
