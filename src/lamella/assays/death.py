"""Which cells are dead: those in which caspase-3 has cut more than half of PARP."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lamella.errors import SolverError
from lamella.solve import Population

_SUBSTRATE = ("PARP1", "PARP1_cleaved")
LIMIT = 0.5
"""Cut share of PARP above which a cell counts as dead. What is cut is not joined again, only made anew over days."""


def cut_shares(population: Population) -> NDArray[np.float64]:
    """Share of PARP that is cut, in every cell; 0 in a cell without PARP, NaN in one that failed.   [cells]"""
    whole, cut = population.observe(_SUBSTRATE).T
    return np.where(population.status == 0, cut / np.maximum(whole + cut, 1e-12), np.nan)


def cut_share(population: Population, where: str | None = None) -> NDArray[np.float64]:
    """The same where every cell must have been advanced.

    raises  SolverError: a cell that could not be advanced
    """
    bad = np.flatnonzero(population.status != 0)
    if bad.size:
        raise SolverError(f"the network of cell {bad[0] + 1} could not be advanced", where=where)
    return cut_shares(population)
