"""A well: cells of one arm without a dish, read at times of their treatment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamella.assays.preparation import draw, numbers, treated
from lamella.assays.protocol import Progress, Setting
from lamella.culture import advance_treated, grown_population, idealised_inputs
from lamella.errors import SolverError
from lamella.networks import Network, Treatment
from lamella.solve import Population


class Well(NamedTuple):
    """Cells that have grown under the arm's genetics and the medium; its drugs go in at time 0.

    dishes several lie one after the other in the population, with as many cells each
    told   whether the cells are off the matrix, or None: as the treatment begins -> what an idealised cell is told
    """

    network: Network
    treatment: Treatment
    population: Population
    told: Callable[[bool | None], dict[str, float]]
    where: str
    dishes: int = 1

    def follow(
        self, times: NDArray[np.float64], read: Callable[[Population], NDArray[np.float64]], progress: Progress
    ) -> NDArray[np.float64]:
        """What is read of the cells at each time, ascending from 0 s.   [times, ...]

        raises  SolverError: a cell that could not be advanced
        """
        rows = [read(self.population)]
        for i, span in enumerate(np.diff(times)):
            advance_treated(self.population, self.treatment, times[i], span, self.told)
            bad = np.flatnonzero(self.population.status != 0)
            if bad.size:
                raise SolverError(f"the network of cell {bad[0] + 1} could not be advanced", where=self.where)
            rows.append(read(self.population))
            progress((i + 1) / (len(times) - 1))
        return np.array(rows)


def telling(setting: Setting, network: Network, treatment: Treatment) -> Callable[[bool | None], dict[str, float]]:
    """What an idealised cell of a setting is told; see `Well.told`."""
    return lambda off: idealised_inputs(network, treatment, front_equals_rear=setting.front_equals_rear, suspended=off)


def well(setting: Setting, cells: int, *others: Setting) -> Well:
    """The well of one arm and replicate.

    others   settings that differ from the first in nothing but the replicate, the reactions that are deleted and the
             factors on numbers of the network: their wells lie beside it
    """
    network, treatment = treated(setting, touched=True)
    draws, told = [draw(one, cells) for one in (setting, *others)], telling(setting, network, treatment)
    population = grown_population(network, treatment, draws, numbers(setting), told(None))
    return Well(network, treatment, population, told, f"arms.{setting.arm}", len(draws))


def split(values: NDArray[Any], dishes: int, axis: int = 0) -> list[NDArray[Any]]:
    """Values of the cells of several dishes, dish by dish.   axis: that of the cells"""
    return np.split(values, dishes, axis=axis)


def means_of(names: tuple[str, ...], dishes: int) -> Callable[[Population], NDArray[np.float64]]:
    """Reads the mean over the cells of every dish.   [dishes, names]"""

    def read(population: Population) -> NDArray[np.float64]:
        return np.array([part.mean(axis=0) for part in split(population.observe(names), dishes)])

    return read
