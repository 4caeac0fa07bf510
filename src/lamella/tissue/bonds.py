"""Bonds between a cell and the matrix under it.

On each site of a cell, per unit of time,

    d bonds / dt = bind_rate * ligand * g * free / volume - unbind_rate * exp(phi) * bonds
    g            = floor + (1 - floor) * Act activity of the site        (bonds form under the front)
    phi          = load * contraction * rear weight / bonds, limited     (few bonds, much load: they go)
    free         = integrins of the cell - its bonds

Implicit in the bonds and in the free integrins: stable for any step, and a
cell never binds more than it has.
"""

from __future__ import annotations

import math

import numpy as np

from lamella.tissue.elementary import exp_minus
from lamella.tissue.kernel import kernel, part, term
from lamella.tissue.lattice import nearest, refresh_ghosts
from lamella.tissue.record import (
    ACT_MEMORY,
    AXIS,
    BIND_FLOOR,
    BIND_RATE,
    CENTROID,
    CONTRACTION,
    FILLED,
    INTEGRINS,
    KEPT,
    LOAD,
    MEAN_TRACTION,
    OFFERED,
    REAR_FOCUS,
    TOTAL_BONDS,
    UNBIND_RATE,
    VOLUME,
)
from lamella.tissue.terms.contraction import rear_weight
from lamella.tissue.terms.protrusion import traction
from lamella.tissue.word import ID, WALL

_LARGEST_LOAD = 5.0
_FEWEST_BONDS = 0.2
"""Load per bond is limited: exp(5) empties a site within a step, and below a fifth of a bond there is none to load."""


@term
def limited_load(pull, weight, bonds):
    """Exponent by which a pull, of that weight on a site, speeds up unbinding there."""
    return min(_LARGEST_LOAD, pull * weight / (bonds + _FEWEST_BONDS))


@term
def activity(cell, expiry, now, record):
    """Remaining Act activity of a site, 0 to 1."""
    return min(1.0, max(expiry - now, 0) / record[cell, ACT_MEMORY])


@term
def row_start(site, lead, space):
    """Coordinates of a row's first site along all axes but the last, into `lead`."""
    rest = np.uint64(site)
    for d in range(len(space.shape) - 1):
        x = rest // space.stride[d]
        rest -= x * space.stride[d]
        lead[d] = np.float64(x) - 1.0


@term
def all_medium(word, site):
    """Whether the eight sites from `site` on are medium, those beyond the dish included."""
    owners = np.uint32(0)
    for n in range(8):
        owners |= word[site + np.uint64(n)]
    return owners & ID == 0


@term
def next_run(word, first, y, length):
    """The next run of sites of one cell, from `y` on in the row of `length` sites at `first`: cell, begin, end.

    No run is left where it begins at `length`. Medium is passed over eight sites at a time.
    """
    while y < length:
        site = np.uint64(first) + np.uint64(y)
        if all_medium(word, site):
            y += 8
            continue
        cell, end = word[site] & ID, y + 1
        while end < length and (word[np.uint64(first) + np.uint64(end)] & ID) == cell:
            end += 1
        if cell != 0 and cell != WALL:
            return cell, y, end
        y = end
    return np.uint32(0), length, length


@part
def _speed_up(first, y, end, cell, lead, mean_rear, record, space, bonds, faster):
    """By what contraction speeds up unbinding on the sites `y` to `end` of a row: the exponential of the load per bond.

    lead     coordinates of the row along all axes but the last
    faster   [N] out; up to seven sites beyond the end are written too, before their own turn
    """
    final = len(space.shape) - 1
    length = (end - y + 7) & -8 if space.shape[final] >= 8 else end - y  # whole vectors, if the dish has room
    square_lead, along_lead = 0.0, 0.0
    for d in range(final):
        delta = nearest(lead[d] - record[cell, CENTROID + d], d, space)
        square_lead += delta * delta
        along_lead += delta * record[cell, AXIS + d]
    middle, axis = record[cell, CENTROID + final], record[cell, AXIS + final]
    pull, focus = record[cell, LOAD] * record[cell, CONTRACTION], record[cell, REAR_FOCUS]
    for place in range(y, y + length):
        site = np.uint64(first) + np.uint64(place)
        delta = nearest(np.float64(place) - middle, final, space)
        square = square_lead + delta * delta
        along = along_lead + delta * axis
        cosine = along / math.sqrt(max(square, 1e-18))
        load = limited_load(pull, rear_weight(cosine, focus, mean_rear), bonds[site])
        faster[site] = exp_minus(-load * np.float64(bonds[site] > 0.0))  # no branch: the loop becomes vectors


@part
def _release_run(first, y, end, cell, now, span, loaded, record, expiry, bonds, ligand, offer):
    """What stays bound on the sites `y` to `end` of a row, which are of one cell, and what they offer.

    loaded   whether `offer` holds how much faster bonds go on each site
    """
    unbinding, floor = span * record[cell, UNBIND_RATE], record[cell, BIND_FLOOR]
    memory, date = record[cell, ACT_MEMORY], np.float64(now)
    for place in range(y, end):
        site = np.uint64(first) + np.uint64(place)
        stays = 1.0 / (1.0 + unbinding * (offer[site] if loaded else 1.0))
        active = min(1.0, max(np.float64(expiry[site]) - date, 0.0) / memory)
        offer[site] = stays * ligand[site] * (floor + (1.0 - floor) * active)
        bonds[site] *= stays
    kept, offered = 0.0, 0.0
    for place in range(y, end):
        site = np.uint64(first) + np.uint64(place)
        kept += bonds[site]
        offered += offer[site]
    record[cell, KEPT] += kept
    record[cell, OFFERED] += offered


@kernel
def _release(lattice, grid, record, mean_rear, now, span):
    """First pass: what stays bound on each site, and the share of new bonds that the site will take.

    Row by row, and in each row run by run of one owner, so that what belongs to the cell is looked up once.
    """
    word, space, length = lattice.word, grid.space, grid.space.shape[-1]
    lead = np.zeros(3)
    for cell in range(record.shape[0]):
        record[cell, KEPT] = 0.0
        record[cell, OFFERED] = 0.0
    for first in grid.rows:
        row_start(first, lead, space)
        cell, y, end = next_run(word, first, 0, length)
        while y < length:
            loaded = record[cell, LOAD] > 0.0 and record[cell, CONTRACTION] > 0.0
            if loaded:
                _speed_up(first, y, end, cell, lead, mean_rear, record, space, lattice.bonds, lattice.offer)
            _release_run(first, y, end, cell, now, span, loaded, record, lattice.expiry, lattice.bonds,
                         lattice.ligand, lattice.offer)  # fmt: skip
            cell, y, end = next_run(word, first, end, length)


@kernel
def _bind(lattice, grid, record):
    """Second pass: each site takes its share of the free integrins."""
    word, bonds, offer, length = lattice.word, lattice.bonds, lattice.offer, grid.space.shape[-1]
    for first in grid.rows:
        cell, y, end = next_run(word, first, 0, length)
        while y < length:
            filled = record[cell, FILLED]
            for place in range(y, end):
                bonds[np.uint64(first) + np.uint64(place)] += filled * offer[np.uint64(first) + np.uint64(place)]
            cell, y, end = next_run(word, first, end, length)
    refresh_ghosts(bonds, grid.home, grid.mirrors)


@kernel
def update_bonds(lattice, grid, record, mean_rear, now, span):
    """Let bonds form and break for `span` MCS, and set each cell's bonds and mean traction.

    record   [cells, WIDTH]
    now      MCS done
    """
    bound = False
    for cell in range(1, record.shape[0]):
        bound |= record[cell, INTEGRINS] > 0.0 or record[cell, TOTAL_BONDS] > 0.0
    if bound:
        _release(lattice, grid, record, mean_rear, now, span)
        for cell in range(1, record.shape[0]):
            volume = max(record[cell, VOLUME], 1.0)
            rate = span * record[cell, BIND_RATE] / volume
            free = max(record[cell, INTEGRINS] - record[cell, KEPT], 0.0) / (1.0 + rate * record[cell, OFFERED])
            record[cell, FILLED] = rate * free
            record[cell, TOTAL_BONDS] = record[cell, KEPT] + rate * free * record[cell, OFFERED]
        _bind(lattice, grid, record)
    for cell in range(1, record.shape[0]):
        volume = max(record[cell, VOLUME], 1.0)
        record[cell, MEAN_TRACTION] = traction(record[cell, TOTAL_BONDS] / volume, cell, record)
