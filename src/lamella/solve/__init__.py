"""Arrays forward in time: thousands of cells of one network at once, one status per cell."""

from lamella.solve.moieties import Moieties, conserved_moieties
from lamella.solve.population import Population
from lamella.solve.sensitivity import Sensitivities, sensitivities
from lamella.solve.simulation import simulate
from lamella.solve.status import Status
from lamella.solve.steady import Steady, steady_state
from lamella.solve.stochastic import StochasticPopulation
from lamella.solve.trajectory import trajectories

__all__ = [
    "Moieties",
    "Population",
    "Sensitivities",
    "Status",
    "Steady",
    "StochasticPopulation",
    "conserved_moieties",
    "sensitivities",
    "simulate",
    "steady_state",
    "trajectories",
]
