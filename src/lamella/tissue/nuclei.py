"""Nuclei: compartments on the lattice, each inside its cell, with copy attempts of their own.

The sites of a nucleus are marked beside the words. Between Monte Carlo steps
nuclei take and give up sites of their own cells, by the same rule as cells do
(one attempt a site and step, Metropolis, one piece, and no hole); while cells copy, nuclei
stand still, and their sites cannot be lost. Both moves keep detailed balance
with one energy, `terms.nucleus` and `terms.linkage` included.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lamella.random import philox
from lamella.tissue.elementary import minus_log
from lamella.tissue.grid import interior
from lamella.tissue.kernel import kernel, part, term
from lamella.tissue.lattice import RING_2D, RING_3D, centroid_step, from_centroid, nearest, set_with_ghosts
from lamella.tissue.machine import count_bits, match_ring
from lamella.tissue.record import (
    LINK,
    MOMENT,
    NUCLEUS_EDGE,
    NUCLEUS_MOMENT,
    NUCLEUS_PLACE,
    NUCLEUS_SITES,
    NUCLEUS_VOLUME,
    VOLUME,
)
from lamella.tissue.terms.connectivity import in_one_piece
from lamella.tissue.terms.linkage import linkage_change
from lamella.tissue.terms.mobility import payable_energy
from lamella.tissue.terms.nucleus import nucleus_change
from lamella.tissue.word import ID

_SHIFT, _LOW, _TO_UNIT = np.uint64(32), np.uint64(0xFFFFFFFF), 2.0**-32
_STREAMS, _STEP = np.uint64(1 << 40), np.uint64(24)
"""Streams of nuclei begin beyond those of tiles; a step has 2^24 draws."""

ROOM = 2
"""Sites round the box of a nucleus in which it may grow until the box is looked up again."""


@kernel
def find_boxes(lattice, grid, record, boxes):
    """Least and greatest coordinate of every nucleus about its centroid, rounded; through the nearest image.

    boxes   [cells, 3, 2] int64 out
    """
    space = grid.space
    final = len(space.shape) - 1
    boxes[:] = 0
    for first in grid.rows:
        for y in range(space.shape[final]):
            cell = lattice.nucleus[np.uint64(first) + np.uint64(y)]
            if cell == 0:
                continue
            rest = np.uint64(first) + np.uint64(y)
            for d in range(final + 1):
                x = rest // space.stride[d]
                rest -= x * space.stride[d]
                delta = nearest(np.float64(x) - 1.0 - math.floor(record[cell, NUCLEUS_PLACE + d] + 0.5), d, space)
                boxes[cell, d, 0] = min(boxes[cell, d, 0], np.int64(delta))
                boxes[cell, d, 1] = max(boxes[cell, d, 1], np.int64(delta))


@term
def nucleus_cost(site, place, cell, gained, lattice, record, grid):
    """Energy change if the nucleus of `cell` gains (1) or loses (-1) a site.

    place     coordinates of the site, three floats
    returns   energy, growth of the nuclear perimeter, bit set of the slots of the ring that are of the nucleus
    """
    space = grid.space
    ring = RING_3D if len(space.shape) == 3 else RING_2D
    own, _ = match_ring(lattice.nucleus, site, space.stride, ID, cell, cell)
    own &= ring
    longer = gained * np.float64(count_bits(ring) - 2 * count_bits(own))
    fibres = lattice.fibres[site] if lattice.fibres.size > 0 else 0.0
    energy = nucleus_change(cell, gained, longer, fibres, record)
    if record[cell, LINK] > 0.0:
        step = centroid_step(place, cell, gained, record, space, NUCLEUS_SITES, NUCLEUS_MOMENT)
        energy += linkage_change(cell, (-step[0], -step[1], -step[2]), record, space)
    return energy, longer, own


@part
def _attempt(cell, counter, key, box, centre, lattice, grid, record, physics):
    """One copy attempt of a nucleus in its box."""
    space = grid.space
    dimensions = len(space.shape)
    words = philox(counter, key, _STREAMS + np.uint64(cell))
    turned = words[3] * np.uint64(grid.offsets.size)
    site = np.uint64(0)
    place = (0.0, 0.0, 0.0)
    for d in range(dimensions):
        width = np.uint64(box[d, 1] - box[d, 0] + 1 + 2 * ROOM)
        x = centre[d] + box[d, 0] - ROOM + np.int64((words[d] * width) >> _SHIFT)
        if space.period[d] > 0.0:
            x = x % space.shape[d]
        elif x < 0 or x >= space.shape[d]:
            return
        site += np.uint64(x + 1) * space.stride[d]
        value = np.float64(x)
        place = (value if d == 0 else place[0], value if d == 1 else place[1], value if d == 2 else place[2])
    nucleus, marked = lattice.nucleus, np.uint32(cell)
    wanted = nucleus[site + grid.offsets[turned >> _SHIFT]]
    is_marked = nucleus[site] == marked
    if (lattice.word[site] & ID) != marked or is_marked == (wanted == marked):
        return
    if not is_marked and wanted != marked:
        return
    chance = (np.float64(turned & _LOW) + 0.5) * _TO_UNIT
    payable = payable_energy(minus_log(chance), marked, marked, physics.temperature, record)
    gained = -1.0 if is_marked else 1.0
    if payable <= 0.0 or (is_marked and record[cell, NUCLEUS_SITES] < 1.5):
        return
    cost, longer, own = nucleus_cost(site, place, marked, gained, lattice, record, grid)
    if cost > payable or not in_one_piece(own, physics.touching, physics.linked):
        return
    # nor may what is outside be cut off: a nucleus that closed round a fibre would flow past it like a liquid
    outside = (RING_3D if dimensions == 3 else RING_2D) & ~own
    if not in_one_piece(outside, physics.touching, physics.linked):
        return
    for d in range(dimensions):
        delta = from_centroid(place, cell, d, record, space, NUCLEUS_SITES, NUCLEUS_MOMENT)
        delta += record[cell, NUCLEUS_MOMENT + d]
        record[cell, NUCLEUS_MOMENT + d] += gained * delta / record[cell, NUCLEUS_SITES]
    record[cell, NUCLEUS_SITES] += gained
    record[cell, NUCLEUS_EDGE] += longer
    for d in range(dimensions):
        record[cell, NUCLEUS_PLACE + d] = record[cell, NUCLEUS_MOMENT + d] / record[cell, NUCLEUS_SITES]
    set_with_ghosts(nucleus, site, marked if gained > 0.0 else np.uint32(0), grid.edge_row[site], grid.mirrors)


@kernel
def move_nuclei(lattice, grid, record, physics, now, steps, key, boxes):
    """Let nuclei make the attempts of `steps` MCS.

    record   [cells, WIDTH]
    now      MCS done
    key      uint64, of the dish
    boxes    [cells, 3, 2] int64 scratch
    """
    dimensions = len(grid.space.shape)
    find_boxes(lattice, grid, record, boxes)
    centre = np.zeros(3, np.int64)
    for cell in range(1, record.shape[0]):
        if record[cell, NUCLEUS_SITES] < 1.0:
            continue
        sites = 1
        for d in range(dimensions):
            centre[d] = np.int64(math.floor(record[cell, NUCLEUS_PLACE + d] + 0.5))
            sites *= boxes[cell, d, 1] - boxes[cell, d, 0] + 1 + 2 * ROOM
        counter = np.uint64(now) << _STEP
        for attempt in range(sites * steps):
            _attempt(cell, counter + np.uint64(attempt), key, boxes[cell], centre, lattice, grid, record, physics)
        for d in range(dimensions):
            if grid.space.period[d] > 0.0:
                turns = math.floor(record[cell, NUCLEUS_PLACE + d] / grid.space.period[d])
                record[cell, NUCLEUS_MOMENT + d] -= turns * grid.space.period[d] * record[cell, NUCLEUS_SITES]
                record[cell, NUCLEUS_PLACE + d] = record[cell, NUCLEUS_MOMENT + d] / record[cell, NUCLEUS_SITES]


def plant_nuclei(cells: NDArray[np.int64], lattice, grid, record) -> None:
    """Give cells a nucleus of their target volume, at most half of the cell, round their centroids; old ones go.

    cells    [k] numbers of the cells
    record   [rows, WIDTH]; where the target volume is 0 there will be no nucleus
    """
    shape = grid.space.shape
    owner = interior(lattice.word, shape) & ID
    where = np.argwhere(np.isin(owner, cells))
    owner = owner[tuple(where.T)]
    order = np.argsort(owner, kind="stable")
    begins = np.searchsorted(owner[order], cells)
    ends = np.searchsorted(owner[order], cells, side="right")
    sites = interior(np.arange(grid.home.size), shape)[tuple(where.T)]
    lattice.nucleus[np.isin(lattice.nucleus, cells)] = 0
    planted = []
    for cell, begin, end in zip(cells, begins, ends):
        mine = order[begin:end]
        record[cell, [NUCLEUS_SITES, NUCLEUS_EDGE]] = 0.0
        wanted = min(round(float(record[cell, NUCLEUS_VOLUME])), mine.size // 2)
        if wanted < 1:
            continue
        middle = record[cell, MOMENT : MOMENT + len(shape)] / record[cell, VOLUME]
        delta = where[mine] - middle
        for d, period in enumerate(grid.space.period):
            if period:
                delta[:, d] -= period * np.round(delta[:, d] / period)
        chosen = _grown(delta, wanted)
        lattice.nucleus[sites[mine[chosen]]] = cell
        planted.append((cell, sites[mine[chosen]]))
        record[cell, NUCLEUS_SITES] = chosen.size
        for d, moment in enumerate(np.round((middle + delta[chosen]).sum(axis=0))):
            record[cell, NUCLEUS_MOMENT + d], record[cell, NUCLEUS_PLACE + d] = moment, moment / chosen.size
    lattice.nucleus[:] = lattice.nucleus[grid.home]
    for cell, own in planted:
        near = lattice.nucleus[own[:, None] + grid.offsets.view(np.int64)]
        record[cell, NUCLEUS_EDGE] = (near != cell).sum()


def _grown(delta: NDArray[np.float64], wanted: int) -> NDArray[np.int64]:
    """Indices of sites in one piece, grown from the site nearest to the centroid: always the nearest one that touches.

    delta   [k, D] places about the centroid
    """
    box = np.round(delta - delta.min(axis=0)).astype(int)
    number = {tuple(place): n for n, place in enumerate(box.tolist())}
    distance = (delta**2).sum(axis=1)
    steps = np.concatenate([np.eye(box.shape[1], dtype=int), -np.eye(box.shape[1], dtype=int)])
    chosen: list[int] = []
    edge = {int(np.argmin(distance))}
    seen = set(edge)
    while edge and len(chosen) < wanted:
        best = min(edge, key=lambda n: (distance[n], n))
        edge.remove(best)
        chosen.append(best)
        for place in (box[best] + steps).tolist():
            near = number.get(tuple(place))
            if near is not None and near not in seen:
                seen.add(near)
                edge.add(near)
    return np.array(chosen)
