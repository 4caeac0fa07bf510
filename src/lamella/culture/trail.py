"""Integrins that cells leave on the matrix behind them, site by site.

A receptor in an adhesion site is held by two bonds in series, to its ligand and to the cytoskeleton. Where the second
breaks first the receptor may stay on the matrix as the rear moves on; how many do, the network says. Here they get
their place: what a cell has left since its last retreat lies on the sites behind its middle that it gives up.

A look at the culture that changes nothing in it. Over one exchange the network leaves q molecules of a heterodimer,

    left(t) = left(0) exp(-k t) + q (1 - exp(-k t))/(k t)

with k the rate at which the cell makes new ones, which takes no receptor off the matrix.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lamella.networks import Network
from lamella.solve import Population
from lamella.tissue import Dish


class Trail:
    """What the cells of one dish have left.

    .density   molecules on a um^2 of every site   [shape of the dish]
    .pending   molecules that a cell has left and not yet moved away from   [numbers of the dish]

    site       length of a site [um]
    """

    def __init__(self, network: Network, dish: Dish, population: Population, living: NDArray[np.int64], site: float):
        self._names = tuple(f"{name}_left" for name in network.cell.integrins)
        self._rates = np.array([network.parameters[f"{name}_k_replacement"].value for name in network.cell.integrins])
        self._area = site**2
        self.density = np.zeros(dish.shape)
        self.pending = np.zeros(len(dish.cells) + 1)
        self._before = np.zeros((len(self.pending), len(self._names)))
        self._labels = dish.labels()
        self.note(dish, population, living)

    def take(self, seconds: float, dish: Dish, population: Population, living: NDArray[np.int64]) -> None:
        """Take note of an exchange: networks, then dish have gone on for `seconds`.

        living   number in the dish of each row of the population
        """
        spans = self._rates * seconds
        now = population.observe(self._names)
        made = (now - self._before[living] * np.exp(-spans)) * spans / -np.expm1(-spans)
        self.pending[living] += np.maximum(made, 0.0).sum(axis=1)  # a daughter is no flow
        labels = dish.labels()
        given_up = _behind(dish, (self._labels > 0) & (labels != self._labels), self._labels)
        owner = self._labels[given_up]
        sites = np.bincount(owner, minlength=len(self.pending))
        self.density[given_up] += self.pending[owner] / (sites[owner] * self._area)
        self.pending[sites > 0] = 0.0
        self.note(dish, population, living)

    def note(self, dish: Dish, population: Population, living: NDArray[np.int64]) -> None:
        """Take the present for what there was before, as after cells have divided or died: what they left stays."""
        self._labels = dish.labels()
        more = max(int(self._labels.max(initial=0)), int(living.max(initial=0))) + 1 - len(self.pending)
        if more > 0:
            self.pending = np.append(self.pending, np.zeros(more))
            self._before = np.vstack([self._before, np.zeros((more, len(self._names)))])
        self._before[living] = population.observe(self._names)

    @property
    def total(self) -> float:
        """Molecules on the matrix, those under cells that have not moved on among them."""
        return float(self.density.sum() * self._area + self.pending.sum())

    def checkpoint(self) -> dict[str, NDArray]:
        """Everything that changes, as arrays."""
        return {"density": self.density.copy(), "pending": self.pending.copy(), "before": self._before.copy(),
                "labels": self._labels.copy()}  # fmt: skip

    def restore(self, state: Mapping[str, NDArray]) -> None:
        """Go on from a checkpoint."""
        self.density, self.pending = np.array(state["density"]), np.array(state["pending"])
        self._before, self._labels = np.array(state["before"]), np.array(state["labels"])


def _behind(dish: Dish, chosen: NDArray[np.bool_], labels: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Those of the chosen sites that lie behind the middle of the cell that had them, by its axis."""
    where, owner = np.argwhere(chosen), labels[chosen]
    away = where - dish.centroid[owner]
    for axis, (length, wraps) in enumerate(zip(dish.shape, dish.periodic)):
        if wraps:
            away[:, axis] -= length * np.round(away[:, axis] / length)
    out = np.zeros_like(chosen)
    out[tuple(where[(away * dish.axis[owner]).sum(axis=1) < 0.0].T)] = True
    return out
