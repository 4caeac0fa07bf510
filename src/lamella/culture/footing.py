"""What a matrix that yields, or whose fibres run in one direction, does to the cells in it.

    firm    = mean over the cell of E/(E + half)         how far the matrix bears a load
    load    = 1 + (load on plastic - 1)*firm of the half bonds on what yields carry little
    dp/dt   = rate*(Q p - (p Q p) p)                     the axis p turns to where fibres run, the nearer end first

the first two as for cells without a lattice (`lamella.culture.embedded`), site by site; lamellae are those that the
lattice shows. Q is the mean of n n over the fibres under the cell: with no direction preferred the axis is let alone.
It is contact guidance as a torque: it makes no cell faster, and pushes none one way along the fibres rather than the
other.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.fields import Occupancy, site_means

Array = NDArray[np.float64]


def yielding(
    told: Mapping[str, Array], stiffness: Array, occupancy: Occupancy, cells: NDArray[np.int64], half: float
) -> dict[str, Array]:
    """What cells are told, where they were told what holds on plastic.   input -> [cells]

    stiffness   Young's modulus on every site [shape of the dish], kPa
    half        that at which cells are half spread, kPa
    """
    felt, sites = site_means(stiffness / (stiffness + half), occupancy), occupancy.sites.reshape(-1, 2)
    out = {"firm": felt.whole[cells]}
    for h, (end, firm) in enumerate((("front", felt.front), ("rear", felt.rear))):
        firm_here = np.where(sites[:, h] > 0.0, firm, felt.whole)[cells]
        out[f"load_{end}"] = 1.0 + (told[f"load_{end}"] - 1.0) * firm_here
    return out


def turned(axis: Array, tensor: Array, turns: float) -> Array:
    """Axes after a time in which the fibres stay as they are: the exponential of turns*Q on each, of length 1.

    axis     [cells, D] unit vectors
    tensor   [cells, D, D] Q under each, symmetric
    turns    rate times time
    """
    values, vectors = np.linalg.eigh(tensor)
    along = np.einsum("cde,cd->ce", vectors, axis) * np.exp(turns * (values - values[:, -1:]))
    new = np.einsum("cde,ce->cd", vectors, along)
    length = np.linalg.norm(new, axis=1, keepdims=True)
    return np.where(length > 1e-12, new / np.maximum(length, 1e-300), axis)
