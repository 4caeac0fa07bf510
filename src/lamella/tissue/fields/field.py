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
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lamella.errors import InputError, SolverError
from lamella.tissue.fields.ledger import Ledger
from lamella.tissue.fields.medium import Medium
from lamella.tissue.fields.occupancy import Occupancy
from lamella.tissue.fields.solver import Solver
from lamella.tissue.fields.substance import Acts, Chemistry, Moved, Substance
from lamella.tissue.fields.uptake import Uptake, gather
from lamella.tissue.kernel import kernel

_TOLERANCE = 1e-7
_MOST_CYCLES = 200
_PASSES = 2
"""Solutions per step if uptake saturates: the rate is taken at the concentration of the one before."""
_MOST_SPANS = 8
"""Lengths of a step for which the solver is kept."""
_PIECE = 1024
"""Voxels that are summed up before they join the total, which keeps the rounding small."""


@dataclass(frozen=True, eq=False)
class Acting:
    """What cells do to one field while they stay where they are; made by `Field.acting`.

    gives      [2 * cells] molecules that each place gives                             (molecules/s)
    source     [box] the same, by voxel
    uptake     None: they take nothing
    """

    gives: NDArray[np.float64]
    source: NDArray[np.float64]
    uptake: Uptake | None


@dataclass(frozen=True, eq=False)
class _Span:
    """What the steps of one length share.

    solver
    at_rest   [box] diagonal without couplings, uptake and reactions
    """

    solver: Solver
    at_rest: NDArray[np.float64]


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
        self._walls = [np.zeros(medium.box) for _ in range(3)]
        self._wall_inflow = np.zeros(medium.box)
        for wall, value in substance.held.items():
            conduct = substance.diffusion * slow * medium.walls[wall]
            self._walls[3 - medium.dimensions + wall[0]] += conduct
            self._wall_inflow += conduct * value
        self._all_walls = self._walls[0] + self._walls[1] + self._walls[2]
        self._nothing = np.zeros(medium.box)
        self._spans: dict[tuple[float, float], _Span] = {}
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

    def acting(self, occupancy: Occupancy | None, acts: Acts | None) -> Acting | None:
        """What cells that stay where they are do, spread over sites and voxels.   None: nobody does anything

        raises   InputError
        """
        if acts is None or occupancy is None:
            if acts is not None and (np.any(acts.secretion) or np.any(acts.clearance) or np.any(acts.capacity)):
                raise InputError("cells act, but nobody says where they are", where=self.substance.where)
            return None
        if not (math.isfinite(acts.half) and acts.half > 0.0):
            raise InputError(f"half is {acts.half}", where=self.substance.where, why="Uptake needs it positive.")
        gives = occupancy.per_site(acts.secretion, f"secretion of {self.name}")
        clears = occupancy.per_site(acts.clearance, f"clearance of {self.name}")
        takes = occupancy.per_site(acts.capacity, f"capacity of {self.name}")
        source = np.zeros(self.medium.box)
        if gives.any():
            gather(occupancy.start, occupancy.owner, occupancy.count, gives, source.reshape(-1))
        uptake = Uptake(occupancy, clears, takes, acts.half) if clears.any() or takes.any() else None
        return Acting(gives * occupancy.sites, source, uptake)

    def advance(
        self,
        seconds: float,
        occupancy: Occupancy | None = None,
        acts: Acts | Acting | None = None,
        chemistry: Chemistry | None = None,
    ) -> Moved:
        """One implicit step.

        occupancy   where the cells are; needed if they act
        acts        what they do, or what `acting` made of it
        returns     molecules moved; reactions book theirs themselves
        raises      InputError, SolverError
        """
        if not (math.isfinite(seconds) and seconds > 0.0):
            raise InputError(f"advance by {seconds} s", where=self.substance.where, why="A step is positive.")
        acting = acts if isinstance(acts, Acting) else self.acting(occupancy, acts)
        turned, taken = self._step(seconds, acting, chemistry)
        if acting is None:
            none = np.zeros((0 if occupancy is None else occupancy.cells, 2))
            return Moved(none, none, turned)
        secreted = acting.gives * seconds
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

    def _span(self, seconds: float) -> _Span:
        """What steps of this length share, made at the first of them."""
        key = seconds, self.substance.decay + self.substance.exchange
        if key not in self._spans:
            if len(self._spans) >= _MOST_SPANS:
                self._spans.clear()
            fade = self.medium.volume * (1.0 + seconds * key[1])
            walls = tuple(seconds * wall for wall in self._walls)
            solver = Solver(tuple(seconds * face for face in self._conduct), fade, walls)
            at_rest = fade + seconds * self._all_walls
            at_rest[self.medium.volume == 0.0] = 1.0
            self._spans[key] = _Span(solver, at_rest)
        return self._spans[key]

    def _step(self, seconds: float, acting: Acting | None, chemistry: Chemistry | None):
        """Solve, count, correct.   returns molecules turned over [box], taken [2 * cells]; empty where there is none"""
        kind, volume, span = self.substance, self.medium.volume, self._span(seconds)
        at_rest, uptake = span.at_rest, None if acting is None else acting.uptake
        if chemistry is not None:
            at_rest = at_rest + seconds * volume * chemistry.turnover
        right, x = np.empty(volume.shape), self._c.copy()
        right_side(
            volume.reshape(-1), x.reshape(-1), seconds * kind.exchange * kind.bath,
            (self._nothing if chemistry is None else chemistry.gain).reshape(-1),
            (self._nothing if acting is None else acting.source).reshape(-1), self._wall_inflow.reshape(-1), seconds,
            right.reshape(-1),
        )  # fmt: skip
        mass = at_rest
        for _ in range(_PASSES if uptake is not None and uptake.saturates else 1):
            mass = at_rest if uptake is None else at_rest + seconds * uptake.conductance(x)
            cycles, left = span.solver.solve(mass, right, x, _TOLERANCE, _MOST_CYCLES)
            if not (left <= 100.0 * _TOLERANCE and np.isfinite(x).all()):
                raise SolverError(
                    f"the step of {seconds:g} s could not be solved",
                    where=kind.where,
                    why=f"The residual is {left:.1e} of the right side after {cycles} cycles.",
                    remedy="Check rates for numbers that are far out of range.",
                )
        there, placed, held, out = tally(
            right.reshape(-1), mass.reshape(-1), volume.reshape(-1), self._all_walls.reshape(-1), x.reshape(-1)
        )
        if self.medium.regions is None:
            share = there / placed if placed > 0.0 else 1.0
            x *= share
            held, out = held * share, out * share
        else:
            x = self._balanced(mass, right, x, self.medium.regions)
            held, out = float(np.sum(volume * x)), float(np.sum(self._all_walls * x))
        self._book(seconds, held, out)
        self._c = x
        turned = np.zeros(0) if chemistry is None else seconds * volume * chemistry.turnover * x
        return turned, np.zeros(0) if uptake is None else uptake.taken(x, seconds)

    def _balanced(self, mass: NDArray, right: NDArray, x: NDArray, regions: NDArray) -> NDArray[np.float64]:
        """Scale a solution so that what stays and what goes make up what was there and came, in each open region.

        What the solver leaves (a share of `_TOLERANCE`) would otherwise be lost or made up. Faces do not count: what
        leaves a voxel through one enters the next.
        """
        there = np.bincount(regions.ravel(), weights=right.ravel())
        placed = np.bincount(regions.ravel(), weights=(mass * x).ravel())
        return x * np.divide(there, placed, out=np.zeros_like(there), where=placed > 0)[regions]

    def _book(self, seconds: float, held: float, out: float) -> None:
        """Count what decayed, and what came through walls and from above.

        held   molecules in the dish;   out   molecules that leave through the walls in a second
        """
        kind, book = self.substance, self.ledger.book
        if kind.decay:
            book(self.name, "decayed", -seconds * kind.decay * held)
        if kind.exchange:
            book(self.name, "bath", seconds * kind.exchange * kind.bath * float(np.sum(self.medium.volume)))
            book(self.name, "bath", -seconds * kind.exchange * held)
        if kind.held:
            book(self.name, "walls", seconds * float(np.sum(self._wall_inflow)))
            book(self.name, "walls", -seconds * out)


@kernel
def right_side(volume, c, supply, gain, source, inflow, seconds, right):
    """What is there and what comes in a step, in molecules.   all flat

    supply          that the liquid from above brings to a concentration
    gain            molecules
    source, inflow  molecules per second
    """
    for i in range(right.size):
        right[i] = volume[i] * (c[i] + supply) + gain[i] + seconds * (source[i] + inflow[i])


@kernel
def tally(right, mass, volume, walls, x):
    """Clear what rounding left below 0, or where nothing is open, and sum up.   all flat

    returns   sums of the right side, of mass, of volume and of walls, each of the last three times x
    """
    there, placed, held, out = 0.0, 0.0, 0.0, 0.0
    for first in range(0, x.size, _PIECE):
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        for i in range(first, min(first + _PIECE, x.size)):
            here = max(x[i], 0.0) if volume[i] > 0.0 else 0.0
            x[i] = here
            a += right[i]
            b += mass[i] * here
            c += volume[i] * here
            d += walls[i] * here
        there, placed, held, out = there + a, placed + b, held + c, out + d
    return there, placed, held, out


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
