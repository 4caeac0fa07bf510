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

from lamella.tissue.kernel import kernel, term
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
def load_per_bond(cell, cosine, bonds, mean_rear, record):
    """Exponent by which contraction speeds up unbinding on a site."""
    pull = record[cell, LOAD] * record[cell, CONTRACTION] * rear_weight(cosine, record[cell, REAR_FOCUS], mean_rear)
    return min(_LARGEST_LOAD, pull / (bonds + _FEWEST_BONDS))


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
def direction_cosine(cell, lead, last, record, space):
    """Cosine between axis and direction of a site, from its coordinates; see `lattice.cosine`."""
    final = len(space.shape) - 1
    delta = nearest(last - record[cell, CENTROID + final], final, space)
    square = delta * delta
    along = delta * record[cell, AXIS + final]
    for d in range(final):
        delta = nearest(lead[d] - record[cell, CENTROID + d], d, space)
        square += delta * delta
        along += delta * record[cell, AXIS + d]
    if square < 1e-18:
        return 0.0
    return along / math.sqrt(square)


@kernel
def _release(lattice, grid, record, mean_rear, now, span):
    """First pass: what stays bound on each site, and the share of new bonds that the site will take."""
    word, expiry, bonds, ligand, offer = lattice.word, lattice.expiry, lattice.bonds, lattice.ligand, lattice.offer
    space = grid.space
    lead = np.zeros(3)
    for cell in range(record.shape[0]):
        record[cell, KEPT] = 0.0
        record[cell, OFFERED] = 0.0
    for first in grid.rows:
        row_start(first, lead, space)
        for y in range(space.shape[-1]):
            site = np.uint64(first) + np.uint64(y)
            cell = word[site] & ID
            if cell == 0 or cell == WALL:
                continue
            bound = bonds[site]
            unbinding = span * record[cell, UNBIND_RATE]
            if bound > 0.0 and record[cell, LOAD] > 0.0 and record[cell, CONTRACTION] > 0.0:
                angle = direction_cosine(cell, lead, np.float64(y), record, space)
                phi = load_per_bond(cell, angle, bound, mean_rear, record)
                if phi > 0.0:
                    unbinding *= math.exp(phi)
            stays = 1.0 / (1.0 + unbinding)
            floor = record[cell, BIND_FLOOR]
            binding = floor + (1.0 - floor) * activity(cell, np.int64(expiry[site]), now, record)
            offered = stays * ligand[site] * binding
            bound *= stays
            bonds[site] = bound
            offer[site] = offered
            record[cell, KEPT] += bound
            record[cell, OFFERED] += offered


@kernel
def _bind(lattice, grid, record):
    """Second pass: each site takes its share of the free integrins."""
    space = grid.space
    word, bonds, offer = lattice.word, lattice.bonds, lattice.offer
    for first in grid.rows:
        for y in range(space.shape[-1]):
            site = np.uint64(first) + np.uint64(y)
            cell = word[site] & ID
            if cell != 0 and cell != WALL:
                bonds[site] += record[cell, FILLED] * offer[site]
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
