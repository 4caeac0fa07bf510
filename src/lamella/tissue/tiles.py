"""The dish cut into tiles: what is worked on at a time stays in the cache, and tiles that do not touch run at once.

Tiles are boxes of at least `LEAST` sites along each axis that is cut. Those
of one colour have another tile between them, so that two of them share no
site that either may change: a copy changes the owner of a site of its own
tile, and the counts of the sites round it. A periodic axis is cut into an
even number of tiles, or not at all.

The cut follows from the shape of the dish and the `tile` it is given, never
from the machine or the threads: it decides the order of attempts.
"""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.record import aligned

LEAST = 8
"""Sites of the shortest tile: an active tile reads two sites beyond its own and writes one."""

WHOLE = {2: 1 << 20, 3: 1 << 20}
"""A dish of no more sites than this, by dimension, stays whole."""

EDGE = {2: (512, 512), 3: (64, 64, 64)}
"""Sites of a tile along each axis, about, by dimension."""

ROUNDS = 16
"""Rounds over all tiles in a Monte Carlo step. Longer bursts in a tile whose surroundings stand still would bias
cells that protrude (whole steps: acceptance .134 instead of .141); one in ten steps was found short enough."""

PASSIVE_ROUNDS = 4
"""The same where no cell protrudes or pulls. Then every copy keeps detailed balance with one energy, and a burst may be
longer: a large dish comes from the memory once a round."""

SIZE, BORDER, DRAWS, WAITING, TRIED, ACCEPTED, VETOED = range(7)
"""Places in the state of a tile: length of its border list, border sites, draws since the start, sites in its outbox;
and since the start, attempts between two different owners, copies, copies that connectivity refused.

The list holds every border site once, and sites that were on the border: they are crossed off when they are drawn."""


class Tiles(NamedTuple):
    """The tiles of a dish and their state. T tiles, N sites with padding, B neighbouring tiles at most.

    Kernels take the arrays out once and hand them on one by one, see `Grid`.

    colours       number of colours
    order         [T] int64, tiles colour after colour, see `largest_first`
    begins        [colours + 1] int64, first place of each colour in `order`, and T
    tile_of       [N] uint16, tile of each site of the dish
    first         [T + 1] uint64, where the list of each tile begins in `Lattice.border`
    beside        [T, B] int32, tiles that touch it, ascending, then -1
    state         [T, 8] uint64, see above; a cache line for each tile, or threads would wait for each other
    carry         [T] share of an MCS done beyond what was due
    outbox        [T, rim] uint32, sites of other tiles that a tile has brought to the border, and not listed there yet
    gained        [8 T] uint64, what other tiles changed the number of border sites by, 8 T apart
    """

    colours: int
    order: NDArray[np.int64]
    begins: NDArray[np.int64]
    tile_of: NDArray[np.uint16]
    first: NDArray[np.uint64]
    beside: NDArray[np.int32]
    state: NDArray[np.uint64]
    carry: NDArray[np.float64]
    outbox: NDArray[np.uint32]
    gained: NDArray[np.uint64]


def tile_lengths(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Sites of a tile along each axis for a dish of this shape, if nothing else is asked for."""
    if math.prod(shape) <= WHOLE[len(shape)]:
        return shape
    return tuple(min(n, edge) for n, edge in zip(shape, EDGE[len(shape)]))


def _cuts(length: int, edge: int, periodic: bool) -> NDArray[np.int64]:
    """Where the tiles of an axis begin, and its length."""
    number = max(1, round(length / edge))
    number = min(number, length // LEAST)
    if periodic and number > 1:
        number += number % 2
        number -= 2 * (number > length // LEAST)
    number = max(number, 1)
    return np.arange(number + 1) * length // number


def make_tiles(shape: tuple[int, ...], periodic: tuple[bool, ...], tile: tuple[int, ...]) -> Tiles:
    """Tiles of about `tile` sites along each axis, with empty lists."""
    cuts = [_cuts(n, edge, wraps) for n, edge, wraps in zip(shape, tile, periodic)]
    across = [cut.size - 1 for cut in cuts]
    places = list(np.ndindex(*across))
    number = np.arange(len(places)).reshape(across)
    colour = np.array([sum((place % 2) << d for d, place in enumerate(at)) for at in places])
    used, colour = np.unique(colour, return_inverse=True)
    order = np.argsort(colour, kind="stable")
    begins = np.searchsorted(colour[order], np.arange(used.size + 1))
    whole = np.zeros(tuple(n + 2 for n in shape), np.uint16)
    along = [np.repeat(np.arange(cut.size - 1), np.diff(cut)) for cut in cuts]
    whole[(slice(1, -1),) * len(shape)] = number[np.ix_(*along)]
    lengths = np.array([[cuts[d][at[d] + 1] - cuts[d][at[d]] for d in range(len(shape))] for at in places])
    sites = lengths.prod(axis=1)
    rim = int(((lengths + 2).prod(axis=1) - sites).max()) if len(places) > 1 else 1
    beside = [_beside(at, across, periodic, number) for at in places]
    most = max(1, max(len(near) for near in beside))
    return Tiles(
        colours=used.size,
        order=order.astype(np.int64),
        begins=begins.astype(np.int64),
        tile_of=whole.ravel(),
        first=np.append(0, sites.cumsum()).astype(np.uint64),
        beside=np.array([near + [-1] * (most - len(near)) for near in beside], np.int32),
        state=aligned(np.zeros((len(places), 8), np.uint64)),
        carry=np.zeros(len(places)),
        outbox=np.zeros((len(places), rim), np.uint32),
        gained=aligned(np.zeros(8 * len(places), np.uint64)),
    )


def largest_first(tiles: Tiles) -> None:
    """Let the tiles of each colour begin with the longest border, so that no thread is left with a long one at the end.

    Tiles of one colour do not see each other: their order changes nothing.
    """
    colour = np.repeat(np.arange(tiles.colours), np.diff(tiles.begins))
    longest = -tiles.state[tiles.order, BORDER].astype(np.int64)
    tiles.order[:] = tiles.order[np.lexsort((tiles.order, longest, colour))]


def _beside(at: tuple[int, ...], across: list[int], periodic: tuple[bool, ...], number: NDArray) -> list[int]:
    """The tiles that touch the one at a place, itself left out."""
    found = set()
    for step in itertools.product((-1, 0, 1), repeat=len(at)):
        near = [a + s for a, s in zip(at, step)]
        if all(wraps or 0 <= n < m for n, m, wraps in zip(near, across, periodic)):
            found.add(int(number[tuple(n % m for n, m in zip(near, across))]))
    return sorted(found - {int(number[at])})
