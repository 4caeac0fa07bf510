"""What a label image of a dish says: its scale, the wound, the cells at the free edge, and its colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from matplotlib.colors import to_rgb
from scipy import ndimage

from lamella.report.style import FREE_EDGE

EMPTY = "#0b0f15"
"""Space without cells."""

_CELLS = tuple(to_rgb(c) for c in ("#5d7590", "#6b849f", "#7b93ad", "#8aa2ba", "#526a85"))
_EDGE = tuple(to_rgb(c) for c in (FREE_EDGE, "#e3d63a", "#f6ed6e"))
_OUTLINE = to_rgb("#1d2734")
_SMALLEST_GAP = 9
"""Sites below which an opening is a chink between cells, no wound."""


@dataclass(frozen=True)
class Window:
    """The part of a dish that is shown: slices along x and y."""

    slices: tuple[slice, slice]

    @property
    def shape(self) -> tuple[int, int]:
        along_x, along_y = self.slices
        return along_x.stop - along_x.start, along_y.stop - along_y.start


def frame_times(labels: xr.DataArray) -> np.ndarray:
    """Times of the frames in s, from the coordinate `frames`."""
    return np.asarray(labels["frames"].values, dtype=float)


def site_um(labels: xr.DataArray) -> float | None:
    """Side of a site in um: attribute `site_um`, or the spacing of the coordinate `x`; None where neither is there."""
    if "site_um" in labels.attrs:
        side = float(labels.attrs["site_um"])
    elif "x" in labels.coords and labels.sizes["x"] > 1:
        side = float(np.diff(labels["x"].values[:2])[0])
    else:
        return None
    return side if np.isfinite(side) and side > 0 else None


def wound(image: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
    """Sites of the wound: the largest opening, or every opening that overlaps the wound at the start.

    image    [x, y] label image, 0 where no cell is
    start    [x, y] bool, the wound at the start
    returns  [x, y] bool
    """
    pieces, count = opened(image)
    if count == 0:
        return np.zeros(image.shape, dtype=bool)
    sizes = np.bincount(pieces.ravel(), minlength=count + 1)
    sizes[0] = 0
    if start is None:
        return pieces == int(np.argmax(sizes))
    kept = np.zeros(count + 1, dtype=bool)
    kept[np.unique(pieces[start])] = True
    kept &= sizes >= _SMALLEST_GAP
    return kept[pieces]


def opened(image: np.ndarray) -> tuple[np.ndarray, int]:
    """Openings of a label image, numbered from 1 on, and how many there are; sites touch along axes."""
    pieces = np.zeros(image.shape, dtype=np.int32)
    count = ndimage.label(image == 0, output=pieces)
    return pieces, int(count)  # pyright: ignore[reportArgumentType]


def free_edge(image: np.ndarray, space: np.ndarray) -> np.ndarray:
    """Labels of the cells that touch `space`.   returns sorted labels"""
    touched = np.unique(image[ndimage.binary_dilation(space) & ~space])
    return touched[touched > 0]


def has_wound(image: np.ndarray) -> bool:
    """Whether a dish holds sheets round an opening, rather than scattered cells that all touch open space."""
    cells = np.unique(image)
    cells = cells[cells > 0]
    return 0 < free_edge(image, wound(image)).size < 0.6 * cells.size


def window(labels: xr.DataArray) -> Window:
    """The wound at the start with two fifths of its width of cells round it; the whole dish where there is none."""
    image = np.asarray(labels.values)[0]
    if not has_wound(image):
        return Window((slice(0, image.shape[0]), slice(0, image.shape[1])))
    there = np.argwhere(wound(image))
    low, high = there.min(axis=0), there.max(axis=0) + 1
    rim = max(int(0.4 * (high - low).min()), 12)
    along_x, along_y = (slice(max(int(a) - rim, 0), min(int(b) + rim, n)) for a, b, n in zip(low, high, image.shape))
    return Window((along_x, along_y))


def painted(image: np.ndarray, edge: np.ndarray) -> np.ndarray:
    """Colours of a dish: cells in a few shades, those of `edge` in yellow, outlines dark, open space almost black.

    image    [x, y] label image
    edge     labels of highlighted cells
    returns  [x, y, 3] uint8
    """
    number = image.astype(np.int64)
    shade = (number * 2654435761 % 2**32) >> 16  # neighbours in number get unlike shades (Knuth's multiplicative hash)
    colours = np.asarray(_CELLS)[shade % len(_CELLS)]
    bright = np.isin(image, edge)
    colours[bright] = np.asarray(_EDGE)[shade[bright] % len(_EDGE)]
    colours[borders(image)] = _OUTLINE
    colours[image == 0] = to_rgb(EMPTY)
    return np.round(255 * colours).astype(np.uint8)


def borders(image: np.ndarray) -> np.ndarray:
    """Sites whose next site along either axis belongs to something else.   returns [x, y] bool"""
    there = np.zeros(image.shape, dtype=bool)
    there[:-1] |= image[:-1] != image[1:]
    there[:, :-1] |= image[:, :-1] != image[:, 1:]
    return there
