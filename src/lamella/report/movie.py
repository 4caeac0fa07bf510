"""Movies of dishes as animated GIF: cells with their outlines, in the colours of the pictures or by a state."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.animation import PillowWriter
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lamella.report import words
from lamella.report.label_images import (
    EMPTY,
    Window,
    borders,
    frame_times,
    free_edge,
    has_wound,
    painted,
    site_um,
    wound,
)
from lamella.report.sections import pictures, slug
from lamella.report.style import INK, drawing
from lamella.report.wound import chosen_frames, scale_bar
from lamella.store import replacing

FOLDER = "movies"
FEWEST, MOST = 3, 60
"""Frames of a movie; of more, so many are shown, evenly."""
_SITES = 640
"""Sites along the longer side of a picture above which it is thinned."""
_WIDE, _TALL, _DPI, _PER_SECOND = 4.2, 4.2, 100, 6
_OUTLINE, _COLOURS = to_rgb("#10151c"), "viridis"


def write_movies(out_dir: Path, results: Mapping[str, xr.Dataset]) -> list[Path]:
    """Write movies/ASSAY-ARM.gif for every arm of every assay that kept frames, whole or not at all.

    results   assay -> Dataset with `labels` [arms, frames, x, y] and where known `shades` [arms, frames, numbers], a
              state of every cell by its number, named by `long_name`
    returns   paths, in the order of the arms; none where fewer than three frames were kept
    """
    made: list[Path] = []
    for assay, dataset in results.items():
        shades = dataset.get("shades")
        seen = pictures(dataset)
        reach = None if shades is None else reach_of(shades.values)
        for arm, labels in seen.items():
            if labels.sizes["frames"] < FEWEST:
                continue
            name = f"{slug(assay)}-{slug(arm)}"
            path = Path(out_dir) / FOLDER / f"{name}.gif"
            if path in made:
                path = path.with_name(f"{name}-{len(made)}.gif")
            state = None if shades is None else shades.sel(arms=arm)
            write_movie(path, labels, arm, state, reach)
            made.append(path)
    return made


def reach_of(values: NDArray) -> tuple[float, float]:
    """Ends of the scale of colours that all arms share: what all but the outermost cells have."""
    finite = values[np.isfinite(values)]
    low, high = np.percentile(finite, [2.0, 98.0]) if finite.size else (0.0, 1.0)
    return float(low), float(high if high > low else low + 1.0)


def write_movie(path: Path, labels: xr.DataArray, title: str, shades: xr.DataArray | None = None,
                reach: tuple[float, float] | None = None) -> None:
    """One movie. The same arguments give the same bytes.

    labels   [frames, x, y], 0 where no cell is; coordinate frames in s; attribute site_um if known
    shades   [frames, numbers] state of every cell by its number, NaN where it has none; None: cells in a few shades of
             blue-grey, those at a free edge in yellow
    reach    ends of the scale of colours
    """
    times, frames = frame_times(labels), chosen_frames(labels.sizes["frames"], MOST)
    stride = max(1, int(np.ceil(max(labels.shape[1:]) / _SITES)))
    images = np.asarray(labels.values)[:, ::stride, ::stride]
    start, sheet = wound(images[0]), has_wound(images[0])
    scale = Normalize(*(reach or ((0.0, 1.0) if shades is None else reach_of(shades.values))))
    with drawing():
        figure, axes = _stage(labels, shades, scale)
        shown = axes.imshow(np.zeros((2, 2, 3)), origin="lower", interpolation="none", aspect="equal",
                            extent=(0, labels.shape[1], 0, labels.shape[2]))
        scale_bar(axes, Window((slice(0, labels.shape[1]), slice(0, labels.shape[2]))), site_um(labels))
        head = axes.set_title("", fontsize=8.5, pad=4, fontweight="normal")
        writer = PillowWriter(fps=_PER_SECOND, metadata={})
        with replacing(path) as lent, writer.saving(figure, str(lent), _DPI):
            for frame in frames:
                image = images[frame]
                if shades is None:
                    edge = free_edge(image, wound(image, start)) if sheet else np.empty(0, image.dtype)
                    colours = painted(image, edge)
                else:
                    colours = shaded(image, np.asarray(shades.values)[frame], scale)
                shown.set_data(colours.transpose(1, 0, 2))
                head.set_text(f"{words.broken(title, 46)}   {words.hours(float(times[frame]))}")
                writer.grab_frame(facecolor="white")


def shaded(image: NDArray, values: NDArray, scale: Normalize) -> NDArray[np.uint8]:
    """Colours of a dish by a state of its cells, outlines dark, open space almost black, unknown cells grey.

    image     [x, y] label image
    values    [numbers] state by number
    returns   [x, y, 3] uint8
    """
    table = np.tile(to_rgb("#6b849f"), (max(int(image.max()) + 1, len(values)), 1))
    known = np.flatnonzero(np.isfinite(values))
    table[known] = colormaps[_COLOURS](scale(values[known]))[:, :3]
    colours = table[image]
    colours[borders(image)] = _OUTLINE
    colours[image == 0] = to_rgb(EMPTY)
    return np.round(255 * colours).astype(np.uint8)


def _stage(labels: xr.DataArray, shades: xr.DataArray | None, scale: Normalize) -> tuple[Figure, Axes]:
    """Figure and axes in the shape of the dish, with a bar of colours where a state is shown."""
    across, up = labels.shape[1:]
    width = min(_WIDE, _TALL * across / up)
    height = width * up / across
    bar = 0.85 if shades is not None else 0.0
    wide, tall = max(width, 2.4) + 0.2 + bar, height + 0.5
    figure = Figure(figsize=(wide, tall), facecolor="white")
    axes = figure.add_axes((0.1 / wide, 0.1 / tall, width / wide, height / tall))
    axes.set_axis_off()
    if shades is not None:
        side = figure.add_axes(((width + 0.2) / wide, 0.1 / tall, 0.12 / wide, height / tall))
        drawn = figure.colorbar(ScalarMappable(scale, _COLOURS), cax=side)
        drawn.set_label(str(shades.attrs.get("long_name", "state")), fontsize=8, color=INK)
        side.tick_params(labelsize=7, length=2)
    return figure, axes
