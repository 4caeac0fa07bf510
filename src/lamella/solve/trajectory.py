"""Time courses of a whole population."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lamella.errors import InputError
from lamella.reactions import Program
from lamella.solve.population import Population


def trajectories(
    program: Program, parameters: np.ndarray, times: Sequence[float] | np.ndarray, **options
) -> tuple[np.ndarray, np.ndarray]:
    """States of every cell at asked times.

    parameters  [cells, parameters] or [parameters] for a single cell
    times       [times] ascending (s); the network starts at 0
    options     of `Population`
    returns     states [times, cells, species], NaN from where a cell failed on, and status [cells]
    errors      InputError for times that are negative or not ascending
    """
    times = np.asarray(times, dtype=float)
    if times.ndim != 1 or not np.isfinite(times).all() or (times < 0).any() or (np.diff(times) <= 0).any():
        raise InputError("times must be finite, not negative, and ascending")
    population = Population(program, np.atleast_2d(parameters), **options)
    out = np.empty((len(times), *population.states.shape))
    if not program.events:
        later = times > 0
        out[~later] = population.states
        if later.any():
            out[later] = population.record(times[later])
        return out, population.status
    now = 0.0
    for k, time in enumerate(times):
        if time > now:
            population.advance(time - now)
            now = time
        out[k] = population.states
        out[k, population.status != 0] = np.nan
    return out, population.status
