"""States at which nothing changes any more: the network is followed there, then Newton's method makes them exact."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lamella.reactions import Program
from lamella.solve.moieties import Moieties, conserved_moieties
from lamella.solve.population import Population
from lamella.solve.status import Status

_MOST_STEPS = 20_000
"""Of one span: what settles needs hundreds; an oscillation is given up early."""
_ITERATIONS = 20
_ROUNDING = 1e-11
"""Relative change of the last iteration of Newton's method."""
_NEAR = 0.02
"""Relative distance from the end of the trajectory within which a root is taken for the state it was settling to."""
_BLOCK = 1 << 22
"""Entries of the matrices that are factorised at once."""


class Steady(NamedTuple):
    """What `steady_state` found.

    states    [cells, species]
    settled   [cells] whether the trajectory came to rest;   time [cells] how long it was followed (s)
    status    [cells] of the solver
    exact     [cells] whether the state is an isolated root of the rates, to rounding; else it is the end of the
              trajectory
    growth    [cells] largest real part of the eigenvalues of the Jacobian on what the moieties leave free (1/s): below
              0 the state is stable; NaN where the cell has not settled
    """

    states: np.ndarray
    settled: np.ndarray
    time: np.ndarray
    status: np.ndarray
    exact: np.ndarray
    growth: np.ndarray


def steady_state(
    program: Program,
    parameters: np.ndarray,
    *,
    tolerance: float = 1e-4,
    first: float = 60.0,
    longest: float = 1e8,
    stability: bool = True,
    **options,
) -> Steady:
    """Advance each cell, by spans that grow threefold, until a whole further span could hardly change it; then refine.

    A cell stays in the basin of attraction that it starts in, and keeps its conserved moieties: Newton's method starts
    at the end of the trajectory, and a root that is farther away than the trajectory's own uncertainty, or that has
    negative amounts, is not taken. Nor is there any where rates depend on time.

    parameters  [cells, parameters] or [parameters]
    tolerance   at rest means |dy/dt| * span <= tolerance * |y|, or below the absolute tolerance
    first       first span (s);   longest  longest span (s); an oscillation never settles
    stability   find `growth` (the cost is that of the eigenvalues of one dense matrix per cell)
    options     of `Population`
    """
    population = Population(program, np.atleast_2d(parameters), **{"most_steps": _MOST_STEPS, **options})
    settled = np.zeros(population.cells, bool)
    states, time = population.states.copy(), np.zeros(population.cells)
    span = first
    while span <= longest and (~settled & (population.status == Status.OK)).any():
        population.advance(span)
        slope = program.derivative(population.states, population.parameters, population.time)
        small = tolerance * np.abs(population.states) + population.atol
        rest = (np.abs(slope) * span <= small).all(axis=1) & (population.status == Status.OK)
        states[~settled] = population.states[~settled]
        time[~settled] = population.time[~settled]
        settled |= rest
        span *= 3.0
    exact, growth = np.zeros(population.cells, bool), np.full(population.cells, np.nan)
    moieties = conserved_moieties(program)
    block = max(1, _BLOCK // max(states.shape[1], 1) ** 2)
    resting = np.flatnonzero(settled)
    for begin in range(0, len(resting), block):
        cells = resting[begin : begin + block]
        place = (population.parameters[cells], time[cells])
        if not program.lowered.timed:
            states[cells], exact[cells] = _refined(program, moieties, states[cells], *place, population.atol)
        if stability:
            growth[cells] = _growth(program, moieties, states[cells], *place)
    return Steady(states, settled, time, population.status, exact, growth)


def _refined(
    program: Program, moieties: Moieties, start: np.ndarray, parameters: np.ndarray, time: np.ndarray, atol: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Roots of the rates with the moieties of `start`, and for which cells they were found; elsewhere `start`.

    start [cells, species], parameters [cells, parameters], time [cells] (s), atol [species]
    """
    weights, totals = moieties.weights(parameters), moieties.totals(start, parameters)
    states, found, small = start.copy(), np.zeros(len(start), bool), np.zeros(len(start), bool)
    going = np.arange(len(start))
    for _ in range(_ITERATIONS):
        here, at = states[going], parameters[going]
        matrix = program.jacobian(here, at, time[going])
        right = program.derivative(here, at, time[going])
        matrix[:, moieties.dependent] = weights[going]
        right[:, moieties.dependent] = np.einsum("cls,cs->cl", weights[going], here) - totals[going]
        step = _solved(matrix, right)
        states[going] = here - step
        # twice in a row, so that the matrix at the root itself is regular and the root stands alone
        still = (np.abs(step) <= _ROUNDING * np.abs(here) + 1e-6 * atol).all(axis=1)
        done = still & small[going]
        small[going], found[going[done]] = still, True
        lost = ~np.isfinite(step).all(axis=1)
        going = going[~done & ~lost]
        if not len(going):
            break
    counted = np.array([name in program.amounts for name in program.species], bool)
    near = _NEAR * np.abs(start) + 100 * atol
    negative = counted & (states < 0)
    found &= (np.abs(states - start) <= near).all(axis=1) & ~(negative & (states < -1e-3 * atol)).any(axis=1)
    return np.where(found[:, None], np.where(negative, 0.0, states), start), found


def _solved(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """[cells, n] solutions of a system [cells, n, n] per cell; NaN where it is singular."""
    finite = np.isfinite(matrix).all(axis=(1, 2)) & np.isfinite(right).all(axis=1)
    solution = np.full_like(right, np.nan)
    try:
        solution[finite] = np.linalg.solve(matrix[finite], right[finite][..., None])[..., 0]
    except np.linalg.LinAlgError:
        for cell in np.flatnonzero(finite):
            try:
                solution[cell] = np.linalg.solve(matrix[cell], right[cell])
            except np.linalg.LinAlgError:
                continue
    return solution


def _growth(
    program: Program, moieties: Moieties, states: np.ndarray, parameters: np.ndarray, time: np.ndarray
) -> np.ndarray:
    """[cells] largest real part of the eigenvalues of the Jacobian, with dependent species eliminated by their laws."""
    matrix = program.jacobian(states, parameters, time)
    free = np.setdiff1d(np.arange(states.shape[1]), moieties.dependent)
    if not len(free):
        return np.full(len(states), -np.inf)
    weights = moieties.weights(parameters)
    own = weights[:, np.arange(len(moieties.dependent)), moieties.dependent]
    slopes = -weights[:, :, free] / own[..., None]
    reduced = matrix[:, free[:, None], free] + matrix[:, free[:, None], moieties.dependent] @ slopes
    finite = np.isfinite(reduced).all(axis=(1, 2))
    growth = np.full(len(states), np.nan)
    growth[finite] = np.linalg.eigvals(reduced[finite]).real.max(axis=1)
    return growth
