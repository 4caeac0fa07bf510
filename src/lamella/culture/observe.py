"""What can be measured on a culture without touching it: shapes, positions, open wound, blots of the whole dish."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lamella.culture.culture import Culture

EDGE_SHARE = 0.25
"""A cell with more than this share of its rim free is at the free edge."""


def free_share(culture: Culture) -> NDArray[np.float64]:
    """Share of each cell's rim without neighbours.   [cells]"""
    r = culture.reading
    rim = r.rim_front + r.rim_rear
    contact = (r.contact_front * r.rim_front + r.contact_rear * r.rim_rear) / np.maximum(rim, 1.0)
    return 1.0 - contact[culture.living]


def at_edge(culture: Culture) -> NDArray[np.bool_]:
    """Cells at the free edge.   [cells]"""
    return free_share(culture) > EDGE_SHARE


def elongation(culture: Culture) -> NDArray[np.float64]:
    """Aspect ratio along the cell's own axis.   [cells]"""
    return culture.reading.aspect_along_axis[culture.living]


def open_area(culture: Culture, wound: tuple[int, int] | NDArray[np.bool_]) -> float:
    """Area of the wound that no cell covers [um^2].   wound: first and last site of a band along x, or a mask [x, y]"""
    labels = culture.dish.labels()
    inside = labels[wound[0] : wound[1]] if isinstance(wound, tuple) else labels[wound]
    return float(culture.scale.area((inside == 0).sum()))


def positions(culture: Culture) -> NDArray[np.float64]:
    """Centroids, unwrapped [um].   [cells, 2]"""
    return culture.dish.position[culture.living] * culture.scale.site


def pooled(culture: Culture, names: tuple[str, ...]) -> dict[str, float]:
    """Mean molecules per cell over the dish, as a lysate would give."""
    return dict(zip(names, culture.population.observe(names).mean(axis=0)))


def neighbours(culture: Culture) -> NDArray[np.int64]:
    """How many other cells each cell touches.   [cells]"""
    pairs = touching(culture.dish.labels(), culture.dish.periodic)
    count = np.bincount(pairs.ravel(), minlength=int(culture.living.max(initial=0)) + 1)
    return count[culture.living]


def touching(labels: NDArray[np.int32], periodic: tuple[bool, ...] = (True, True)) -> NDArray[np.int64]:
    """Pairs of cells that share an edge or a corner, the smaller number first.   [pairs, 2], each once

    periodic   axes along which the picture is closed over its borders
    """
    labels = np.pad(labels, [(0, int(not closed)) for closed in periodic])
    found = []
    for shift in ((1, 0), (0, 1), (1, 1), (1, -1)):
        other = np.roll(labels, shift, axis=(0, 1))
        meet = (labels > 0) & (other > 0) & (labels != other)
        found.append(np.stack([labels[meet], other[meet]], axis=1))
    pairs = np.sort(np.concatenate(found), axis=1).astype(np.int64)
    return np.unique(pairs, axis=0)
