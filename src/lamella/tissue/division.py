"""Cells that divide and cells that go: local changes of the lattice between Monte Carlo steps.

The sites of the two halves are chosen first, then handed over one by one with the kernel's own move, so that words,
neighbour counts, ghosts and border list stay what they are everywhere else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lamella.tissue.grid import Grid
from lamella.tissue.kernel import kernel
from lamella.tissue.lattice import Lattice, count_gained, give_site, set_with_ghosts
from lamella.tissue.record import CENTROID, MOMENT, PERIMETER, TOTAL_BONDS, VOLUME
from lamella.tissue.run import wrap_centroids
from lamella.tissue.word import COUNT, COUNT_SHIFT, ID, RIM


@kernel
def hand_over(sites, new_word, keep_bonds, lattice, grid, tiles):
    """Give sites to another owner.

    sites       [k] uint64, on the lattice
    new_word    uint32, owner and kind
    keep_bonds  whether bonds and activity stay (a daughter takes its part of both)
    """
    fresh = np.empty(27, np.uint64)
    lists = (tiles.tile_of, tiles.first, tiles.state, tiles.outbox, tiles.gained)
    for site in sites:
        row = grid.edge_row[site] if (lattice.word[site] & RIM) != 0 else -1
        give_site(
            site, np.int64(tiles.tile_of[site]), new_word, True, fresh, lists, lattice.word, lattice.border,
            grid.space, grid.slots, grid.offsets, grid.home, row, grid.mirrors,
        )  # fmt: skip
        if not keep_bonds:
            set_with_ghosts(lattice.bonds, site, 0.0, row, grid.mirrors)
            set_with_ghosts(lattice.expiry, site, 0, row, grid.mirrors)
    count_gained(tiles.state, tiles.gained)


def sites_of(cell: int, lattice: Lattice, grid: Grid) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Sites of a cell on the lattice [k], and their coordinates [k, D]."""
    numbers = np.flatnonzero((lattice.word & ID) == cell)
    numbers = numbers[grid.home[numbers] == numbers]  # without ghosts
    padded = tuple(n + 2 for n in grid.space.shape)
    return numbers.astype(np.uint64), np.stack(np.unravel_index(numbers, padded), axis=1) - 1


def offsets_from_centroid(where: NDArray[np.int64], cell: int, record: NDArray, grid: Grid) -> NDArray[np.float64]:
    """Places of sites [k, D] about the centroid of their cell, through the nearest image."""
    dimensions = where.shape[1]
    delta = where.astype(np.float64) - record[cell, CENTROID : CENTROID + dimensions]
    for d, period in enumerate(grid.space.period):
        if period:
            delta[:, d] -= period * np.round(delta[:, d] / period)
    return delta


def long_axis(delta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vector along which sites [k, D] spread most: cells divide across it (Hertwig 1884)."""
    return np.linalg.eigh(np.cov(delta.T, bias=True))[1][:, -1]


def half_along(delta: NDArray[np.float64], direction: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The half of the sites that lies furthest along a direction, in one piece where the cell allows it.

    delta     [k, D] places about the centroid;   direction  [D]
    returns   [k] whether a site belongs to the daughter
    """
    order = np.lexsort((*delta.T, delta @ direction))
    chosen = np.zeros(len(delta), bool)
    chosen[order[len(delta) - len(delta) // 2 :]] = True
    box = np.round(delta - delta.min(axis=0)).astype(int)
    for wanted in (True, False):  # splinters go to the other side
        picture = np.zeros(box.max(axis=0) + 1, bool)
        picture[tuple(box[chosen == wanted].T)] = True
        labelled: Any = ndimage.label(picture)
        pieces, count = labelled
        if count > 1:
            largest = 1 + np.argmax(np.bincount(pieces.ravel())[1:])
            chosen[(chosen == wanted) & (pieces[tuple(box.T)] != largest)] = not wanted
    return chosen


def recount(
    cell: int, lattice: Lattice, grid: Grid, record: NDArray, found: tuple[NDArray, NDArray] | None = None
) -> None:
    """Set volume, perimeter, centroid and bonds of a cell from the lattice.

    found   what `sites_of` would say, if that is known: it looks through the whole dish
    """
    sites, where = sites_of(cell, lattice, grid) if found is None else found
    record[cell, VOLUME] = sites.size
    record[cell, PERIMETER] = ((lattice.word[sites] >> COUNT_SHIFT) & COUNT).sum()
    record[cell, TOTAL_BONDS] = lattice.bonds[sites].sum()
    if sites.size:
        dimensions = where.shape[1]
        delta = offsets_from_centroid(where, cell, record, grid)
        total = (record[cell, CENTROID : CENTROID + dimensions] + delta).sum(axis=0)
        record[cell, MOMENT : MOMENT + dimensions] = np.round(total)
        record[cell, CENTROID : CENTROID + dimensions] = np.round(total) / sites.size
        wrap_centroids(record, grid.space.period)
