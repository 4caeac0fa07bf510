"""Copy attempts in a tile: the Monte Carlo kernel of the dish.

Sites are drawn from the border list of the tile; a Monte Carlo step (MCS) is one attempt per border site, attempts
between sites of one owner counted. A copy that costs energy dH is accepted with probability
mobility * min(1, exp(-dH / T)): the draw is turned into the energy that it can pay, once.

Attempts are made in batches. First the sites of all of them are looked at, and those between sites of one owner fall
out; then the least that each copy can cost is held against what it can pay, without a branch, so that the processor
works on many at a time; what is left is looked at one by one, with every term. A copy that is made changes what later
ones of its batch cost: those that it touches are looked at again. On a short border list it ends the batch instead, for
the list itself has changed; on a long one the next batch is soon enough (`SHARE`).
"""

from __future__ import annotations

import math

import numpy as np

from lamella.tissue.attempt import active, can_pay, degree, most_help, nucleated, remembers, ring_change, sure_cost
from lamella.tissue.draws import BLOCK, draw_block
from lamella.tissue.kernel import part, term
from lamella.tissue.lanes import LANES, NOBODY, lanes_of_words, lanes_touched
from lamella.tissue.lattice import at_edge, coordinates, give_site, move_moment, set_with_ghosts
from lamella.tissue.machine import ask_ahead, count_bits, lowest_bit
from lamella.tissue.record import ACT_MEMORY, MOMENT, PERIMETER, TOTAL_BONDS, VOLUME
from lamella.tissue.terms.connectivity import keeps_whole
from lamella.tissue.terms.mobility import payable_energy
from lamella.tissue.tiles import ACCEPTED, BORDER, DRAWS, SIZE, TRIED, VETOED
from lamella.tissue.word import COUNT_BITS, ID, LISTED

BATCH = LANES
"""Attempts of a batch."""

AHEAD = 8
"""Sites of the next batch that are chosen with one, so that memory can be asked for them. Of more, some are pushed out
of the nearest cache before their turn."""

LONG = 4096
"""Border sites from which on the next batch is looked at ahead."""

SHARE = 100
"""A batch, with what is known of the next, holds no more than one in so many border sites, and goes on after a copy: a
site that comes to the border waits for a hundredth of a Monte Carlo step at most. Larger batches would shift the
energy. Where not even `FEW` attempts are a hundredth, a copy ends the batch."""

FEW = 8

_SHIFT, _ONE = np.uint64(32), np.uint64(1)
_ROOM = np.uint64(2 * BLOCK - 1)
"""Draws are kept in a ring of two blocks."""

_REFUSED, _VETOED, _COPIED = range(3)
"""What becomes of an attempt: refused for its energy, or by connectivity, or made."""


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
def choose_sites(begin, end, at, size, draws, batch, listed, word, offsets):
    """Lanes `begin` to `end` of a batch whose first draw is `at`: site and source of each; ask the memory for both.

    listed, size   the border list of the tile, and how long it is
    """
    for lane in range(begin, end):
        n, lane = np.uint64(at + lane) & _ROOM, np.uint64(lane)
        place = (draws.places[n] * size) >> _SHIFT
        site = np.uint64(listed[place])
        source = site + offsets[draws.directions[n]]
        ask_ahead(word, site)
        ask_ahead(word, source)
        batch.places[lane], batch.sites[lane], batch.sources[lane] = place, site, source


@term
def look_ahead(pairs, batch, lattice, space, asked):
    """Ask the memory for what pairs are going to want."""
    row = space.stride[len(space.shape) - 2]
    while pairs != 0:
        lane = lowest_bit(pairs)
        pairs &= pairs - _ONE
        site, source = np.uint64(batch.sites[lane]), np.uint64(batch.sources[lane])
        if len(space.shape) == 3:
            for level in (site - space.stride[0], site, site + space.stride[0]):
                ask_ahead(lattice.word, level - row)
                ask_ahead(lattice.word, level)
                ask_ahead(lattice.word, level + row)
        else:
            ask_ahead(lattice.word, site - row)
            ask_ahead(lattice.word, site + row)
        if active(asked):
            ask_ahead(lattice.expiry, source)


@term
def hopeful_pairs(pairs, at, now, asked, draws, lattice, grid, record, physics, batch):
    """Bit set of the pairs that may be able to pay for their copy: what they can pay covers the least that it costs.

    pairs   bit set of lanes
    at      number of the draw in the first lane
    """
    hopeful = np.uint64(0)
    while pairs != 0:
        lane = lowest_bit(pairs)
        pairs &= pairs - _ONE
        site, source = np.uint64(batch.sites[lane]), np.uint64(batch.sources[lane])
        site_word, source_word = batch.site_words[lane], batch.source_words[lane]
        winner, loser = source_word & ID, site_word & ID
        drawn = draws.energies[(np.uint64(at) + lane) & _ROOM]
        payable = payable_energy(drawn, winner, loser, physics.temperature, record)
        cost = sure_cost(site, source_word, site_word, asked, lattice, grid, record, physics)
        batch.costs[lane] = cost
        least = cost - most_help(source, winner, now, asked, lattice, record)
        hopeful |= np.uint64((payable > 0.0) & (least <= payable)) << lane
    return hopeful


@term
def touched_lanes(site, winner, loser, reach, batch):
    """Bit set of the lanes whose cells or neighbourhood a copy has changed: `winner` has taken `site` from `loser`.
    Medium has no energy of its own.

    reach   steps to the farthest neighbour
    """
    one, other = winner if winner != 0 else NOBODY, loser if loser != 0 else NOBODY
    least = np.uint32(site - reach)
    return lanes_touched(batch.sites, batch.site_words, batch.source_words, least, np.uint32(2 * reach), one, other)


@term
def cross_off(stale, first, tile, batch, state, word, border):
    """Take sites that are no border sites any more off the list, if they are still there.

    stale     bit set of lanes that found such a site
    """
    while stale != 0:
        lane = lowest_bit(stale)
        stale &= stale - _ONE
        place = np.uint64(batch.places[lane])
        if place < state[tile, SIZE]:
            site = border[first + place]
            if word[site] & COUNT_BITS == 0:
                word[site] &= ~LISTED
                state[tile, SIZE] -= _ONE
                border[first + place] = border[first + state[tile, SIZE]]


@term
def make_copy(site, source, tile, longer, shorter, now, asked, lattice, grid, record, lists, fresh):
    """Copy `source` to `site`: records, activity, bonds, words and border lists.

    longer, shorter   see `passive_change`
    lists, fresh      see `give_site`
    """
    word, mirrors, source_word = lattice.word, grid.mirrors, lattice.word[source]
    winner, loser = source_word & ID, word[site] & ID
    place = coordinates(site, grid.space)
    transfer(place, winner, loser, longer, shorter, record, grid.space)
    row = grid.edge_row[site] if at_edge(place, grid.space) else -1
    if remembers(asked):
        ends = now + np.int64(record[winner, ACT_MEMORY]) if winner != 0 else 0
        set_with_ghosts(lattice.expiry, site, ends, row, mirrors)
    if record[loser, TOTAL_BONDS] > 0.0:
        set_with_ghosts(lattice.bonds, site, 0.0, row, mirrors)
    give_site(site, tile, source_word, False, fresh, lists, word, lattice.border, grid.space, grid.slots,
              grid.offsets, grid.home, row, mirrors)  # fmt: skip


@term
def attempt(lane, at, again, tile, now, asked, lattice, grid, record, physics, lists, scratch, log, burst_number):
    """Make an attempt that may be able to pay for its copy.

    lane     of the batch;   at   number of the draw in its first lane
    again    whether a copy has changed what it costs
    lists    see `give_site`;   others   see `burst`
    returns  what became of it; winner and loser
    """
    word, batch = lattice.word, scratch.batch
    site, source = np.uint64(batch.sites[lane]), np.uint64(batch.sources[lane])
    site_word, source_word = word[site], word[source]
    winner, loser = source_word & ID, site_word & ID
    if winner == loser or (nucleated(asked) and lattice.nucleus[site] != 0):
        return _REFUSED, winner, loser
    drawn = scratch.draws.energies[(np.uint64(at) + lane) & _ROOM]
    payable = payable_energy(drawn, winner, loser, physics.temperature, record)
    cost = batch.costs[lane]
    if again:
        cost = sure_cost(site, source_word, site_word, asked, lattice, grid, record, physics)
    if payable <= 0.0 or not can_pay(site, source, cost, payable, now, asked, lattice, grid, record, physics):
        return _REFUSED, winner, loser
    longer, shorter, won, lost = ring_change(site, winner, loser, site_word, word, grid.space)
    # a cell's last site may go: it has no other piece
    tested = physics.connected and (loser == 0 or record[loser, VOLUME] > 1.0)
    if tested and not keeps_whole(winner, loser, won, lost, physics.touching, physics.slots):
        return _VETOED, winner, loser
    if burst_number != 0:
        remember(winner, record, log, burst_number)
        remember(loser, record, log, burst_number)
    make_copy(site, source, tile, np.float64(longer), np.float64(shorter), now, asked, lattice, grid, record, lists,
              scratch.fresh)  # fmt: skip
    return _COPIED, winner, loser


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
    word, offsets = lattice.word, grid.offsets
    state, lists = tiles.state, (tiles.tile_of, tiles.first, tiles.state, tiles.outbox, tiles.gained)
    draws, batch = scratch.draws, scratch.batch
    tried, accepted, vetoed = np.int64(0), np.uint64(0), np.uint64(0)
    first, done = tiles.first[tile], tiles.carry[tile]
    listed = lattice.border[np.int64(first) :]
    reach = np.uint32(offsets[offsets.size - 1])
    at = np.int64(state[tile, DRAWS])
    drawn, known = at - at % BLOCK, 0
    if tiles.order.size > 1:
        for n in range(0, np.int64(state[tile, SIZE]), 16):  # other tiles have driven the list out of the cache
            ask_ahead(listed, np.uint64(n))
    while state[tile, BORDER] > 0:
        number = np.float64(state[tile, BORDER])
        size = state[tile, SIZE]
        most = min(BATCH, max(FEW, np.int64(size) // SHARE))
        used = min(most, np.int64(math.ceil((share - done) * number)))
        if used <= 0:
            break
        going_on = size >= FEW * SHARE
        wanted = max(known, used + AHEAD if size >= LONG else used)
        while drawn < at + wanted:
            draw_block(np.uint64(drawn), key, np.uint64(tile), np.uint64(degree(grid.space)), draws.places,
                       draws.directions, draws.energies)  # fmt: skip
            drawn += BLOCK
        choose_sites(known, wanted, at, size, draws, batch, listed, word, offsets)
        pairs, stale = lanes_of_words(word, batch.sites, batch.sources, batch.site_words, batch.source_words)
        pairs &= (_ONE << np.uint64(used)) - _ONE
        look_ahead(pairs, batch, lattice, grid.space, asked)
        touched = np.uint64(0)
        hopeful = hopeful_pairs(pairs, at, now, asked, draws, lattice, grid, record, physics, batch)
        while hopeful != 0:
            lane = lowest_bit(hopeful)
            hopeful &= hopeful - _ONE
            again = (touched >> lane) & _ONE != 0
            outcome, winner, loser = attempt(lane, at, again, tile, now, asked, lattice, grid, record, physics, lists,
                                             scratch, log, burst_number)  # fmt: skip
            vetoed += np.uint64(outcome == _VETOED)
            if outcome != _COPIED:
                continue
            accepted += _ONE
            if not going_on:
                used, wanted = np.int64(lane) + 1, np.int64(0)
                break
            changed = touched_lanes(batch.sites[lane], winner, loser, reach, batch)
            changed &= pairs & (~np.uint64(0) << lane << _ONE)
            touched |= changed
            hopeful |= changed
        made = (_ONE << np.uint64(used)) - _ONE
        stale &= made
        cross_off(stale, first, tile, batch, state, word, lattice.border)
        tried += count_bits(pairs & made)
        done += np.float64(used - count_bits(stale)) / number
        at += used
        known = max(wanted - used, 0)
        for lane in range(known):
            for lanes in (batch.places, batch.sites, batch.sources):
                lanes[np.uint64(lane)] = lanes[np.uint64(lane + used)]
    tiles.carry[tile] = max(done - share, 0.0) if state[tile, BORDER] > 0 else 0.0
    state[tile, DRAWS] = at
    state[tile, TRIED] += np.uint64(tried)
    state[tile, ACCEPTED] += accepted
    state[tile, VETOED] += vetoed
