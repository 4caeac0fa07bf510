"""Fields and matrix of a culture: what cells do to them, and what cells are told of them.

A `Habitat` says what there is before the cells come. A `Coupling` carries it on the clock of a culture: rates come from
observables of the networks that `habitat.toml` names; doses by place, ligand under each half and the field that turns
the axis go back. Nothing here knows what a factor does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lamella.culture.carriers import Carried, Carriers
from lamella.culture.constants import Constants
from lamella.culture.footing import turned, yielding
from lamella.culture.surroundings import habitat_table, surrounding_constants
from lamella.errors import InputError
from lamella.solve import Population
from lamella.tissue import Dish, Reading
from lamella.tissue.fields import (
    Acts,
    Behaviour,
    Exchanged,
    FibreLaw,
    Ligand,
    Occupancy,
    Reaction,
    Substance,
    Surroundings,
    make_medium,
    occupy,
    on_sites,
    site_means,
)

_HALVES = ("front", "rear")
_GONE = 0.1
"""Share of a fibre below which it stops nothing."""
_LEAST = 1e-9
"""Share of a field's highest concentration below which a cell on it tells nothing from nothing."""


_MOST_STEERING = 0.35
"""Weight of all factors together: they share one PI3-kinase, and what it does for HGF is the most for all."""


@dataclass(frozen=True)
class Habitat:
    """What surrounds cells.

    substances   diffusing; those that habitat.toml names act on cells and are acted on
    ligands      of the matrix, in molecules/um^2 of a flat dish. Those that the network knows are held on to, in place
                 of the coating of the same name; the others are matter
    reactions    between substances
    fibres       pores, stiffness and direction of the matrix, if they matter: cells feel how it yields, and their axes
                 turn to where its fibres run (`lamella.culture.footing`)
    gel          ligand that the fibres are made of; without it there is nothing but their substrate
    direction    of the fibres at first: Q, [D, D] or [voxels, D, D] (`lamella.tissue.fields.Fibres`); default none
    periodic     one truth value an axis: whether the dish, its cells and fields are closed over its borders
    depth        of the liquid (um); None: as in surroundings.toml
    mesh         ligand whose sites are fibres that stop nuclei, as long as they are there
    carriers     what the bystanders of the dish carry on their surface, if anything
    """

    substances: tuple[Substance, ...] = ()
    ligands: tuple[Ligand, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    fibres: FibreLaw | None = None
    periodic: tuple[bool, ...] = (True, True)
    depth: float | None = None
    mesh: str | None = None
    carriers: Carriers | None = None
    gel: str | None = None
    direction: ArrayLike | None = None


class Coupling:
    """Fields and matrix of one dish, on the clock of its culture.

    habitat     what there is
    dish        whose cells it surrounds
    site        length of a site (um)
    coated      density [molecules/um^2] that counts 1 for the bonds of the lattice
    names       observables and parameters of the network
    holds       ligands that an integrin of the cells binds; of those on carriers the others count for nothing
    .around     the fields and the matrix themselves, with their ledger
    raises      InputError
    """

    def __init__(self, habitat: Habitat, dish: Dish, site: float, coated: float, names: frozenset[str],
                 table: Mapping[str, Any] | None = None, *, holds: frozenset[str] = frozenset()):  # fmt: skip
        numbers, rows = surrounding_constants(), habitat_table() if table is None else table
        depth = None if len(dish.shape) == 3 else numbers["dish.depth"] if habitat.depth is None else habitat.depth
        medium = make_medium(dish.shape, site, coarsening=int(numbers["dish.coarsening"]), depth=depth,
                             periodic=habitat.periodic, obstacles=_obstacles(dish))  # fmt: skip
        self.around = Surroundings(medium, habitat.substances, habitat.ligands, habitat.reactions,
                                   fibres=habitat.fibres, fibre_direction=habitat.direction,
                                   longest=numbers["dish.longest"])  # fmt: skip
        self._guiding = numbers["guidance.rate"]
        self.habitat, self.coated = habitat, coated
        self._factors = {name: dict(rows["factors"].get(name, {})) for name in self.around.fields}
        matrix = self.around.matrix
        self._ligands = {name: dict(rows["ligands"].get(name, {})) for name in matrix.ligands}
        self._docked = _known(rows.get("surface", {}).get("docked"), names) if self._ligands else ()
        self._held = tuple(name for name in self._ligands if {f"{name}_{half}" for half in _HALVES} <= names)
        self._whole = 0.0 if habitat.mesh is None else float(matrix.density(habitat.mesh).max())
        self._rates = {
            (name, what): _known(row.get(what), names)
            for table_, keys in ((self._factors, ("secretion", "clearance", "steering")),
                                 (self._ligands, ("deposition",)))
            for name, row in table_.items() for what in keys
        }  # fmt: skip
        self.carried = {row["parameter"]: name for name, row in self._factors.items() if row.get("parameter") in names}
        told = {f"{parameter}_{half}" for parameter in self.carried for half in _HALVES}
        if not told <= names:
            raise InputError(f"the network does not tell {', '.join(sorted(told - names))} by place",
                             where="culture.habitat", remedy="Add the inputs to networks/library/inputs.toml.")
        self.occupancy = self._occupy(dish)
        self._carried = None if habitat.carriers is None else Carried(habitat.carriers, dish, holds)
        self._coat = dish.ligand
        self._touched: dict[str, NDArray[np.float64]] = {}

    def _occupy(self, dish: Dish) -> Occupancy:
        return occupy(self.around.medium, dish.labels(), dish.centroid, dish.axis)

    def read(self, dish: Dish) -> None:
        """Take note of where the cells are now."""
        self.occupancy = self._occupy(dish)
        if self._carried is not None:
            self._touched = self._carried.told(dish, self.occupancy)

    def under(self, reading: Reading) -> Reading:
        """The reading of a dish, with the coating alone as its ligand: what neighbours carry is told apart."""
        if self._carried is None or self._held:
            return reading
        coat = site_means(self._coat, self.occupancy)
        return replace(reading, ligand_front=coat.front, ligand_rear=coat.rear)

    def touched(self, cells: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
        """What these cells of the dish are told of ligands on their neighbours, on top of those of the matrix."""
        return {f"{name}_{half}": both[cells, h] for name, both in self._touched.items()
                for h, half in enumerate(_HALVES)}

    def on_footing(
        self, told: Mapping[str, NDArray[np.float64]], cells: NDArray[np.int64], half: float
    ) -> dict[str, NDArray[np.float64]]:
        """What these cells are told otherwise because the matrix yields.   half: `stiffness.half` of the constants"""
        if self.around.fibres is None:
            return {}
        law, shape = self.around.fibres.law, self.around.medium.shape
        gel = np.zeros(shape) if self.habitat.gel is None else self.around.matrix.density(self.habitat.gel)
        return yielding(told, np.broadcast_to(law.stiffnesses(gel), shape), self.occupancy, cells, half)

    def guide(self, dish: Dish, cells: NDArray[np.int64], seconds: float) -> None:
        """Turn the axes of these cells to the fibres that they lie on.   seconds: in cells of the reference's pace"""
        fibres = self.around.fibres
        if fibres is None or (self.habitat.direction is None and fibres.law.turning == 0.0):
            return
        tensor = fibres.under_cells(self.occupancy)[cells]
        dish.axis[cells] = turned(dish.axis[cells], tensor, self._guiding * seconds)

    def inputs(self, cells: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
        """What the networks are told, for these cells of the dish: doses by place instead of the dose; ligands."""
        told: dict[str, NDArray[np.float64]] = {}
        for parameter, name in self.carried.items():
            told |= {parameter: np.zeros(len(cells))} | self._halves(parameter, name, cells)
        for name in self._held:
            told |= self._halves(name, name, cells)
        return told

    def _halves(self, stem: str, name: str, cells: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
        """Means over front and rear; that of the whole cell where a half has no site."""
        felt, sites = self.around.read(name, self.occupancy), self.occupancy.sites.reshape(-1, 2)
        return {f"{stem}_{half}": np.where(sites[:, h] > 0.0, getattr(felt, half), felt.whole)[cells]
                for h, half in enumerate(_HALVES)}  # fmt: skip

    def write(self, dish: Dish, population: Population, cells: NDArray[np.int64], constants: Constants) -> None:
        """Show the dish what its cells hold on to, and the field that turns their axes."""
        if self._held or self._carried is not None:
            held = [self.around.matrix.density(name) for name in self._held]
            on_cells = 0.0 if self._carried is None else self._carried.on_lattice(dish, cells) / self.coated
            dish.ligand = (sum(held) / self.coated if held else self._coat) + on_cells
        if self._whole > 0.0 and self.habitat.mesh is not None:
            left = self.around.matrix.density(self.habitat.mesh) / self._whole
            dish.fibres = np.where(left > _GONE, constants["nucleus.fibre"] * left, 0.0)
        steering = {name: self._observed(population, (name, "steering"))[:, 0] for name in self._factors
                    if self._rates[name, "steering"]}  # fmt: skip
        if not steering or not len(cells):
            return
        total = np.minimum(sum(steering.values()), _MOST_STEERING)
        dish.cells.sense_gradient[cells] = constants["axis.sense_receptors"] * total
        dish.attractant = self._attractant({name: float(np.mean(w)) for name, w in steering.items()})

    def _attractant(self, weights: Mapping[str, float]) -> NDArray[np.float64]:
        """Concentrations on the sites, as a product of powers: its relative gradient is the weighted mean of theirs."""
        medium, total = self.around.medium, sum(weights.values())
        fields = {name: on_sites(self.around.fields[name].box, medium) for name in weights}
        if len(fields) == 1 or total <= 0.0:
            return next(iter(fields.values()))
        logs = [weights[name] / total * np.log(np.maximum(c, _LEAST * c.max() + 1e-300)) for name, c in fields.items()]
        return np.exp(sum(logs))

    def advance(self, seconds: float, population: Population, cells: NDArray[np.int64]) -> Exchanged:
        """Let cells, where they are, act on fields and matrix for `seconds`, at the rates of their present states."""
        rows = self.occupancy.cells

        def spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
            wide = np.zeros((rows, values.shape[1]))
            wide[cells] = np.maximum(values, 0.0)
            return wide if values.shape[1] == 2 else wide[:, 0]

        rates = {key: spread(self._observed(population, key)) for key, names in self._rates.items()
                 if names and key[1] != "steering"}  # fmt: skip
        acts = {name: Acts(secretion=rates.get((name, "secretion"), 0.0), clearance=rates.get((name, "clearance"), 0.0))
                for name in self._factors}  # fmt: skip
        deposition = {name: rates[name, "deposition"] for name in self._ligands if (name, "deposition") in rates}
        docked = spread(population.observe(self._docked)) if self._docked else 0.0
        return self.around.advance(seconds, self.occupancy, Behaviour(acts, docked, deposition))

    def _observed(self, population: Population, key: tuple[str, str]) -> NDArray[np.float64]:
        return population.observe(self._rates[key])

    def set_dose(self, parameter: str, concentration: float) -> None:
        """The medium is changed: a factor has this concentration everywhere [molecules/um^3], and so has the bath.

        raises   InputError: its walls are held, as those of a gradient are
        """
        piece = self.around.fields[self.carried[parameter]]
        if piece.substance.held:
            raise InputError(f"'{parameter}' is held at the walls of the dish", where="culture.habitat",
                             why="A medium that is changed has no gradient.")
        piece.concentration = concentration
        piece.substance = replace(piece.substance, bath=float(concentration))

    def checkpoint(self) -> dict[str, NDArray]:
        """Everything that changes, as arrays."""
        baths = np.array([piece.substance.bath for piece in self.around.fields.values()])
        return self.around.checkpoint() | {"baths": baths}

    def restore(self, state: Mapping[str, NDArray], dish: Dish) -> None:
        """Go on from a checkpoint, with the dish of the same moment, bit for bit."""
        self.around.restore({name: array for name, array in state.items() if name != "baths"})
        for piece, bath in zip(self.around.fields.values(), state["baths"]):
            piece.substance = replace(piece.substance, bath=float(bath))
        self.read(dish)


def _obstacles(dish: Dish) -> NDArray[np.bool_] | None:
    """Sites through which nothing diffuses; None where there are none."""
    mask = dish.labels() < 0
    return mask if mask.any() else None


def _known(pattern: str | None, names: frozenset[str]) -> tuple[str, ...]:
    """Observables that a row asks for: one, or front and rear; none where the network has them not."""
    if pattern is None:
        return ()
    wanted = tuple(pattern.format(half=half) for half in _HALVES) if "{half}" in pattern else (pattern,)
    return wanted if set(wanted) <= names else ()
