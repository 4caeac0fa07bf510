"""An ensemble of parameters: how far the numbers of the library may be wrong, by their grades.

A member multiplies every number by a log-normal factor: standard deviation 0.2 of the logarithm for what was measured,
ln 2 for what was fitted, ln 3 for what is known to an order of magnitude or assumed. A share between 0 and 1 has its
odds multiplied, so that it stays one. What is 0 or 1 by construction, the numerical scheme and the clock do not vary.

A number that is known as a multiple of others (`multiple_of` in its row: the rate of a kinase by the amount that keeps
half of its substrate, of a ligase by its share of a loss) moves with these, and its own factor is that of the multiple.
"""

from __future__ import annotations

import re
from functools import cache
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from lamella.culture import constants
from lamella.errors import ModelError
from lamella.networks import assemble
from lamella.networks.library import Parameter, module, module_names
from lamella.random import generator
from lamella.verdicts.effect import LEVEL

_ONE_MINUS = re.compile(r"\b1 ?- ?([A-Za-z_]\w*)")

SPREAD = {"measured": 0.2, "fitted": log(2.0), "order": log(3.0), "assumed": log(3.0)}
"""Standard deviation of the logarithm of a factor, by grade."""

_SCHEME = ("scale.", "clock.", "shape.focus")
"""Constants that say how a dish is computed, or what the protocol is, and nothing about a cell."""

_SHARES = ("_floor", "_share", "_available", "_cytosolic", ".contact_gain", ".rear_focus", ".cdc42_focus", ".shared",
           ".bind_floor", ".traction_floor")
"""Endings of the names of numbers that are shares; so is what a law subtracts from 1."""


def factors(cell: str, members: int, seed: int, *, exchange: bool = False) -> dict[str, NDArray[np.float64]]:
    """Parameter -> its factor in every member.   [members]

    exchange   also the constants of the exchange between cell and dish, as 'section.name'

    A number has the same factor wherever it is used: in all integrins that share a law, in all cell lines. Protein
    levels are numbers of one cell line.
    """
    network = assemble(cell)
    rows: dict[str, Parameter] = dict(network.parameters)
    if exchange:
        rows |= {name: constants().row(name) for name in constants() if not name.startswith(_SCHEME)}
    instances = {f"{heterodimer}_{key}": (heterodimer, key) for heterodimer in network.cell.integrins
                 for key in module("integrin").parameters}
    drawn: dict[str, NDArray[np.float64]] = {}

    def factor(name: str, on_the_way: tuple[str, ...] = ()) -> NDArray[np.float64]:
        """Of the number before it is kept a share; 1 for what does not vary."""
        row = rows.get(name)
        if name in on_the_way or row is None:
            raise ModelError(f"'{on_the_way[-1]}' is a multiple of '{name}'", where="multiple_of",
                             why="There is no such number." if row is None else "It is one of that in turn.",
                             remedy="Name a parameter of the same network that stands on its own.")
        if name not in drawn:
            heterodimer, key = instances.get(name, ("", name))
            found = np.ones(members)
            if row.grade in SPREAD:
                stream = f"{cell} {name}" if name.endswith("_copies") else f"integrin {key}" if heterodimer else name
                found = np.exp(SPREAD[row.grade] * generator(seed, "ensemble", stream).standard_normal(members))
            for other in row.multiple_of:
                found = found * factor(f"{heterodimer}_{other}" if heterodimer else other, (*on_the_way, name))
            drawn[name] = found
        return drawn[name]

    return {name: _of_share(row.value, factor(name)) if _is_share(name, row) else factor(name)
            for name, row in rows.items() if row.grade in SPREAD}


def _is_share(name: str, row: Parameter) -> bool:
    share = name.endswith(_SHARES) or name in _complements()
    return row.unit == "1" and 0.0 < row.value < 1.0 and share


@cache
def _complements() -> frozenset[str]:
    """Names that a law of the library subtracts from 1: beyond 1 they would turn a synthesis into a loss."""
    return frozenset(name for one in module_names() for name in _ONE_MINUS.findall(module(one).body))


def _of_share(value: float, factor: NDArray[np.float64]) -> NDArray[np.float64]:
    """The factor on a share that multiplies its odds by `factor`."""
    odds = value / (1.0 - value) * factor
    return odds / (1.0 + odds) / value


def binomial_interval(successes: int, trials: int, level: float = LEVEL) -> tuple[float, float]:
    """Interval of a share (Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404); 0 to 1 without trials."""
    tail = 0.5 * (1.0 - level)
    low = 0.0 if successes == 0 else float(betaincinv(successes, trials - successes + 1, tail))
    high = 1.0 if successes == trials else float(betaincinv(successes + 1, trials - successes, 1.0 - tail))
    return low, high
