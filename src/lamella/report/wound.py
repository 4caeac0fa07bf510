"""Pictures of a dish over time: cells, cells at the free edge, and the space without cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import ndimage

from lamella.report import words
from lamella.report.label_images import EMPTY, frame_times, free_edge, has_wound, painted, site_um, wound
from lamella.report.picture import Picture
from lamella.report.style import INK, Look, figure

_MOST_FRAMES = 5
_PIXELS = 2.6e6
"""Pixels of all panels together; larger dishes are thinned, so that a report stays small."""

_MARGIN = (0, (3.5, 2.5))
_BARS_UM = (10, 20, 50, 100, 200, 500, 1000)


def wound_picture(pictures: Mapping[str, xr.DataArray], looks: Mapping[str, Look], cell: str,
                  closed: Mapping[str, xr.DataArray]) -> Picture:
    """One dish per arm over time; rows are arms, columns times.

    pictures   arm -> labels [frames, x, y], 0 where no cell is; coordinate frames in s; attribute site_um if known
    closed     arm -> closed share [times] of the same dish, coordinate times in s; may be empty
    """
    drawn = wound_figure(pictures, looks, closed)
    first = next(iter(pictures.values()))
    last = float(frame_times(first)[-1])
    alt = f"Pictures of one {cell} dish per arm from {words.hours(frame_times(first)[0])} to {words.hours(last)}."
    caption = f"The first dish of each arm; arms share its seed. Blue-grey: {cell} cells; black: no cells."
    if has_wound(np.asarray(first.values)[0]):
        caption += " Yellow: cells at the free edge. Dashed: margin of the wound at the start."
    if closed:
        caption += " Per cent: closed share of the wound in this dish."
        shares = [f"{arm} {_percent(course, last)}" for arm, course in closed.items()]
        alt += f" Closed at {words.hours(last)}: {', '.join(shares)}."
    return Picture(drawn, alt, caption)


def wound_figure(pictures: Mapping[str, xr.DataArray], looks: Mapping[str, Look],
                 closed: Mapping[str, xr.DataArray], *, most_frames: int = _MOST_FRAMES) -> Figure:
    """The drawing of `wound_picture`."""
    arms = list(pictures)
    shown = {arm: _chosen(pictures[arm].sizes["frames"], most_frames) for arm in arms}
    columns = max(len(frames) for frames in shown.values())
    across, up = pictures[arms[0]].shape[1:]
    stride = max(1, int(np.ceil(np.sqrt(len(arms) * columns * across * up / _PIXELS))))
    width = min(2.4, 8.0 / columns)
    height = min(3.0, width * up / across)
    drawn = figure(1.25 + columns * width, 0.3 + len(arms) * (height + 0.06))
    drawn.get_layout_engine().set(w_pad=0.015, h_pad=0.015, wspace=0.0, hspace=0.0)
    panels = drawn.subplots(len(arms), columns, squeeze=False)
    for row, arm in zip(panels, arms):
        _draw_row(row, pictures[arm], shown[arm], stride, closed.get(arm))
        _name(row[0], arm, looks[arm])
    for axes, frame in zip(panels[0], shown[arms[0]]):
        axes.set_title(words.hours(float(frame_times(pictures[arms[0]])[frame])), loc="center", fontweight="normal")
    _scale_bar(panels[0, 0], pictures[arms[0]])
    return drawn


def _chosen(frames: int, most: int) -> list[int]:
    """At most `most` frames, evenly spaced, first and last among them."""
    return [int(i) for i in np.unique(np.round(np.linspace(0, frames - 1, min(frames, most))))]


def _draw_row(row: Sequence[Axes], labels: xr.DataArray, frames: list[int], stride: int,
              closed: xr.DataArray | None) -> None:
    """All panels of one arm."""
    values, times = np.asarray(labels.values)[:, ::stride, ::stride], frame_times(labels)
    across, up = labels.shape[1:]
    start = wound(values[0])
    sheet = has_wound(values[0])
    for axes in row:
        axes.set_axis_off()
    for axes, frame in zip(row, frames):
        image = values[frame]
        edge = free_edge(image, wound(image, start)) if sheet else np.empty(0, dtype=image.dtype)
        axes.imshow(painted(image, edge).transpose(1, 0, 2), origin="lower", extent=(0, across, 0, up),
                    interpolation="none")
        if sheet and frame != frames[0]:
            soft = ndimage.gaussian_filter(start.T.astype(float), 1.5, mode="nearest")
            axes.contour((np.arange(image.shape[0]) + 0.5) * stride, (np.arange(image.shape[1]) + 0.5) * stride, soft,
                         levels=[0.5], colors="white", linewidths=0.8, linestyles=[_MARGIN], alpha=0.9)
        axes.set(xlim=(0, across), ylim=(0, up))
        if closed is not None:
            axes.text(0.975, 0.03, _percent(closed, times[frame]), ha="right", va="bottom", transform=axes.transAxes,
                      fontsize=8, color="white", bbox={"facecolor": EMPTY, "alpha": 0.8, "pad": 1.5, "linewidth": 0})


def _name(axes: Axes, arm: str, look: Look) -> None:
    """The arm's name, with its colour, left of its row."""
    axes.annotate(broken(arm), (-0.09, 0.5), xycoords="axes fraction", ha="right", va="center", color=INK,
                  multialignment="right", fontsize=8.5)
    axes.plot([-0.045, -0.045], [0.0, 1.0], transform=axes.transAxes, color=look.colour, linewidth=3, clip_on=False,
              solid_capstyle="butt")


def broken(name: str, width: int = 15) -> str:
    """A name in lines of about `width` characters, broken after + or - or at spaces, where need be anywhere."""
    lines = [""]
    for piece in re.findall(r"[^\s+\-]*[+\-]?\s*|\s+", name):
        if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > width:
            lines.append("")
        while len(piece) > width + 3:
            lines[-1], piece = lines[-1] + piece[:width], piece[width:]
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _percent(closed: xr.DataArray, time: float) -> str:
    """The closed share at a time, interpolated."""
    share = 100 * float(np.interp(time, closed["times"].values, np.asarray(closed.values, dtype=float)))
    return f"{max(share, 0):.0f} %" if np.isfinite(share) else words.MISSING


def _scale_bar(axes: Axes, labels: xr.DataArray) -> None:
    """A bar of a round length, at most a third of the picture; none where the size of a site is not known."""
    side = site_um(labels)
    if side is None:
        return
    across, up = labels.shape[1:]
    fitting = [um for um in _BARS_UM if um <= across * side / 3]
    if not fitting:
        return
    left, bottom, length = 0.04 * across, 0.05 * up, fitting[-1] / side
    axes.plot([left, left + length], [bottom, bottom], color="white", linewidth=2.5, solid_capstyle="butt")
    axes.text(left + length / 2, bottom + 0.025 * up, f"{fitting[-1]} µm", color="white", ha="center", va="bottom",
              fontsize=7.5, bbox={"facecolor": EMPTY, "alpha": 0.6, "pad": 0.8, "linewidth": 0})
