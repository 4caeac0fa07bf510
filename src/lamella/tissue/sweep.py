"""Copy attempts in a tile: the Monte Carlo kernel of the dish.

Sites are drawn from the border list of the tile; a Monte Carlo step (MCS) is
one attempt per border site. A copy that costs energy dH is accepted with
probability mobility * min(1, exp(-dH / T)): the draw is turned into the energy
that it can pay, once, and each term is compared with it as soon as it is known.
"""

from __future__ import annotations

import math

import numpy as np

from lamella.tissue.attempt import can_pay, degree
from lamella.tissue.draws import BLOCK, draw_block
from lamella.tissue.kernel import part, term
from lamella.tissue.lattice import coordinates, give_site, move_moment, set_with_ghosts
from lamella.tissue.machine import ask_ahead
from lamella.tissue.record import ACT_MEMORY, MOMENT, PERIMETER, TOTAL_BONDS, VOLUME
from lamella.tissue.terms.connectivity import keeps_whole
from lamella.tissue.terms.mobility import payable_energy
from lamella.tissue.tiles import ACCEPTED, BORDER, DRAWS, SIZE, TRIED, VETOED
from lamella.tissue.word import COUNT_BITS, ID, LISTED, RIM, WALL

GROUP = 8
"""Attempts whose sites are looked at together before the first is made: most are between sites of one cell and end
there. A copy that is made ends the group: the rest is looked at anew, which costs more the larger the group."""

AHEAD = 32
"""Attempts for which the memory is asked before they are looked at."""

_SHIFT, _ONE = np.uint64(32), np.uint64(1)
_ROOM = np.uint64(2 * BLOCK - 1)
"""Draws are kept in a ring of two blocks."""


@term
def span_of(size):
    """Range that places are drawn from: `size` made a little rounder, so that most places mean the same site still when
    the list has grown or shrunk by one. A place beyond the list is no attempt."""
    grain = np.uint64(16)
    while grain * np.uint64(32) < size:
        grain += grain
    return (size | (grain - _ONE)) + _ONE


@term
def remember(cell, record, log, burst_number):
    """Note what a cell is before a burst first changes it; see `Log`."""
    if log.seen[cell] != burst_number:
        log.seen[cell] = burst_number
        n = log.entries[0]
        log.cells[n] = cell
        log.changes[n, 0] = record[cell, VOLUME]
        log.changes[n, 1] = record[cell, PERIMETER]
        for d in range(3):
            log.changes[n, 2 + d] = record[cell, MOMENT + d]
        log.entries[0] = n + 1


@term
def transfer(place, winner, loser, longer, shorter, record, space):
    """Book a copy in the records: volumes, perimeters, moments."""
    if winner != 0:
        move_moment(place, winner, 1.0, record, space)
    if loser != 0:
        move_moment(place, loser, -1.0, record, space)
    record[winner, VOLUME] += 1.0
    record[winner, PERIMETER] += longer
    record[loser, VOLUME] -= 1.0
    record[loser, PERIMETER] += shorter


@term
def look_ahead(begin, end, first, span, places, directions, word, expiry, border, offsets, space, active):
    """Ask the memory for what attempts `begin` to `end` are going to want: a large dish does not fit the cache."""
    row = space.stride[len(space.shape) - 2]
    for n in range(begin, end):
        at = np.uint64(n) & _ROOM
        site = np.uint64(border[first + ((places[at] * span) >> _SHIFT)])
        if len(space.shape) == 3:
            for level in (site - space.stride[0], site, site + space.stride[0]):
                ask_ahead(word, level - row)
                ask_ahead(word, level)
                ask_ahead(word, level + row)
        else:
            ask_ahead(word, site - row)
            ask_ahead(word, site)
            ask_ahead(word, site + row)
        if active:
            ask_ahead(expiry, site + offsets[directions[at]])


@term
def differing_pairs(begin, count, first, size, span, places, directions, word, border, offsets, chosen, stale):
    """Which of `count` draws are attempts between two different owners, and which find no border site any more.

    first, size     where the border list begins and how long it is
    span            see `span_of`
    chosen, stale   [GROUP + 1] out: their numbers
    returns         how many they are
    """
    found, old = 0, 0
    for n in range(begin, begin + count):
        at = np.uint64(n) & _ROOM
        place = (places[at] * span) >> _SHIFT
        site = np.uint64(border[first + place])
        here = word[site]
        listed = np.int64(place < size)
        chosen[found] = n
        found += listed & np.int64((here ^ word[site + offsets[directions[at]]]) & ID != 0)
        stale[old] = n
        old += (1 - listed) | np.int64(here & COUNT_BITS == 0)
    return found, old


@part
def cross_off(stale, first, tile, span, places, state, word, border):
    """Take a site that is no border site any more off the list, if it is still there; `stale` is its draw."""
    place = (places[np.uint64(stale) & _ROOM] * span) >> _SHIFT
    if place < state[tile, SIZE]:
        site = border[first + place]
        if word[site] & COUNT_BITS == 0:
            word[site] &= ~LISTED
            state[tile, SIZE] -= _ONE
            border[first + place] = border[first + state[tile, SIZE]]


@term
def make_copy(site, source, tile, longer, shorter, now, lattice, grid, record, lists, fresh):
    """Copy `source` to `site`: records, activity, bonds, words and border lists.

    longer, shorter   see `passive_change`
    lists, fresh      see `give_site`
    """
    word, mirrors, source_word = lattice.word, grid.mirrors, lattice.word[source]
    winner, loser = source_word & ID, word[site] & ID
    transfer(coordinates(site, grid.space), winner, loser, longer, shorter, record, grid.space)
    row = grid.edge_row[site] if (word[site] & RIM) != 0 else -1
    ends = now + np.int64(record[winner, ACT_MEMORY]) if winner != 0 else 0
    set_with_ghosts(lattice.expiry, site, ends, row, mirrors)
    if record[loser, TOTAL_BONDS] > 0.0:
        set_with_ghosts(lattice.bonds, site, 0.0, row, mirrors)
    give_site(site, tile, source_word, False, fresh, lists, word, lattice.border, grid.offsets, degree(grid.space),
              grid.home, row, mirrors)  # fmt: skip


@part
def burst(tile, share, now, asked, key, lattice, grid, record, physics, tiles, scratch, log, burst_number):
    """Make the attempts of a tile for `share` of an MCS.

    now            MCS done
    asked          see `Asked`
    key            uint64, stream of the dish; draw n of a tile is the n-th of the stream of the tile
    record         [cells, WIDTH]
    scratch        see `Scratch`
    log            see `Log`
    burst_number   uint32, another for each burst; 0 if changes of cells need not be logged
    """
    word, expiry, border, nucleus, offsets = lattice.word, lattice.expiry, lattice.border, lattice.nucleus, grid.offsets
    state, lists = tiles.state, (tiles.tile_of, tiles.first, tiles.state, tiles.outbox, tiles.gained)
    places, directions, energies = scratch.places, scratch.directions, scratch.energies
    chosen, stale, neighbours = scratch.chosen, scratch.stale, degree(grid.space)
    tried, accepted, vetoed = np.uint64(0), np.uint64(0), np.uint64(0)
    first, done = tiles.first[tile], tiles.carry[tile]
    at = np.int64(state[tile, DRAWS])
    drawn = at - at % BLOCK
    looked = at
    while state[tile, BORDER] > 0:
        left = np.int64(math.ceil((share - done) * np.float64(state[tile, BORDER])))
        if left <= 0:
            break
        size = state[tile, SIZE]
        span = span_of(size)
        while drawn < at + AHEAD:
            draw_block(np.uint64(drawn), key, np.uint64(tile), np.uint64(neighbours), places, directions, energies)
            drawn += BLOCK
        look_ahead(looked, at + AHEAD, first, span, places, directions, word, expiry, border, offsets, grid.space,
                   asked.active)  # fmt: skip
        looked = at + AHEAD
        used = min(GROUP, left)
        pairs, misses = differing_pairs(
            at, used, first, size, span, places, directions, word, border, offsets, chosen, stale
        )
        for pair in range(pairs):
            n = np.uint64(chosen[pair]) & _ROOM
            site = np.uint64(border[first + ((places[n] * span) >> _SHIFT)])
            source = site + offsets[directions[n]]
            winner, loser = word[source] & ID, word[site] & ID
            if winner == WALL:
                continue
            tried += _ONE
            if asked.nucleated and nucleus[site] != 0:
                continue
            payable = payable_energy(energies[n], winner, loser, physics.temperature, record)
            if payable <= 0.0:
                continue
            paid, longer, shorter, won, lost = can_pay(
                site, source, payable, now, asked, lattice, grid, record, physics
            )
            if not paid:
                continue
            # a cell's last site may go: it has no other piece
            tested = physics.connected and (loser == 0 or record[loser, VOLUME] > 1.0)
            if tested and not keeps_whole(winner, loser, won, lost, physics.touching, physics.linked):
                vetoed += _ONE
                continue
            accepted += _ONE
            if burst_number != 0:
                remember(winner, record, log, burst_number)
                remember(loser, record, log, burst_number)
            number = np.float64(state[tile, BORDER])
            make_copy(site, source, tile, longer, shorter, now, lattice, grid, record, lists, scratch.fresh)
            used = chosen[pair] + 1 - at
            break
        else:
            number = np.float64(state[tile, BORDER])
        at += used
        missed = 0
        while missed < misses and stale[missed] < at:
            missed += 1
        done += np.float64(used - missed) / number
        for n in range(missed):
            cross_off(stale[n], first, tile, span, places, state, word, border)
    tiles.carry[tile] = max(done - share, 0.0) if state[tile, BORDER] > 0 else 0.0
    state[tile, DRAWS] = at
    state[tile, TRIED] += tried
    state[tile, ACCEPTED] += accepted
    state[tile, VETOED] += vetoed
