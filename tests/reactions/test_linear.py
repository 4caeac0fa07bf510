"""Systems of equations that are linear in their unknowns."""

import numpy as np
import pytest

from lamella.reactions.evaluate import Evaluator
from lamella.reactions.graph import Graph
from lamella.reactions.linear import linear_parts, solve_linear


def value(graph, node, states=(0.0,), parameters=(0.0,)):
    return Evaluator(graph, [node])(np.array([states]), np.array([parameters]), 0.0)[0, 0]


def test_slope_and_rest_hold_the_unknown_no_more():
    g = Graph()
    x, s, k = g.state(7), g.state(0), g.parameter(0)
    node = g.sub(g.mul(k, g.add(x, s)), g.div(x, s))
    slope, rest = linear_parts(g, node, 7)
    assert x not in g.needed([slope, rest])
    assert value(g, slope, (2.0,), (3.0,)) == 3 - 0.5
    assert value(g, rest, (2.0,), (3.0,)) == 6


def test_form_decides_what_is_linear():
    g = Graph()
    x, k = g.state(0), g.parameter(0)
    for node in (g.mul(x, x), g.unary("abs", x), g.div(k, x), g.select(g.compare("lt", x, k), x, k),
                 g.add(x, g.unary("floor", x)), g.pow(k, x)):  # fmt: skip
        assert linear_parts(g, node, 0) is None
    chosen = linear_parts(g, g.select(g.compare("lt", k, g.const(1.0)), x, g.add(x, x)), 0)
    assert value(g, chosen[0], parameters=(0.0,)) == 1
    assert value(g, chosen[0], parameters=(5.0,)) == 2


@pytest.mark.parametrize("seed", range(4))
def test_random_systems_agree_with_numpy(seed):
    rng = np.random.default_rng(seed)
    n = 5
    matrix = rng.normal(size=(n, n)) * (rng.random((n, n)) < 0.7) + np.diag(rng.normal(size=n))
    right = rng.normal(size=n)
    g = Graph()
    unknowns = [-2 - j for j in range(n)]
    residuals = []
    for i in range(n):
        terms = [(float(a), g.state(u)) for a, u in zip(matrix[i], unknowns)]
        residuals.append(g.sub(g.total(terms), g.mul(g.parameter(0), g.const(right[i]))))
    solved = solve_linear(g, residuals, unknowns)
    found = [value(g, solved[u], parameters=(2.0,)) for u in unknowns]
    np.testing.assert_allclose(found, np.linalg.solve(matrix, 2 * right), rtol=1e-9)


def test_equations_that_repeat_or_multiply_unknowns_are_not_solved():
    g = Graph()
    x, y, k = g.state(-2), g.state(-3), g.parameter(0)
    assert solve_linear(g, [g.sub(g.add(x, y), k), g.sub(g.add(y, x), k)], [-2, -3]) is None
    assert solve_linear(g, [g.sub(g.mul(x, y), k), g.sub(x, y)], [-2, -3]) is None
    one_after_the_other = solve_linear(g, [g.sub(g.mul(x, y), k), g.sub(y, g.const(2.0))], [-2, -3])
    assert value(g, one_after_the_other[-2], parameters=(6.0,)) == 3
