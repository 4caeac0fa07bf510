"""Egg chambers of the fly in section, side by side: a cluster of cells among nurse cells, the oocyte at the far end.

Along x: the follicle cells (the wall of the dish), rows of nurse cells with clefts between them, the oocyte. Nurse
cells and oocyte stand by. The cluster lies where it has come loose, between nurse cells at the near end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label
from scipy.spatial import KDTree

from lamella.culture.layout import Layout, even_points
from lamella.errors import InputError
from lamella.random import generator

_JITTER = 0.12
"""How far the middle of a nurse cell lies from its place, over its diameter."""
_ACROSS = 2
"""Nurse cells across a chamber in section."""


@dataclass(frozen=True)
class Chambers:
    """The layout, and where things are in it. Cells of a cluster follow each other; nurse cells follow all clusters.

    oocytes   number of the oocyte of each chamber
    start     sites from the near wall to the middle of a cluster;   goal: to the oocyte
    """

    layout: Layout
    oocytes: NDArray[np.int64]
    start: float
    goal: float


def egg_chambers(
    chambers: int, each: int, sites_per_cell: float, nurse: float, rows: int, cleft: float, seed: int, replicate: int
) -> Chambers:
    """The first picture.

    each     cells of a cluster
    nurse    diameter of a nurse cell (sites);   rows: of nurse cells from the near end to the oocyte
    cleft    width of the clefts between them (sites)
    raises   InputError: a cluster does not fit before the oocyte
    """
    stream = generator(seed, "dish", replicate, "layout")
    height, goal, deep = round(_ACROSS * nurse), round(rows * nurse), round(nurse)
    radius = float(np.sqrt(each * sites_per_cell / np.pi))
    if 2.0 * radius > min(height, goal):
        raise InputError(
            "a cluster does not fit an egg chamber",
            where="layout",
            why=f"{each} cells of this line are {2.0 * radius / nurse:.1f} nurse cells across, "
                f"the chamber {min(height, goal) / nurse:.1f}",
            remedy="Ask for larger nurse cells, for fewer cells each, or for the line border-cell.",
        )  # fmt: skip
    labels = np.zeros((goal + deep, chambers * height), np.int32)
    x, y = np.meshgrid(np.arange(labels.shape[0]) + 0.5, np.arange(labels.shape[1]) + 0.5, indexing="ij")
    middles = _middles(chambers, rows, nurse, stream)
    tree = KDTree(middles, boxsize=(1e9, labels.shape[1]))
    near, owner = map(np.asarray, tree.query(np.stack([x, y], axis=-1).reshape(-1, 2), k=2))
    apart = (near[:, 1] - near[:, 0] > cleft).reshape(x.shape)
    cells = chambers * each
    nurses = cells + 1 + owner[:, 0].reshape(x.shape)
    within = x < goal - cleft
    labels[within & apart] = nurses[within & apart]
    oocytes = cells + 1 + len(middles) + np.arange(chambers)
    inside = np.abs((y % height) - height / 2) < (height - cleft) / 2
    labels[(x >= goal) & inside] = oocytes[(y // height).astype(int)][(x >= goal) & inside]
    for chamber in range(chambers):
        middle = np.array([radius + 1.0, (chamber + 0.5) * height])
        places = np.argwhere((x - middle[0]) ** 2 + (y - middle[1]) ** 2 <= radius**2)
        own = KDTree(even_points(places, each, stream)).query(places)[1]
        labels[places[:, 0], places[:, 1]] = chamber * each + 1 + own
    made = _numbered(labels, cells)
    return Chambers(Layout(made, bystanders=int(made.max()) - cells), np.unique(made[goal + deep - 1])[-chambers:],
                    radius + 1.0, float(goal))  # fmt: skip


def _middles(chambers: int, rows: int, nurse: float, stream: np.random.Generator) -> NDArray[np.float64]:
    """Middles of the nurse cells: two across each chamber, so that a cleft runs along its middle.   [nurse cells, 2]"""
    x, y = np.meshgrid(np.arange(rows) + 0.5, np.arange(chambers * _ACROSS) + 0.5, indexing="ij")
    places = np.stack([x, y], axis=-1).reshape(-1, 2)
    moved = (places + stream.uniform(-_JITTER, _JITTER, places.shape)) * nurse
    return moved % np.array([1e9, chambers * _ACROSS * nurse])


def _numbered(labels: NDArray[np.int32], cells: int) -> NDArray[np.int32]:
    """Nurse cells and oocytes numbered without gaps, each the largest piece of what the clusters leave of it."""
    out, number = np.where(labels > cells, 0, labels).astype(np.int32), cells
    for one in np.unique(labels[labels > cells]):
        pieces = np.empty(labels.shape, np.int32)
        label(labels == one, output=pieces)
        number += 1
        largest = 1 + int(np.argmax(np.bincount(pieces.ravel())[1:]))
        out[pieces == largest] = number
    return out
