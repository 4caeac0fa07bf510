"""A cell in a colony, on a dish or in a gel: what its place and the stiffness of the matrix change of what it is told.

    firm   = E/(E + half)                    how far the matrix bears a load
    load   = 1 + (load on plastic - 1)*firm  bonds on what yields carry little
    fresh  = fresh on plastic*firm*faces     no lamellae on what yields
    ligand = density*faces                   only where the cell faces the matrix, and not another cell
    free   = share without neighbours

`half` is the stiffness at which cells are half spread. `firm` itself is told too: what yields holds no tension, so that
receptors cluster less on it and exchange factors of RhoA are not switched on. Nothing else tells a network that a
culture is soft or in 3D.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lamella.culture.constants import Constants

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Place:
    """Where cells are.   [cells] each

    faces   share of the front half, and of the rear half, that faces the matrix
    free    share of the rim of each half without neighbours
    """

    faces: tuple[Array, Array]
    free: tuple[Array, Array]


def firmness(stiffness: float, constants: Constants) -> float:
    """How far a matrix bears a load, 0 to 1.   stiffness: kPa"""
    return stiffness / (stiffness + constants["stiffness.half"])


def halves(share: Array) -> tuple[Array, Array]:
    """A share of a whole cell that is all at its front, as far as that reaches: what that leaves front and rear."""
    return np.minimum(1.0, 2.0 * share), np.maximum(0.0, 2.0 * share - 1.0)


def placed(told: Mapping[str, float], ligands: Iterable[str], place: Place, firm: float) -> dict[str, Array]:
    """What cells at a place are told.   [cells] each

    told   what a spread cell on plastic is told, alone
    """
    out = {name: np.full(len(place.faces[0]), value) for name, value in told.items()}
    for half, faces, free in zip(("front", "rear"), place.faces, place.free):
        out[f"load_{half}"] = 1.0 + (told[f"load_{half}"] - 1.0) * firm * (faces > 0.0)
        out[f"fresh_{half}"] = told[f"fresh_{half}"] * firm * faces
        out[f"free_{half}"] = told[f"free_{half}"] * free
        for ligand in ligands:
            out[f"{ligand}_{half}"] = told[f"{ligand}_{half}"] * faces
    out["firm"] = np.full(len(place.faces[0]), firm)
    return out
