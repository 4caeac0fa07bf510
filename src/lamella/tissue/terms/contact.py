"""Contact energy between kinds.

H = sum over neighbouring pairs of sites of different cells of J[kind, kind].
Graner & Glazier 1992, doi:10.1103/PhysRevLett.69.2013.
"""

import numpy as np

from lamella.tissue.kernel import term
from lamella.tissue.machine import lowest_bit
from lamella.tissue.word import KIND, KIND_SHIFT

_ONE = np.uint64(1)


@term
def contact_change(site, winner_kind, loser_kind, with_winner, with_loser, third, kinds, contact, word, slots):
    """Energy change if `site` goes from the loser to the winner.

    A neighbour in the winner ends a contact of the two, one in the loser begins one, and a third party changes
    partners; most copies have none.

    with_winner, with_loser   neighbours in either
    third                     bit set of the slots of the ring in neither
    kinds, contact            number of kinds; [kinds^2] J[a, b] at a * kinds + b
    slots                     see `Grid`
    """
    own, others = winner_kind * kinds, loser_kind * kinds
    energy = np.float64(with_loser - with_winner) * contact[own + loser_kind]
    while third != 0:
        kind = np.uint64((word[site + slots[lowest_bit(third)]] >> KIND_SHIFT) & KIND)
        energy += contact[own + kind] - contact[others + kind]
        third &= third - _ONE
    return energy
