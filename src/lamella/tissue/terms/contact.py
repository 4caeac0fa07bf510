"""Contact energy between kinds.

H = sum over neighbouring pairs of sites of different cells of J[kind, kind].
Graner & Glazier 1992, doi:10.1103/PhysRevLett.69.2013.
"""

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.kernel import term
from lamella.tissue.word import COUNT, COUNT_SHIFT, ID, KIND, KIND_SHIFT, RIM, WALL

FIXED = 2.0**32
"""Contact energies are summed as whole multiples of 2^-32: the compiler may add integers in any order, and does."""


def fixed_point(energy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Energies in units of 2^-32."""
    return np.round(energy * FIXED).astype(np.int64)


@term
def count_ring(site, site_word, winner, winner_kind, loser_kind, kinds, change, word, offsets, neighbours):
    """What all three conservative terms need of the ring round `site`, in one walk.

    site_word   word of `site`: it knows how many neighbours differ from the loser
    change      [kinds^3] J[winner, c] - J[loser, c] at (winner * kinds + loser) * kinds + c, times `FIXED`
    returns     sum of those differences; neighbours in the winner; in the loser; in either, or in a third
    """
    base = (winner_kind * kinds + loser_kind) * kinds
    total = np.int64(0)
    with_winner = 0
    for k in range(neighbours):
        near = word[site + offsets[k]]
        total += change[base + np.uint64((near >> KIND_SHIFT) & KIND)]
        with_winner += (near & ID) == winner
    cells = neighbours
    if (site_word & RIM) != 0:
        for k in range(neighbours):
            cells -= (word[site + offsets[k]] & ID) == WALL
    with_loser = cells - np.int64((site_word >> COUNT_SHIFT) & COUNT)
    return total / FIXED, with_winner, with_loser, cells


@term
def contact_change(ring_change, with_winner, with_loser, winner_kind, loser_kind, own):
    """Energy change: `count_ring` took every neighbour for another cell; neighbours of one's own cost nothing.

    own   [kinds] J[kind, kind]
    """
    return ring_change - with_winner * own[winner_kind] + with_loser * own[loser_kind]
