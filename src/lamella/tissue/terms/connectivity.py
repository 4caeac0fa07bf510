"""Cells stay in one piece.

A copy is made only if, in the ring round the site, the sites of the loser that
touch it hang together without it, and so do those of the winner. The question
is the same for the copy back, so that the rule keeps detailed balance; it is
local, so that it forbids some copies that would be harmless. Asked last: a
copy that the energy refuses anyway need not be looked at.
After Durand & Guesnet 2016, doi:10.1016/j.cpc.2016.07.030.
"""

import numpy as np

from lamella.tissue.grid import ring, ring_slots
from lamella.tissue.kernel import part
from lamella.tissue.machine import lowest_bit

NO_SITE = np.uint64(0)


def ring_bonds(dimensions: int) -> tuple[np.uint64, np.ndarray]:
    """Which slots of the ring touch its centre, and each other, by a face.

    returns   bit set of the slots that touch the centre; [48] uint64, bit set of the slots that each one touches
    """
    steps, slots = ring(dimensions), ring_slots(dimensions)
    bits = np.uint64(1) << slots.astype(np.uint64)
    touching = np.bitwise_or.reduce(bits[np.abs(steps).sum(axis=1) == 1])
    linked = np.zeros(48, np.uint64)
    for step, slot in zip(steps, slots):
        linked[slot] = np.bitwise_or.reduce(bits[np.abs(steps - step).sum(axis=1) == 1])
    return touching, linked


@part
def in_one_piece(members, touching, linked):
    """Whether the slots in `members` that touch the centre hang together through `members`.

    members, touching   bit sets of slots of the ring
    linked              [48] bit set of the slots that each slot touches
    """
    start = members & touching
    if start == NO_SITE:
        return False
    reached = start & (~start + np.uint64(1))
    fresh = reached
    while fresh != NO_SITE:
        found = linked[lowest_bit(fresh)] & members & ~reached
        fresh = (fresh & (fresh - np.uint64(1))) | found
        reached |= found
    return (start & ~reached) == NO_SITE


@part
def keeps_whole(winner, loser, won, lost, touching, linked):
    """Whether handing a site to `winner` leaves both cells in one piece. Medium may be in many.

    won, lost   bit sets of the slots of the ring that belong to either
    """
    if winner != 0 and not in_one_piece(won, touching, linked):
        return False
    if loser == 0 or (lost & touching) == NO_SITE:
        return True
    return in_one_piece(lost, touching, linked)
