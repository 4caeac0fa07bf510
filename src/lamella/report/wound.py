"""Pictures of a dish over time: cells, cells at the free edge, and the space without cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import ndimage

from lamella.report import words
from lamella.report.label_images import (
    EMPTY,
    Window,
    frame_times,
    free_edge,
    has_wound,
    painted,
    site_um,
    window,
    wound,
)
from lamella.report.picture import Picture
from lamella.report.style import INK, MUTED, Look, placed_figure

_MOST_FRAMES = 5
_PIXELS = 3.0e6
"""Pixels of all panels together; larger dishes are thinned, so that a report stays small."""

_MARGIN = (0, (3.5, 2.5))
_BARS_UM = (10, 20, 50, 100, 200, 500, 1000)
_HEAD, _GAP = 0.28, 0.05
"""Inches: above the panels, between them."""


def wound_picture(pictures: Mapping[str, xr.DataArray], looks: Mapping[str, Look], cell: str,
                  closed: Mapping[str, xr.DataArray]) -> Picture:
    """One dish per arm over time; rows are arms, columns times.

    pictures   arm -> labels [frames, x, y], 0 where no cell is; coordinate frames in s; attribute site_um if known
    closed     arm -> closed share [times] of the same dish, coordinate times in s; may be empty
    """
    first = next(iter(pictures.values()))
    start, last = frame_times(first)[[0, -1]]
    alt = f"Pictures of one {cell} dish per arm from {words.hours(start)} to {words.hours(last)}."
    caption = f"The first dish of each arm; arms share its seed. Blue-grey: {cell} cells; black: no cells."
    if has_wound(np.asarray(first.values)[0]):
        caption += " Yellow: cells at the free edge. Dashed: margin of the wound at the start."
    if window(first).shape != first.shape[1:]:
        caption += " Cut out round the wound."
    if closed:
        caption += " Per cent: closed share of the wound in this dish."
        shares = [f"{arm} {_percent(course, last)}" for arm, course in closed.items()]
        alt += f" Closed at {words.hours(last)}: {', '.join(shares)}."
    return Picture(wound_figure(pictures, looks, closed), alt, caption)


def closeup_picture(pictures: Mapping[str, xr.DataArray], looks: Mapping[str, Look], cell: str,
                    closed: Mapping[str, xr.DataArray]) -> Picture:
    """The last frame of every arm, as large as two in a row can be. Arguments as of `wound_picture`."""
    arms = list(pictures)
    first = pictures[arms[0]]
    view = window(first)
    columns = min(2, len(arms))
    rows = -(-len(arms) // columns)
    width = 4.5
    drawn, panels = placed_figure(rows, columns, (width, width * view.shape[1] / view.shape[0]), left=0.02, head=0.3,
                                  gap=0.3)
    for number, axes in enumerate(axes for row in panels for axes in row):
        axes.set_axis_off()
        if number < len(arms):
            labels = pictures[arms[number]]
            _draw_row([axes], labels, [labels.sizes["frames"] - 1], view, _stride(len(arms), view),
                      closed.get(arms[number]))
            axes.set_title(words.broken(arms[number], 50), loc="left", pad=4, x=0.024)
            axes.plot([0.0, 0.014], [1.03, 1.03], transform=axes.transAxes, color=looks[arms[number]].colour,
                      linewidth=6, clip_on=False, solid_capstyle="butt")
    scale_bar(panels[0][0], view, site_um(first))
    time = words.hours(frame_times(first)[-1])
    return Picture(drawn, f"Enlarged pictures of one {cell} dish per arm at {time}.",
                   f"The same dishes at {time}, enlarged; colours as above.")


def wound_figure(pictures: Mapping[str, xr.DataArray], looks: Mapping[str, Look], closed: Mapping[str, xr.DataArray],
                 *, most_frames: int = _MOST_FRAMES, wide: float = 8.2, head: float = _HEAD) -> Figure:
    """The drawing of `wound_picture`.

    wide   inches of all panels of a row together
    head   inches above the panels
    """
    arms = list(pictures)
    shown = {arm: chosen_frames(pictures[arm].sizes["frames"], most_frames) for arm in arms}
    columns = max(len(frames) for frames in shown.values())
    view = window(pictures[arms[0]])
    across, up = view.shape
    width = min(2.6, wide / columns)
    height = min(2.6, width * up / across)
    width = min(width, height * across / up)
    stride = _stride(len(arms) * columns, view)
    names = {arm: words.broken(arm) for arm in arms}
    left = 0.25 + 0.075 * max(len(line) for name in names.values() for line in name.split("\n"))
    drawn, panels = placed_figure(len(arms), columns, (width, height), left=left, head=head, gap=_GAP)
    for row, arm in zip(panels, arms):
        _draw_row(row, pictures[arm], shown[arm], view, stride, closed.get(arm))
        row[0].annotate(names[arm], (0, 0.5), (-12, 0), xycoords="axes fraction", textcoords="offset points",
                        ha="right", va="center", color=INK, multialignment="right", fontsize=8.5)
        _swatch(row[0], looks[arm], 0.075 / width)
    for axes, frame in zip(panels[0], shown[arms[0]]):
        axes.set_title(words.hours(float(frame_times(pictures[arms[0]])[frame])), loc="center", fontweight="normal",
                       pad=4)
    scale_bar(panels[0][0], view, site_um(pictures[arms[0]]))
    return drawn


def _stride(panels: int, view: Window) -> int:
    """Every how manieth site along each axis is drawn, so that all panels together keep to their pixels."""
    return max(1, int(np.ceil(np.sqrt(panels * view.shape[0] * view.shape[1] / _PIXELS))))


def chosen_frames(frames: int, most: int) -> list[int]:
    """At most `most` frames, evenly spaced, first and last among them."""
    return [int(i) for i in np.unique(np.round(np.linspace(0, frames - 1, min(frames, most))))]


def _draw_row(row: Sequence[Axes], labels: xr.DataArray, frames: list[int], view: Window, stride: int,
              closed: xr.DataArray | None) -> None:
    """All panels of one arm."""
    values, times = np.asarray(labels.values)[:, ::stride, ::stride], frame_times(labels)
    across, up = labels.shape[1:]
    start, sheet = wound(values[0]), has_wound(values[0])
    for axes in row:
        axes.set_axis_off()
    for axes, frame in zip(row, frames):
        image = values[frame]
        edge = free_edge(image, wound(image, start)) if sheet else np.empty(0, dtype=image.dtype)
        part = tuple(slice(s.start // stride, -(-s.stop // stride)) for s in view.slices)
        extent = (part[0].start * stride, min(part[0].stop * stride, across),
                  part[1].start * stride, min(part[1].stop * stride, up))
        axes.imshow(painted(image, edge)[part].transpose(1, 0, 2), origin="lower", extent=extent, aspect="auto",
                    interpolation="none")
        if sheet and frame > 0:
            soft = ndimage.gaussian_filter(start.T.astype(float), 1.5, mode="nearest")
            axes.contour((np.arange(image.shape[0]) + 0.5) * stride, (np.arange(image.shape[1]) + 0.5) * stride, soft,
                         levels=[0.5], colors="white", linewidths=0.8, linestyles=[_MARGIN], alpha=0.9)
        (x0, x1), (y0, y1) = ((s.start, s.stop) for s in view.slices)
        axes.set(xlim=(x0, x1), ylim=(y0, y1))
        axes.plot([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0], color=MUTED, linewidth=0.7, clip_on=False)
        if closed is not None:
            axes.annotate(_percent(closed, times[frame]), (1, 0), (-4, 4), xycoords="axes fraction", ha="right",
                          textcoords="offset points", va="bottom", fontsize=8, color="white",
                          bbox={"facecolor": EMPTY, "alpha": 0.8, "pad": 1.5, "linewidth": 0})


def _swatch(axes: Axes, look: Look, away: float) -> None:
    """The arm's colour left of its row; `away` is a share of the panel's width."""
    axes.plot([-away, -away], [0.0, 1.0], transform=axes.transAxes, color=look.colour, linewidth=3, clip_on=False,
              solid_capstyle="butt")


def _percent(closed: xr.DataArray, time: float) -> str:
    """The closed share at a time, interpolated."""
    share = 100 * float(np.interp(time, closed["times"].values, np.asarray(closed.values, dtype=float)))
    return f"{max(share, 0):.0f} %" if np.isfinite(share) else words.MISSING


def scale_bar(axes: Axes, view: Window, side: float | None) -> None:
    """A bar of a round length, at most a third of the picture; none where the size of a site is not known."""
    fitting = [um for um in _BARS_UM if side is not None and um <= view.shape[0] * side / 3]
    if side is None or not fitting:
        return
    share = fitting[-1] / side / view.shape[0]
    axes.plot([0.04, 0.04 + share], [0.06, 0.06], transform=axes.transAxes, color="white", linewidth=2.5,
              solid_capstyle="butt")
    axes.annotate(f"{fitting[-1]} µm", (0.04, 0.06), (0, 4), xycoords="axes fraction", textcoords="offset points",
                  color="white", ha="left", va="bottom", fontsize=7.5,
                  bbox={"facecolor": EMPTY, "alpha": 0.8, "pad": 1.0, "linewidth": 0})
