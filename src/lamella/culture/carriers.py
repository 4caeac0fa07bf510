"""Ligands on cells: what cells hold on to where they touch others.

Carriers are the bystanders of a dish, cells without a network, each with so many molecules of every ligand on a um^2 of
its surface. A half of a cell is told

    ligand = mean over the rim of the half of (density on the foreign sites next to it)

so a half that faces nothing but carriers is told their density, and one that touches none is told nothing. Sites of
its own and walls do not count. All of that ligand lies at the rim, none under the rest of the cell: on the lattice a
site at a carrier counts as many times more as a cell has more sites than rim, so that it holds bonds as a coating of
the told density would.

Carriers are as fast as they are said to be, whatever the pace of the cells of the culture, keep their outline, and hold
on to the ligand under them (`carriers.grip` of surroundings.toml): whoever wants their place tears these bonds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lamella.culture.constants import Constants
from lamella.culture.scale import Scale
from lamella.culture.surroundings import surrounding_constants
from lamella.errors import InputError, unknown
from lamella.networks import Network, Treatment, heterodimers, ligands
from lamella.tissue import STANDING, Dish
from lamella.tissue.fields import Occupancy

_HERE = "culture.Carriers"


@dataclass(frozen=True)
class Carriers:
    """What the bystanders of a dish carry.

    density   ligand -> one number, or one for each bystander in the order of the layout     (molecules/um^2)
    pace      how fast their edges are, over those of the reference
    """

    density: Mapping[str, ArrayLike] = field(default_factory=dict)
    pace: float = 1.0


_SURE = 100.0
"""Binding over unbinding: carriers hold on wherever there is ligand under them."""


def carrier_columns(
    carriers: Carriers, sites: float, perimeter: float, constants: Constants, scale: Scale
) -> dict[str, float]:
    """Columns of the tissue in which carriers differ from other bystanders.

    sites, perimeter   of the first picture
    """
    lets_go = scale.per_step(constants["adhesion.unbind_rate"]) * carriers.pace
    return {
        "target_perimeter": perimeter,
        "mobility": scale.mobility * min(1.0, carriers.pace / scale.pace),
        "integrins": surrounding_constants()["carriers.grip"] * sites,
        "bind_rate": _SURE * lets_go,
        "unbind_rate": lets_go,
        "dissipation": constants["adhesion.dissipation"],
    }


def held_by(network: Network, treatment: Treatment) -> frozenset[str]:
    """Ligands that an integrin binds which the cells of an arm have."""
    gone = {key for key, value in treatment.chronic.items() if value == 0.0}
    there = {
        name for name in network.cell.integrins
        if not gone & {f"{name}_expression", *(f"{chain['symbol']}_chain" for chain in heterodimers()[name].values())}
    }  # fmt: skip
    return frozenset(name for name, row in ligands().items() if there & row["affinity"].keys())


class Carried:
    """The ligands on the bystanders of one dish.

    holds    ligands that an integrin of the cells binds: the others hold nobody, and nobody is told of them
    raises   InputError: no bystanders, no such ligand, or densities that are none
    """

    def __init__(self, carriers: Carriers, dish: Dish, holds: frozenset[str]):
        self._cells = np.flatnonzero(dish.kinds == int(STANDING))
        if not self._cells.size:
            raise InputError("there are no cells that could carry a ligand", where=_HERE,
                             why="Carriers are the bystanders of a layout, and it has none.")
        self._rows = {name: self._row(name, density) for name, density in carriers.density.items()
                      if _known(name) in holds}

    def _row(self, name: str, density: ArrayLike) -> NDArray[np.float64]:
        values = np.asarray(density, float)
        if values.shape not in ((), self._cells.shape) or not (np.isfinite(values) & (values >= 0.0)).all():
            raise InputError(f"the density of {name} on cells is {density}", where=_HERE,
                             why=f"It is one number, or one for each of {self._cells.size}; finite, not negative.")
        return np.broadcast_to(values, self._cells.shape)

    @property
    def ligands(self) -> tuple[str, ...]:
        """Those that hold somebody."""
        return tuple(self._rows)

    def surface(self, name: str, labels: NDArray[np.int32]) -> NDArray[np.float64]:
        """Density of a ligand on the sites of the carriers, 0 elsewhere.   [shape of the dish]"""
        table = np.zeros(int(max(labels.max(initial=0), self._cells.max())) + 1)
        table[self._cells] = self._rows[name]
        return table[np.maximum(labels, 0)]

    def told(self, dish: Dish, occupancy: Occupancy) -> dict[str, NDArray[np.float64]]:
        """What the halves of all cells are told of each ligand.   ligand -> [cells, 2]; carriers are told nothing"""
        labels, place = dish.labels(), occupancy.place.reshape(dish.shape)
        foreign = _foreign(labels, dish.periodic)
        rim = (foreign > 0) & (labels > 0)
        number = np.bincount(place[rim], minlength=2 * occupancy.cells)
        out = {}
        for name in self._rows:
            beside = _foreign_sum(self.surface(name, labels), labels, dish.periodic)
            total = np.bincount(place[rim], beside[rim] / foreign[rim], minlength=2 * occupancy.cells)
            out[name] = (total / np.maximum(number, 1)).reshape(-1, 2)
            out[name][self._cells] = 0.0
        return out

    def on_lattice(self, dish: Dish, cells: NDArray[np.int64]) -> NDArray[np.float64]:
        """All ligands on the sites of carriers and beside them, as they count for the bonds of `cells`
        [molecules/um^2].   [shape of the dish]
        """
        labels = dish.labels()
        foreign = _foreign(labels, dish.periodic)
        mine = np.isin(labels, cells)
        over = mine.sum() / max(1, (mine & (foreign > 0)).sum())
        standing = np.isin(labels, self._cells)
        near = _neighbour_sum(standing.astype(float), dish.periodic)
        total = np.zeros(dish.shape)
        for name in self._rows:
            surface = self.surface(name, labels)
            beside = _neighbour_sum(surface, dish.periodic) / np.maximum(near, 1.0)
            total += over * np.where(standing, surface, beside)
        return total


def _known(name: str) -> str:
    if name not in ligands():
        raise unknown("ligand", name, ligands(), where=_HERE)
    return name


def _neighbours(values: NDArray, periodic: tuple[bool, ...]) -> Iterator[NDArray]:
    """The values on the 8 neighbours of every site, 26 in 3D; 0 beyond a wall. All must be 0 or more."""
    padded = values
    for axis, wraps in enumerate(periodic):
        width = [(int(other == axis),) * 2 for other in range(values.ndim)]
        padded = np.pad(padded, width, mode="wrap" if wraps else "constant")
    for shift in product((0, 1, 2), repeat=values.ndim):
        if any(step != 1 for step in shift):
            yield padded[tuple(slice(step, step + n) for step, n in zip(shift, values.shape))]


def _neighbour_sum(values: NDArray[np.float64], periodic: tuple[bool, ...]) -> NDArray[np.float64]:
    return sum(_neighbours(values, periodic), np.zeros(values.shape))


def _foreign_sum(
    values: NDArray[np.float64], labels: NDArray[np.int32], periodic: tuple[bool, ...]
) -> NDArray[np.float64]:
    """Sum over the neighbours of every site that belong to another."""
    pairs = zip(_neighbours(values, periodic), _neighbours(labels, periodic))
    return sum((np.where(owner != labels, value, 0.0) for value, owner in pairs), np.zeros(values.shape))


def _foreign(labels: NDArray[np.int32], periodic: tuple[bool, ...]) -> NDArray[np.int64]:
    """How many neighbours of every site belong to another, walls and what lies beyond them left out."""
    inside = _neighbours((labels >= 0).astype(np.int8), periodic)
    pairs = zip(_neighbours(labels, periodic), inside)
    return sum(((owner != labels) & (there > 0) for owner, there in pairs), np.zeros(labels.shape, np.int64))
