"""States at which nothing changes any more, reached by following the network there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lamella.reactions import Program
from lamella.solve.population import Population


class Steady(NamedTuple):
    """What `steady_state` found.

    states   [cells, species]
    settled  [cells] whether the state is steady;   time [cells] how long that took (s)
    status   [cells] of the solver
    """

    states: np.ndarray
    settled: np.ndarray
    time: np.ndarray
    status: np.ndarray


def steady_state(
    program: Program,
    parameters: np.ndarray,
    *,
    tolerance: float = 1e-4,
    first: float = 60.0,
    longest: float = 1e8,
    **options,
) -> Steady:
    """Advance each cell, by spans that grow threefold, until a whole further span could hardly change it.

    parameters  [cells, parameters] or [parameters]
    tolerance   steady means |dy/dt| * span <= tolerance * |y|, or below the absolute tolerance
    first       first span (s);   longest  give up after this time (s); an oscillation never settles
    options     of `Population`
    """
    population = Population(program, np.atleast_2d(parameters), **options)
    settled = np.zeros(population.cells, bool)
    states = population.states.copy()
    time = np.zeros(population.cells)
    span = first
    while not settled.all() and span <= longest:
        population.advance(span)
        slope = program.derivative(population.states, population.parameters, population.time)
        small = tolerance * np.abs(population.states) + population.atol
        rest = (np.abs(slope) * span <= small).all(axis=1) & (population.status == 0)
        fresh = rest & ~settled
        states[~settled] = population.states[~settled]
        time[~settled] = population.time[~settled]
        settled |= fresh
        span *= 3.0
    return Steady(states, settled, time, population.status)
