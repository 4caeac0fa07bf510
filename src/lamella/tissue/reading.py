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
from lamella.tissue.bonds import activity, limited_load, next_run, row_start
from lamella.tissue.kernel import kernel, part, term
from lamella.tissue.lattice import nearest
from lamella.tissue.record import ACT_MEMORY, AXIS, CENTROID, CONTRACTION, LOAD, POLARITY, REAR_FOCUS
from lamella.tissue.terms.contraction import rear_weight
from lamella.tissue.terms.protrusion import front_weight
from lamella.tissue.word import COUNT, COUNT_SHIFT, ID

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
    """Sums over the front (0) and the rear half (1) of each cell, run by run of its sites in each row.

    sums            [cells, 2, 8] out
    first_moment    [cells, D] out, about the centroid
    second_moment   [cells, D, D] out
    """
    word, space = lattice.word, grid.space
    final, length = len(space.shape) - 1, space.shape[-1]
    sums[:] = 0.0
    first_moment[:] = 0.0
    second_moment[:] = 0.0
    lead = np.zeros(3)
    delta = np.zeros(3)
    memory = record[1, ACT_MEMORY] if record.shape[0] > 1 else 1.0
    logs = np.empty(max(int(memory), 0) + 2)
    for left in range(logs.size):
        logs[left] = math.log(min(1.0, left / memory)) if left > 0 else 0.0
    for first in grid.rows:
        row_start(first, lead, space)
        cell, y, end = next_run(word, first, 0, length)
        while y < length:
            for d in range(final):
                delta[d] = nearest(lead[d] - record[cell, CENTROID + d], d, space)
                for _ in range(y, end):
                    first_moment[cell, d] += delta[d]
                for e in range(d + 1):
                    product, total = delta[d] * delta[e], second_moment[cell, d, e]
                    for _ in range(y, end):
                        total += product
                    second_moment[cell, d, e] = total
            _add_run(first, y, end, cell, delta, now, logs, memory, lattice, grid, record, physics, sums,
                     first_moment, second_moment)  # fmt: skip
            cell, y, end = next_run(word, first, end, length)


@term
def _add_run(
    first, y, end, cell, delta, now, logs, memory, lattice, grid, record, physics, sums, first_moment, second_moment
):
    """Add the sites `y` to `end` of a row, which are of one cell, to its sums.

    delta          [3] from the centroid to the row along all axes but the last
    logs, memory   logarithm of the activity by the MCS that it lasts, for cells with that memory
    """
    word, bonds, ligand, space = lattice.word, lattice.bonds, lattice.ligand, grid.space
    final = len(space.shape) - 1
    middle, axis = record[cell, CENTROID + final], record[cell, AXIS + final]
    pull, focus = record[cell, LOAD] * record[cell, CONTRACTION], record[cell, REAR_FOCUS]
    ahead, spread = first_moment[cell, final], second_moment[cell, final, final]
    for place in range(y, end):
        site = np.uint64(first) + np.uint64(place)
        last = nearest(np.float64(place) - middle, final, space)
        square, along = last * last, last * axis
        for d in range(final):
            square += delta[d] * delta[d]
            along += delta[d] * record[cell, AXIS + d]
            second_moment[cell, final, d] += last * delta[d]
        ahead += last
        spread += last * last
        cosine = 0.0 if square < 1e-18 else along / math.sqrt(square)
        half = 0 if cosine >= 0.0 else 1
        row = sums[cell, half]
        load = limited_load(pull, rear_weight(cosine, focus, physics.mean_rear), bonds[site])
        row[_SITES] += 1.0
        row[_LIGAND] += ligand[site]
        row[_BONDS] += bonds[site]
        row[_LOAD] += math.exp(load) if load != 0.0 else 1.0
        if (word[site] >> COUNT_SHIFT) & COUNT != 0:
            row[_RIM] += 1.0
            row[_FRESH] += sustained_activity(site, cell, now, logs, memory, record, word, lattice.expiry, grid.offsets)
            row[_CONTACT] += foreign_share(site, cell, word, space)
            row[_WEIGHT] += front_weight(cosine, record[cell, POLARITY], physics.exponent, physics.norm)
    first_moment[cell, final] = ahead
    second_moment[cell, final, final] = spread


@part
def sustained_activity(site, cell, now, logs, memory, record, word, expiry, offsets):
    """Geometric mean of the remaining Act activity (0 to 1) over the cell's own sites round `site`, as it pushes.

    A site won by chance alone has inactive neighbours and counts 0; a lamella counts in full.

    logs, memory   see `_add_run`
    """
    total, own, known, most = 0.0, 0, record[cell, ACT_MEMORY] == memory, np.int64(logs.size - 1)
    for k in range(-1, offsets.size):
        near = site if k < 0 else site + offsets[np.uint64(k)]
        if (word[near] & ID) == cell:
            left = np.int64(expiry[near]) - now
            if left <= 0:
                return 0.0
            if known:
                total += logs[np.uint64(min(left, most))]
            else:
                total += math.log(activity(cell, np.int64(expiry[near]), now, record))
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
