"""Copy attempts in a tile: the Monte Carlo kernel of the dish.

Sites are drawn from the border list of the tile; a Monte Carlo step (MCS) is one attempt per border site, attempts
between sites of one owner counted. A copy that costs energy dH is accepted with probability
mobility * min(1, exp(-dH / T)): the draw is turned into the energy that it can pay, once.

Attempts are made in batches. First the sites of all of them are looked at, and those between sites of one owner fall
out; then the least that each copy can cost is held against what it can pay, without a branch, so that the processor
works on many at a time; what is left is looked at one by one, with every term. A copy that is made changes what later
ones of its batch cost: those that it touches are looked at again. On a short border list it ends the batch instead, for
the list itself has changed; on a long one (`LONG`) the next batch is soon enough.
"""

from __future__ import annotations

import math

import numpy as np

from lamella.tissue.attempt import active, can_pay, degree, most_help, nucleated, remembers, ring_change, sure_cost
from lamella.tissue.draws import BLOCK, draw_block
from lamella.tissue.elementary import minus_log
from lamella.tissue.kernel import part, term
from lamella.tissue.lattice import at_edge, coordinates, give_site, move_moment, set_with_ghosts
from lamella.tissue.machine import LANES, NOBODY, ask_ahead, count_bits, lanes_touched, lowest_bit
from lamella.tissue.record import ACT_MEMORY, MOMENT, PERIMETER, TOTAL_BONDS, VOLUME
from lamella.tissue.terms.connectivity import keeps_whole
from lamella.tissue.terms.mobility import payable_energy
from lamella.tissue.tiles import ACCEPTED, BORDER, DRAWS, SIZE, TRIED, VETOED
from lamella.tissue.word import COUNT_BITS, ID, LISTED, WALL

BATCH = LANES
"""Attempts of a batch."""

LONG = 8192
"""Border sites from which on a batch goes on after a copy, and the sites of the next are drawn with it, so that memory
can be asked for them: both together hold less than a hundredth of the list, and a site that comes to the border waits
for a hundredth of a Monte Carlo step at most. Larger batches would shift the energy."""

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


@part
def choose_sites(begin, end, size, places, directions, sites, sources, listed, word, offsets):
    """Sites of the draws `begin` to `end`, and the sites that are copied; ask the memory for both.

    listed, size                  the border list of the tile, and how long it is
    places, directions, ...       see `Draws`; `sites` and `sources` are written
    """
    for n in range(begin, end):
        at = np.uint64(n) & _ROOM
        site = np.uint64(listed[(places[at] * size) >> _SHIFT])
        source = site + offsets[directions[at]]
        ask_ahead(word, site)
        ask_ahead(word, source)
        sites[at], sources[at] = site, source


@part
def differing_pairs(begin, count, sites, sources, chances, word, chosen, energies, stale):
    """Which of `count` draws are attempts between two different owners, and which find no border site any more.

    sites, sources, chances    see `Draws`
    chosen, energies, stale    see `Batch`, written
    returns                    how many they are
    """
    differ, old = np.uint64(0), np.uint64(0)
    for k in range(count):
        at = np.uint64(begin + k) & _ROOM
        here, there = word[sites[at]], word[sources[at]]
        differs = np.uint64((here ^ there) & ID != 0) & np.uint64(there & ID != WALL)
        differ |= differs << np.uint64(k)
        old |= np.uint64(here & COUNT_BITS == 0) << np.uint64(k)
    pairs, missed = count_bits(differ), count_bits(old)
    for pair in range(pairs):
        at = (np.uint64(begin) + lowest_bit(differ)) & _ROOM
        differ &= differ - _ONE
        chosen[pair], energies[pair] = at, chances[at]
    for pair in range(pairs):
        energies[pair] = minus_log(energies[pair])
    for miss in range(missed):
        stale[miss] = begin + np.int64(lowest_bit(old))
        old &= old - _ONE
    return pairs, missed


@term
def look_ahead(pairs, draws, chosen, lattice, space, asked):
    """Ask the memory for what pairs are going to want."""
    row = space.stride[len(space.shape) - 2]
    for pair in range(pairs):
        site, source = draws.sites[chosen[pair]], draws.sources[chosen[pair]]
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
def hopeful_pairs(pairs, now, asked, draws, lattice, grid, record, physics, batch):
    """Bit set of the pairs that may be able to pay for their copy: what they can pay covers the least that it costs."""
    hopeful = np.uint64(0)
    for pair in range(pairs):
        at = batch.chosen[pair]
        site, source = draws.sites[at], draws.sources[at]
        winner, loser = lattice.word[source] & ID, lattice.word[site] & ID
        batch.places[pair], batch.winners[pair], batch.losers[pair] = np.uint32(site), winner, loser
        payable = payable_energy(batch.energies[pair], winner, loser, physics.temperature, record)
        cost = sure_cost(site, source, asked, lattice, grid, record, physics)
        batch.costs[pair] = cost
        least = cost - most_help(source, winner, now, asked, lattice, record)
        hopeful |= np.uint64((payable > 0.0) & (least <= payable)) << np.uint64(pair)
    return hopeful


@term
def touched_pairs(pair, pairs, winner, loser, reach, batch):
    """Bit set of the pairs after `pair` whose cells or neighbourhood a copy has changed: `winner` has taken the site of
    `pair` from `loser`. Medium has no energy of its own.

    reach   steps to the farthest neighbour
    """
    least = np.uint32(batch.places[pair] - reach)
    one, other = winner if winner != 0 else NOBODY, loser if loser != 0 else NOBODY
    touched = lanes_touched(batch.places, batch.winners, batch.losers, least, np.uint32(2 * reach), one, other)
    return touched & ((_ONE << np.uint64(pairs)) - _ONE) & (~np.uint64(0) << np.uint64(pair) << _ONE)


@part
def cross_off(numbers, count, end, size, first, tile, places, state, word, border):
    """Take sites that are no border sites any more off the list, if they are still there.

    numbers, count   draws that found such a site, ascending, and how many; those from `end` on have not been made
    size             how long the list was when they were drawn
    returns          how many there are before `end`
    """
    missed = 0
    while missed < count and numbers[missed] < end:
        place = (places[np.uint64(numbers[missed]) & _ROOM] * size) >> _SHIFT
        missed += 1
        if place < state[tile, SIZE]:
            site = border[first + place]
            if word[site] & COUNT_BITS == 0:
                word[site] &= ~LISTED
                state[tile, SIZE] -= _ONE
                border[first + place] = border[first + state[tile, SIZE]]
    return missed


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
def attempt(pair, again, tile, now, asked, lattice, grid, record, physics, lists, scratch, log, burst_number):
    """Make an attempt that may be able to pay for its copy.

    pair     of the batch
    again    whether a copy has changed what it costs
    lists    see `give_site`;   others   see `burst`
    returns  what became of it; winner and loser
    """
    word, chosen = lattice.word, scratch.batch.chosen[pair]
    site, source = scratch.draws.sites[chosen], scratch.draws.sources[chosen]
    winner, loser = word[source] & ID, word[site] & ID
    if winner == loser or (nucleated(asked) and lattice.nucleus[site] != 0):
        return _REFUSED, winner, loser
    payable = payable_energy(scratch.batch.energies[pair], winner, loser, physics.temperature, record)
    cost = scratch.batch.costs[pair]
    if again:
        cost = sure_cost(site, source, asked, lattice, grid, record, physics)
    if payable <= 0.0 or not can_pay(site, source, cost, payable, now, asked, lattice, grid, record, physics):
        return _REFUSED, winner, loser
    longer, shorter, won, lost = ring_change(site, winner, loser, word[site], word, grid.space)
    # a cell's last site may go: it has no other piece
    tested = physics.connected and (loser == 0 or record[loser, VOLUME] > 1.0)
    if tested and not keeps_whole(winner, loser, won, lost, physics.touching, physics.linked):
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
    drawn, placed = at - at % BLOCK, at
    if tiles.order.size > 1:
        for n in range(0, np.int64(state[tile, SIZE]), 16):  # other tiles have driven the list out of the cache
            ask_ahead(listed, np.uint64(n))
    while state[tile, BORDER] > 0:
        number = np.float64(state[tile, BORDER])
        used = min(BATCH, np.int64(math.ceil((share - done) * number)))
        if used <= 0:
            break
        size = state[tile, SIZE]
        wanted = at + used if size < LONG else at + 2 * BATCH
        while drawn < wanted:
            draw_block(np.uint64(drawn), key, np.uint64(tile), np.uint64(degree(grid.space)), draws.places,
                       draws.directions, draws.chances)  # fmt: skip
            drawn += BLOCK
        choose_sites(placed, wanted, size, draws.places, draws.directions, draws.sites, draws.sources, listed, word,
                     offsets)  # fmt: skip
        placed = wanted
        pairs, stale = differing_pairs(at, used, draws.sites, draws.sources, draws.chances, word, batch.chosen,
                                       batch.energies, batch.stale)  # fmt: skip
        look_ahead(pairs, draws, batch.chosen, lattice, grid.space, asked)
        touched = np.uint64(0)
        hopeful = hopeful_pairs(pairs, now, asked, draws, lattice, grid, record, physics, batch)
        while hopeful != 0:
            pair = np.int64(lowest_bit(hopeful))
            hopeful &= hopeful - _ONE
            again = (touched >> np.uint64(pair)) & _ONE != 0
            outcome, winner, loser = attempt(pair, again, tile, now, asked, lattice, grid, record, physics, lists,
                                             scratch, log, burst_number)  # fmt: skip
            vetoed += np.uint64(outcome == _VETOED)
            if outcome != _COPIED:
                continue
            accepted += _ONE
            if size < LONG:
                used = np.int64((batch.chosen[pair] - np.uint64(at)) & _ROOM) + 1
                pairs, placed = pair + 1, at + used
                break
            changed = touched_pairs(pair, pairs, winner, loser, reach, batch)
            touched |= changed
            hopeful |= changed
        at += used
        missed = cross_off(batch.stale, stale, at, size, first, tile, draws.places, state, word, lattice.border)
        done += np.float64(used - missed) / number
        tried += pairs
    tiles.carry[tile] = max(done - share, 0.0) if state[tile, BORDER] > 0 else 0.0
    state[tile, DRAWS] = at
    state[tile, TRIED] += np.uint64(tried)
    state[tile, ACCEPTED] += accepted
    state[tile, VETOED] += vetoed
