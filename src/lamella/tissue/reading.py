"""What a cell is told about itself: means over its front and its rear half, and its shape.

The front half are the sites whose direction from the centroid has a
non-negative cosine with the axis. One pass over the dish for all cells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.axis import foreign_share
from lamella.tissue.bonds import activity, all_medium, direction_cosine, load_per_bond, row_start
from lamella.tissue.kernel import kernel, part
from lamella.tissue.lattice import nearest
from lamella.tissue.record import AXIS, CENTROID, POLARITY
from lamella.tissue.terms.protrusion import front_weight
from lamella.tissue.word import COUNT, COUNT_SHIFT, ID, WALL

_SITES, _LIGAND, _BONDS, _LOAD, _RIM, _FRESH, _CONTACT, _WEIGHT = range(8)


@dataclass(frozen=True)
class Reading:
    """Per-cell arrays [cells]; row 0 (medium) and cells without sites are 0, and so is a mean over no sites.

    sites                       sites of the cell
    sites_*                     in the front and in the rear half
    ligand_*                    mean ligand under the half
    bonds_*                     mean bonds per site
    load_*                      mean factor by which load speeds up unbinding
    rim_*                       sites of the half with a neighbour outside the cell
    fresh_*                     mean over that rim of the Act activity that pushes (geometric mean round a site), 0 to 1
    contact_*                   share of the rim's foreign neighbours that belong to other cells, mean over its sites
    covariance [cells, D, D]    of the positions of the cell's sites about their mean  (sites^2)
    aspect                      root of the ratio of the largest to the smallest eigenvalue of `covariance`
    aspect_along_axis           root of the ratio of the variance along the axis to the mean variance across it
    mean_weight                 mean front weight of protrusion over the rim
    """

    sites: NDArray[np.float64]
    sites_front: NDArray[np.float64]
    sites_rear: NDArray[np.float64]
    ligand_front: NDArray[np.float64]
    ligand_rear: NDArray[np.float64]
    bonds_front: NDArray[np.float64]
    bonds_rear: NDArray[np.float64]
    load_front: NDArray[np.float64]
    load_rear: NDArray[np.float64]
    rim_front: NDArray[np.float64]
    rim_rear: NDArray[np.float64]
    fresh_front: NDArray[np.float64]
    fresh_rear: NDArray[np.float64]
    contact_front: NDArray[np.float64]
    contact_rear: NDArray[np.float64]
    covariance: NDArray[np.float64]
    aspect: NDArray[np.float64]
    aspect_along_axis: NDArray[np.float64]
    mean_weight: NDArray[np.float64]


@kernel
def half_sums(lattice, grid, record, physics, now, sums, first_moment, second_moment):
    """Sums over the front (0) and the rear half (1) of each cell.

    sums            [cells, 2, 8] out
    first_moment    [cells, D] out, about the centroid
    second_moment   [cells, D, D] out
    """
    word, expiry, bonds, ligand, offsets = lattice.word, lattice.expiry, lattice.bonds, lattice.ligand, grid.offsets
    space = grid.space
    dimensions = len(space.shape)
    sums[:] = 0.0
    first_moment[:] = 0.0
    second_moment[:] = 0.0
    lead = np.zeros(3)
    delta = np.empty(3)
    for first in grid.rows:
        row_start(first, lead, space)
        after = 0
        while after < space.shape[-1]:
            y, site = after, np.uint64(first) + np.uint64(after)
            after += 8 if all_medium(word, site) else 1
            cell = word[site] & ID
            if cell == 0 or cell == WALL:
                continue
            cosine = direction_cosine(cell, lead, np.float64(y), record, space)
            lead[dimensions - 1] = np.float64(y)
            for d in range(dimensions):
                delta[d] = nearest(lead[d] - record[cell, CENTROID + d], d, space)
                first_moment[cell, d] += delta[d]
                for e in range(d + 1):
                    second_moment[cell, d, e] += delta[d] * delta[e]
            half = 0 if cosine >= 0.0 else 1
            sums[cell, half, _SITES] += 1.0
            sums[cell, half, _LIGAND] += ligand[site]
            sums[cell, half, _BONDS] += bonds[site]
            sums[cell, half, _LOAD] += math.exp(load_per_bond(cell, cosine, bonds[site], physics.mean_rear, record))
            if (word[site] >> COUNT_SHIFT) & COUNT != 0:
                sums[cell, half, _RIM] += 1.0
                sums[cell, half, _FRESH] += sustained_activity(site, cell, now, record, word, expiry, offsets)
                sums[cell, half, _CONTACT] += foreign_share(site, cell, word, space)
                sums[cell, half, _WEIGHT] += front_weight(
                    cosine, record[cell, POLARITY], physics.exponent, physics.norm
                )


@part
def sustained_activity(site, cell, now, record, word, expiry, offsets):
    """Geometric mean of the remaining Act activity (0 to 1) over the cell's own sites round `site`, as it pushes.

    A site won by chance alone has inactive neighbours and counts 0; a lamella counts in full.
    """
    total, own = 0.0, 0
    for k in range(-1, offsets.size):
        near = site if k < 0 else site + offsets[k]
        if (word[near] & ID) == cell:
            remaining = activity(cell, np.int64(expiry[near]), now, record)
            if remaining <= 0.0:
                return 0.0
            total += math.log(remaining)
            own += 1
    return math.exp(total / own)


def _ratio(total: NDArray, number: NDArray) -> NDArray[np.float64]:
    """Quotient; 0 where there is nothing to divide by."""
    return np.divide(total, number, out=np.zeros_like(total), where=number > 0)


def read_cells(lattice, grid, record, physics, now: int) -> Reading:
    """Reading of all cells of a dish.   record [cells, WIDTH]"""
    cells, dimensions = record.shape[0], len(grid.space.shape)
    sums = np.empty((cells, 2, 8))
    first, second = np.empty((cells, dimensions)), np.empty((cells, dimensions, dimensions))
    half_sums(lattice, grid, record, physics, now, sums, first, second)
    front, rear = sums[:, 0], sums[:, 1]
    sites = front[:, _SITES] + rear[:, _SITES]
    mean = _ratio(first, sites[:, None])
    lower = np.tril_indices(dimensions)
    second[:, lower[1], lower[0]] = second[:, lower[0], lower[1]]
    covariance = _ratio(second, sites[:, None, None]) - mean[:, :, None] * mean[:, None, :]
    spread = np.linalg.eigvalsh(covariance)
    axis = record[:, AXIS : AXIS + dimensions]
    along = np.einsum("cd,cde,ce->c", axis, covariance, axis)
    across = (np.trace(covariance, axis1=1, axis2=2) - along) / (dimensions - 1)

    def mean_of(half: NDArray[np.float64], what: int, over: int) -> NDArray[np.float64]:
        return _ratio(half[:, what], half[:, over])

    return Reading(
        sites=sites,
        sites_front=front[:, _SITES],
        sites_rear=rear[:, _SITES],
        ligand_front=mean_of(front, _LIGAND, _SITES),
        ligand_rear=mean_of(rear, _LIGAND, _SITES),
        bonds_front=mean_of(front, _BONDS, _SITES),
        bonds_rear=mean_of(rear, _BONDS, _SITES),
        load_front=mean_of(front, _LOAD, _SITES),
        load_rear=mean_of(rear, _LOAD, _SITES),
        rim_front=front[:, _RIM],
        rim_rear=rear[:, _RIM],
        fresh_front=mean_of(front, _FRESH, _RIM),
        fresh_rear=mean_of(rear, _FRESH, _RIM),
        contact_front=mean_of(front, _CONTACT, _RIM),
        contact_rear=mean_of(rear, _CONTACT, _RIM),
        covariance=covariance,
        aspect=np.sqrt(_ratio(spread[:, -1], np.maximum(spread[:, 0], 0.0))),
        aspect_along_axis=np.sqrt(_ratio(np.maximum(along, 0.0), np.maximum(across, 0.0))),
        mean_weight=_ratio(front[:, _WEIGHT] + rear[:, _WEIGHT], front[:, _RIM] + rear[:, _RIM]),
    )
