"""One clock for copies, bonds, axes and nuclei."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.attempt import Asked
from lamella.tissue.axis import boundary_sums, turn_axes
from lamella.tissue.bonds import update_bonds
from lamella.tissue.kernel import kernel, part
from lamella.tissue.nuclei import move_nuclei
from lamella.tissue.record import (
    ACT_MEMORY,
    CENTROID,
    CHEMOTAXIS,
    CONTRACTION,
    DISSIPATION,
    FORCE,
    IMAGE,
    INTEGRINS,
    LINK,
    MOMENT,
    NUCLEUS_SITES,
    POLARITY,
    SENSE_ACT,
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


def what_is_asked(record: NDArray[np.float64], expiry: NDArray[np.int32]) -> Asked:
    """Terms that any cell has; see `Asked`.

    record   [rows, WIDTH], with nuclei and what follows from the columns
    expiry   [N] see `Lattice`
    """
    has = lambda *columns: bool((record[1:, columns] != 0.0).any())
    active, directed = has(STRONGEST_PUSH), has(POLARITY, CONTRACTION, DISSIPATION)
    steered, nucleated = has(CHEMOTAXIS, LINK, FORCE, FORCE + 1, FORCE + 2), has(NUCLEUS_SITES)
    # with the shortest memory no activity outlives its step, and nothing can tell whether it is noted; where some has
    # been noted before it goes on being noted, or bytes would tell where a run was interrupted
    remembered = active or has(INTEGRINS, SENSE_ACT) or bool((record[1:, ACT_MEMORY] > 1.0).any())
    beyond = (0,) if remembered or expiry.any() else ()
    return Asked((0, 0) if directed or steered or nucleated else beyond, 0.0, active, directed, steered, nucleated)


@kernel
def most_pull(record, mean_rear):
    """The most that any cell can win by giving up a site; see `terms.contraction`."""
    most = 0.0
    for cell in range(1, record.shape[0]):
        most = max(most, largest_contraction(cell, mean_rear, record))
    return most


@part
def with_pull(asked, most):
    """The same with `most_pull` as it is now."""
    return Asked(asked.beyond, most, asked.active, asked.directed, asked.steered, asked.nucleated)


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
def run_alone(workers, asked, lattice, grid, record, physics, tiles, counters, key, keys, turns, sums, boxes, every,
              mcs, act, gradient, contact):  # fmt: skip
    """Advance a dish by `mcs` MCS with one thread.

    asked                        see `what_is_asked`
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
        begin(workers, record)
        pulled = with_pull(asked, most_pull(record, physics.mean_rear))
        work(0, workers, steps, now, pulled, key, lattice, grid, record, physics, tiles)
        follow(lattice, grid, record, physics, tiles, counters, key, keys, turns, sums, boxes, every, steps, act,
               gradient, contact)  # fmt: skip
        left -= steps


def _work_patiently(worker, *arguments) -> None:
    while not work(worker, *arguments):
        time.sleep(0)


def run_together(workers, asked, lattice, grid, record, physics, tiles, counters, key, keys, turns, sums, boxes, every,
                 mcs, act, gradient, contact) -> None:  # fmt: skip
    """The same with as many threads as there are workers."""
    left = mcs
    with ThreadPoolExecutor(max(workers.turn.size - 1, 1)) as pool:
        while left > 0:
            now = int(counters[CLOCK])
            steps = min(left, every - now % every)
            begin(workers, record)
            pulled = asked._replace(most_pull=most_pull(record, physics.mean_rear))
            shared = (workers, steps, now, pulled, key, lattice, grid, record, physics, tiles)
            others = [pool.submit(_work_patiently, worker, *shared) for worker in range(1, workers.turn.size)]
            _work_patiently(0, *shared)
            for other in others:
                other.result()
            follow(lattice, grid, record, physics, tiles, counters, key, keys, turns, sums, boxes, every, steps, act,
                   gradient, contact)  # fmt: skip
            left -= steps
