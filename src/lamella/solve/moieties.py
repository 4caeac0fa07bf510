"""What the reactions of a network conserve: exact linear laws, from its stoichiometry."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from lamella.reactions import Program

Row = dict[int, Fraction]


class Moieties(NamedTuple):
    """Sums of amounts that no reaction changes.

    laws       [laws, species] whole numbers: how much of each amount counts
    dependent  [laws] a species of each law that stands in no other one
    volumes    [species] column of the parameter that makes an amount of a state that is a concentration, or -1
    """

    laws: np.ndarray
    dependent: np.ndarray
    volumes: np.ndarray

    def weights(self, parameters: np.ndarray) -> np.ndarray:
        """[cells, laws, species] how much of each state counts; parameters [cells, parameters]."""
        sizes = np.where(self.volumes >= 0, parameters[:, self.volumes], 1.0)
        return self.laws[None] * sizes[:, None, :]

    def totals(self, states: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        """[cells, laws] what is conserved (substance); states [cells, species], parameters [cells, parameters]."""
        return np.einsum("cls,cs->cl", self.weights(parameters), states)


def conserved_moieties(program: Program) -> Moieties:
    """A basis of the laws of conservation, found in exact arithmetic.

    A state that changes otherwise than by reactions (rate rules, stoichiometries that are no numbers) is in none; one
    that nothing changes is a law of its own. Events may break any.
    """
    pivots: dict[int, tuple[Row, Row]] = {}
    laws, dependent = [], []
    for i in range(len(program.species)):
        row, made_of = _changes_of(program, i), {i: Fraction(1)}
        while row:
            column = min(row)
            if column not in pivots:
                pivots[column] = (row, made_of)
                break
            pivot, origin = pivots[column]
            factor = row[column] / pivot[column]
            row, made_of = _minus(row, factor, pivot), _minus(made_of, factor, origin)
        else:
            laws.append(_whole(made_of, len(program.species)))
            dependent.append(i)
    columns = {s: program.parameter(c) for c, inside in program.model.compartments.items() for s in inside}
    return Moieties(
        np.array(laws).reshape(len(laws), len(program.species)),
        np.array(dependent, dtype=np.int64),
        np.array([columns.get(name, -1) for name in program.species], dtype=np.int64),
    )


def changes_by_reactions_only(program: Program, state: int) -> bool:
    """Whether the time derivative of a state is that of whole reactions, with numbers as stoichiometries."""
    graph, model = program.graph, program.model
    name, numbers = program.species[state], model.stoichiometry[state]
    factor = graph.const(1.0)
    for compartment, inside in model.compartments.items():
        if name in inside:
            factor = graph.div(factor, program.node(compartment))
    plain = [(amount, graph.mul(factor, program.node(program.reactions[j]))) for j, amount in numbers.items()]
    whole = not any(math.isnan(amount) for amount in numbers.values())
    return whole and sorted(program.balance[state]) == sorted(plain)


def _changes_of(program: Program, state: int) -> Row:
    """Reaction -> net change in the amount of a state; a column of its own for what else changes it."""
    if not changes_by_reactions_only(program, state):
        return {len(program.reactions) + state: Fraction(1)}
    return {j: Fraction(amount) for j, amount in program.model.stoichiometry[state].items() if amount}


def _minus(row: Row, factor: Fraction, other: Row) -> Row:
    result = dict(row)
    for key, value in other.items():
        left = result.pop(key, Fraction(0)) - factor * value
        if left:
            result[key] = left
    return result


def _whole(row: Row, width: int) -> list[float]:
    """The smallest whole multiple of a law, most of it positive."""
    scale = Fraction(math.lcm(*(value.denominator for value in row.values())))
    shared = math.gcd(*(int(value * scale) for value in row.values()))
    scale *= Fraction(1 if sum(row.values()) >= 0 else -1, shared)
    return [float(row.get(k, 0) * scale) for k in range(width)]
