"""Numbers that were placed by the range of an amount, in the members of an ensemble.

Where only the sign of an arrow is known, its half-saturation was put inside the range of its input (the notes of the
tables say so: "inside the range of active Erk"). What is assumed is then where in that range it lies. In a member whose
other numbers are wrong the range is another one, and whoever had built that member would have put the half-saturation
there: it moves with the input, as it is in the reference culture (reference_culture.toml), and its own factor comes on
top. Otherwise an error upstream would leave every arrow below it always on or always off, which no cell is.

Inputs depend on half-saturations in turn, so that both are found in rounds; where feedback makes them chase one
another, as in a member in twenty, the last round stands. An input that the reference culture does not have moves
nothing.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lamella.culture import Draw, constants, drawn_parameters, grown, idealised_inputs, program
from lamella.networks import Perturbations, assemble, resolve
from lamella.networks.library import Parameter
from lamella.solve import Status
from lamella.verdicts.draws import SPREAD, instances, is_share, of_share, own_factors

ROUNDS = 16
"""After which the levels of a cascade no longer move: a round settles at least one step of it."""

WIDEST = 1e3
"""No number moves by more than this, either way."""


@lru_cache(maxsize=1)
def reference_culture() -> dict[str, Any]:
    """The culture by which ranges are meant: cell, matrix, medium, and what is off so that its cells cannot die."""
    return tomllib.loads((files("lamella.verdicts") / "reference_culture.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def range_factors(members: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Name in the tables -> factor by which it moves with its input, in every member.   [members]"""
    table = reference_culture()
    cell = table["cell"]
    network = assemble(cell)
    placed = {name: row for name, row in network.parameters.items() if row.range_of and row.grade in SPREAD}
    template = instances(cell)
    drawn = own_factors(cell, network.parameters, members, seed)
    treatment = resolve(network, Perturbations(), table["matrix"], table["medium"], "reference culture")
    read = tuple(dict.fromkeys(name for row in placed.values() for name in row.range_of))
    column = {name: i for i, name in enumerate(program(cell).parameters)}
    exchange = constants().changed(variation__cv=0.0)
    draw = Draw(seed, 0, 1, without=tuple(table["without"]))
    one = drawn_parameters(network, treatment, draw, exchange)

    def levels(moved: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Amounts in the culture with the library's numbers, and in every member.   [1 + members, read]"""
        parameters = np.repeat(one, 1 + members, axis=0)
        for name in drawn.keys() & column.keys() - treatment.chronic.keys():
            factor = drawn[name] * moved.get(name, 1.0)
            row = network.parameters[name]
            parameters[1:, column[name]] *= of_share(row.value, factor) if is_share(name, row) else factor
        cells = grown(network, treatment, parameters, constants(), idealised_inputs(network, treatment))
        found = cells.observe(read)
        found[cells.status != Status.OK] = np.nan
        return found

    moved = {name: np.ones(members) for name in placed}
    for _ in range(ROUNDS):
        found = dict(zip(read, levels(moved).T))
        moved = {name: np.sqrt(moved[name] * with_input(row, found)) for name, row in placed.items()}
    return {template[name][1] if name in template else name: factor for name, factor in moved.items()}


def with_input(row: Parameter, found: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Factor of one number: that of its input, or one over it for a rate per molecule of input.   [members]"""
    amount = np.sum([found[name] for name in row.range_of], axis=0)
    if not amount[0] > 0.0:
        return np.ones(len(amount) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(amount[1:] <= 0.0, 1.0 / WIDEST, amount[1:] / amount[0])
    factor = np.clip(np.where(np.isfinite(factor), factor, 1.0), 1.0 / WIDEST, WIDEST)
    return 1.0 / factor if "/molecules" in row.unit or "molecules*s" in row.unit else factor
