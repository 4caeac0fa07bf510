"""Cells stay in one piece.

A copy is made only if, in the ring round the site, the sites of the loser that
touch it hang together without it, and so do those of the winner. The question
is the same for the copy back, so that the rule keeps detailed balance; it is
local, so that it forbids some copies that would be harmless. Asked last: a
copy that the energy refuses anyway need not be looked at.
After Durand & Guesnet 2016, doi:10.1016/j.cpc.2016.07.030.
"""

import numpy as np

from lamella.tissue.grid import ring
from lamella.tissue.kernel import part
from lamella.tissue.word import ID

NO_SITE = np.uint32(0)


def ring_bonds(dimensions: int) -> tuple[np.uint32, np.ndarray]:
    """Which places of the ring touch its centre, and each other, by a face.

    returns   bit set of the places that touch the centre; [K] uint32, bit set of the places that each one touches
    """
    steps = ring(dimensions)
    touching = sum(1 << k for k, step in enumerate(steps) if np.abs(step).sum() == 1)
    pairs = np.abs(steps[:, None] - steps[None, :]).sum(axis=2) == 1
    return np.uint32(touching), np.array([sum(1 << int(k) for k in np.flatnonzero(row)) for row in pairs], np.uint32)


@part
def in_one_piece(members, touching, linked):
    """Whether the places in `members` that touch the centre hang together through `members`.

    members, touching   bit sets of places in the ring
    linked              [K] bit set of the places that each place touches
    """
    start = members & touching
    if start == NO_SITE:
        return False
    reached = start & (~start + np.uint32(1))
    fresh = reached
    while fresh != NO_SITE:
        found = NO_SITE
        for k in range(linked.size):
            if (fresh >> np.uint32(k)) & np.uint32(1):
                found |= linked[k]
        fresh = found & members & ~reached
        reached |= fresh
    return (start & ~reached) == NO_SITE


@part
def keeps_whole(site, winner, loser, word, offsets, touching, linked):
    """Whether handing `site` to `winner` leaves both cells in one piece. Medium may be in many."""
    won = NO_SITE
    lost = NO_SITE
    for k in range(offsets.size):
        cell = word[site + offsets[k]] & ID
        won |= np.uint32(cell == winner) << np.uint32(k)
        lost |= np.uint32(cell == loser) << np.uint32(k)
    if winner != NO_SITE and not in_one_piece(won, touching, linked):
        return False
    if loser == NO_SITE or (lost & touching) == NO_SITE:
        return True
    return in_one_piece(lost, touching, linked)
