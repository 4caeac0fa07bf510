"""Copy attempts: the Monte Carlo kernel of the dish.

Sites are drawn from the list of border sites; a Monte Carlo step (MCS) is one
attempt per border site. A copy that costs energy dH is accepted with
probability mobility * min(1, exp(-dH / T)): the draw is turned into the energy
that it can pay, once, and each term is compared with it as soon as it is known.
"""

from __future__ import annotations

import math

import numpy as np

from lamella.random import philox, unit53
from lamella.tissue.kernel import kernel, term
from lamella.tissue.lattice import cosine, give_site, move_centroid, set_with_ghosts
from lamella.tissue.record import (
    ACT_MEMORY,
    CONTRACTION,
    DISSIPATION,
    PERIMETER,
    POLARITY,
    PROTRUSION,
    TOTAL_BONDS,
    VOLUME,
)
from lamella.tissue.terms.connectivity import keeps_whole
from lamella.tissue.terms.contact import contact_change, count_ring
from lamella.tissue.terms.contraction import contraction_energy, largest_contraction
from lamella.tissue.terms.mobility import pair_mobility
from lamella.tissue.terms.perimeter import perimeter_change
from lamella.tissue.terms.protrusion import front_weight, push, push_strength, strongest_push
from lamella.tissue.terms.rupture import rupture_cost
from lamella.tissue.terms.volume import volume_change
from lamella.tissue.word import EDGE, ID, KIND, KIND_SHIFT, WALL

CLOCK, BORDER_SIZE, DRAWS, TRIED, ACCEPTED, VETOED = range(6)
"""Places in the counters [6] uint64: MCS done, border sites, random numbers drawn, attempts between two different
owners, copies made, copies that connectivity refused."""

_BLOCK = 64
"""Random numbers drawn at a time: they do not depend on the lattice, so the compiler makes vectors of them."""
_SHIFT = np.uint64(32)


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
    ring_change, with_winner, with_loser, walls = count_ring(
        site, winner, loser, winner_kind, loser_kind, kinds, change, word, offsets, neighbours
    )
    longer = np.float64(neighbours - walls - 2 * with_winner)
    shorter = np.float64(2 * with_loser - (neighbours - walls))
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
def transfer(site, winner, loser, longer, shorter, record, space):
    """Book a copy in the records: volumes, perimeters, centroids."""
    record[winner, VOLUME] += 1.0
    record[winner, PERIMETER] += longer
    record[loser, VOLUME] -= 1.0
    record[loser, PERIMETER] += shorter
    if winner != 0:
        move_centroid(site, winner, 1.0 / record[winner, VOLUME], record, space)
    if loser != 0 and record[loser, VOLUME] > 0.0:
        move_centroid(site, loser, -1.0 / record[loser, VOLUME], record, space)


@term
def draw_block(draws, key, neighbours, places, directions, chances):
    """The next `_BLOCK` random numbers of the dish: 32 bits choose the place, 32 the direction, 53 the acceptance."""
    for b in range(_BLOCK):
        w0, w1, w2, w3 = philox(draws + np.uint64(b), key)
        places[b], directions[b], chances[b] = w0, (w1 * np.uint64(neighbours)) >> _SHIFT, unit53(w2, w3)


@term
def touch_ahead(places, size, border, word):
    """Load the words that the block will ask for, all at once instead of one after the other.

    A large dish does not fit the cache and would wait for each. The list may
    change before an attempt is made, so nothing that is read here is used; it
    is returned so that the compiler cannot leave it out.
    """
    seen = np.uint32(0)
    for b in range(_BLOCK):
        seen |= word[border[(places[b] * size) >> _SHIFT]]
    return seen


@kernel
def sweep(lattice, grid, record, physics, counters, carry, key, steps):
    """Advance a dish by `steps` MCS of copy attempts.

    record     [cells, WIDTH]
    counters   [6] uint64, see above
    carry      [1] share of an MCS done beyond the last whole one
    key        uint64, stream of the dish; attempt n takes the n-th draw of the stream
    """
    word, expiry, bonds, border, rank = lattice.word, lattice.expiry, lattice.bonds, lattice.border, lattice.rank
    space, offsets, home, edge_row, mirrors = grid.space, grid.offsets, grid.home, grid.edge_row, grid.mirrors
    kinds, change, own, linked = physics.kinds, physics.change, physics.own, physics.linked
    temperature, mean_rear, focus = physics.temperature, physics.mean_rear, (physics.exponent, physics.norm)
    connected, touching = physics.connected, physics.touching
    degree = 26 if len(space.shape) == 3 else 8
    size, draws = counters[BORDER_SIZE], counters[DRAWS]
    tried, accepted, vetoed = np.uint64(0), np.uint64(0), np.uint64(0)
    places, directions, chances = np.empty(_BLOCK, np.uint64), np.empty(_BLOCK, np.uint64), np.empty(_BLOCK)
    ahead, at, done = np.empty(1, np.uint32), _BLOCK, carry[0]
    for step in range(steps):
        now = np.int64(counters[CLOCK]) + step
        while done < 1.0 and size > 0:
            if at == _BLOCK:
                draw_block(draws, key, degree, places, directions, chances)
                ahead[0] = touch_ahead(places, size, border, word)
                at = 0
            site = np.uint64(border[(places[at] * size) >> _SHIFT])
            source, chance = site + offsets[directions[at]], chances[at]
            at, draws, done = at + 1, draws + np.uint64(1), done + 1.0 / size
            source_word, site_word = word[source], word[site]
            winner, loser = source_word & ID, site_word & ID
            if winner == loser or winner == WALL:  # noqa: SIM109
                continue
            tried += np.uint64(1)
            mobility = pair_mobility(winner, loser, record)
            if chance >= mobility:
                continue
            payable = -temperature * math.log(chance / mobility)
            cost, longer, shorter = passive_change(
                site, source_word, site_word, record, kinds, change, own, word, offsets, degree
            )
            if record[loser, DISSIPATION] > 0.0:
                cost += rupture_cost(loser, bonds[site], record)
            help_at_most = strongest_push(winner, loser, record, focus[1])
            if cost - help_at_most - largest_contraction(loser, mean_rear, record) > payable:
                continue
            facing_loser = cosine(site, loser, record, space) if sees_direction(loser, record) else 0.0
            facing = cosine(site, winner, record, space) if sees_direction(winner, record) else 0.0
            cost -= contraction_energy(loser, facing_loser, mean_rear, record)
            cost += contraction_energy(winner, facing, mean_rear, record)
            if record[winner, PROTRUSION] > 0.0:
                root, spare = np.uint64(home[source]), cost - payable
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
                vetoed += np.uint64(1)
                continue
            accepted += np.uint64(1)
            transfer(site, winner, loser, longer, shorter, record, space)
            row = edge_row[site] if (site_word & EDGE) != 0 else -1
            ends = now + np.int64(record[winner, ACT_MEMORY]) if winner != 0 else 0
            set_with_ghosts(expiry, site, ends, row, mirrors)
            if record[loser, TOTAL_BONDS] > 0.0:
                set_with_ghosts(bonds, site, 0.0, row, mirrors)
            size = give_site(site, source_word, size, word, border, rank, offsets, home, row, mirrors)
        done = max(done - 1.0, 0.0) if size > 0 else 0.0
    for place, more in ((CLOCK, np.uint64(steps)), (TRIED, tried), (ACCEPTED, accepted), (VETOED, vetoed)):
        counters[place] += more
    counters[BORDER_SIZE], counters[DRAWS], carry[0] = size, draws, done
