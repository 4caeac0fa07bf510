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
from lamella.tissue.bonds import all_medium, row_start
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

DRAWN = 64
"""Attempts that are drawn at a time."""

ROOM = 2
"""Sites round the box of a nucleus in which it may grow until the box is looked up again."""


@kernel
def find_boxes(lattice, grid, record, boxes):
    """Least and greatest coordinate of every nucleus about its centroid, rounded; through the nearest image.

    boxes   [cells, 3, 2] int64 out
    """
    space = grid.space
    final = len(space.shape) - 1
    place = np.zeros(3)
    boxes[:] = 0
    for first in grid.rows:
        row_start(first, place, space)
        y = 0
        while y < space.shape[final]:
            if all_medium(lattice.nucleus, np.uint64(first) + np.uint64(y)):
                y += 8
                continue
            cell = lattice.nucleus[np.uint64(first) + np.uint64(y)]
            if cell != 0:
                place[final] = np.float64(y)
                for d in range(final + 1):
                    delta = nearest(place[d] - math.floor(record[cell, NUCLEUS_PLACE + d] + 0.5), d, space)
                    boxes[cell, d, 0] = min(boxes[cell, d, 0], np.int64(delta))
                    boxes[cell, d, 1] = max(boxes[cell, d, 1], np.int64(delta))
            y += 1


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
def _draw(first, key, stream, words):
    """Four words for each of the draws `first` to `first + DRAWN` of a stream.   words [4, DRAWN] uint64 out"""
    for n in range(DRAWN):
        words[0, n], words[1, n], words[2, n], words[3, n] = philox(first + np.uint64(n), key, stream)


@term
def _place_in_box(n, words, box, centre, space):
    """Coordinates that draw `n` chooses, three floats, and the site; 0 if that is not in the dish."""
    site, inside = np.uint64(0), True
    place = (0.0, 0.0, 0.0)
    for d in range(len(space.shape)):
        width = np.uint64(box[d, 1] - box[d, 0] + 1 + 2 * ROOM)
        x = centre[d] + box[d, 0] - ROOM + np.int64((words[d, n] * width) >> _SHIFT)
        if x < 0 or x >= space.shape[d]:
            inside &= space.period[d] > 0.0
            x = x % space.shape[d]
        site += np.uint64(x + 1) * space.stride[d]
        value = np.float64(x)
        place = (value if d == 0 else place[0], value if d == 1 else place[1], value if d == 2 else place[2])
    return place, site if inside else np.uint64(0)


@part
def _attempt(cell, site, place, is_marked, turned, lattice, grid, record, physics):
    """A copy attempt of a nucleus at a site of its cell.

    place       coordinates of the site
    is_marked   whether the site is of the nucleus
    turned      uint64; its lower half is the chance
    """
    space = grid.space
    dimensions = len(space.shape)
    nucleus, marked = lattice.nucleus, np.uint32(cell)
    chance = (np.float64(turned & _LOW) + 0.5) * _TO_UNIT
    payable = payable_energy(minus_log(chance), marked, marked, physics.temperature, record)
    gained = -1.0 if is_marked else 1.0
    if payable <= 0.0 or (is_marked and record[cell, NUCLEUS_SITES] < 1.5):
        return
    cost, longer, own = nucleus_cost(site, place, marked, gained, lattice, record, grid)
    if cost > payable or not in_one_piece(own, physics.touching, physics.slots):
        return
    # nor may what is outside be cut off: a nucleus that closed round a fibre would flow past it like a liquid
    outside = (RING_3D if dimensions == 3 else RING_2D) & ~own
    if not in_one_piece(outside, physics.touching, physics.slots):
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
    centre, words = np.zeros(3, np.int64), np.empty((4, DRAWN), np.uint64)
    for cell in range(1, record.shape[0]):
        if record[cell, NUCLEUS_SITES] < 1.0:
            continue
        sites = 1
        for d in range(dimensions):
            centre[d] = np.int64(math.floor(record[cell, NUCLEUS_PLACE + d] + 0.5))
            sites *= boxes[cell, d, 1] - boxes[cell, d, 0] + 1 + 2 * ROOM
        counter, marked, box = np.uint64(now) << _STEP, np.uint32(cell), boxes[cell]
        for first in range(0, sites * steps, DRAWN):
            _draw(counter + np.uint64(first), key, _STREAMS + np.uint64(cell), words)
            for n in range(min(DRAWN, sites * steps - first)):
                place, site = _place_in_box(n, words, box, centre, grid.space)
                if site == 0 or (lattice.word[site] & ID) != marked:
                    continue
                turned = words[3, n] * np.uint64(grid.offsets.size)
                wanted = lattice.nucleus[site + grid.offsets[turned >> _SHIFT]] == marked
                is_marked = lattice.nucleus[site] == marked
                if wanted != is_marked:
                    _attempt(cell, site, place, is_marked, turned, lattice, grid, record, physics)
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
