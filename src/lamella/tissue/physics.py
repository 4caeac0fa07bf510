"""What holds for a whole dish: temperature, contact energies, focus of the front, connectivity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.terms.connectivity import ring_bonds
from lamella.tissue.terms.contact import fixed_point
from lamella.tissue.terms.contraction import MEAN_REAR_2D, MEAN_REAR_3D
from lamella.tissue.terms.protrusion import focus_norm


class Physics(NamedTuple):
    """Constants of a dish.

    temperature        energy that a copy may cost with probability 1/e
    kinds              number of kinds, medium and wall among them
    change             [kinds^3] J[winner, near] - J[loser, near] at (winner * kinds + loser) * kinds + near,
                       in the fixed point of `terms.contact`
    own                [kinds] J[kind, kind]
    exponent, norm     of the cosine in the front weight, and the factor that gives it mean 1
    mean_rear          mean of max(0, -cos) over all directions
    connected          whether cells must stay in one piece
    touching, linked   see `terms.connectivity.ring_bonds`
    """

    temperature: float
    kinds: np.uint64
    change: NDArray[np.int64]
    own: NDArray[np.float64]
    exponent: int
    norm: float
    mean_rear: float
    connected: bool
    touching: np.uint32
    linked: NDArray[np.uint32]


def make_physics(
    contact_energy: NDArray[np.float64], temperature: float, exponent: int, connected: bool, dimensions: int
) -> Physics:
    """Constants of a dish.   contact_energy [kinds, kinds] with medium first and the wall last"""
    kinds = contact_energy.shape[0]
    change = contact_energy[:, None, :] - contact_energy[None, :, :]
    touching, linked = ring_bonds(dimensions)
    return Physics(
        temperature=float(temperature),
        kinds=np.uint64(kinds),
        change=fixed_point(change).ravel(),
        own=np.diag(contact_energy).copy(),
        exponent=int(exponent),
        norm=focus_norm(exponent, dimensions),
        mean_rear=MEAN_REAR_3D if dimensions == 3 else MEAN_REAR_2D,
        connected=bool(connected),
        touching=touching,
        linked=linked,
    )
