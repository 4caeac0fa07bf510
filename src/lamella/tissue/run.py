"""One clock for copies, bonds, axes and nuclei."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from lamella.tissue.attempt import Asked
from lamella.tissue.axis import boundary_sums, turn_axes
from lamella.tissue.bonds import update_bonds
from lamella.tissue.kernel import kernel
from lamella.tissue.nuclei import move_nuclei
from lamella.tissue.record import (
    CENTROID,
    CHEMOTAXIS,
    CONTRACTION,
    DISSIPATION,
    FORCE,
    IMAGE,
    LINK,
    MOMENT,
    NUCLEUS_SITES,
    POLARITY,
    STRONGEST_PUSH,
    VOLUME,
)
from lamella.tissue.terms.contraction import largest_contraction
from lamella.tissue.workers import begin, work

CLOCK = 0
"""Place in the counters [1] uint64: MCS done."""


@kernel
def place_centroids(record, dimensions):
    """Centroids from moments."""
    for cell in range(1, record.shape[0]):
        if record[cell, VOLUME] > 0.0:
            for d in range(dimensions):
                record[cell, CENTROID + d] = record[cell, MOMENT + d] / record[cell, VOLUME]


@kernel
def wrap_centroids(record, period):
    """Bring centroids, and moments with them, back into a periodic dish; `IMAGE` counts how often they left it."""
    for cell in range(1, record.shape[0]):
        for d in range(len(period)):
            if period[d] > 0.0 and record[cell, VOLUME] > 0.0:
                turns = math.floor(record[cell, CENTROID + d] / period[d])
                record[cell, MOMENT + d] -= turns * period[d] * record[cell, VOLUME]
                record[cell, CENTROID + d] = record[cell, MOMENT + d] / record[cell, VOLUME]
                record[cell, IMAGE + d] += turns


@kernel
def what_is_asked(record, mean_rear):
    """Terms that any cell has; see `Asked`.   record [cells, WIDTH]"""
    most, active, directed, steered, nucleated = 0.0, False, False, False, False
    for cell in range(1, record.shape[0]):
        most = max(most, largest_contraction(cell, mean_rear, record))
        active |= record[cell, STRONGEST_PUSH] > 0.0
        directed |= record[cell, POLARITY] > 0.0 or record[cell, CONTRACTION] > 0.0 or record[cell, DISSIPATION] > 0.0
        steered |= record[cell, CHEMOTAXIS] != 0.0 or record[cell, LINK] > 0.0
        for d in range(3):
            steered |= record[cell, FORCE + d] != 0.0
        nucleated |= record[cell, NUCLEUS_SITES] > 0.0
    return Asked(most, active, directed, steered, nucleated)


@kernel
def follow(lattice, grid, record, physics, tiles, counters, key, keys, turns, sums, boxes, every, steps, act, gradient,
           contact):  # fmt: skip
    """After `steps` MCS of copies: move the clock; bonds, axes and nuclei with it whenever it divides by `every`."""
    counters[CLOCK] += np.uint64(steps)
    now = np.int64(counters[CLOCK])
    place_centroids(record, len(grid.space.shape))
    if now % every == 0:
        span = np.float64(every)
        wrap_centroids(record, grid.space.period)
        if act or gradient or contact:
            boundary_sums(lattice, grid, record, tiles, now, gradient, contact, sums)
        turn_axes(record, len(grid.space.shape), span, sums, keys, turns)
        update_bonds(lattice, grid, record, physics.mean_rear, now, span)
        if lattice.nucleus.size > 0:
            move_nuclei(lattice, grid, record, physics, now, every, key, boxes)


@kernel
def run_alone(workers, lattice, grid, record, physics, tiles, counters, key, keys, turns, sums, boxes, every, mcs, act,
              gradient, contact):  # fmt: skip
    """Advance a dish by `mcs` MCS with one thread.

    record                       [cells, WIDTH]
    counters, key                of the copy attempts
    keys, turns, sums            of the axes, see `turn_axes`
    boxes                        [cells, 3, 2] scratch of `move_nuclei`
    act, gradient, contact       whether any axis asks for them
    """
    left = mcs
    while left > 0:
        now = np.int64(counters[CLOCK])
        steps = min(left, every - now % every)
        asked = what_is_asked(record, physics.mean_rear)
        begin(workers, record)
        work(0, workers, steps, now, asked, key, lattice, grid, record, physics, tiles)
        follow(lattice, grid, record, physics, tiles, counters, key, keys, turns, sums, boxes, every, steps, act,
               gradient, contact)  # fmt: skip
        left -= steps


def _work_patiently(worker, *arguments) -> None:
    while not work(worker, *arguments):
        time.sleep(0)


def run_together(workers, lattice, grid, record, physics, tiles, counters, key, keys, turns, sums, boxes, every, mcs,
                 act, gradient, contact) -> None:  # fmt: skip
    """The same with as many threads as there are workers."""
    left = mcs
    with ThreadPoolExecutor(max(workers.turn.size - 1, 1)) as pool:
        while left > 0:
            now = int(counters[CLOCK])
            steps = min(left, every - now % every)
            asked = what_is_asked(record, physics.mean_rear)
            begin(workers, record)
            shared = (workers, steps, now, asked, key, lattice, grid, record, physics, tiles)
            others = [pool.submit(_work_patiently, worker, *shared) for worker in range(1, workers.turn.size)]
            _work_patiently(0, *shared)
            for other in others:
                other.result()
            follow(lattice, grid, record, physics, tiles, counters, key, keys, turns, sums, boxes, every, steps, act,
                   gradient, contact)  # fmt: skip
            left -= steps
