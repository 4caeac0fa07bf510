"""An ensemble of parameters: how far the numbers of the library may be wrong, by their grades.

A member multiplies every number by a log-normal factor (`draws`). A share between 0 and 1 has its odds multiplied, so
that it stays one. A number that was placed by the range of an amount moves with that range (`ranges`), and its own
factor says where in it the number lies. What is 0 or 1 by construction, the numerical scheme and the clock do not vary.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from lamella.assays.t_interval import LEVEL
from lamella.culture import constants
from lamella.networks import assemble
from lamella.networks.library import Parameter
from lamella.verdicts.draws import SPREAD, instances, is_share, of_share, own_factors
from lamella.verdicts.ranges import range_factors

__all__ = ["SPREAD", "binomial_interval", "factors"]

_SCHEME = ("scale.", "clock.", "shape.focus")
"""Constants that say how a dish is computed, or what the protocol is, and nothing about a cell."""



def factors(cell: str, members: int, seed: int, *, exchange: bool = False,
            ranges: bool = True, width: float = 1.0) -> dict[str, NDArray[np.float64]]:
    """Parameter -> its factor in every member.   [members]

    exchange   also the constants of the exchange between cell and dish, as 'section.name'
    ranges     whether numbers that were placed by the range of an amount move with it
    width      of all spreads, over those that the grades say

    A number has the same factor wherever it is used: in all integrins that share a law, in all cell lines. Protein
    levels are numbers of one cell line.
    """
    rows: dict[str, Parameter] = dict(assemble(cell).parameters)
    if exchange:
        rows |= {name: constants().row(name) for name in constants() if not name.startswith(_SCHEME)}
    drawn = own_factors(cell, rows, members, seed)
    moved = range_factors(members, seed) if ranges else {}
    template = instances(cell)
    found = {}
    for name, row in rows.items():
        if row.grade in SPREAD:
            key = template[name][1] if name in template else name
            factor = (drawn[name] * moved.get(key, 1.0)) ** width
            found[name] = of_share(row.value, factor) if is_share(name, row) else factor
    return found


def binomial_interval(successes: int, trials: int, level: float = LEVEL) -> tuple[float, float]:
    """Interval of a share (Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404); 0 to 1 without trials."""
    tail = 0.5 * (1.0 - level)
    low = 0.0 if successes == 0 else float(betaincinv(successes, trials - successes + 1, tail))
    high = 1.0 if successes == trials else float(betaincinv(successes + 1, trials - successes, 1.0 - tail))
    return low, high
