"""How far a cell spreads: pull outwards by adhesion and protrusion against cortical tension.

    area = round + (full - round) * pull / (pull + tension)
    pull = (protrusion + passive) * bound / (bound + half)
    tension = cortical + share * contraction

The area follows within the time that cells take to spread. `round` is the cross section of a sphere of the cell's
volume, `full` the spread area of the line; both grow with the cell. Protrusion and contraction are those that drive the
lattice, so that what takes lamellae, myosin or ligand away changes the area.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lamella.culture.constants import Constants

BOUND = ("bound_front", "bound_rear")
"""Observables that carry the pull."""


def round_area(volume: float) -> float:
    """Cross section of a sphere [um^2].   volume: um^3"""
    return math.pi * (0.75 * volume / math.pi) ** (2.0 / 3.0)


def spread_share(
    bound: NDArray[np.float64], protrusion: NDArray[np.float64], contraction: NDArray[np.float64], constants: Constants
) -> NDArray[np.float64]:
    """Share, 0 to 1, of the way from round to fully spread at which pull and tension balance.   [cells]

    bound                     receptors on ligand, molecules
    protrusion, contraction   energies of the lattice, see `exchange.mechanics`
    """
    pull = (protrusion + constants["spreading.passive"]) * bound / (bound + constants["spreading.bound_half"])
    tension = constants["spreading.tension"] + constants["spreading.contraction"] * contraction
    return pull / (pull + tension)


def follow(area: NDArray[np.float64], wanted: NDArray[np.float64], seconds: float, constants: Constants):
    """The area after `seconds` on its way to the wanted one, which is held meanwhile.   [cells]"""
    return wanted + (area - wanted) * math.exp(-seconds / constants["spreading.time"])


def spare_perimeter(share: NDArray[np.float64], constants: Constants) -> NDArray[np.float64]:
    """Perimeter that a cell wants, over that of a spread cell of its area: a cell that has just landed is round, and
    lets go of its spare membrane as it spreads.   share [cells], 0 to 1 of the way from round to fully spread
    """
    slack = constants["shape.perimeter_slack"]
    return (1.0 + (slack - 1.0) * share) / slack
