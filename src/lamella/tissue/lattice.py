"""The arrays of a dish, grouped for the kernels, and the moves every kernel needs."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.kernel import kernel, part, term
from lamella.tissue.machine import add_to_shared, count_bits, hand_over_ring, lowest_bit
from lamella.tissue.record import AXIS, MOMENT, VOLUME
from lamella.tissue.tiles import BORDER, SIZE, WAITING
from lamella.tissue.word import BODY, COUNT_BITS, COUNT_SHIFT, GHOST, ID, LISTED, LISTED_SHIFT, RIM, WALL

ONE = np.uint64(1)
NONE = np.uint32(0)
RING_2D, RING_3D = np.uint64(0x757), np.uint64(0x777_0757_0777)
"""Slots of the ring: the block round a site without its centre; see `grid.ring_slots`."""


class Lattice(NamedTuple):
    """Per-site arrays of a dish. N sites with padding.

    word        [N] uint32, see `word`
    expiry      [N] int32, MCS at which the Act activity of the site ends
    bonds       [N] bonds on the site
    ligand      [N] ligand under the site
    attractant  [N] sensed field, or [0] if there is none
    nucleus     [N] uint32, cell whose nucleus lies on the site, else 0; [0] if no cell has one
    fibres      [N] energy that a nucleus pays to cover the site, or [0] if there are none
    offer       [N] scratch of the bond update: share of the site in new bonds
    border      [sites] uint32, the border list of each tile, in no particular order; see `Tiles`
    """

    word: NDArray[np.uint32]
    expiry: NDArray[np.int32]
    bonds: NDArray[np.float64]
    ligand: NDArray[np.float64]
    attractant: NDArray[np.float64]
    nucleus: NDArray[np.uint32]
    fibres: NDArray[np.float64]
    offer: NDArray[np.float64]
    border: NDArray[np.uint32]


@term
def nearest(delta, d, space):
    """A distance along axis `d`, to the nearest periodic image."""
    # no branch: loops over it become vectors
    return delta - space.period[d] * (np.float64(delta > space.half[d]) - np.float64(delta < -space.half[d]))


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
def at_edge(place, space):
    """Whether a place lies in the outermost layer of the dish, the only one whose sites have ghosts."""
    edge = False
    for d in range(len(space.shape)):
        edge |= (place[d] < 0.5) | (place[d] > np.float64(space.shape[d]) - 1.5)
    return edge


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
    """What to take off a coordinate to come to the image nearest to a cell; `delta` is volume times distance."""
    if delta > volume * space.half[d]:
        return space.period[d]
    if delta < -volume * space.half[d]:
        return -space.period[d]
    return 0.0


@term
def centroid_step(place, cell, gained, record, space, sites=VOLUME, moment=MOMENT):
    """How far the centroid of `cell` moves if it gains (`gained` 1) or loses (-1) the site at a place: three floats.

    0 for medium, and for a cell that is born or vanishes.

    sites, moment   columns of what has the centroid, the cell if nothing else is said
    """
    volume = record[cell, sites]
    after = volume + gained
    if cell == 0 or volume < 0.5 or after < 0.5:
        return 0.0, 0.0, 0.0
    scale = gained / (volume * after)
    x = scale * from_centroid(place, cell, 0, record, space, sites, moment)
    y = scale * from_centroid(place, cell, 1, record, space, sites, moment)
    if len(space.shape) == 2:
        return x, y, 0.0
    return x, y, scale * from_centroid(place, cell, 2, record, space, sites, moment)


@term
def from_centroid(place, cell, d, record, space, sites, moment):
    """Distance of a place from a centroid along axis `d`, times its sites: a whole number. See `centroid_step`."""
    volume = record[cell, sites]
    delta = volume * place[d] - record[cell, moment + d]
    return delta - volume * image_of(delta, volume, d, space)


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


@part
def collect(tile, source, tile_of, first, state, border, outbox):
    """List the sites of `tile` that `source` left in its outbox."""
    for n in range(state[source, WAITING]):
        site = outbox[source, n]
        if site != 0 and tile_of[site] == tile:
            outbox[source, n] = 0
            border[first[tile] + state[tile, SIZE]] = site
            state[tile, SIZE] += ONE


@part
def count_gained(state, gained):
    """Enter in every tile what others have changed the number of its border sites by."""
    for tile in range(state.shape[0]):
        state[tile, BORDER] += gained[8 * tile]
        gained[8 * tile] = 0


@term
def give_site(site, tile, new_word, at_once, fresh, tiles, word, border, space, slots, offsets, home, row, mirrors):
    """Hand `site` to another cell: word, neighbour counts and border lists.

    tile         tile of the site
    new_word     word of the winner's site (owner and kind are taken from it)
    at_once      whether lists of other tiles may be written; else their sites go into the outbox
    fresh        [neighbours + 1] uint64 scratch
    tiles        arrays of `Tiles`: tile_of, first, state, outbox, gained
    row          row of the site among the mirrors, -1 if it has none; see `Grid`
    others       see `Lattice` and `Grid`
    """
    tile_of, first, state, outbox, gained = tiles
    old = word[site]
    loser, winner = old & ID, new_word & ID
    rim = (old & RIM) != NONE
    differing, listed, grown = np.uint32(0), 0, 0
    if not rim:
        ring = RING_3D if len(space.shape) == 3 else RING_2D
        won, had_bits, has_bits, fresh_bits = hand_over_ring(word, site, space.stride, loser, winner)
        differing = np.uint32(count_bits(ring & ~won))
        grown = count_bits(has_bits & ring) - count_bits(had_bits & ring)
        fresh_bits &= ring
        while fresh_bits != 0:
            fresh[listed] = site + slots[lowest_bit(fresh_bits)]
            listed += 1
            fresh_bits &= fresh_bits - ONE
    else:
        for k in range(offsets.size):
            near = site + offsets[k]
            before = word[near]
            if before & GHOST != NONE:
                near = np.uint64(home[near])
                before = word[near]
            cell = before & ID
            if cell == WALL:
                continue
            step = np.uint32(cell == loser) - np.uint32(cell == winner)
            after = np.uint32(before + (step << COUNT_SHIFT))
            differing += np.uint32(cell != winner)
            had, has = np.int64(before & COUNT_BITS != NONE), np.int64(after & COUNT_BITS != NONE)
            fresh[listed] = near
            listed += has & np.int64(before & LISTED == NONE)
            if has != had and tile_of[near] != tile:
                add_to_shared(gained, 8 * np.int64(tile_of[near]), np.uint64(has - had))
            else:
                grown += has - had
            word[near] = after | (np.uint32(has) << LISTED_SHIFT)
    had, has = old & COUNT_BITS != NONE, differing != NONE
    fresh[listed] = site
    listed += has and old & LISTED == NONE
    grown += np.int64(has) - np.int64(had)
    keep = old & (RIM | LISTED)
    word[site] = (keep | LISTED if has else keep) | (new_word & BODY) | (differing << COUNT_SHIFT)
    state[tile, BORDER] += np.uint64(grown)
    if row >= 0:
        for m in range(mirrors.shape[1]):
            ghost = mirrors[row, m]
            if ghost < 0:
                break
            word[np.uint64(ghost)] = (new_word & BODY) | GHOST
    for n in range(listed):
        near = fresh[n]
        owner = np.int64(tile_of[near]) if rim else tile
        if at_once or owner == tile:
            border[first[owner] + state[owner, SIZE]] = near
            state[owner, SIZE] += ONE
        else:
            outbox[tile, state[tile, WAITING]] = near
            state[tile, WAITING] += ONE


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
