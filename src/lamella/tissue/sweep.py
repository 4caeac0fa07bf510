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
from lamella.tissue.machine import ask_ahead
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
from lamella.tissue.terms.contact import contact_change, count_ring
from lamella.tissue.terms.contraction import contraction_energy, largest_contraction
from lamella.tissue.terms.mobility import payable_energy
from lamella.tissue.terms.perimeter import perimeter_change
from lamella.tissue.terms.protrusion import front_weight, push, push_strength, strongest_push
from lamella.tissue.terms.rupture import rupture_cost
from lamella.tissue.terms.volume import volume_change
from lamella.tissue.tiles import ACCEPTED, DRAWS, SIZE, TRIED, VETOED
from lamella.tissue.word import ID, KIND, KIND_SHIFT, RIM, WALL

LOOKAHEAD = 16
"""Attempts whose sites are loaded together, before the first is made: a large dish does not fit the cache, and most
attempts are between sites of one cell and end there. A copy that is made ends the group: the rest is looked at anew."""

_SHIFT, _ONE = np.uint64(32), np.uint64(1)


@term
def passive_change(site, winner_word, loser_word, record, kinds, change, own, word, offsets, neighbours):
    """Change of contact, volume and perimeter energy if `site` goes to the winner.

    winner_word, loser_word     words of the source and of the site
    kinds, change, own          see `Physics`
    returns                     energy; growth of the winner's and of the loser's perimeter
    """
    winner, loser = winner_word & ID, loser_word & ID
    winner_kind = np.uint64((winner_word >> KIND_SHIFT) & KIND)
    loser_kind = np.uint64((loser_word >> KIND_SHIFT) & KIND)
    ring_change, with_winner, with_loser, cells = count_ring(
        site, loser_word, winner, winner_kind, loser_kind, kinds, change, word, offsets, neighbours
    )
    longer = np.float64(cells - 2 * with_winner)
    shorter = np.float64(2 * with_loser - cells)
    energy = contact_change(ring_change, with_winner, with_loser, winner_kind, loser_kind, own)
    energy += volume_change(winner, loser, record)
    energy += perimeter_change(winner, loser, longer, shorter, record)
    return energy, longer, shorter


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
def differing_pairs(begin, count, first, size, places, directions, word, border, offsets, expiry, chosen):
    """Which of `count` attempts are between two different owners.

    first, size   where the border list begins and how long it is
    chosen        [LOOKAHEAD] out: their numbers
    returns       how many they are
    """
    found = 0
    for n in range(begin, begin + count):
        site = np.uint64(border[first + ((places[n] * size) >> _SHIFT)])
        source = site + offsets[directions[n]]
        chosen[found] = n
        ask_ahead(expiry, source)
        found += ((word[site] ^ word[source]) & ID) != 0
    return found


@part
def burst(tile, share, now, most_pull, key, lattice, grid, record, physics, tiles, scratch, log, burst_number):
    """Make the attempts of a tile for `share` of an MCS.

    now            MCS done
    most_pull      the most that `largest_contraction` is for any cell
    key            uint64, stream of the dish; attempt n of a tile takes the n-th draw of the stream of the tile
    record         [cells, WIDTH]
    scratch        see `Scratch`
    log            see `Log`
    burst_number   uint32, another for each burst; 0 if changes of cells need not be logged
    """
    word, expiry, bonds, border, rank = lattice.word, lattice.expiry, lattice.bonds, lattice.border, lattice.rank
    space, offsets, home, edge_row, mirrors = grid.space, grid.offsets, grid.home, grid.edge_row, grid.mirrors
    kinds, change, own, linked = physics.kinds, physics.change, physics.own, physics.linked
    temperature, mean_rear, focus = physics.temperature, physics.mean_rear, (physics.exponent, physics.norm)
    connected, touching = physics.connected, physics.touching
    tile_of, firsts, state, outbox = tiles.tile_of, tiles.first, tiles.state, tiles.outbox
    places, directions, energies = scratch.places, scratch.directions, scratch.energies
    chosen, changed = scratch.chosen, scratch.changed
    degree = 26 if len(space.shape) == 3 else 8
    tried, accepted, vetoed = np.uint64(0), np.uint64(0), np.uint64(0)
    first, done, draws = firsts[tile], tiles.carry[tile], state[tile, DRAWS]
    at = BLOCK
    while state[tile, SIZE] > 0:
        size = state[tile, SIZE]
        left = np.int64(math.ceil((share - done) * np.float64(size)))
        if left <= 0:
            break
        if at == BLOCK:
            draw_block(draws & ~_ONE, key, np.uint64(tile), np.uint64(degree), places, directions, energies)
            at = np.int64(draws & _ONE)
        used = min(LOOKAHEAD, BLOCK - at, left)
        pairs = differing_pairs(at, used, first, size, places, directions, word, border, offsets, expiry, chosen)
        for pair in range(pairs):
            n = chosen[pair]
            site = np.uint64(border[first + ((places[n] * size) >> _SHIFT)])
            source = site + offsets[directions[n]]
            source_word, site_word = word[source], word[site]
            winner, loser = source_word & ID, site_word & ID
            if winner == WALL:
                continue
            tried += _ONE
            payable = payable_energy(energies[n], winner, loser, temperature, record)
            if payable <= 0.0:
                continue
            cost, longer, shorter = passive_change(
                site, source_word, site_word, record, kinds, change, own, word, offsets, degree
            )
            if cost - record[winner, STRONGEST_PUSH] - most_pull > payable:
                continue
            if record[loser, DISSIPATION] > 0.0:
                cost += rupture_cost(loser, bonds[site], record)
            help_at_most = strongest_push(winner, loser, record, focus[1])
            if cost - help_at_most - largest_contraction(loser, mean_rear, record) > payable:
                continue
            here, facing_loser, facing = coordinates(site, space), 0.0, 0.0
            if sees_direction(loser, record):
                facing_loser = axis_cosine(here, loser, record, space)
            if sees_direction(winner, record):
                facing = axis_cosine(here, winner, record, space)
            cost -= contraction_energy(loser, facing_loser, mean_rear, record)
            cost += contraction_energy(winner, facing, mean_rear, record)
            if record[winner, PROTRUSION] > 0.0:
                root, spare = source, cost - payable
                if (site_word & RIM) != 0:
                    root = np.uint64(home[source])
                cost -= front_push(
                    winner, loser, facing, root, now, spare, record, focus, word, expiry, bonds, offsets, degree
                )
            if cost > payable:
                continue
            if record[loser, PROTRUSION] > 0.0:
                cost += front_push(
                    loser, winner, facing_loser, site, now, 0.0, record, focus, word, expiry, bonds, offsets, degree
                )
                if cost > payable:
                    continue
            # a cell's last site may go: it has no other piece
            tested = connected and (loser == 0 or record[loser, VOLUME] > 1.0)
            if tested and not keeps_whole(site, winner, loser, word, offsets, touching, linked):
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
            give_site(site, tile, source_word, False, changed, tile_of, firsts, state, outbox, word, border, rank, offsets,
                      degree, home, row, mirrors)  # fmt: skip
            used = n + 1 - at
            break
        at += used
        draws += np.uint64(used)
        done += np.float64(used) / np.float64(size)
    tiles.carry[tile] = max(done - share, 0.0) if state[tile, SIZE] > 0 else 0.0
    state[tile, DRAWS] = draws
    state[tile, TRIED] += tried
    state[tile, ACCEPTED] += accepted
    state[tile, VETOED] += vetoed
