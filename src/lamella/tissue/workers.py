"""Threads that share a dish.

A Monte Carlo step is some rounds (`rounds_of`) over the colours of the tiling, and a last
turn that empties the outboxes. A *phase* is one colour in one round. Its tiles
are worked on side by side, by whichever thread is free; a phase begins when the
one before has ended. Within a phase every tile sees the cells as they were when
it began, and its own changes: each thread has a copy of the records, notes what
its tile changes, takes that back when the tile is done, and before the next
phase enters the changes of all tiles, all whole numbers, into its copy. So no
result depends on the number of threads or on who came first.

Turns are numbered through: thread after thread draws the next number, waits
until the phases before are over, and does what stands at that number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.attempt import active, directed
from lamella.tissue.draws import BLOCK
from lamella.tissue.kernel import kernel, part
from lamella.tissue.lattice import collect
from lamella.tissue.machine import add_to_shared, read_shared
from lamella.tissue.record import MOMENT, PERIMETER, VOLUME, WIDTH, aligned
from lamella.tissue.sweep import BATCH, burst
from lamella.tissue.tiles import BORDER, PASSIVE_ROUNDS, ROUNDS, WAITING, Tiles

LOGGED = 5
"""Volume, perimeter and three moments."""

_NEXT, _DONE = 0, 16
"""Places of the two shared numbers, two cache lines apart: the next turn, and the turns that are done."""

_PATIENCE = 4000
"""Looks at the shared number before a thread gives the processor away."""


class Draws(NamedTuple):
    """Draws of a tile, draw n at n modulo 2 BLOCK: places, directions, energies as in `draws.draw_block`."""

    places: NDArray[np.uint64]
    directions: NDArray[np.uint64]
    energies: NDArray[np.float64]


class Batch(NamedTuple):
    """Attempts that are made together, and those of the next whose sites are known; see `sweep`.

    places         [48] uint32, places on the border list
    sites          [48] uint32, the sites that stand there
    sources        [48] uint32, the sites that are copied to them
    site_words     [48] uint32, words of either, as they are when the batch begins
    source_words
    costs          [BATCH] what the copy of each costs, see `attempt.sure_cost`
    """

    places: NDArray[np.uint32]
    sites: NDArray[np.uint32]
    sources: NDArray[np.uint32]
    site_words: NDArray[np.uint32]
    source_words: NDArray[np.uint32]
    costs: NDArray[np.float64]


class Scratch(NamedTuple):
    """Room of one thread: draws, the attempts of a batch, sites that come on the list (`give_site`)."""

    draws: Draws
    batch: Batch
    fresh: NDArray[np.uint64]


class Log(NamedTuple):
    """Cells that a burst changes.

    seen      [rows] uint32, last burst of the thread that changed each cell
    cells     [entries] uint32
    changes   [entries, LOGGED] what they were before, and when the burst is done: the difference
    entries   [1] int64
    """

    seen: NDArray[np.uint32]
    cells: NDArray[np.uint32]
    changes: NDArray[np.float64]
    entries: NDArray[np.int64]


class Workers(NamedTuple):
    """W threads at one dish of T tiles. Nothing here outlives a call of `advance`.

    apart        whether tiles of one colour work side by side on copies of the records; else on the records themselves
    copies       [W, rows, WIDTH]
    places, directions, energies, lanes, costs, fresh    [W, ...] see `Scratch`; `lanes` are the words of a `Batch`
    seen         [W, rows] uint32;   bursts  [W] uint32, bursts that each thread has done
    cells, changes, entries     [2, T, ...] logs of two rounds in turn, see `Log`
    shared       [32] uint64, see above
    turn         [W] uint64, the number that each thread holds
    entered      [W] int64, phases whose changes are in its copy
    """

    apart: bool
    copies: NDArray[np.float64]
    places: NDArray[np.uint64]
    directions: NDArray[np.uint64]
    energies: NDArray[np.float64]
    lanes: NDArray[np.uint32]
    costs: NDArray[np.float64]
    fresh: NDArray[np.uint64]
    seen: NDArray[np.uint32]
    bursts: NDArray[np.uint32]
    cells: NDArray[np.uint32]
    changes: NDArray[np.float64]
    entries: NDArray[np.int64]
    shared: NDArray[np.uint64]
    turn: NDArray[np.uint64]
    entered: NDArray[np.int64]


def most_threads(tiles: Tiles) -> int:
    """Threads that find work: tiles of the rarest colour."""
    return int(np.diff(tiles.begins).min())


def make_workers(threads: int, rows: int, tiles: Tiles) -> Workers:
    """Room for `threads` threads, no more than `most_threads`."""
    number = tiles.order.size
    apart = int(np.diff(tiles.begins).max()) > 1
    sites = int(np.diff(tiles.first.astype(np.int64)).max())
    # an attempt changes two cells, and a burst of a tile that is border all over makes sites / rounds + 1 of them
    entries = min(rows, 2 * (sites // PASSIVE_ROUNDS + 2)) if apart else 1
    return Workers(
        apart=apart,
        copies=aligned(np.zeros((threads, rows if apart else 1, WIDTH))),
        places=np.zeros((threads, 2 * BLOCK), np.uint64),
        directions=np.zeros((threads, 2 * BLOCK), np.uint64),
        energies=np.zeros((threads, 2 * BLOCK)),
        lanes=aligned(np.zeros((threads, 5, BATCH + 16), np.uint32)),
        costs=np.zeros((threads, BATCH)),
        fresh=np.zeros((threads, 32), np.uint64),
        seen=np.zeros((threads, rows if apart else 1), np.uint32),
        bursts=np.zeros(threads, np.uint32),
        cells=np.empty((2, number, entries), np.uint32),
        changes=np.empty((2, number, entries, LOGGED)),
        entries=np.zeros((2, number, 1), np.int64),
        shared=np.zeros(32, np.uint64),
        turn=np.zeros(threads, np.uint64),
        entered=np.zeros(threads, np.int64),
    )


@part
def rounds_of(tiles, asked):
    """Rounds in a Monte Carlo step."""
    if tiles == 1:
        return 1
    return ROUNDS if active(asked) or directed(asked) else PASSIVE_ROUNDS


@kernel
def begin(workers, record):
    """Deal out the first turns and copy the records."""
    threads = workers.turn.size
    for worker in range(threads):
        workers.turn[worker] = worker
        workers.entered[worker] = 0
        if workers.apart:
            workers.copies[worker] = record
    workers.shared[_NEXT] = threads
    workers.shared[_DONE] = 0


@part
def _take_back(record, cells, changes, entries):
    """Turn a log of former values into one of changes, and let the cells be what they were."""
    for n in range(entries[0]):
        cell = cells[n]
        for column, place in ((0, VOLUME), (1, PERIMETER), (2, MOMENT), (3, MOMENT + 1), (4, MOMENT + 2)):
            before = changes[n, column]
            changes[n, column] = record[cell, place] - before
            record[cell, place] = before


@part
def _enter(record, cells, changes, entries):
    """Add what a tile changed."""
    for n in range(entries[0]):
        cell = cells[n]
        for column, place in ((0, VOLUME), (1, PERIMETER), (2, MOMENT), (3, MOMENT + 1), (4, MOMENT + 2)):
            record[cell, place] += changes[n, column]


@part
def _enter_phases(begin_phase, end_phase, colours, rounds, begins, order, record, cells, changes, entries):
    """Enter the changes of all phases from one up to another; the last phase of a step has none."""
    per_step = rounds * colours + 1
    for phase in range(begin_phase, end_phase):
        within = phase % per_step
        if within < per_step - 1:
            colour = within % colours
            half = (phase // per_step * rounds + within // colours) % 2
            for k in range(begins[colour], begins[colour + 1]):
                tile = order[k]
                _enter(record, cells[half, tile], changes[half, tile], entries[half, tile])


@part
def _collect_from_neighbours(tile, lattice, tiles):
    for n in range(tiles.beside.shape[1]):
        source = tiles.beside[tile, n]
        if source < 0:
            break
        collect(tile, source, tiles.tile_of, tiles.first, tiles.state, lattice.border, tiles.outbox)
    tiles.state[tile, BORDER] += tiles.gained[8 * tile]
    tiles.gained[8 * tile] = 0


@part
def _collect_all(lattice, tiles):
    """The end of a Monte Carlo step: every border list is what the picture says."""
    for tile in range(tiles.state.shape[0]):
        _collect_from_neighbours(tile, lattice, tiles)
    tiles.state[:, WAITING] = 0


@kernel
def work(worker, workers, steps, clock, asked, key, lattice, grid, record, physics, tiles):
    """Do turns until none is left.   returns False if others kept this thread waiting: call again

    worker      number of this thread; `begin` must have been called
    steps       MCS to do
    clock       MCS done before
    asked       see `attempt.Asked`
    record      [cells, WIDTH]; up to date when thread 0 is done
    """
    number = tiles.order.size
    rounds, colours = rounds_of(number, asked), tiles.colours
    per_step, phases = rounds * number + 1, rounds * colours + 1
    turns = steps * per_step
    share = 1.0 / rounds
    mine = workers.copies[worker] if workers.apart else record
    draws = Draws(workers.places[worker], workers.directions[worker], workers.energies[worker])
    lanes = workers.lanes[worker]
    batch = Batch(lanes[0], lanes[1], lanes[2], lanes[3], lanes[4], workers.costs[worker])
    scratch = Scratch(draws, batch, workers.fresh[worker])
    while True:
        turn = np.int64(workers.turn[worker])
        if turn >= turns and worker != 0:
            return True
        turn = min(turn, turns)
        step, within = turn // per_step, turn % per_step
        place = within % number
        colour = 0
        while within < per_step - 1 and place >= tiles.begins[colour + 1]:
            colour += 1
        phase = step * phases + within // number * colours + colour
        before = step * per_step + within - (place - tiles.begins[colour]) if within < per_step - 1 else turn
        looks = 0
        while np.int64(read_shared(workers.shared, _DONE)) < before:
            looks += 1
            if looks == _PATIENCE:
                return False
        if workers.apart:
            _enter_phases(workers.entered[worker], phase, colours, rounds, tiles.begins, tiles.order, mine,
                          workers.cells, workers.changes, workers.entries)  # fmt: skip
            workers.entered[worker] = phase
        if turn == turns:
            break
        if within == per_step - 1:
            _collect_all(lattice, tiles)
        else:
            tile, half = tiles.order[place], (step * rounds + within // number) % 2
            tiles.state[tile, WAITING] = 0
            _collect_from_neighbours(tile, lattice, tiles)
            burst_number = np.uint32(0)
            if workers.apart:
                workers.bursts[worker] += np.uint32(1)
                burst_number = workers.bursts[worker]
            log = Log(workers.seen[worker], workers.cells[half, tile], workers.changes[half, tile],
                      workers.entries[half, tile])  # fmt: skip
            log.entries[0] = 0
            burst(
                tile, share, clock + step, asked, key, lattice, grid, mine, physics, tiles, scratch, log, burst_number
            )
            if workers.apart:
                _take_back(mine, log.cells, log.changes, log.entries)
        # the next turn is drawn before this one is called done: no thread falls more than a phase behind
        workers.turn[worker] = add_to_shared(workers.shared, _NEXT, np.uint64(1))
        add_to_shared(workers.shared, _DONE, np.uint64(1))
    if workers.apart:
        for cell in range(record.shape[0]):
            record[cell, VOLUME], record[cell, PERIMETER] = mine[cell, VOLUME], mine[cell, PERIMETER]
            for d in range(3):
                record[cell, MOMENT + d] = mine[cell, MOMENT + d]
    return True
