"""Whether a copy attempt can pay for its copy: the terms in the order in which they can refuse it.

What the attempt can pay was drawn before (`terms.mobility.payable_energy`). Energies that are exact at once come first;
then everything that may still help is held against what is missing, so that most attempts read one cache line a cell.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lamella.tissue.kernel import term
from lamella.tissue.lattice import RING_2D, RING_3D, axis_cosine, centroid_step, coordinates
from lamella.tissue.machine import count_bits, match_ring
from lamella.tissue.record import CONTRACTION, DISSIPATION, POLARITY, PROTRUSION, STRONGEST_PUSH
from lamella.tissue.terms.chemotaxis import chemotaxis_change
from lamella.tissue.terms.contact import contact_change
from lamella.tissue.terms.contraction import contraction_energy, largest_contraction
from lamella.tissue.terms.external_force import force_change
from lamella.tissue.terms.linkage import linkage_change
from lamella.tissue.terms.perimeter import perimeter_change
from lamella.tissue.terms.protrusion import (
    activity_and_grip,
    exceeds,
    front_weight,
    geometric_mean,
    push_strength,
    reaches,
    strongest_push,
)
from lamella.tissue.terms.rupture import rupture_cost
from lamella.tissue.terms.volume import volume_change
from lamella.tissue.word import ID, KIND, KIND_SHIFT, RIM, WALL


class Asked(NamedTuple):
    """What the cells of a dish ask for: terms that none of them has cost nothing.

    beyond      what there is beyond volume, perimeter and contacts, told by its length so that numba knows while it
                compiles, and leaves out the rest: () nothing, nor any activity, (0,) protrusion without a direction,
                (0, 0) anything
    most_pull   the most that `largest_contraction` is for any cell
    active      whether any cell protrudes
    directed    whether bonds or axis of any cell have a say in its copies
    steered     whether chemotaxis, a force or the link to a nucleus have
    nucleated   whether any cell has a nucleus
    """

    beyond: tuple[int, ...]
    most_pull: float
    active: bool
    directed: bool
    steered: bool
    nucleated: bool


@term
def active(asked):
    """Whether any cell protrudes."""
    return len(asked.beyond) > 0 and asked.active


@term
def remembers(asked):
    """Whether the activity of sites matters to anything."""
    return len(asked.beyond) > 0


@term
def directed(asked):
    """Whether bonds or axis of any cell have a say in its copies."""
    return len(asked.beyond) > 1 and asked.directed


@term
def steered(asked):
    """Whether chemotaxis, a force or the link to a nucleus have."""
    return len(asked.beyond) > 1 and asked.steered


@term
def nucleated(asked):
    """Whether any cell has a nucleus."""
    return len(asked.beyond) > 1 and asked.nucleated


@term
def ring_change(site, winner, loser, site_word, word, space):
    """What changes round `site` if it goes to the winner.

    returns   growth of the winner's and of the loser's perimeter; bit sets of the slots of the ring that belong to
              the winner, and to the loser
    """
    won, lost = match_ring(word, site, space.stride, ID, winner, loser)
    ring = RING_3D if len(space.shape) == 3 else RING_2D
    lost &= ring
    cells = count_bits(ring)
    if (site_word & RIM) != 0:
        walls = match_ring(word, site, space.stride, ID, WALL, WALL)
        cells -= count_bits(walls[0])
    return cells - 2 * count_bits(won), 2 * count_bits(lost) - cells, won, lost


@term
def passive_change(site, winner_word, loser_word, record, kinds, contact, word, slots, space):
    """Change of contact, volume and perimeter energy if `site` goes to the winner.

    winner_word, loser_word     words of the source and of the site
    kinds, contact              see `Physics`
    returns                     energy; then as `ring_change`, growth as floats
    """
    winner, loser = winner_word & ID, loser_word & ID
    winner_kind = np.uint64((winner_word >> KIND_SHIFT) & KIND)
    loser_kind = np.uint64((loser_word >> KIND_SHIFT) & KIND)
    more, less, won, lost = ring_change(site, winner, loser, loser_word, word, space)
    longer, shorter = np.float64(more), np.float64(less)
    third = (RING_3D if len(space.shape) == 3 else RING_2D) & ~(won | lost)
    energy = contact_change(
        site, winner_kind, loser_kind, count_bits(won), count_bits(lost), third, kinds, contact, word, slots
    )
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
def front_strength(cell, other, cosine, record, focus):
    """Energy that protrusion of `cell`, fully active and with all of its traction, gives a copy in a direction.

    cosine   between the axis and that direction, away from (or towards) its centroid
    focus    exponent of the front weight and its norm
    """
    return push_strength(cell, other, record) * front_weight(cosine, record[cell, POLARITY], focus[0], focus[1])


@term
def degree(space):
    """Neighbours of a site, known while numba compiles."""
    return 26 if len(space.shape) == 3 else 8


@term
def sure_cost(site, source_word, site_word, asked, lattice, grid, record, physics):
    """The part of what a copy costs that does not depend on protrusion, axes and bonds."""
    word, space = lattice.word, grid.space
    cost, _, _, _, _ = passive_change(
        site, source_word, site_word, record, physics.kinds, physics.contact, word, grid.slots, space
    )
    if steered(asked):
        here = coordinates(site, space)
        cost += steering_change(site, here, source_word & ID, site_word & ID, record, lattice.attractant, space)
    return cost


@term
def most_help(source, winner, now, asked, lattice, record):
    """The most that protrusion and contraction can take off a cost: the early refusal needs it."""
    most = 0.0
    if active(asked):  # a product, for no processor guesses which sites are active
        most += np.float64(lattice.expiry[source] > now) * record[winner, STRONGEST_PUSH]
    if directed(asked):
        most += asked.most_pull
    return most


@term
def can_pay(site, source, cost, payable, now, asked, lattice, grid, record, physics):
    """Whether an attempt can pay for its copy: what is missing is added up, the cheap terms first, until it cannot.

    site, source   the copied site, and the one that it is copied from
    cost           see `sure_cost`;   payable   see `payable_energy`
    """
    word, bonds, space, focus = lattice.word, lattice.bonds, grid.space, (physics.exponent, physics.norm)
    winner, loser = word[source] & ID, word[site] & ID
    facing_loser, facing = 0.0, 0.0
    if directed(asked):
        if record[loser, DISSIPATION] > 0.0:
            cost += rupture_cost(loser, bonds[site], record)
        help_at_most = strongest_push(winner, loser, record, focus[1])
        if cost - help_at_most - largest_contraction(loser, physics.mean_rear, record) > payable:
            return False
        here = coordinates(site, space)
        if sees_direction(loser, record):
            facing_loser = axis_cosine(here, loser, record, space)
        if sees_direction(winner, record):
            facing = axis_cosine(here, winner, record, space)
        cost -= contraction_energy(loser, facing_loser, physics.mean_rear, record)
        cost += contraction_energy(winner, facing, physics.mean_rear, record)
    if not active(asked):
        return cost <= payable
    # retraction, which undoes activity, is asked first: sites that are lost are seldom active
    spare, expiry, offsets = payable - cost, lattice.expiry, grid.offsets
    held, held_sites, held_grip = 0.0, 1, 0.0
    if record[loser, PROTRUSION] > 0.0:
        held, held_sites, held_grip = activity_and_grip(site, loser, now, record, word, expiry, bonds, offsets, space)
    if record[winner, PROTRUSION] > 0.0:
        strength = front_strength(winner, loser, facing, record, focus)
        if strength < -spare:
            return False
        root = np.uint64(grid.home[source]) if (word[site] & RIM) != 0 else source
        product, own, grip = activity_and_grip(root, winner, now, record, word, expiry, bonds, offsets, space)
        if held == 0.0:
            return reaches(product, own, -spare, strength * grip)
        spare += strength * grip * geometric_mean(product, own)
    if held == 0.0:
        return spare >= 0.0
    return not exceeds(held, held_sites, spare, front_strength(loser, winner, facing_loser, record, focus) * held_grip)
