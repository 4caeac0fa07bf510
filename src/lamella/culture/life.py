"""Growth, division, death and shedding, when the networks say so. Which observables say it: life.toml."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lamella.networks import library
from lamella.solve import Population


@dataclass(frozen=True)
class Division:
    """Growth and division; see life.toml.   time: s"""

    observable: str
    above: float
    time: float
    smallest: float
    reset: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Death:
    """Death and shedding; see life.toml.   time: s; without `rest` the observable counts as it is"""

    observable: str
    above: float
    time: float
    left: float
    rest: str | None = None


@lru_cache(maxsize=1)
def life_table() -> tuple[Division, Death]:
    """What life.toml says."""
    table = library.read_toml(files("lamella.culture") / "life.toml")
    return Division(**_plain("division", table)), Death(**_plain("death", table))


def _plain(section: str, table: dict[str, Any]) -> dict[str, Any]:
    where = f"culture/life.toml [{section}]"
    return {name: library.parameter(name, row, where).value if isinstance(row, dict) and "value" in row else row
            for name, row in table[section].items()}  # fmt: skip


class Life:
    """Where the cells of a culture stand between birth and death, row by row of its population.

    names       observables of the network: what they lack does not happen
    .size       [rows] of each cell, over that of a cell just born of an average mother
    .cycling    [rows] s since a cell entered its cycle, NaN before
    .dying      [rows] s since it began to die, NaN before
    """

    def __init__(self, rows: int, division: Division | None, death: Death | None, names: frozenset[str]):
        self.division = division if division is not None and division.observable in names else None
        told = death is not None and {death.observable, death.rest or death.observable} <= names
        self.death = death if told else None
        self.size = np.ones(rows)
        self.cycling, self.dying = np.full(rows, np.nan), np.full(rows, np.nan)

    @property
    def happens(self) -> bool:
        """Whether cells can divide or die at all."""
        return self.division is not None or self.death is not None

    def advance(self, seconds: float, population: Population) -> None:
        """Let clocks run and cells grow, size and amounts alike, after the networks have been advanced by `seconds`.

        A cell that enters its cycle, or begins to die, does so at the end of the step.
        """
        self.cycling += seconds
        self.dying += seconds
        alive = np.isnan(self.dying)
        if self.death is not None:
            falls = alive & (self._told(population, self.death.observable, self.death.rest) > self.death.above)
            self.dying[falls] = 0.0
            alive &= ~falls
        if self.division is not None:
            growing = alive & (self.cycling > 0.0) & (self.cycling <= self.division.time + 0.5 * seconds)
            factor = np.where(growing, math.exp(math.log(2.0) * seconds / self.division.time), 1.0)
            if growing.any():
                amounts = np.array(population.program.model.divisible, bool)
                population.states *= np.where(amounts, factor[:, None], 1.0)
            self.size *= factor
            said = self._told(population, self.division.observable) > self.division.above
            self.cycling[alive & np.isnan(self.cycling) & said] = 0.0

    def scatter(self, population: Population, stream: np.random.Generator) -> None:
        """Ages of cells that long culture has left in cycle, as in a culture that grows: at all places of it, and twice
        as many that have just entered it as are about to divide. Sizes, and amounts with them, are 1 in the mean.

        Without this they would all enter the cycle, and divide, at one moment.
        """
        if self.division is None:
            return
        share = -np.log2(1.0 - 0.5 * stream.uniform(size=len(self.size)))
        said = self._told(population, self.division.observable) > self.division.above
        self.cycling = np.where(said, share * self.division.time, self.cycling)
        size = np.where(said, 2.0**share / (2.0 * math.log(2.0)), 1.0)
        amounts = np.array(population.program.model.divisible, bool)
        population.states *= np.where(amounts, size[:, None], 1.0)
        self.size *= size

    def _told(self, population: Population, observable: str, rest: str | None = None) -> NDArray[np.float64]:
        """An observable, or its share of itself and the rest.   [rows]"""
        values = population.observe((observable,) if rest is None else (observable, rest))
        return values[:, 0] if rest is None else values[:, 0] / np.maximum(values.sum(axis=1), 1e-12)

    def ready(self, area_share: NDArray[np.float64]) -> NDArray[np.int64]:
        """Rows that divide now.   area_share [rows]: area on the lattice over that at rest"""
        if self.division is None:
            return np.zeros(0, np.int64)
        old = (self.cycling >= self.division.time - 1e-6) & np.isnan(self.dying)
        return np.flatnonzero(old & (area_share >= self.division.smallest))

    def shed(self) -> NDArray[np.int64]:
        """Rows that are shed now."""
        return np.zeros(0, np.int64) if self.death is None else np.flatnonzero(self.dying >= self.death.time)

    def shrunken(self) -> NDArray[np.float64]:
        """Share of its area that each cell still wants: 1 for the living, less for the dying.   [rows]"""
        if self.death is None:
            return np.ones_like(self.size)
        gone = np.clip(np.nan_to_num(self.dying, nan=0.0) / self.death.time, 0.0, 1.0)
        return 1.0 - (1.0 - self.death.left) * gone

    def divided(self, row: int, population: Population, new: int) -> None:
        """A cell has divided; both daughters begin again, with half of its size."""
        self.size[row] *= 0.5
        self.size = np.append(self.size, self.size[row])
        self.cycling[row] = np.nan
        self.cycling, self.dying = np.append(self.cycling, np.nan), np.append(self.dying, np.nan)
        if self.division is not None:
            known = population.program.species
            for name, into in self.division.reset.items():
                if name not in known:
                    continue
                column = population.index(name)
                if into:
                    population.states[[row, new], population.index(into)] += population.states[[row, new], column]
                population.states[[row, new], column] = 0.0

    def removed(self, row: int) -> None:
        """A cell is gone."""
        self.size = np.delete(self.size, row)
        self.cycling, self.dying = np.delete(self.cycling, row), np.delete(self.dying, row)

    def checkpoint(self) -> dict[str, NDArray]:
        """Everything, as arrays."""
        return {"size": self.size.copy(), "cycling": self.cycling.copy(), "dying": self.dying.copy()}

    def restore(self, state: Mapping[str, NDArray]) -> None:
        """Go on from a checkpoint."""
        self.size, self.cycling = np.array(state["size"]), np.array(state["cycling"])
        self.dying = np.array(state["dying"])
