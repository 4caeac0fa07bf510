"""Fibres: which way they run, how wide the pores between them are, how stiff they make the gel.

The direction is a tensor Q on the voxels, the mean of n n over the fibres:
symmetric, trace 1, I / D where no direction is preferred. Cells that pull
turn the fibres on their voxels towards their axis a, fibres forget:

    d Q / dt = pull (a a - Q) + relaxation (I / D - Q)
    pull     = rate * sum over the cells of traction * share of the voxel's sites

solved exactly for a constant pull, so that Q stays a mean of directions.
Pores and stiffness follow from the density of the fibre's ligand by power
laws whose constants come from outside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lamella.errors import InputError
from lamella.tissue.fields.medium import Medium
from lamella.tissue.fields.occupancy import Occupancy
from lamella.tissue.fields.uptake import gather


@dataclass(frozen=True)
class FibreLaw:
    """How a gel of fibres depends on the density of its ligand. All powers are of density / reference.

    reference            density at which the other values hold           (as the ligand)
    pore                 mean pore diameter there                          (um)
    pore_exponent        negative: denser is narrower
    widest               pore where there are no fibres left               (um)
    stiffness            Young's modulus there                             (kPa)
    stiffness_exponent   positive
    substrate            stiffness of what carries the gel or coating: one number, or [shape of the dish]   (kPa)
    turning              alignment per unit of traction                    (1/s)
    relaxation           rate at which direction is forgotten              (1/s)
    """

    reference: float
    pore: float
    pore_exponent: float
    widest: float
    stiffness: float
    stiffness_exponent: float
    substrate: ArrayLike = 0.0
    turning: float = 0.0
    relaxation: float = 0.0

    def check(self) -> None:
        """Refuse numbers that mean nothing.   raises InputError"""
        for name in ("reference", "pore", "widest", "stiffness", "stiffness_exponent", "turning", "relaxation"):
            value, least = getattr(self, name), name in ("reference", "pore", "widest")
            if not (math.isfinite(value) and (value > 0.0 if least else value >= 0.0)):
                raise InputError(f"{name} is {value}", where="tissue.fields.FibreLaw", why="It must be finite and "
                                 + ("positive." if least else "not negative."))  # fmt: skip
        if not (math.isfinite(self.pore_exponent) and self.pore_exponent <= 0.0):
            raise InputError(f"pore_exponent is {self.pore_exponent}", where="tissue.fields.FibreLaw",
                             why="Pores do not widen with density: it must be 0 or negative.")  # fmt: skip
        substrate = np.asarray(self.substrate, float)
        if not (np.isfinite(substrate).all() and (substrate >= 0).all()):
            raise InputError("substrate is not finite, or negative", where="tissue.fields.FibreLaw")

    def pores(self, density: ArrayLike) -> NDArray[np.float64]:
        """Mean pore diameter (um)."""
        relative = np.asarray(density, float) / self.reference
        with np.errstate(divide="ignore"):
            wide = self.pore * relative**self.pore_exponent
        return np.minimum(wide, self.widest)

    def stiffnesses(self, density: ArrayLike) -> NDArray[np.float64]:
        """Young's modulus of gel and substrate together (kPa)."""
        relative = np.asarray(density, float) / self.reference
        gel = self.stiffness * relative**self.stiffness_exponent if self.stiffness > 0.0 else np.zeros(relative.shape)
        return gel + np.asarray(self.substrate, float)


class Fibres:
    """Directions of the fibres of a dish.

    direction   [D, D], or [voxels, D, D]: the first tensor, symmetric, not negative definite, scaled to trace 1;
                default none preferred
    raises      InputError
    """

    def __init__(self, law: FibreLaw, medium: Medium, direction: ArrayLike | None = None):
        law.check()
        self.law, self.medium = law, medium
        self._rest = np.eye(medium.dimensions) / medium.dimensions
        self._q = np.empty((*medium.voxels, medium.dimensions, medium.dimensions))
        self.tensor = self._rest if direction is None else direction

    @property
    def tensor(self) -> NDArray[np.float64]:
        """Q, a copy.   [voxels, D, D]"""
        return self._q.copy()

    @tensor.setter
    def tensor(self, direction: ArrayLike) -> None:
        array = np.asarray(direction, float)
        if array.shape not in (self._rest.shape, self._q.shape):
            raise InputError(f"direction has shape {array.shape}, the voxels {self._q.shape}",
                             where="tissue.fields.Fibres")  # fmt: skip
        finite = bool(np.isfinite(array).all())
        trace = np.trace(array, axis1=-2, axis2=-1) if finite else np.zeros(1)
        if not finite or (trace <= 0).any() or not np.allclose(array, np.swapaxes(array, -1, -2)):
            raise InputError("direction is not finite and symmetric with a positive trace",
                             where="tissue.fields.Fibres")  # fmt: skip
        if np.linalg.eigvalsh(array).min() < -1e-9 * trace.max():
            raise InputError("direction has a negative eigenvalue", where="tissue.fields.Fibres",
                             why="It is a mean of n n over fibres.")  # fmt: skip
        self._q[:] = array / trace[..., None, None]

    def restore(self, tensor: ArrayLike) -> None:
        """Take over a tensor that `tensor` gave, to the bit."""
        self.tensor = tensor
        self._q[:] = tensor

    def advance(self, seconds: float, occupancy: Occupancy, axis: ArrayLike, traction: ArrayLike = 1.0) -> None:
        """Turn the fibres under the cells.

        axis       [cells, D] unit vectors along which cells pull
        traction   one number, [cells] or [cells, 2]: in multiples of what `turning` refers to
        raises     InputError
        """
        pulls = occupancy.per_place(traction, "traction")
        along = np.asarray(axis, float)
        if along.shape != (occupancy.cells, self.medium.dimensions) or not np.isfinite(along[1:]).all():
            raise InputError(f"axis is not finite, or has shape {along.shape}", where="tissue.fields.Fibres")
        if not (math.isfinite(seconds) and seconds > 0.0):
            raise InputError(f"advance by {seconds} s", where="tissue.fields.Fibres", why="A step is positive.")
        if self.law.turning == 0.0 and self.law.relaxation == 0.0:
            return
        sites = self.medium.volume.ravel() / (self.medium.site**2 * self.medium.depth)
        weight = np.divide(self.law.turning, sites, out=np.zeros_like(sites), where=sites > 0)
        speed = weight * self._gathered(occupancy, pulls)
        towards = np.empty((sites.size, *self._rest.shape))
        for d in range(self.medium.dimensions):
            for e in range(d + 1):
                product = np.repeat(along[:, d] * along[:, e], 2) * pulls
                towards[:, d, e] = towards[:, e, d] = weight * self._gathered(occupancy, product)
        speed += self.law.relaxation
        towards += self.law.relaxation * self._rest
        target = np.divide(towards, speed[:, None, None], out=np.zeros_like(towards), where=speed[:, None, None] > 0)
        stays = np.exp(-speed * seconds)[:, None, None]
        q = self._q.reshape(towards.shape)
        q[:] = np.where(speed[:, None, None] > 0, stays * q + (1.0 - stays) * target, q)

    def _gathered(self, occupancy: Occupancy, per_site: NDArray[np.float64]) -> NDArray[np.float64]:
        out = np.zeros(self.medium.volume.size)
        gather(occupancy.start, occupancy.owner, occupancy.count, per_site, out)
        return out

    def under_cells(self, occupancy: Occupancy) -> NDArray[np.float64]:
        """Mean tensor over the sites of each cell; I / D for a cell without sites.   [cells, D, D]"""
        sites = occupancy.sites.reshape(-1, 2).sum(axis=1)
        voxel = np.repeat(np.arange(occupancy.start.size - 1), np.diff(occupancy.start))
        flat = self._q.reshape(-1, *self._rest.shape)
        out = np.empty((occupancy.cells, *self._rest.shape))
        for d, e in np.ndindex(self._rest.shape):
            sums = np.bincount(
                occupancy.owner >> 1, weights=flat[voxel, d, e] * occupancy.count, minlength=occupancy.cells
            )
            out[:, d, e] = np.divide(sums, sites, out=np.full(sites.size, self._rest[d, e]), where=sites > 0)
        return out
