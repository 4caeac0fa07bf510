"""One clock for copies, bonds and axes."""

from __future__ import annotations

import math

import numpy as np

from lamella.tissue.axis import boundary_sums, turn_axes
from lamella.tissue.bonds import update_bonds
from lamella.tissue.kernel import kernel
from lamella.tissue.record import CENTROID, IMAGE
from lamella.tissue.sweep import BORDER_SIZE, CLOCK, sweep


@kernel
def wrap_centroids(record, period):
    """Bring centroids back into a periodic dish; `IMAGE` counts how often they left it."""
    for cell in range(1, record.shape[0]):
        for d in range(len(period)):
            if period[d] > 0.0:
                turns = math.floor(record[cell, CENTROID + d] / period[d])
                record[cell, CENTROID + d] -= turns * period[d]
                record[cell, IMAGE + d] += turns


@kernel
def run(lattice, grid, record, physics, counters, carry, key, keys, turns, sums, every, mcs, act, gradient, contact):
    """Advance a dish by `mcs` MCS; bonds and axes follow whenever the clock divides by `every`.

    record                       [cells, WIDTH]
    counters, carry, key         of the copy attempts, see `sweep`
    keys, turns, sums            of the axes, see `turn_axes`
    act, gradient, contact       whether any axis asks for them
    """
    left = mcs
    while left > 0:
        steps = min(left, every - np.int64(counters[CLOCK]) % every)
        sweep(lattice, grid, record, physics, counters, carry, key, steps)
        left -= steps
        now = np.int64(counters[CLOCK])
        if now % every == 0:
            span = np.float64(every)
            wrap_centroids(record, grid.space.period)
            if act or gradient or contact:
                boundary_sums(lattice, grid, record, np.int64(counters[BORDER_SIZE]), now, gradient, contact, sums)
            turn_axes(record, len(grid.space.shape), span, sums, keys, turns)
            update_bonds(lattice, grid, record, physics.mean_rear, now, span)
