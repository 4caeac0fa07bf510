"""A diffusible substance: concentration on the voxels of a medium, advanced implicitly.

    d c / dt = div (D grad c) - decay c + exchange (bath - c) + secretion - uptake

All terms stand in one implicit step (backward Euler, not split): a field that
follows its sources quickly is at their steady state after one step of any
length, no concentration becomes negative, and nothing depends on the
direction of the grid. First order in time: a change of the sources is smeared
over one step. What each process moved is counted from the solved
concentrations, after these have been scaled (by a share of the solver's
tolerance) so that the books close to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lamella.errors import InputError, SolverError
from lamella.tissue.fields.ledger import Ledger
from lamella.tissue.fields.medium import Medium
from lamella.tissue.fields.multigrid import Solver
from lamella.tissue.fields.occupancy import Occupancy
from lamella.tissue.fields.uptake import Uptake, gather

_TOLERANCE = 1e-7
_MOST_CYCLES = 200
_PASSES = 2
"""Solutions per step if uptake saturates: the rate is taken at the concentration of the one before."""


@dataclass(frozen=True)
class Substance:
    """What a field is of.

    name           in the books and in reactions
    diffusion      D                                                                   (um^2/s)
    decay          first order                                                         (1/s)
    initial        one number, [voxels] or [shape of the dish]                         (molecules/um^3)
    held           concentration at walls that are baths, by (axis, "low" or "high"); other walls are closed
    exchange       rate at which the liquid is renewed from above, and what comes in: `bath`  (1/s; molecules/um^3)
    hindrance      D relative to free liquid, 0 to 1, one number, [voxels] or [shape]; in gels and between cells
    """

    name: str
    diffusion: float
    decay: float = 0.0
    initial: ArrayLike = 0.0
    held: Mapping[tuple[int, str], float] = field(default_factory=dict)
    exchange: float = 0.0
    bath: float = 0.0
    hindrance: ArrayLike = 1.0

    @property
    def where(self) -> str:
        return f"field '{self.name}'"

    def check(self, medium: Medium) -> None:
        """Refuse numbers that mean nothing.   raises InputError"""
        if not self.name or "/" in self.name:
            raise InputError(f"a field is called '{self.name}'", where="tissue.fields", why="A name is not empty, "
                             "and '/' is kept for the books.")  # fmt: skip
        numbers = {"diffusion": self.diffusion, "decay": self.decay, "exchange": self.exchange, "bath": self.bath}
        numbers |= {f"held at {wall}": value for wall, value in self.held.items()}
        for name, value in numbers.items():
            if not (isinstance(value, (int, float, np.number)) and math.isfinite(value) and value >= 0.0):
                raise InputError(f"{name} is {value}", where=self.where, why="It must be finite and not negative.")
        for wall in self.held:
            if wall not in medium.walls:
                raise InputError(
                    f"wall {wall} cannot be held",
                    where=self.where,
                    why="A wall is an axis that is not periodic, and 'low' or 'high'.",
                    remedy=f"Walls of this dish: {sorted(medium.walls) or 'none'}.",
                )
        if self.diffusion > 1e12:
            raise InputError(f"diffusion is {self.diffusion} um^2/s", where=self.where, why="Nothing is so fast.")


@dataclass(frozen=True)
class Acts:
    """What cells do to one field: each one number, [cells] for the whole cell, or [cells, 2] for its front and rear.

    secretion   spread over the sites                                            (molecules/s)
    clearance   volume emptied, spread over the sites                            (um^3/s)
    capacity    saturating uptake: capacity c / (half + c)                       (molecules/s; molecules/um^3)
    """

    secretion: ArrayLike = 0.0
    clearance: ArrayLike = 0.0
    capacity: ArrayLike = 0.0
    half: float = 1.0


@dataclass(frozen=True)
class Moved:
    """Molecules that a step moved.

    secreted, taken   by the cells, [cells, 2], front and rear half
    turned            lost to reactions in each voxel, [box]
    """

    secreted: NDArray[np.float64]
    taken: NDArray[np.float64]
    turned: NDArray[np.float64]


@dataclass(frozen=True)
class Chemistry:
    """What reactions do to a field within one step.

    turnover   [box] first-order loss                                                   (1/s)
    gain       [box] molecules that come, or go if negative; no more than there are
    """

    turnover: NDArray[np.float64]
    gain: NDArray[np.float64]


class Field:
    """One substance in a medium. `concentration` is [voxels], in molecules/um^3.

    ledger   shared by the fields and the matrix of a dish
    raises   InputError
    """

    def __init__(self, substance: Substance, medium: Medium, ledger: Ledger):
        substance.check(medium)
        self.substance, self.medium, self.ledger = substance, medium, ledger
        self._c = medium.boxed(substance.initial, "initial", substance.where)
        self._c[medium.volume == 0.0] = 0.0
        slow = medium.boxed(substance.hindrance, "hindrance", substance.where)
        if slow.max() > 1.0:
            raise InputError(f"hindrance is {slow.max()}", where=substance.where, why="It is a share, 0 to 1.")
        self._conduct = tuple(
            substance.diffusion * face * _harmonic(slow, axis) for axis, face in enumerate(medium.faces)
        )
        self._walls, self._wall_inflow = np.zeros(medium.box), np.zeros(medium.box)
        for wall, value in substance.held.items():
            conduct = substance.diffusion * slow * medium.walls[wall]
            self._walls += conduct
            self._wall_inflow += conduct * value
        self._solver: Solver | None = None
        self._seconds = 0.0
        ledger.book(self.name, "initial", self.total())

    @property
    def name(self) -> str:
        return self.substance.name

    @property
    def concentration(self) -> NDArray[np.float64]:
        """molecules/um^3, a copy.   [voxels]"""
        return self._c.reshape(self.medium.voxels).copy()

    @concentration.setter
    def concentration(self, values: ArrayLike) -> None:
        """Overwrite the field; the books count the difference as `set`."""
        before = self.total()
        self._c[:] = self.medium.boxed(values, "concentration", self.substance.where)
        self._c[self.medium.volume == 0.0] = 0.0
        self.ledger.book(self.name, "set", self.total() - before)

    @property
    def box(self) -> NDArray[np.float64]:
        """The concentration that kernels work on, not a copy.   [box]"""
        return self._c

    def total(self) -> float:
        """Molecules in the dish."""
        return float(np.sum(self._c * self.medium.volume))

    def imbalance(self) -> float:
        """What the books miss, over all that came and went."""
        return self.ledger.imbalance(self.name, self.total())

    def advance(
        self,
        seconds: float,
        occupancy: Occupancy | None = None,
        acts: Acts | None = None,
        chemistry: Chemistry | None = None,
    ) -> Moved:
        """One implicit step.

        occupancy   where the cells are; needed if they act
        returns     molecules moved; reactions book theirs themselves
        raises      InputError, SolverError
        """
        if not (math.isfinite(seconds) and seconds > 0.0):
            raise InputError(f"advance by {seconds} s", where=self.substance.where, why="A step is positive.")
        given = np.zeros(self.medium.box) if chemistry is None else chemistry.gain.copy()
        if acts is None or occupancy is None:
            if acts is not None and (np.any(acts.secretion) or np.any(acts.clearance) or np.any(acts.capacity)):
                raise InputError("cells act, but nobody says where they are", where=self.substance.where)
            none = np.zeros((0 if occupancy is None else occupancy.cells, 2))
            solved, _ = self._step(seconds, given, None, chemistry)
            return Moved(none, none, solved)
        if not (math.isfinite(acts.half) and acts.half > 0.0):
            raise InputError(f"half is {acts.half}", where=self.substance.where, why="Uptake needs it positive.")
        gives = occupancy.per_site(acts.secretion, f"secretion of {self.name}")
        clears = occupancy.per_site(acts.clearance, f"clearance of {self.name}")
        takes = occupancy.per_site(acts.capacity, f"capacity of {self.name}")
        secreted = gives * occupancy.sites * seconds
        if gives.any():
            gather(occupancy.start, occupancy.owner, occupancy.count, gives * seconds, given.reshape(-1))
        uptake = Uptake(occupancy, clears, takes, acts.half) if clears.any() or takes.any() else None
        turned, taken = self._step(seconds, given, uptake, chemistry)
        if taken.size == 0:
            taken = np.zeros_like(secreted)
        self.ledger.book(self.name, "secreted", float(np.sum(secreted)))
        self.ledger.book(self.name, "taken", -float(np.sum(taken)))
        return Moved(secreted.reshape(-1, 2), taken.reshape(-1, 2), turned)

    def add(self, molecules: NDArray[np.float64], entry: str) -> None:
        """Put molecules into the voxels.   [box]; `entry` of the ledger"""
        volume = self.medium.volume
        more = np.divide(molecules, volume, out=np.zeros_like(volume), where=volume > 0)
        self._c = _without_negatives(self._c + more, volume)
        self.ledger.book(self.name, entry, float(np.sum(molecules)))

    def _step(self, seconds, given, uptake: Uptake | None, chemistry: Chemistry | None):
        """Solve, count, correct.   given [box] molecules; returns molecules turned over [box], taken [2 * cells]"""
        kind, volume = self.substance, self.medium.volume
        fade = volume * (1.0 + seconds * (kind.decay + kind.exchange))
        if self._solver is None or seconds != self._seconds:
            self._solver = Solver(tuple(seconds * face for face in self._conduct), fade)
            self._seconds = seconds
        at_rest = fade + seconds * self._walls
        if chemistry is not None:
            at_rest += seconds * volume * chemistry.turnover
        at_rest[volume == 0.0] = 1.0
        right = volume * (self._c + seconds * kind.exchange * kind.bath) + given + seconds * self._wall_inflow
        x, mass = self._c.copy(), at_rest
        for _ in range(_PASSES if uptake is not None and uptake.saturates else 1):
            mass = at_rest if uptake is None else at_rest + seconds * uptake.conductance(x)
            cycles, left = self._solver.solve(mass, right, x, _TOLERANCE, _MOST_CYCLES)
            if not left <= 100.0 * _TOLERANCE or not np.isfinite(x).all():
                raise SolverError(
                    f"the step of {seconds:g} s could not be solved",
                    where=kind.where,
                    why=f"The residual is {left:.1e} of the right side after {cycles} cycles.",
                    remedy="Check rates for numbers that are far out of range.",
                )
        x = self._balanced(mass, right, np.maximum(x, 0.0))
        self._book(seconds, x)
        self._c = x
        turned = np.zeros(0) if chemistry is None else seconds * volume * chemistry.turnover * x
        return turned, np.zeros(0) if uptake is None else uptake.taken(x, seconds)

    def _balanced(self, mass: NDArray, right: NDArray, x: NDArray) -> NDArray[np.float64]:
        """Scale a solution so that what stays and what goes make up what was there and came, in each open region.

        What the solver leaves (a share of `_TOLERANCE`) would otherwise be lost or made up. Faces do not count: what
        leaves a voxel through one enters the next.
        """
        x = np.where(self.medium.volume > 0.0, x, 0.0)
        there, placed = right, mass * x
        regions = self.medium.regions
        if regions is None:
            total = float(np.sum(placed))
            return x * (float(np.sum(there)) / total) if total > 0.0 else x
        there = np.bincount(regions.ravel(), weights=there.ravel())
        placed = np.bincount(regions.ravel(), weights=placed.ravel())
        return x * np.divide(there, placed, out=np.zeros_like(there), where=placed > 0)[regions]

    def _book(self, seconds: float, x: NDArray[np.float64]) -> None:
        """Count what decayed, and what came through walls and from above, at the concentrations x.   [box]"""
        kind, volume, book = self.substance, self.medium.volume, self.ledger.book
        if kind.decay:
            book(self.name, "decayed", -seconds * kind.decay * float(np.sum(volume * x)))
        if kind.exchange:
            book(self.name, "bath", seconds * kind.exchange * kind.bath * float(np.sum(volume)))
            book(self.name, "bath", -seconds * kind.exchange * float(np.sum(volume * x)))
        if kind.held:
            book(self.name, "walls", seconds * float(np.sum(self._wall_inflow)))
            book(self.name, "walls", -seconds * float(np.sum(self._walls * x)))


def _harmonic(slow: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Mean hindrance of two halves that are crossed one after the other."""
    ahead = np.roll(slow, -1, axis)
    return np.divide(2.0 * slow * ahead, slow + ahead, out=np.zeros_like(slow), where=slow + ahead > 0)


def _without_negatives(c: NDArray[np.float64], volume: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rounding can leave -1e-20 where there is nothing; set to 0, and the rest scaled so that the total stays."""
    if c.min() >= 0.0:
        return c
    total = float(np.sum(c * volume))
    c = np.maximum(c, 0.0)
    positive = float(np.sum(c * volume))
    return c * (max(total, 0.0) / positive) if positive > 0.0 else c
