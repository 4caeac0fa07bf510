"""Systems of equations that are linear in their unknowns, solved as expressions."""

from __future__ import annotations

from collections.abc import Sequence

from lamella.reactions.graph import STATE, Graph

Parts = tuple[int, int]
"""Slope and rest: the expression is slope * unknown + rest."""

_MOST_NODES = 200_000
"""Growth of the graph at which a system is given up: hundreds of equations that all hold all unknowns."""


def linear_parts(graph: Graph, node: int, state: int) -> Parts | None:
    """Slope and rest of an expression that is linear in a state, neither of which holds it; None where it is not.

    The judgement is one of form: sums, products with and quotients by what is free of the state, and choices whose
    condition is free of it. `abs(x)` and `piecewise(x, x < 1, 2 x)` are not linear.
    """
    zero, one = graph.const(0.0), graph.const(1.0)
    parts: dict[int, Parts | None] = {}
    for below in graph.needed([node]):
        record = graph.nodes[below]
        if record == (STATE, state):
            parts[below] = one, zero
            continue
        children = graph.children(below)
        if all(parts[child] == (zero, child) for child in children):
            parts[below] = zero, below
            continue
        parts[below] = _combined(graph, record[0], [parts[child] for child in children])
    return parts[node]


def _combined(graph: Graph, operation: str, parts: list[Parts | None]) -> Parts | None:
    """Slope and rest of one operation from those of its arguments."""
    zero = graph.const(0.0)
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    free = [slope == zero for slope, _ in known]
    if operation == "neg":
        ((slope, rest),) = known
        return graph.neg(slope), graph.neg(rest)
    if operation == "select" and free[0]:
        (_, condition), (a, b), (c, d) = known
        return graph.select(condition, a, c), graph.select(condition, b, d)
    if len(known) != 2:
        return None
    (a, b), (c, d) = known
    if operation in ("add", "sub"):
        combine = graph.add if operation == "add" else graph.sub
        return combine(a, c), combine(b, d)
    if operation == "mul" and free[0]:
        return graph.mul(b, c), graph.mul(b, d)
    if operation == "mul" and free[1]:
        return graph.mul(a, d), graph.mul(b, d)
    if operation == "div" and free[1]:
        return graph.div(a, d), graph.div(b, d)
    return None


def solve_linear(graph: Graph, residuals: Sequence[int], unknowns: Sequence[int]) -> dict[int, int] | None:
    """Values of the unknowns that make every residual zero.

    residuals  nodes, as many as unknowns;   unknowns  numbers of states that stand for them
    returns    unknown -> node free of all of them; None where some equation is not linear in any of its unknowns as
               they are eliminated one by one, or the equations contradict or repeat each other

    Gaussian elimination; of all possible pivots, numbers come first, then what is constant within a run.
    """
    left = dict(enumerate(residuals))
    wanted = set(unknowns)
    tables = {row: _pivots(graph, node, wanted) for row, node in left.items()}
    solved: list[tuple[int, int]] = []
    begun = len(graph)
    while left:
        ranked = [(rank, row, unknown) for row, table in tables.items() for unknown, (rank, _) in table.items()]
        if not ranked or len(graph) - begun > _MOST_NODES:
            return None
        _, row, unknown = min(ranked)
        slope, rest = tables[row][unknown][1]
        value = graph.neg(graph.div(rest, slope))
        solved.append((unknown, value))
        del left[row], tables[row]
        wanted.discard(unknown)
        leaf = graph.state(unknown)
        for other, node in left.items():
            if leaf in graph.needed([node]):
                left[other] = graph.rebuild([node], {leaf: value})[0]
                tables[other] = _pivots(graph, left[other], wanted)
    values: dict[int, int] = {}
    for unknown, node in reversed(solved):
        values[unknown] = graph.rebuild([node], {graph.state(u): value for u, value in values.items()})[0]
    return values


def _pivots(graph: Graph, node: int, unknowns: set[int]) -> dict[int, tuple[tuple[int, int], Parts]]:
    """Unknowns in which an expression is linear, with a slope free of all unknowns: rank (low is good) and parts."""
    inside = {graph.nodes[n][1] for n in graph.needed([node]) if graph.operation(n) == STATE} & unknowns
    found = {}
    for unknown in inside:
        parts = linear_parts(graph, node, unknown)
        if parts is None or graph.number(parts[0]) == 0.0:
            continue
        slope = parts[0]
        if any(graph.operation(n) == STATE and graph.nodes[n][1] in unknowns for n in graph.needed([slope])):
            continue
        quality = 0 if graph.number(slope) is not None else 1 if graph.is_pure(slope) else 2
        found[unknown] = (quality, len(inside)), parts
    return found
