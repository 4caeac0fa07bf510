"""Shapes of cells: outlines with their axes, turned so that the axis points right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from contourpy import contour_generator
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import ndimage

from lamella.report import words
from lamella.report.label_images import frame_times, free_edge, has_wound, site_um, wound
from lamella.report.picture import Picture
from lamella.report.style import INK, MUTED, Look, figure

_QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
_SMALLEST = 12
"""Sites below which a cell has no outline to speak of."""


@dataclass(frozen=True)
class Shape:
    """One cell.

    outline   [points, 2] round its centre, axis to the right, in sites
    aspect    spread along the axis over spread across it
    """

    outline: np.ndarray
    aspect: float


def shapes_picture(pictures: Mapping[str, xr.DataArray], table: pd.DataFrame | None,
                   looks: Mapping[str, Look]) -> Picture | None:
    """Five cells of every arm, from rounder to longer; None where no cell can be drawn.

    pictures   arm -> labels [frames, x, y] of its first dish
    table      tracks with axis_x and axis_y; without them the long axis of the shape is taken
    """
    frame, edge_only = _telling_frame(pictures)
    known = table if table is not None and {"axis_x", "axis_y"} <= set(table.columns) else None
    found = {}
    for arm, labels in pictures.items():
        axes = {} if known is None else _axes_of(known, arm, frame_times(labels)[frame])
        image = np.asarray(labels.values)[frame]
        found[arm] = _chosen(cell_shapes(image, free_edge(image, _space(labels, frame)) if edge_only else None, axes))
    if not any(found.values()):
        return None
    first = next(iter(pictures.values()))
    time = words.hours(float(frame_times(first)[frame]))
    who = "free-edge cells" if edge_only else "cells"
    alt = f"Outlines of {who} at {time}. Aspect ratios drawn: " + "; ".join(
        f"{arm} {', '.join(f'{s.aspect:.1f}' for s in shapes)}" for arm, shapes in found.items() if shapes) + "."
    axis = "long axis" if known is None else "polarity axis"
    caption = (f"{who.capitalize()} of the first dish of each arm at {time}: the 10, 30, 50, 70 and 90 % quantiles of "
               f"elongation. Arrows: {axis}, turned to the right. Numbers: spread along the axis over that across it.")
    return Picture(_shapes_figure(found, looks, site_um(first)), alt, caption)


def cell_shapes(image: np.ndarray, cells: np.ndarray | None, axes: Mapping[int, tuple[float, float]]) -> list[Shape]:
    """Shapes of the cells of a label image, those at its border left out; sorted by aspect.

    image   [x, y]
    cells   labels that are wanted; None for all
    axes    label -> axis; a cell that is missing takes its own long axis
    """
    border = {int(v) for side in (image[0], image[-1], image[:, 0], image[:, -1]) for v in np.unique(side)}
    shapes = []
    for label, box in enumerate(ndimage.find_objects(image.astype(np.int32)), start=1):
        if box is None or label in border or (cells is not None and label not in cells):
            continue
        mask = np.pad(image[box] == label, 2)
        points = np.argwhere(mask) - np.argwhere(mask).mean(axis=0)
        if len(points) < _SMALLEST:
            continue
        spread = points.T @ points / len(points) + np.eye(2) / 12  # a site has an extent of its own
        along = np.asarray(axes.get(label, (0.0, 0.0)), dtype=float)
        if not np.hypot(*along) > 1e-9:
            along = np.linalg.eigh(spread)[1][:, 1]
        along = along / np.hypot(*along)
        across = np.array([-along[1], along[0]])
        aspect = float(np.sqrt((along @ spread @ along) / (across @ spread @ across)))
        shapes.append(Shape(_outline(mask) @ np.stack([along, across], axis=1), aspect))
    return sorted(shapes, key=lambda shape: shape.aspect)


def _outline(mask: np.ndarray) -> np.ndarray:
    """The longest closed contour of a mask, a little smoothed.   returns [points, 2] about the centre of mass"""
    soft = ndimage.gaussian_filter(mask.astype(float), 0.8)
    lines = contour_generator(z=soft.T).lines(0.5)
    return max(lines, key=len) - np.argwhere(mask).mean(axis=0) if lines else np.zeros((1, 2))


def _telling_frame(pictures: Mapping[str, xr.DataArray]) -> tuple[int, bool]:
    """The last frame in which every arm still has cells at a free edge, and whether there is such a frame."""
    frames = min(labels.sizes["frames"] for labels in pictures.values())
    if all(has_wound(np.asarray(labels.values)[0]) for labels in pictures.values()):
        for frame in range(frames - 1, 0, -1):
            if all(free_edge(np.asarray(labels.values)[frame], _space(labels, frame)).size >= 2 * len(_QUANTILES)
                   for labels in pictures.values()):
                return frame, True
    return frames - 1, False


def _space(labels: xr.DataArray, frame: int) -> np.ndarray:
    values = np.asarray(labels.values)
    return wound(values[frame], wound(values[0]))


def _axes_of(table: pd.DataFrame, arm: str, time: float) -> dict[int, tuple[float, float]]:
    """Cell -> axis in the first dish of an arm at the time nearest to `time` (s)."""
    arms, dishes = table["arm"].to_numpy(), table["replicate"].to_numpy()
    if dishes.size == 0:
        return {}
    mine = np.flatnonzero((arms == arm) & (dishes == dishes.min()))
    if mine.size == 0:
        return {}
    times, cells, along_x, along_y = (table[name].to_numpy()[mine] for name in ("time_s", "cell", "axis_x", "axis_y"))
    now = np.abs(times - time) == np.abs(times - time).min()
    now &= np.isfinite(along_x) & np.isfinite(along_y)
    return {int(cell): (float(x), float(y)) for cell, x, y in zip(cells[now], along_x[now], along_y[now])}


def _chosen(shapes: Sequence[Shape]) -> list[Shape]:
    """Those at fixed quantiles, so that neither the roundest nor the longest cell speaks for the arm."""
    places = np.unique([round(q * (len(shapes) - 1)) for q in _QUANTILES]) if shapes else []
    return [shapes[int(place)] for place in places]


def _shapes_figure(found: Mapping[str, list[Shape]], looks: Mapping[str, Look], side_um: float | None) -> Figure:
    """Arms in columns, three in a row; quantiles from left to right."""
    every = np.concatenate([shape.outline for shapes in found.values() for shape in shapes])
    half_long, half_wide = float(np.abs(every[:, 0]).max()), float(np.abs(every[:, 1]).max())
    pitch, tall = 2.25 * half_long, 2.4 * half_wide
    columns = 1 if len(found) < 2 else 2
    rows = -(-len(found) // columns)
    width = 9.2 / columns
    row_height = width * (tall + 0.28 * pitch) / (len(_QUANTILES) * pitch) + 0.3
    drawn = figure(9.2, rows * row_height, w_pad=0.05, h_pad=0.03)
    panels = drawn.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels:
        axes.set_axis_off()
    for axes, (arm, shapes) in zip(panels, found.items()):
        axes.set(xlim=(-pitch / 2, (len(_QUANTILES) - 0.5) * pitch), ylim=(-tall / 2 - 0.28 * pitch, tall / 2),
                 aspect="equal")
        axes.set_title(words.broken(arm, 40), fontsize=9)
        for number, shape in enumerate(shapes):
            _draw_shape(axes, shape, number * pitch, looks[arm], -tall / 2 - 0.02 * pitch)
        if not shapes:
            axes.text(0, 0, "no cell at the free edge", color=MUTED, va="center")
    if side_um is not None:
        _scale(panels[0], (len(_QUANTILES) - 0.5) * pitch, -tall / 2 - 0.27 * pitch, half_long, side_um)
    return drawn


def _draw_shape(axes: Axes, shape: Shape, x: float, look: Look, number_at: float) -> None:
    axes.fill(shape.outline[:, 0] + x, shape.outline[:, 1], facecolor=look.colour, alpha=0.28, linewidth=0)
    axes.plot(shape.outline[:, 0] + x, shape.outline[:, 1], color=look.colour, linewidth=1.2)
    reach = 0.86 * float(np.abs(shape.outline[:, 0]).max())
    axes.annotate("", (x + reach, 0), (x - reach, 0), annotation_clip=False,
                  arrowprops={"arrowstyle": "->", "color": INK, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0})
    axes.text(x, number_at, f"{shape.aspect:.1f}", ha="center", va="top", fontsize=8)


def _scale(axes: Axes, right: float, bottom: float, half_long: float, side_um: float) -> None:
    length = next((um for um in (50, 20, 10, 5, 2, 1) if um / side_um <= 1.2 * half_long), 1)
    axes.plot([right - length / side_um, right], [bottom, bottom], color=INK, linewidth=2, solid_capstyle="butt")
    axes.text(right - length / side_um - 0.1 * half_long, bottom, f"{length} µm", ha="right", va="center", fontsize=8)
