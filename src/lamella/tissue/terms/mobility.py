"""Kinetic mobility: the share of copy attempts that a cell makes at all.

The slower of the two cells decides, before any energy is looked at. It sets
how many seconds a Monte Carlo step lasts for a cell and no equilibrium.

A copy that costs dH is made if chance < mobility * min(1, exp(-dH / T)). With
the reluctance -log(mobility) of a cell this reads: what the draw can pay,
-log(chance), less the larger reluctance, is positive and covers dH / T.
"""

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.kernel import term
from lamella.tissue.record import MOBILITY, RELUCTANCE


@term
def payable_energy(drawn, winner, loser, temperature, record):
    """Energy that an attempt can pay; not positive: it is not made. Medium never hinders.

    drawn   -log(chance)
    """
    return temperature * (drawn - max(record[winner, RELUCTANCE], record[loser, RELUCTANCE]))


def set_reluctance(record: NDArray[np.float64]) -> None:
    """Reluctance of each cell from its mobility.   record [rows, WIDTH]"""
    with np.errstate(divide="ignore"):
        record[:, RELUCTANCE] = -np.log(record[:, MOBILITY])
