"""The expression graph: sharing, folding, and the meaning of its edge cases."""

import math

import numpy as np
import pytest

from lamella.reactions.differentiate import BY_TIME, derivatives
from lamella.reactions.evaluate import Evaluator
from lamella.reactions.graph import Graph, power


def value(graph, node, states=(), parameters=(), time=0.0):
    return Evaluator(graph, [node])(np.array([states], float), np.array([parameters], float), time)[0, 0]


def test_equal_expressions_are_one_node():
    g = Graph()
    x, y = g.state(0), g.state(1)
    assert g.add(x, y) == g.add(y, x)
    assert g.mul(g.add(x, y), x) == g.mul(x, g.add(y, x))


def test_what_depends_on_parameters_alone_is_pulled_out_of_products():
    g = Graph()
    k, volume, x, y = g.parameter(0), g.parameter(1), g.state(0), g.state(1)
    rate = g.div(g.mul(g.mul(x, k), y), volume)
    operation, pure, rest = g.nodes[rate]
    assert operation == "mul"
    assert g.is_pure(pure)
    assert rest == g.mul(x, y)
    assert value(g, rate, (3, 5), (2, 4)) == pytest.approx(7.5)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (0, 2.5, 0),
        (0, 0, 1),
        (0, -1.5, math.inf),
        (-1, 2.5, 0),
        (-2, 3, -8),
        (-2, -1, -0.5),
        (4, 0.5, 2),
        (1e200, 3, math.inf),
    ],
)
def test_powers_at_and_below_zero(x, y, expected):
    assert power(x, y) == expected
    g = Graph()
    assert value(g, g._make("pow", g.state(0), g.parameter(0)), (x,), (y,)) == pytest.approx(expected)


def test_derivatives_agree_with_finite_differences():
    g = Graph()
    x, y, t, n = g.state(0), g.state(1), g.time(), g.parameter(0)
    hill = g.div(g.pow(x, n), g.add(g.const(1.0), g.pow(x, n)))
    smooth = [g.unary(f, g.mul(x, y)) for f in ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "atan", "asinh")]
    bounded = [g.unary(f, g.mul(g.const(0.3), x)) for f in ("asin", "acos", "atanh", "sinh", "cosh")]
    chosen = g.select(g.compare("lt", x, y), g.mul(x, x), g.mul(y, t))
    roots = [hill, *smooth, *bounded, chosen, g.pow(x, y), g.div(x, g.add(y, t)), g.unary("abs", g.sub(x, y))]
    rows = derivatives(g, roots)
    at, p, time, h = np.array([[0.7, 1.3]]), np.array([[2.5]]), 0.4, 1e-6
    f = Evaluator(g, roots)
    zero = g.const(0.0)
    for k in (0, 1, BY_TIME):
        exact = Evaluator(g, [row.get(k, zero) for row in rows])(at, p, time)[0]
        d = np.zeros((1, 2))
        if k >= 0:
            d[0, k] = h
        dt = h if k == BY_TIME else 0.0
        numeric = (f(at + d, p, time + dt) - f(at - d, p, time - dt))[0] / (2 * h)
        np.testing.assert_allclose(exact, numeric, rtol=1e-6, atol=1e-8)


def test_the_slope_of_a_hill_term_is_finite_at_zero():
    g = Graph()
    x = g.state(0)
    for exponent in (0.5, 1.0, 1.5, 4.0):
        row = derivatives(g, [g.pow(x, g.parameter(0))])[0]
        expected = 1.0 if exponent == 1 else 0.0
        assert value(g, row[0], (0.0,), (exponent,)) == expected


def test_rebuilding_replaces_and_simplifies():
    g = Graph()
    x, switch = g.state(0), g.parameter(5)
    node = g.add(g.mul(switch, g.mul(g.parameter(0), x)), g.const(1.0))
    (off,) = g.rebuild([node], {switch: g.const(0.0)})
    (on,) = g.rebuild([node], {switch: g.const(1.0)})
    assert g.number(off) == 1.0
    assert on == g.add(g.mul(g.parameter(0), x), g.const(1.0))
