"""Where cells went: tracks with a common origin, one panel per arm."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from lamella.report import words
from lamella.report.picture import Picture
from lamella.report.style import FAINT, INK, MUTED, Look, figure

_MOST_TRACKS = 60
_MOST_POINTS = 40

Paths = dict[str, list[np.ndarray]]
"""Arm -> tracks [points, 2] in um from their own origin."""


def tracks_picture(table: pd.DataFrame, looks: Mapping[str, Look], cell: str) -> Picture | None:
    """Tracks of the first dish of every arm; None where no track has two finite points.

    table   columns arm, replicate, cell, time_s, x_um, y_um; where `edge` is there, cells that start at the free edge
    """
    if table.empty:
        return None
    edge_only = "edge" in table.columns and bool(table["edge"].any())
    paths = origin_paths(table, list(looks), edge_only=edge_only)
    if not any(paths.values()):
        return None
    net = {arm: _median_net(found) for arm, found in paths.items() if found}
    counts = sorted({len(found) for found in paths.values() if found})
    many = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    whose = "cells that start at the free edge" if edge_only else f"{cell} cells"
    duration = words.hours(float(np.ptp(table["time_s"].to_numpy(dtype=float))))
    alt = f"Tracks of {whose} over {duration} from a common origin. Median net displacement: " + ", ".join(
        f"{arm} {words.number(value, 2)} µm" for arm, value in net.items()) + "."
    caption = (f"{duration} of {many} {whose} of the first dish of each arm, moved to a common origin; dots: where "
               "they ended. Circle: median net displacement. One scale for all panels.")
    return Picture(tracks_figure(paths, looks), alt, caption)


def origin_paths(table: pd.DataFrame, arms: list[str], *, edge_only: bool) -> Paths:
    """At most 60 tracks per arm of its first dish, evenly taken by cell number, thinned to 40 points."""
    names, dishes, cells, times = (table[name].to_numpy() for name in ("arm", "replicate", "cell", "time_s"))
    places = table[["x_um", "y_um"]].to_numpy(dtype=float)
    at_edge = table["edge"].to_numpy().astype(bool) if edge_only else np.ones(len(table), dtype=bool)
    chosen: Paths = {}
    for arm in arms:
        mine = np.flatnonzero((names == arm) & (dishes == dishes.min()) & np.isfinite(places).all(axis=1))
        mine = mine[np.lexsort((times[mine], cells[mine]))]
        breaks = np.flatnonzero(np.diff(cells[mine])) + 1
        rows = [group for group in np.split(mine, breaks) if len(group) > 1 and at_edge[group[0]]]
        chosen[arm] = [places[_thinned(rows[number], _MOST_POINTS)] - places[rows[number][0]]
                       for number in _thinned(np.arange(len(rows)), _MOST_TRACKS)]
    return chosen


def _thinned(items: np.ndarray, most: int) -> np.ndarray:
    """At most `most` items, evenly taken, first and last among them."""
    return items[np.unique(np.linspace(0, len(items) - 1, min(most, len(items))).astype(int))] if len(items) else items


def tracks_figure(paths: Paths, looks: Mapping[str, Look]) -> Figure:
    """One square panel per arm, up to three in a row, all on one scale."""
    columns = min(3, len(paths))
    rows = -(-len(paths) // columns)
    side = min(3.0, 8.4 / columns)
    drawn = figure(columns * side, rows * (side + 0.15), w_pad=0.04, h_pad=0.1)
    panels = drawn.subplots(rows, columns, squeeze=False).ravel()
    reach = 1.05 * max(float(np.abs(path).max()) for found in paths.values() for path in found)
    reach = reach or 1.0
    for axes in panels:
        axes.set_axis_off()
    for axes, (arm, found) in zip(panels, paths.items()):
        _draw_panel(axes, arm, found, looks[arm], reach)
    length = _round_length(reach / 2)
    axes = panels[0]
    axes.plot([-reach, -reach + length], [-0.97 * reach] * 2, color=INK, linewidth=2, solid_capstyle="butt")
    axes.text(-reach + length / 2, -0.94 * reach, f"{length:g} µm", ha="center", va="bottom", fontsize=8)
    return drawn


def _draw_panel(axes: Axes, arm: str, found: list[np.ndarray], look: Look, reach: float) -> None:
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    axes.set_title(arm, fontsize=9)
    axes.plot([-reach, reach], [0, 0], color=FAINT, linewidth=0.8, zorder=0)
    axes.plot([0, 0], [-reach, reach], color=FAINT, linewidth=0.8, zorder=0)
    if not found:
        axes.text(0, 0, "no track", ha="center", va="center", color=MUTED)
        return
    axes.add_collection(LineCollection(found, colors=look.colour, linewidths=0.8, alpha=0.55))
    ends = np.array([path[-1] for path in found])
    axes.plot(ends[:, 0], ends[:, 1], "o", color=look.colour, markersize=2.6, markeredgewidth=0)
    angle = np.linspace(0, 2 * np.pi, 90)
    net = _median_net(found)
    axes.plot(net * np.cos(angle), net * np.sin(angle), color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.text(1.0, 0.0, f"net {words.number(net, 2)} µm", transform=axes.transAxes, ha="right", va="bottom",
              fontsize=8, color=INK)


def _median_net(found: list[np.ndarray]) -> float:
    """Median distance between start and end, um."""
    return float(np.median([np.hypot(*path[-1]) for path in found]))


def _round_length(longest: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not above `longest`."""
    power = 10.0 ** np.floor(np.log10(longest))
    return float(max(m * power for m in (1, 2, 5) if m * power <= longest * 1.000001))
