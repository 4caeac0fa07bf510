"""Cells taken off the dish they have grown on: what affinity, avidity and adhesion start with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lamella.assays.preparation import draw, numbers, treated
from lamella.assays.protocol import Setting
from lamella.culture import Constants, advance_treated, grown_population, idealised_inputs, tell
from lamella.errors import InputError, SolverError, unknown
from lamella.networks import Network, Treatment
from lamella.solve import Population

_HALVES = ("front", "rear")


@dataclass
class Detached:
    """Cells in suspension at time 0.

    told       what a cell is told off the matrix (True) or on it (False)
    constants  of the exchange, as the arm has them
    """

    network: Network
    treatment: Treatment
    population: Population
    told: Callable[[bool], Mapping[str, float]]
    arm: str
    constants: Constants
    seconds: float = 0.0

    def put(self, off: bool) -> None:
        """Put the cells off the matrix or on it, from now on."""
        tell(self.population, self.told(off))

    def advance(self, seconds: float) -> None:
        """Advance by `seconds`.   raises SolverError: a cell that could not be advanced"""
        advance_treated(self.population, self.treatment, self.seconds, seconds)
        self.seconds += seconds
        bad = np.flatnonzero(self.population.status != 0)
        if bad.size:
            raise SolverError(f"the network of cell {bad[0] + 1} could not be advanced", where=f"arms.{self.arm}")

    def free_share(self, integrin: str) -> float:
        """Share of the receptors that no blocking antibody holds now."""
        key = f"{integrin}_unblocked"
        value = self.treatment.acute.get(key, 1.0)
        for change in self.treatment.changes:
            if change.time <= self.seconds:
                value = change.values.get(key, value)
        return value

    def receptors(self, integrin: str, *forms: str) -> NDArray[np.float64]:
        """Receptors of a heterodimer in some forms: low, high, bound, clustered.   [cells]"""
        names = tuple(f"{integrin}_{form}_{half}" for form in forms for half in _HALVES)
        return self.population.observe(names).sum(axis=1)

    def all_receptors(self, *forms: str) -> NDArray[np.float64]:
        """The same over all heterodimers.   [cells]"""
        return sum((self.receptors(i, *forms) for i in self.network.cell.integrins), np.zeros(self.population.cells))


def detached(setting: Setting, cells: int, rest: float) -> Detached:
    """Cells that have grown on the arm's matrix, were detached and have rested in suspension with the arm's drugs.

    rest     seconds in suspension before time 0
    raises   InputError: the arm takes cells off the matrix by itself
    """
    network, treatment = treated(setting)
    if any(change.suspended is not None for change in treatment.changes):
        raise InputError("the protocol of this assay says when cells are suspended", where=f"arms.{setting.arm}",
                         remedy="Drop 'suspended' from the arm, or write true for cells that have grown in suspension.")
    told = lambda off: idealised_inputs(
        network, treatment, front_equals_rear=setting.front_equals_rear, suspended=off)
    exchange = numbers(setting)
    population = grown_population(network, treatment, draw(setting, cells), exchange, told(treatment.suspended))
    made = Detached(network, treatment, population, told, setting.arm, exchange, -rest)
    made.put(True)
    if rest > 0.0:
        made.advance(rest)
    made.seconds = 0.0
    return made


def chosen_integrins(network: Network, wanted: str | None, where: str) -> tuple[str, ...]:
    """The heterodimers that an assay looks at: one, or all of the line.   raises InputError"""
    if wanted is None:
        return tuple(network.cell.integrins)
    if wanted not in network.cell.integrins:
        raise unknown(f"integrin of {network.cell.name}", wanted, network.cell.integrins, where)
    return (wanted,)
