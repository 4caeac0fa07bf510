"""The order of a rate: the relative change of the rate over that of what it depends on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lamella.reactions import Program
from lamella.reactions.differentiate import derivatives
from lamella.reactions.graph import CONST, PARAMETER, STATE, Graph


class Orders(NamedTuple):
    """How strongly rates depend on species, for the choice of leaps.

    fixed    [species] the highest order of a rate law that is a product of powers and holds the species, or 0
    nodes    the present order of each of the other rates, as nodes of the program
    first    [species + 1], variable [...]  which of these nodes concern a species
    """

    fixed: np.ndarray
    nodes: list[int]
    first: np.ndarray
    variable: np.ndarray


def orders(program: Program) -> Orders:
    """Orders of all rates of a program.

    The order of a rate a is the sum over species x of |d ln a / d ln x|: 1 for k x, 2 for k x y. For k x (x - 1) / 2 it
    is 2 + 1 / (x - 1), as Cao, Gillespie & Petzold 2006 (doi:10.1063/1.2159468) give for two molecules of one kind; for
    saturating and cooperative laws it varies with the state.

    errors   ModelError for a function without a derivative
    """
    graph = program.graph
    fixed = np.zeros(len(program.species))
    nodes: list[int] = []
    concerned: list[list[int]] = [[] for _ in program.species]
    for name in program.reactions:
        rate = program.node(name)
        powers = _powers(graph, rate)
        if powers is not None:
            for species in powers:
                fixed[species] = max(fixed[species], sum(map(abs, powers.values())))
            continue
        (slopes,) = derivatives(graph, [rate])
        terms = []
        for species, slope in sorted(slopes.items()):
            relative = graph.ratio(graph.mul(graph.state(species), slope), rate)
            terms.append((1.0, graph.unary("abs", relative)))
            concerned[species].append(len(nodes))
        nodes.append(graph.total(terms))
    return Orders(
        fixed, nodes, np.cumsum([0, *map(len, concerned)]),
        np.array([k for row in concerned for k in row], dtype=np.int64),
    )  # fmt: skip


def _powers(graph: Graph, node: int) -> dict[int, float] | None:
    """Species -> exponent where a node is a product of powers of species and of what depends on parameters alone."""
    operation = graph.operation(node)
    if graph.is_pure(node) or operation in (CONST, PARAMETER):
        return {}
    if operation == STATE:
        return {graph.nodes[node][1]: 1.0}
    if operation not in ("mul", "div", "pow"):
        return None
    left, right = graph.children(node)
    if operation == "pow":
        exponent, base = graph.number(right), _powers(graph, left)
        return None if exponent is None or base is None else {s: p * exponent for s, p in base.items()}
    above, below = _powers(graph, left), _powers(graph, right)
    if above is None or below is None:
        return None
    sign = 1.0 if operation == "mul" else -1.0
    return {s: above.get(s, 0.0) + sign * below.get(s, 0.0) for s in {*above, *below}}
