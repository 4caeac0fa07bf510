"""Junctions between cells: E-cadherin of one cell holds that of its neighbour.

What two cells win where they touch goes with the scarcer of their two levels, since each bond takes one of either; the
surface tension of aggregates is linear in the number of cadherins (Foty & Steinberg 2005). On the lattice a level is
one of `LEVELS` kinds of cells, each with its row of contact energies, so that junctions cost a copy attempt nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lamella.culture.constants import Constants

CADHERIN = "CDH1"
"""State that junctions are made of [molecules]."""

LEVELS = 11
"""Kinds of cells: no cadherin, and ten steps up to a full junction."""


def kinds_of(cadherin: NDArray[np.float64], constants: Constants) -> NDArray[np.int64]:
    """Kind of each cell, 1 to `LEVELS`; 0 is medium.   cadherin [cells], molecules"""
    share = np.clip(cadherin / constants["junctions.cadherin_full"], 0.0, 1.0)
    return 1 + np.rint(share * (LEVELS - 1)).astype(np.int64)


def contact_energies(constants: Constants, finer: float) -> NDArray[np.float64]:
    """Energy per pair of neighbouring sites, medium first.   [1 + LEVELS, 1 + LEVELS]

    finer   site over that of the reference: an edge of the same length has as many more pairs
    """
    level = np.arange(LEVELS) / (LEVELS - 1)
    energy = np.full((1 + LEVELS, 1 + LEVELS), constants["shape.contact_medium"])
    energy[0, 0] = 0.0
    energy[1:, 1:] = constants["shape.contact_cell"] - constants["junctions.strength"] * np.minimum.outer(level, level)
    return energy / finer
