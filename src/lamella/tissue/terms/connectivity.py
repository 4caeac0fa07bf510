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

NO_SITE = np.uint64(0)
_ALONG, _ROW, _LEVEL = np.uint64(1), np.uint64(4), np.uint64(16)


def ring_bonds(dimensions: int) -> tuple[np.uint64, np.uint64]:
    """Bit sets of the slots of the ring that touch its centre by a face, and of all of them."""
    steps, slots = ring(dimensions), ring_slots(dimensions)
    bits = np.uint64(1) << slots.astype(np.uint64)
    return np.bitwise_or.reduce(bits[np.abs(steps).sum(axis=1) == 1]), np.bitwise_or.reduce(bits)


@part
def in_one_piece(members, touching, slots):
    """Whether the slots in `members` that touch the centre hang together through `members`.

    members, touching   bit sets of slots of the ring;   slots   all of them, the centre is none

    All that is reached grows at once. Rows, and levels, of slots are one apart that no site has, so that a step along
    an axis is a shift and never comes out on the other side.
    """
    start = members & touching
    if start == NO_SITE:
        return False
    members &= slots
    reached = start & (~start + np.uint64(1))
    while (start & ~reached) != NO_SITE:
        near = (reached << _ALONG) | (reached >> _ALONG) | (reached << _ROW) | (reached >> _ROW)
        grown = reached | ((near | (reached << _LEVEL) | (reached >> _LEVEL)) & members)
        if grown == reached:
            return False
        reached = grown
    return True


@part
def keeps_whole(winner, loser, won, lost, touching, slots):
    """Whether handing a site to `winner` leaves both cells in one piece. Medium may be in many.

    won, lost   bit sets of the slots of the ring that belong to either
    """
    if winner != 0 and not in_one_piece(won, touching, slots):
        return False
    if loser == 0 or (lost & touching) == NO_SITE:
        return True
    return in_one_piece(lost, touching, slots)
