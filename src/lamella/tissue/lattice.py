"""The arrays of a dish, grouped for the kernels, and the moves every kernel needs."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.kernel import kernel, part, term
from lamella.tissue.record import AXIS, MOMENT, VOLUME
from lamella.tissue.tiles import NOT_LISTED, POSTED, SIZE, WAITING
from lamella.tissue.word import BODY, COUNT, COUNT_BITS, COUNT_SHIFT, GHOST, ID, RIM, WALL

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
    border      [sites] uint32, sites with a differing neighbour, a list for each tile, in no particular order
    rank        [N] uint32, place of a border site in `border`, else `NOT_LISTED`
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
def coordinates(site, space):
    """Coordinates of a site along three axes; 0 for the third in two dimensions."""
    rest = np.float64(np.int64(site))
    x = math.floor((rest + 0.5) * space.inverse[0])
    rest -= x * space.span[0]
    if len(space.shape) == 2:
        return x - 1.0, rest - 1.0, 0.0
    y = math.floor((rest + 0.5) * space.inverse[1])
    return x - 1.0, y - 1.0, rest - y * space.span[1] - 1.0


@term
def axis_cosine(place, cell, record, space):
    """Cosine between the axis of `cell` and the direction from its centroid to a place; 0 at the centroid.

    Volume times that direction is a whole number, so nothing is divided before the root.
    """
    volume = record[cell, VOLUME]
    square = 0.0
    along = 0.0
    for d in range(len(space.shape)):
        delta = volume * place[d] - record[cell, MOMENT + d]
        delta -= volume * image_of(delta, volume, d, space)
        square += delta * delta
        along += delta * record[cell, AXIS + d]
    if square < 0.5:
        return 0.0
    return along / math.sqrt(square)


@term
def image_of(delta, volume, d, space):
    """What to take off a coordinate so that it lies in the image nearest to a cell; `delta` is volume times distance."""
    if delta > volume * space.half[d]:
        return space.period[d]
    if delta < -volume * space.half[d]:
        return -space.period[d]
    return 0.0


@term
def move_moment(place, cell, share, record, space):
    """Add `share` (1 or -1) times the coordinates of a place to the moment of `cell`, in the image nearest to it.

    To be called while `VOLUME` and `MOMENT` belong to the same sites. Whole numbers: no order of copies matters.
    """
    volume = record[cell, VOLUME]
    for d in range(len(space.shape)):
        moment = record[cell, MOMENT + d]
        image = image_of(volume * place[d] - moment, volume, d, space)
        record[cell, MOMENT + d] = moment + share * (place[d] - image)


@term
def _list_site(site, tile, first, state, border, rank):
    place = first[tile] + state[tile, SIZE]
    border[place] = site
    rank[site] = place
    state[tile, SIZE] += ONE


@term
def _unlist_site(site, tile, first, state, border, rank):
    state[tile, SIZE] -= ONE
    place = rank[site] & NOT_LISTED
    last = border[first[tile] + state[tile, SIZE]]
    border[place] = last
    rank[last] = np.uint32(place | (rank[last] & POSTED))
    rank[site] = NOT_LISTED


@term
def list_or_unlist(site, listed, tile, first, state, border, rank):
    """Put a site of `tile` on its border list, or take it off. The list must not say so already."""
    if listed:
        _list_site(site, tile, first, state, border, rank)
    else:
        _unlist_site(site, tile, first, state, border, rank)


@part
def post(site, tile, rank, state, outbox):
    """Leave a site of another tile, whose neighbours now are or no longer are all its own, in the outbox of `tile`."""
    if (rank[site] & POSTED) == NONE:
        rank[site] |= POSTED
        outbox[tile, state[tile, WAITING]] = site
        state[tile, WAITING] += ONE


@part
def collect(tile, source, word, border, rank, tile_of, first, state, outbox):
    """Bring the border list of `tile` up to date with what `source` left in its outbox."""
    for n in range(state[source, WAITING]):
        site = np.uint64(outbox[source, n])
        if tile_of[site] == tile and (rank[site] & POSTED) != NONE:
            rank[site] &= NOT_LISTED
            listed = (word[site] >> COUNT_SHIFT) & COUNT != NONE
            if listed != (rank[site] != NOT_LISTED):
                list_or_unlist(site, listed, tile, first, state, border, rank)


@term
def give_site(site, tile, new_word, at_once, changed, tile_of, first, state, outbox, word, border, rank, offsets, neighbours,
              home, row, mirrors):  # fmt: skip
    """Hand `site` to another cell: word, neighbour counts and border lists.

    tile         tile of the site
    new_word     word of the winner's site (owner and kind are taken from it)
    at_once      whether lists of other tiles may be written; else their sites go into the outbox
    changed      [neighbours + 1] uint64 scratch
    neighbours   8 or 26
    row          row of the site among the mirrors, -1 if it has none; see `Grid`
    others       see `Tiles`, `Lattice` and `Grid`
    """
    old = word[site]
    loser, winner = old & ID, new_word & ID
    rim = (old & RIM) != NONE
    differing = np.uint32(0)
    moved = 0
    for k in range(neighbours):
        near = site + offsets[k]
        if rim:
            near = np.uint64(home[near])
        before = word[near]
        cell = before & ID
        if rim and cell == WALL:
            continue
        step = np.uint32(cell == loser) - np.uint32(cell == winner)
        after = np.uint32(before + (step << COUNT_SHIFT))
        word[near] = after
        differing += np.uint32(cell != winner)
        changed[moved] = near
        moved += (before & COUNT_BITS == NONE) != (after & COUNT_BITS == NONE)
    after = (old & RIM) | (new_word & BODY) | (differing << COUNT_SHIFT)
    word[site] = after
    changed[moved] = site
    moved += (old & COUNT_BITS == NONE) != (after & COUNT_BITS == NONE)
    if row >= 0:
        for m in range(mirrors.shape[1]):
            ghost = mirrors[row, m]
            if ghost < 0:
                break
            word[np.uint64(ghost)] = (new_word & BODY) | GHOST
    for n in range(moved):
        near = changed[n]
        owner = np.int64(tile_of[near]) if rim else tile
        if at_once or owner == tile:
            list_or_unlist(near, word[near] & COUNT_BITS != NONE, owner, first, state, border, rank)
        else:
            post(near, tile, rank, state, outbox)


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
