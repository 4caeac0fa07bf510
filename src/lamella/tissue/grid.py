"""The padded flat grid: one layer of walls or ghosts round the dish.

With the padding every neighbour of a site is at a fixed offset, in two and in
three dimensions alike, and no copy attempt asks where the dish ends.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.word import WALL


class Space(NamedTuple):
    """Lengths of a dish with D axes, as tuples: numba then knows D while it compiles.

    shape    lengths, without padding
    stride   steps from a site to the next along an axis
    span     the same as floats, and
    inverse  their inverses: a division of whole numbers costs more than a term does
    half     halves of the lengths of periodic axes, infinity for a closed one
    period   lengths of periodic axes, 0 for a closed one
    """

    shape: tuple[int, ...]
    stride: tuple[np.uint64, ...]
    span: tuple[float, ...]
    inverse: tuple[float, ...]
    half: tuple[float, ...]
    period: tuple[float, ...]


class Grid(NamedTuple):
    """Geometry of a dish. N sites with padding, K neighbours per site.

    Kernels take the arrays out once and hand them on one by one: numba counts
    references whenever it passes a tuple that holds arrays, which costs more
    than a term does.

    space      see `Space`
    slots      [48] uint64, from a site to the slots of its ring, see `ring_slots`
    offsets    [K] uint64, from a site to its neighbours; wraps round like any unsigned number
    rows       [rows] uint32, first site of each row along the last axis, without padding
    home       [N] uint32, the site that a ghost repeats; any other site is its own
    edge_row   [N] int32, row of `mirrors` for a site that has ghosts, else -1
    mirrors    [edges, 3^D - 1] int32, the ghosts of an edge site, then -1
    """

    space: Space
    slots: NDArray[np.uint64]
    offsets: NDArray[np.uint64]
    rows: NDArray[np.uint32]
    home: NDArray[np.uint32]
    edge_row: NDArray[np.int32]
    mirrors: NDArray[np.int32]


def ring(dimensions: int) -> NDArray[np.int64]:
    """Steps to the 8 or 26 neighbours, each -1, 0 or 1 along every axis.   returns [K, D]"""
    steps = [step for step in itertools.product((-1, 0, 1), repeat=dimensions) if any(step)]
    return np.array(steps, np.int64)


def ring_slots(dimensions: int) -> NDArray[np.int64]:
    """The bit that stands for each place of `ring` in a bit set: rows of three in steps of 4, levels in steps of 16."""
    steps = ring(dimensions) + 1
    return steps[:, -1] + 4 * steps[:, -2] + (16 * steps[:, 0] if dimensions == 3 else 0)


def make_grid(shape: tuple[int, ...], periodic: tuple[bool, ...]) -> Grid:
    """Geometry of a dish of `shape` sites, each axis periodic or closed."""
    dimensions = len(shape)
    padded = tuple(n + 2 for n in shape)
    stride = np.array([int(np.prod(padded[d + 1 :])) for d in range(dimensions)], np.int64)
    number = np.arange(int(np.prod(padded)), dtype=np.int64).reshape(padded)
    core = number[(slice(1, -1),) * dimensions]
    source = core
    for d in range(dimensions):
        width = [(1, 1) if axis == d else (0, 0) for axis in range(dimensions)]
        source = np.pad(source, width, mode="wrap") if periodic[d] else np.pad(source, width, constant_values=-1)
    home = np.where(source < 0, number, source).ravel()
    ghosts = np.flatnonzero(home != number.ravel())
    owners, owner_row = np.unique(home[ghosts], return_inverse=True)
    mirrors = np.full((max(owners.size, 1), 3**dimensions - 1), -1, np.int32)
    filled = np.zeros(max(owners.size, 1), np.int64)
    for ghost, row in zip(ghosts, owner_row):
        mirrors[row, filled[row]] = ghost
        filled[row] += 1
    edge_row = np.full(number.size, -1, np.int32)
    edge_row[owners] = np.arange(owners.size)
    space = Space(
        shape=tuple(int(n) for n in shape),
        stride=tuple(np.uint64(step) for step in stride),
        span=tuple(float(step) for step in stride),
        inverse=tuple(1.0 / float(step) for step in stride),
        half=tuple(0.5 * n if wraps else np.inf for n, wraps in zip(shape, periodic)),
        period=tuple(float(n) if wraps else 0.0 for n, wraps in zip(shape, periodic)),
    )
    slots = np.zeros(48, np.int64)
    slots[ring_slots(dimensions)] = ring(dimensions) @ stride
    return Grid(
        space=space,
        slots=slots.view(np.uint64),
        offsets=(ring(dimensions) @ stride).view(np.uint64),
        rows=core[..., 0].ravel().astype(np.uint32),
        home=home.astype(np.uint32),
        edge_row=edge_row,
        mirrors=mirrors,
    )


def interior(flat: NDArray, shape: tuple[int, ...]) -> NDArray:
    """View of a padded flat field [N] without its padding, in the shape of the dish."""
    padded = tuple(n + 2 for n in shape)
    return flat.reshape(padded)[(slice(1, -1),) * len(shape)]


def pad_labels(labels: NDArray, grid: Grid) -> NDArray[np.uint32]:
    """Cells with walls or ghosts around them.   labels: shape of the dish; returns [N]"""
    flat = np.full(grid.home.size, WALL, np.uint32)
    interior(flat, grid.space.shape)[...] = labels
    return flat[grid.home]


def pad_field(field: NDArray, grid: Grid) -> NDArray[np.float64]:
    """A field with its ghosts; 0 on walls.   field: shape of the dish; returns [N]"""
    flat = np.zeros(grid.home.size)
    interior(flat, grid.space.shape)[...] = field
    repeats = grid.mirrors >= 0
    owners = np.broadcast_to(grid.home[grid.mirrors[:, :1]], grid.mirrors.shape)
    flat[grid.mirrors[repeats]] = flat[owners[repeats]]
    return flat
