"""Protrusions of cells from their outlines: what stands out of the body, broad, narrow, or behind.

The body is what a disc of 0.6 times the width of a round cell of the same area can sweep inside the outline (a
morphological opening); what is left over are protrusions. One is broad (a lamella) where it is at least as wide at its
base as it is long, else narrow (a pseudopod or, behind the cell, a tail). Filopodia are thinner than a site and cannot
be seen so. Convexity is the area of the cell over that of its convex hull, 1 for a cell without bays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError

_BODY, _MOST = 0.6, 0.9
"""Radius of the disc over that of a round cell of the same area; at most this share of the widest that fits."""
_LEAST = 0.25
"""Length of a protrusion out of the body, over the radius of a round cell, below which it is a ripple."""


@dataclass(frozen=True)
class Outline:
    """What the outline of one cell shows.

    broad, narrow   protrusions at least as wide as long, and others
    tails           narrow ones behind the cell's middle
    protruding      share of the cell's area in protrusions
    longest         length of the longest protrusion, out of the body [sites]
    convexity       area over that of the convex hull
    """

    broad: int
    narrow: int
    tails: int
    protruding: float
    longest: float
    convexity: float


def outlines(labels: NDArray[np.integer], axes: NDArray[np.float64]) -> list[Outline]:
    """The outline of every cell of a picture whose borders are closed upon each other.

    labels   [x, y] cell on each site, 0 medium
    axes     [cells, 2] unit vector of each cell, cell 1 first: what lies against it is behind
    """
    found = []
    for number, axis in enumerate(axes, start=1):
        mask = mask_of(labels, number)
        found.append(outline(mask, axis) if mask.any() else Outline(0, 0, 0, 0.0, 0.0, float("nan")))
    return found


def mask_of(labels: NDArray[np.integer], cell: int) -> NDArray[np.bool_]:
    """The sites of one cell, cut out of the picture, whole where it lies across a border.   [x, y]"""
    mask = labels == cell
    for dimension in range(2):
        filled = np.flatnonzero(mask.any(axis=1 - dimension))
        if filled.size == 0:
            return mask
        gaps = np.diff(np.append(filled, filled[0] + mask.shape[dimension]))
        start = filled[(int(np.argmax(gaps)) + 1) % filled.size]
        mask = np.roll(mask, -start, axis=dimension)
        width = mask.shape[dimension] - int(gaps.max()) + 1
        mask = mask[:width] if dimension == 0 else mask[:, :width]
    return mask


def outline(mask: NDArray[np.bool_], axis: NDArray[np.float64]) -> Outline:
    """The outline of one cell.   mask [x, y]; axis: unit vector"""
    area = int(mask.sum())
    round_radius = np.sqrt(area / np.pi)
    padded = np.pad(mask, int(np.ceil(round_radius)) + 1)
    inside = _depth(padded)
    radius = min(_BODY * round_radius, _MOST * float(inside.max()))
    out_of_body = _depth(inside <= radius) - radius
    left = padded & (out_of_body > 0.0)
    pieces, count = cast(tuple[NDArray[np.int32], int], ndimage.label(left, structure=np.ones((3, 3), bool)))
    middle = np.argwhere(padded).mean(axis=0)
    broad = narrow = tails = sites = 0
    longest = 0.0
    for piece in range(1, count + 1):
        where, reach = np.argwhere(pieces == piece), out_of_body[pieces == piece]
        length = float(reach.max())
        if length < _LEAST * round_radius:
            continue
        base = int((reach <= 1.5).sum()) / 1.5  # the base is the first site and a half out of the body
        sites += len(where)
        longest = max(longest, length)
        if base >= length:
            broad += 1
            continue
        narrow += 1
        tails += bool((where.mean(axis=0) - middle) @ axis < 0.0)
    return Outline(broad, narrow, tails, sites / area, longest, _convexity(mask))


def _depth(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Distance of every site of the mask from the nearest one outside."""
    return np.asarray(ndimage.distance_transform_edt(mask), float)


def _convexity(mask: NDArray[np.bool_]) -> float:
    """Area over that of the convex hull of the corners of its sites."""
    where = np.argwhere(mask)
    corners = (where[:, None, :] + np.array([[0, 0], [0, 1], [1, 0], [1, 1]])).reshape(-1, 2)
    try:
        return float(len(where) / ConvexHull(corners).volume)
    except QhullError:
        return float("nan")
