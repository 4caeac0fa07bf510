"""Junctions between cells: E-cadherin of one cell holds that of its neighbour.

What two cells win where they touch goes with the scarcer of their two levels, since each bond takes one of either; the
surface tension of aggregates is linear in the number of cadherins (Foty & Steinberg 2005). On the lattice a level is
one of `LEVELS` kinds of cells, each with its row of contact energies, so that junctions cost a copy attempt nothing.
Bystanders, cells without a network, are the last kind: they hold cells by a share of what these hold each other by.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lamella.culture.constants import Constants
from lamella.tissue import STANDING

JUNCTIONS = "CDH1_junction_total"
"""Observable that junctions are made of: E-cadherin that a cell can put into them [molecules]."""

LEVELS = 11
"""Kinds of cells: no junctions, and ten steps up to full ones."""

BYSTANDER = int(STANDING)
"""Kind of cells without a network; kinds between it and those of `LEVELS` are not used."""


def kinds_of(junctional: NDArray[np.float64], constants: Constants) -> NDArray[np.int64]:
    """Kind of each cell, 1 to `LEVELS`; 0 is medium.   junctional [cells], molecules"""
    share = np.clip(junctional / constants["junctions.full"], 0.0, 1.0)
    return 1 + np.rint(share * (LEVELS - 1)).astype(np.int64)


def contact_energies(constants: Constants, finer: float) -> NDArray[np.float64]:
    """Energy per pair of neighbouring sites: medium, cells by level, bystanders.   [1 + BYSTANDER, 1 + BYSTANDER]

    finer   site over that of the reference: an edge of the same length has as many more pairs
    """
    level = np.arange(LEVELS) / (LEVELS - 1)
    won = np.zeros((1 + BYSTANDER, 1 + BYSTANDER))
    won[1 : 1 + LEVELS, 1 : 1 + LEVELS] = np.minimum.outer(level, level)
    won[BYSTANDER, 1 : 1 + LEVELS] = won[1 : 1 + LEVELS, BYSTANDER] = constants["bystanders.junctions"] * level
    energy = constants["shape.contact_cell"] - constants["junctions.strength"] * won
    energy[0] = energy[:, 0] = constants["shape.contact_medium"]
    energy[0, 0] = 0.0
    return energy / finer
