"""Cells in their cycle where there is no dish: in S phase or not, and just divided (what counts: culture/life.toml)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lamella.culture import life_table
from lamella.solve import Population


def in_s_phase(population: Population) -> NDArray[np.bool_]:
    """Which cells replicate.   [cells]"""
    division = life_table()[0]
    return population.observe((division.observable,))[:, 0] > division.above


def as_just_divided(population: Population, rows: NDArray[np.int64] | slice = slice(None)) -> None:
    """Bring cells to the beginning of a cycle, as a division does."""
    for name, into in life_table()[0].reset.items():
        column = population.index(name)
        if into:
            population.states[rows, population.index(into)] += population.states[rows, column]
        population.states[rows, column] = 0.0
    population.refresh()
