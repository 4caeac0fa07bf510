"""What holds for a whole dish: temperature, contact energies, focus of the front, connectivity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.terms.connectivity import ring_bonds
from lamella.tissue.terms.contraction import MEAN_REAR_2D, MEAN_REAR_3D
from lamella.tissue.terms.protrusion import focus_norm


class Physics(NamedTuple):
    """Constants of a dish.

    temperature        energy that a copy may cost with probability 1/e
    kinds              number of kinds, medium and wall among them
    contact            [kinds^2] J[a, b] at a * kinds + b
    exponent, norm     of the cosine in the front weight, and the factor that gives it mean 1
    mean_rear          mean of max(0, -cos) over all directions
    connected          whether cells must stay in one piece
    touching, slots    see `terms.connectivity.ring_bonds`
    """

    temperature: float
    kinds: np.uint64
    contact: NDArray[np.float64]
    exponent: int
    norm: float
    mean_rear: float
    connected: bool
    touching: np.uint64
    slots: np.uint64


def make_physics(
    contact_energy: NDArray[np.float64], temperature: float, exponent: int, connected: bool, dimensions: int
) -> Physics:
    """Constants of a dish.   contact_energy [kinds, kinds] with medium first and the wall last"""
    kinds = contact_energy.shape[0]
    touching, slots = ring_bonds(dimensions)
    return Physics(
        temperature=float(temperature),
        kinds=np.uint64(kinds),
        contact=contact_energy.ravel().copy(),
        exponent=int(exponent),
        norm=focus_norm(exponent, dimensions),
        mean_rear=MEAN_REAR_3D if dimensions == 3 else MEAN_REAR_2D,
        connected=bool(connected),
        touching=touching,
        slots=slots,
    )
