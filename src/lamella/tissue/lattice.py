"""The arrays of a dish, grouped for the kernels, and the moves every kernel needs."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.kernel import kernel, part, term
from lamella.tissue.record import AXIS, CENTROID
from lamella.tissue.word import BODY, COUNT, COUNT_SHIFT, EDGE, GHOST, ID, WALL

ONE = np.uint64(1)
NONE = np.uint32(0)


class Lattice(NamedTuple):
    """Per-site arrays of a dish. N sites with padding.

    word        [N] uint32, see `word`
    expiry      [N] int32, MCS at which the Act activity of the site ends
    bonds       [N] bonds on the site
    ligand      [N] ligand under the site
    attractant  [N] sensed field, or [0] if there is none
    offer       [N] scratch of the bond update: share of the site in new bonds
    border      [N] uint32, sites with a differing neighbour, in no particular order
    rank        [N] uint32, place of a border site in `border`
    """

    word: NDArray[np.uint32]
    expiry: NDArray[np.int32]
    bonds: NDArray[np.float64]
    ligand: NDArray[np.float64]
    attractant: NDArray[np.float64]
    offer: NDArray[np.float64]
    border: NDArray[np.uint32]
    rank: NDArray[np.uint32]


@term
def nearest(delta, d, space):
    """A distance along axis `d`, to the nearest periodic image."""
    if delta > space.half[d]:
        return delta - space.period[d]
    if delta < -space.half[d]:
        return delta + space.period[d]
    return delta


@term
def cosine(site, cell, record, space):
    """Cosine between the axis of `cell` and the direction from its centroid to `site`; 0 at the centroid."""
    rest = site
    square = 0.0
    along = 0.0
    for d in range(len(space.shape)):
        x = rest // space.stride[d]
        rest -= x * space.stride[d]
        delta = nearest(np.float64(x) - 1.0 - record[cell, CENTROID + d], d, space)
        square += delta * delta
        along += delta * record[cell, AXIS + d]
    if square < 1e-18:
        return 0.0
    return along / math.sqrt(square)


@term
def move_centroid(site, cell, share, record, space):
    """Add `share` of the way to `site` to the centroid of `cell`: a stale centroid would lag behind the front."""
    rest = site
    for d in range(len(space.shape)):
        x = rest // space.stride[d]
        rest -= x * space.stride[d]
        record[cell, CENTROID + d] += share * nearest(np.float64(x) - 1.0 - record[cell, CENTROID + d], d, space)


@term
def _list_site(site, size, border, rank):
    border[size] = site
    rank[site] = size
    return size + ONE


@term
def _unlist_site(site, size, border, rank):
    size -= ONE
    last = border[size]
    place = rank[site]
    border[place] = last
    rank[last] = place
    return size


@part
def give_site(site, new_word, size, word, border, rank, offsets, home, row, mirrors):
    """Hand `site` to another cell: word, neighbour counts and border list.

    new_word        word of the winner's site (owner and kind are taken from it)
    size            sites on the border list
    word, border, rank, offsets, home   see `Lattice` and `Grid`
    row, mirrors    row of the site among the mirrors, -1 if it has none; see `Grid`
    returns         sites on the border list afterwards
    """
    old = word[site]
    loser = old & ID
    winner = new_word & ID
    edge = row >= 0
    differing = np.uint32(0)
    for k in range(offsets.size):
        near = site + offsets[k]
        near_cell = word[near] & ID
        if near_cell == WALL:
            continue
        differing += np.uint32(near_cell != winner)
        if edge:
            near = np.uint64(home[near])
        before = word[near]
        after = np.uint32(before + ((np.uint32(near_cell == loser) - np.uint32(near_cell == winner)) << COUNT_SHIFT))
        word[near] = after
        had = (before >> COUNT_SHIFT) & COUNT
        has = (after >> COUNT_SHIFT) & COUNT
        if (had == NONE) != (has == NONE):
            size = _list_site(near, size, border, rank) if had == NONE else _unlist_site(near, size, border, rank)
    word[site] = (old & EDGE) | (new_word & BODY) | (differing << COUNT_SHIFT)
    if edge:
        for m in range(mirrors.shape[1]):
            ghost = mirrors[row, m]
            if ghost < 0:
                break
            word[np.uint64(ghost)] = (new_word & BODY) | GHOST
    was = (old >> COUNT_SHIFT) & COUNT
    if (was == NONE) != (differing == NONE):
        size = _list_site(site, size, border, rank) if was == NONE else _unlist_site(site, size, border, rank)
    return size


@term
def set_with_ghosts(field, site, value, row, mirrors):
    """Set a field on a site and on its ghosts.

    field          [N]
    row, mirrors   row of the site among the mirrors, -1 if it has none; see `Grid`
    """
    field[site] = value
    if row >= 0:
        for m in range(mirrors.shape[1]):
            ghost = mirrors[row, m]
            if ghost < 0:
                break
            field[np.uint64(ghost)] = value


@kernel
def refresh_ghosts(field, home, mirrors):
    """Let the ghosts of a field repeat their sites again.   field [N]"""
    for row in range(mirrors.shape[0]):
        for m in range(mirrors.shape[1]):
            ghost = mirrors[row, m]
            if ghost < 0:
                break
            field[np.uint64(ghost)] = field[np.uint64(home[np.uint64(ghost)])]
