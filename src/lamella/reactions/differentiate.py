"""Sparse symbolic derivatives by one forward sweep over the graph."""

from __future__ import annotations

from collections.abc import Iterable

from lamella.errors import ModelError
from lamella.reactions.graph import LEAVES, STATE, TIME, TRUTH, Graph

BY_TIME = -1
"""Key of the derivative by time, beside the numbers of the states."""

Row = dict[int, int]


def derivatives(graph: Graph, roots: Iterable[int]) -> list[Row]:
    """Derivatives of each root by every state and by time.

    roots    nodes
    returns  one dict per root: number of the state (or BY_TIME) -> node; zeros are left out
    errors   ModelError for a function that has no derivative here (factorial)
    """
    roots = list(roots)
    rows: dict[int, Row] = {}
    for node in graph.needed(roots):
        rows[node] = {} if graph.is_pure(node) else _derive(graph, node, rows)
    return [rows[root] for root in roots]


def _derive(graph: Graph, node: int, rows: dict[int, Row]) -> Row:
    operation, *arguments = graph.nodes[node]
    if operation == STATE:
        return {arguments[0]: graph.const(1.0)}
    if operation == TIME:
        return {BY_TIME: graph.const(1.0)}
    if operation in LEAVES or operation in TRUTH or operation in ("floor", "ceil"):
        return {}
    below = [rows[argument] for argument in arguments]
    if operation == "add":
        return _sum(graph, below[0], below[1])
    if operation == "sub":
        return _sum(graph, below[0], _scaled(graph, graph.const(-1.0), below[1]))
    if operation == "select":
        zero = graph.const(0.0)
        keys = below[1].keys() | below[2].keys()
        row = {k: graph.select(arguments[0], below[1].get(k, zero), below[2].get(k, zero)) for k in sorted(keys)}
        return _without_zeros(graph, row)
    row: Row = {}
    for position, inner in enumerate(below):
        if inner:
            outer = _partial(graph, operation, node, arguments, position == 0)
            row = _sum(graph, row, _scaled(graph, outer, inner))
    return row


def _partial(graph: Graph, operation: str, node: int, arguments: list[int], by_first: bool) -> int:
    """Derivative of one operation by one of its arguments."""
    g, a = graph, arguments[0]
    one = g.const(1.0)
    if len(arguments) == 2:
        b = arguments[1]
        if operation == "mul":
            return b if by_first else a
        if operation == "div":
            return g.div(one, b) if by_first else g.neg(g.div(node, b))
        if operation == "pow":
            if by_first:
                return g.mul(b, g.slope(a, g.sub(b, one)))
            above_zero = g.compare("lt", g.const(0.0), a)
            return g.select(above_zero, g.mul(node, g.unary("log", a)), g.const(0.0))
    rules = {
        "neg": lambda: g.const(-1.0),
        "exp": lambda: node,
        "log": lambda: g.div(one, a),
        "sqrt": lambda: g.ratio(g.const(0.5), node),
        "abs": lambda: g.select(g.compare("lt", a, g.const(0.0)), g.const(-1.0), one),
        "sin": lambda: g.unary("cos", a),
        "cos": lambda: g.neg(g.unary("sin", a)),
        "tan": lambda: g.add(one, g.mul(node, node)),
        "asin": lambda: g.div(one, g.unary("sqrt", g.sub(one, g.mul(a, a)))),
        "acos": lambda: g.neg(g.div(one, g.unary("sqrt", g.sub(one, g.mul(a, a))))),
        "atan": lambda: g.div(one, g.add(one, g.mul(a, a))),
        "sinh": lambda: g.unary("cosh", a),
        "cosh": lambda: g.unary("sinh", a),
        "tanh": lambda: g.sub(one, g.mul(node, node)),
        "asinh": lambda: g.div(one, g.unary("sqrt", g.add(g.mul(a, a), one))),
        "acosh": lambda: g.div(one, g.unary("sqrt", g.sub(g.mul(a, a), one))),
        "atanh": lambda: g.div(one, g.sub(one, g.mul(a, a))),
    }
    if operation not in rules:
        name = "factorial" if operation == "gamma" else operation
        raise ModelError(
            f"the function '{name}' of a quantity that changes in time is not supported in a rate",
            why="It has no derivative that the solver could use.",
        )
    return rules[operation]()


def _sum(graph: Graph, a: Row, b: Row) -> Row:
    row = dict(a)
    for key, node in b.items():
        row[key] = graph.add(row[key], node) if key in row else node
    return _without_zeros(graph, row)


def _scaled(graph: Graph, factor: int, row: Row) -> Row:
    return _without_zeros(graph, {key: graph.mul(factor, node) for key, node in row.items()})


def _without_zeros(graph: Graph, row: Row) -> Row:
    return {key: node for key, node in row.items() if graph.number(node) != 0.0}
