"""Copy attempts in a tile: the Monte Carlo kernel of the dish.

Sites are drawn from the border list of the tile; a Monte Carlo step (MCS) is
one attempt per border site. A copy that costs energy dH is accepted with
probability mobility * min(1, exp(-dH / T)): the draw is turned into the energy
that it can pay, once, and each term is compared with it as soon as it is known.
"""

from __future__ import annotations

import math

import numpy as np

from lamella.tissue.draws import BLOCK, draw_block
from lamella.tissue.kernel import part, term
from lamella.tissue.lattice import axis_cosine, coordinates, give_site, move_moment, set_with_ghosts
from lamella.tissue.machine import ask_ahead, count_bits, match_ring
from lamella.tissue.record import (
    ACT_MEMORY,
    CONTRACTION,
    DISSIPATION,
    MOMENT,
    PERIMETER,
    POLARITY,
    PROTRUSION,
    STRONGEST_PUSH,
    TOTAL_BONDS,
    VOLUME,
)
from lamella.tissue.terms.connectivity import keeps_whole
from lamella.tissue.terms.contact import contact_change
from lamella.tissue.terms.contraction import contraction_energy, largest_contraction
from lamella.tissue.terms.mobility import payable_energy
from lamella.tissue.terms.perimeter import perimeter_change
from lamella.tissue.terms.protrusion import front_weight, push, push_strength, strongest_push
from lamella.tissue.terms.rupture import rupture_cost
from lamella.tissue.terms.volume import volume_change
from lamella.tissue.tiles import ACCEPTED, BORDER, DRAWS, SIZE, TRIED, VETOED
from lamella.tissue.word import COUNT_BITS, ID, KIND, KIND_SHIFT, LISTED, RIM, WALL

GROUP = 16
"""Attempts whose sites are looked at together before the first is made: most are between sites of one cell and end
there. A copy that is made ends the group: the rest is looked at anew."""

_RING_2D, _RING_3D = np.uint64(0x757), np.uint64(0x777_0757_0777)
"""Slots of the ring: the block round a site without its centre."""

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
def passive_change(site, winner_word, loser_word, record, kinds, contact, word, slots, space):
    """Change of contact, volume and perimeter energy if `site` goes to the winner.

    winner_word, loser_word     words of the source and of the site
    kinds, contact              see `Physics`
    returns                     energy; growth of the winner's and of the loser's perimeter; bit sets of the slots of
                                the ring that belong to the winner, and to the loser
    """
    winner, loser = winner_word & ID, loser_word & ID
    winner_kind = np.uint64((winner_word >> KIND_SHIFT) & KIND)
    loser_kind = np.uint64((loser_word >> KIND_SHIFT) & KIND)
    won, lost = match_ring(word, site, space.stride, ID, winner, loser)
    ring = _RING_3D if len(space.shape) == 3 else _RING_2D
    lost &= ring
    with_winner, with_loser, cells = count_bits(won), count_bits(lost), count_bits(ring)
    if (loser_word & RIM) != 0:
        walls = match_ring(word, site, space.stride, ID, WALL, WALL)
        cells -= count_bits(walls[0])
    longer = np.float64(cells - 2 * with_winner)
    shorter = np.float64(2 * with_loser - cells)
    third = ring & ~(won | lost)
    energy = contact_change(site, winner_kind, loser_kind, with_winner, with_loser, third, kinds, contact, word, slots)
    energy += volume_change(winner, loser, record)
    energy += perimeter_change(winner, loser, longer, shorter, record)
    return energy, longer, shorter, won, lost


@term
def sees_direction(cell, record):
    """Whether any term of the cell asks where its front is: square root and division are saved if not."""
    return record[cell, POLARITY] > 0.0 or record[cell, CONTRACTION] > 0.0


@term
def front_push(cell, other, cosine, source, now, spare, record, focus, word, expiry, bonds, offsets, neighbours):
    """Energy that protrusion of `cell` gives a copy in a direction, away from (or towards) its centroid.

    cosine   between the axis and that direction
    source   site of `cell` round which activity and traction are read
    spare    if even full activity gives no more than this, 0 is returned unread; pass 0 to have it read always
    focus    exponent of the front weight and its norm
    """
    most = push_strength(cell, other, record)
    most *= front_weight(cosine, record[cell, POLARITY], focus[0], focus[1])
    if most <= spare:
        return 0.0
    return most * push(source, cell, now, record, word, expiry, bonds, offsets, neighbours)


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


@part
def burst(tile, share, now, most_pull, active, directed, key, lattice, grid, record, physics, tiles, scratch, log,
          burst_number):  # fmt: skip
    """Make the attempts of a tile for `share` of an MCS.

    now            MCS done
    most_pull      the most that `largest_contraction` is for any cell
    active         whether any cell protrudes
    directed       whether bonds or axis of any cell have a say in its copies
    key            uint64, stream of the dish; draw n of a tile is the n-th of the stream of the tile
    record         [cells, WIDTH]
    scratch        see `Scratch`
    log            see `Log`
    burst_number   uint32, another for each burst; 0 if changes of cells need not be logged
    """
    word, expiry, bonds, border = lattice.word, lattice.expiry, lattice.bonds, lattice.border
    space, offsets, home, edge_row, mirrors = grid.space, grid.offsets, grid.home, grid.edge_row, grid.mirrors
    kinds, contact, linked, slots = physics.kinds, physics.contact, physics.linked, grid.slots
    temperature, mean_rear, focus = physics.temperature, physics.mean_rear, (physics.exponent, physics.norm)
    connected, touching = physics.connected, physics.touching
    state, lists = tiles.state, (tiles.tile_of, tiles.first, tiles.state, tiles.outbox, tiles.gained)
    places, directions, energies = scratch.places, scratch.directions, scratch.energies
    chosen, stale, fresh = scratch.chosen, scratch.stale, scratch.fresh
    degree = 26 if len(space.shape) == 3 else 8
    tried, accepted, vetoed = np.uint64(0), np.uint64(0), np.uint64(0)
    first, done = tiles.first[tile], tiles.carry[tile]
    at = np.int64(state[tile, DRAWS])
    drawn = at - at % BLOCK
    asked = at
    while state[tile, BORDER] > 0:
        left = np.int64(math.ceil((share - done) * np.float64(state[tile, BORDER])))
        if left <= 0:
            break
        size = state[tile, SIZE]
        span = span_of(size)
        while drawn < at + 2 * GROUP:
            draw_block(np.uint64(drawn), key, np.uint64(tile), np.uint64(degree), places, directions, energies)
            drawn += BLOCK
        look_ahead(asked, at + 2 * GROUP, first, span, places, directions, word, expiry, border, offsets, space,
                   active)  # fmt: skip
        asked = at + 2 * GROUP
        used = min(GROUP, left)
        pairs, misses = differing_pairs(
            at, used, first, size, span, places, directions, word, border, offsets, chosen, stale
        )
        for pair in range(pairs):
            n = np.uint64(chosen[pair]) & _ROOM
            site = np.uint64(border[first + ((places[n] * span) >> _SHIFT)])
            source = site + offsets[directions[n]]
            source_word, site_word = word[source], word[site]
            winner, loser = source_word & ID, site_word & ID
            if winner == WALL:
                continue
            tried += _ONE
            payable = payable_energy(energies[n], winner, loser, temperature, record)
            if payable <= 0.0:
                continue
            cost, longer, shorter, won, lost = passive_change(
                site, source_word, site_word, record, kinds, contact, word, slots, space
            )
            if cost - record[winner, STRONGEST_PUSH] - most_pull > payable:
                continue
            here, facing_loser, facing = coordinates(site, space), 0.0, 0.0
            if directed:
                if record[loser, DISSIPATION] > 0.0:
                    cost += rupture_cost(loser, bonds[site], record)
                help_at_most = strongest_push(winner, loser, record, focus[1])
                if cost - help_at_most - largest_contraction(loser, mean_rear, record) > payable:
                    continue
                if sees_direction(loser, record):
                    facing_loser = axis_cosine(here, loser, record, space)
                if sees_direction(winner, record):
                    facing = axis_cosine(here, winner, record, space)
                cost -= contraction_energy(loser, facing_loser, mean_rear, record)
                cost += contraction_energy(winner, facing, mean_rear, record)
            if active and record[winner, PROTRUSION] > 0.0:
                root, spare = source, cost - payable
                if (site_word & RIM) != 0:
                    root = np.uint64(home[source])
                cost -= front_push(
                    winner, loser, facing, root, now, spare, record, focus, word, expiry, bonds, offsets, degree
                )
            if cost > payable:
                continue
            if active and record[loser, PROTRUSION] > 0.0:
                cost += front_push(
                    loser, winner, facing_loser, site, now, 0.0, record, focus, word, expiry, bonds, offsets, degree
                )
                if cost > payable:
                    continue
            # a cell's last site may go: it has no other piece
            tested = connected and (loser == 0 or record[loser, VOLUME] > 1.0)
            if tested and not keeps_whole(winner, loser, won, lost, touching, linked):
                vetoed += _ONE
                continue
            accepted += _ONE
            if burst_number != 0:
                remember(winner, record, log, burst_number)
                remember(loser, record, log, burst_number)
            transfer(here, winner, loser, longer, shorter, record, space)
            row = edge_row[site] if (site_word & RIM) != 0 else -1
            ends = now + np.int64(record[winner, ACT_MEMORY]) if winner != 0 else 0
            set_with_ghosts(expiry, site, ends, row, mirrors)
            if record[loser, TOTAL_BONDS] > 0.0:
                set_with_ghosts(bonds, site, 0.0, row, mirrors)
            number = np.float64(state[tile, BORDER])
            give_site(site, tile, source_word, False, fresh, lists, word, border, offsets, degree, home, row, mirrors)
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
