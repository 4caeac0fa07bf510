"""What every number of a network is multiplied with in the members of an ensemble, by its grade.

Log-normal factors: standard deviation 0.2 of the logarithm for what was measured, ln 2 for what was fitted, ln 3 for
what is known to an order of magnitude or assumed. A number that is known as a multiple of others (`multiple_of` in its
row: the rate of a kinase by the amount that keeps half of its substrate, of a ligase by its share of a loss) moves with
these, and its own factor is that of the multiple.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from math import log

import numpy as np
from numpy.typing import NDArray

from lamella.errors import ModelError
from lamella.networks import assemble
from lamella.networks.library import Parameter, module, module_names
from lamella.random import generator

_ONE_MINUS = re.compile(r"\b1 ?- ?([A-Za-z_]\w*)")

SPREAD = {"measured": 0.2, "fitted": log(2.0), "order": log(3.0), "assumed": log(3.0)}
"""Standard deviation of the logarithm of a factor, by grade."""

_SHARES = ("_floor", "_share", "_available", "_cytosolic", ".contact_gain", ".rear_focus", ".cdc42_focus", ".shared",
           ".polarised", ".bind_floor", ".traction_floor")
"""Endings of the names of numbers that are shares; so is what a law subtracts from 1."""


def own_factors(cell: str, rows: Mapping[str, Parameter], members: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Parameter -> its factor in every member, before ranges and shares.   [members]; 1 for what does not vary"""
    template = instances(cell)
    drawn: dict[str, NDArray[np.float64]] = {}

    def factor(name: str, on_the_way: tuple[str, ...] = ()) -> NDArray[np.float64]:
        row = rows.get(name)
        if name in on_the_way or row is None:
            raise ModelError(f"'{on_the_way[-1]}' is a multiple of '{name}'", where="multiple_of",
                             why="There is no such number." if row is None else "It is one of that in turn.",
                             remedy="Name a parameter of the same network that stands on its own.")
        if name not in drawn:
            heterodimer, key = template.get(name, ("", name))
            found = np.ones(members)
            if row.grade in SPREAD:
                stream = f"{cell} {name}" if name.endswith("_copies") else f"integrin {key}" if heterodimer else name
                found = np.exp(SPREAD[row.grade] * generator(seed, "ensemble", stream).standard_normal(members))
            for other in row.multiple_of:
                found = found * factor(f"{heterodimer}_{other}" if heterodimer else other, (*on_the_way, name))
            drawn[name] = found
        return drawn[name]

    return {name: factor(name) for name in rows}


def instances(cell: str) -> dict[str, tuple[str, str]]:
    """Flattened name of a number of the integrins' template -> (heterodimer, its name in the template)."""
    return {f"{heterodimer}_{key}": (heterodimer, key) for heterodimer in assemble(cell).cell.integrins
            for key in module("integrin").parameters}


def is_share(name: str, row: Parameter) -> bool:
    """Whether a number is a share, 0 to 1, and has to stay one."""
    share = name.endswith(_SHARES) or name in _complements()
    return row.unit == "1" and 0.0 <= row.value <= 1.0 and share


@cache
def _complements() -> frozenset[str]:
    """Names that a law of the library subtracts from 1: beyond 1 they would turn a synthesis into a loss."""
    return frozenset(name for one in module_names() for name in _ONE_MINUS.findall(module(one).body))


def of_share(value: float, factor: NDArray[np.float64]) -> NDArray[np.float64]:
    """The factor on a share that multiplies its odds by `factor`; a share that is all stays all."""
    return factor / (1.0 - value + value * factor)
