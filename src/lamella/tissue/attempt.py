"""Whether a copy attempt can pay for its copy: the terms in the order in which they can refuse it.

What the attempt can pay was drawn before (`terms.mobility.payable_energy`). Energies that are exact at once come first;
then everything that may still help is held against what is missing, so that most attempts read one cache line a cell.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lamella.tissue.kernel import term
from lamella.tissue.lattice import axis_cosine, centroid_step, coordinates
from lamella.tissue.machine import count_bits, match_ring
from lamella.tissue.record import CONTRACTION, DISSIPATION, POLARITY, PROTRUSION, STRONGEST_PUSH
from lamella.tissue.terms.chemotaxis import chemotaxis_change
from lamella.tissue.terms.contact import contact_change
from lamella.tissue.terms.contraction import contraction_energy, largest_contraction
from lamella.tissue.terms.external_force import force_change
from lamella.tissue.terms.linkage import linkage_change
from lamella.tissue.terms.perimeter import perimeter_change
from lamella.tissue.terms.protrusion import front_weight, push, push_strength, strongest_push
from lamella.tissue.terms.rupture import rupture_cost
from lamella.tissue.terms.volume import volume_change
from lamella.tissue.word import ID, KIND, KIND_SHIFT, RIM, WALL

_RING_2D, _RING_3D = np.uint64(0x757), np.uint64(0x777_0757_0777)
"""Slots of the ring: the block round a site without its centre."""


class Asked(NamedTuple):
    """What the cells of a dish ask for: terms that none of them has cost nothing.

    most_pull   the most that `largest_contraction` is for any cell
    active      whether any cell protrudes
    directed    whether bonds or axis of any cell have a say in its copies
    steered     whether chemotaxis, a force or the link to a nucleus have
    nucleated   whether any cell has a nucleus
    """

    most_pull: float
    active: bool
    directed: bool
    steered: bool
    nucleated: bool


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
def steering_change(site, place, winner, loser, record, attractant, space):
    """Change of the energies of chemotaxis, external force and the link to the nucleus if `site` goes to the winner.

    place   coordinates of the site
    """
    energy = chemotaxis_change(site, winner, loser, attractant, record)
    for cell, gained in ((winner, 1.0), (loser, -1.0)):
        step = centroid_step(place, cell, gained, record, space)
        energy += force_change(cell, step, record) + linkage_change(cell, step, record, space)
    return energy


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
def degree(space):
    """Neighbours of a site, known while numba compiles."""
    return 26 if len(space.shape) == 3 else 8


@term
def can_pay(site, source, payable, now, asked, lattice, grid, record, physics):
    """Whether an attempt can pay for its copy: terms are added up, the cheap ones first, until it cannot.

    site, source   the copied site, and the one that it is copied from
    payable        energy, see `payable_energy`
    returns        whether it can; then as `passive_change` without the energy
    """
    word, bonds, space, focus = lattice.word, lattice.bonds, grid.space, (physics.exponent, physics.norm)
    source_word, site_word = word[source], word[site]
    winner, loser = source_word & ID, site_word & ID
    cost, longer, shorter, won, lost = passive_change(
        site, source_word, site_word, record, physics.kinds, physics.contact, word, grid.slots, space
    )
    refused = (False, longer, shorter, won, lost)
    if asked.steered:
        cost += steering_change(site, coordinates(site, space), winner, loser, record, lattice.attractant, space)
    if cost - record[winner, STRONGEST_PUSH] - asked.most_pull > payable:
        return refused
    facing_loser, facing = 0.0, 0.0
    if asked.directed:
        if record[loser, DISSIPATION] > 0.0:
            cost += rupture_cost(loser, bonds[site], record)
        help_at_most = strongest_push(winner, loser, record, focus[1])
        if cost - help_at_most - largest_contraction(loser, physics.mean_rear, record) > payable:
            return refused
        here = coordinates(site, space)
        if sees_direction(loser, record):
            facing_loser = axis_cosine(here, loser, record, space)
        if sees_direction(winner, record):
            facing = axis_cosine(here, winner, record, space)
        cost -= contraction_energy(loser, facing_loser, physics.mean_rear, record)
        cost += contraction_energy(winner, facing, physics.mean_rear, record)
    if asked.active and record[winner, PROTRUSION] > 0.0:
        root, spare = source, cost - payable
        if (site_word & RIM) != 0:
            root = np.uint64(grid.home[source])
        cost -= front_push(winner, loser, facing, root, now, spare, record, focus, word, lattice.expiry, bonds,
                           grid.offsets, degree(space))  # fmt: skip
    if cost > payable:
        return refused
    if asked.active and record[loser, PROTRUSION] > 0.0:
        cost += front_push(loser, winner, facing_loser, site, now, 0.0, record, focus, word, lattice.expiry, bonds,
                           grid.offsets, degree(space))  # fmt: skip
    return cost <= payable, longer, shorter, won, lost
