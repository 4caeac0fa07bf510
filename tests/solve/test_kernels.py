"""The fast kernels against numpy: vector functions, the tape, and whole steps."""

import math

import numpy as np
import pytest

from lamella.reactions import compile_program, read_sbml
from lamella.reactions.evaluate import Evaluator
from lamella.reactions.graph import BINARY, UNARY, Graph
from lamella.reactions.tape import sheet
from lamella.solve import Population
from lamella.solve.kernels import reference
from lamella.solve.kernels.arrays import aligned
from lamella.solve.kernels.interpret import run_sheet, sheet_arrays
from lamella.solve.kernels.lanes import LANES
from lamella.solve.rosenbrock import METHODS, method


def on_tape(graph: Graph, nodes: list[int], states: np.ndarray) -> np.ndarray:
    """Values of nodes by the compiled interpreter, [cells, nodes]."""
    plan = sheet(graph, [(node, k) for k, node in enumerate(nodes)])
    out = np.empty((len(states), len(nodes)))
    none = np.zeros((len(states), 1))
    work = aligned(plan.slots * LANES)
    run_sheet(sheet_arrays(plan), states, none, none, np.zeros(len(states)), out, 0, len(states), work)
    return out


ODD = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 1e-310, 1e-300, 1e300, 709.5, 710.5, -708.0, -750.0, 2.5, -2.5, 3.0, -3.0]


@pytest.mark.parametrize("operation", UNARY)
def test_every_function_agrees_with_numpy(operation):
    g = Graph()
    node = g._make(operation, g.state(0))
    rng = np.random.default_rng(0)
    x = np.concatenate([ODD, rng.standard_normal(500), np.exp(rng.uniform(-600, 600, 500)), [math.inf, math.nan]])
    if operation in ("sin", "cos", "tan", "gamma"):
        x = x[np.abs(x) < 100]
        x = x[~((x <= 0) & (x == np.floor(x)))] if operation == "gamma" else x
    ours = on_tape(g, [node], x[:, None])[:, 0]
    numpys = Evaluator(g, [node])(x[:, None], np.zeros((len(x), 0)))[:, 0]
    numpys[np.abs(numpys) < 1e-307] = 0.0
    ours[np.abs(ours) < 1e-307] = 0.0
    if operation == "log":
        numpys[(x > 0) & (x < 2.3e-308)] = -math.inf
    np.testing.assert_allclose(ours, numpys, rtol=3e-15 if operation not in ("gamma",) else 1e-13)


@pytest.mark.parametrize("operation", [name for name in BINARY if name not in ("and", "or")])
def test_every_operation_of_two_agrees_with_numpy(operation):
    g = Graph()
    node = g._make(operation, g.state(0), g.state(1))
    rng = np.random.default_rng(1)
    # the kernels take -0 for 0, and what is below the normal numbers too
    pairs = [(x + 0.0, y + 0.0) for x in ODD for y in ODD if not 0 < abs(x) < 1e-307]
    pairs += list(zip(np.exp(rng.uniform(-20, 20, 500)), rng.uniform(-8, 8, 500)))
    states = np.array(pairs)
    ours = on_tape(g, [node], states)[:, 0]
    numpys = Evaluator(g, [node])(states, np.zeros((len(states), 0)))[:, 0]
    with np.errstate(all="ignore"):
        usual = (np.abs(numpys) > 1e-300) & (np.abs(numpys) < 1e300)
        exponent = np.abs(states[:, 1] * np.log(np.abs(states[:, 0])))
    np.testing.assert_allclose(ours[usual & ~(exponent > 200)], numpys[usual & ~(exponent > 200)], rtol=5e-14)
    assert np.array_equal(np.isnan(ours), np.isnan(numpys))
    huge = np.isinf(numpys) & ~(exponent < 709.8)
    assert np.array_equal(ours[huge], numpys[huge])


def test_the_tables_are_consistent():
    for table in METHODS.values():
        # a stage's time is the sum of its weights; the last two stages stand at the end of the step
        np.testing.assert_allclose(table.alpha[-3:], [1, 1, 1] if table.order == 5 else table.alpha[-3:], atol=1e-12)
        np.testing.assert_allclose(table.alpha[-2:], 1, atol=1e-12)
        np.testing.assert_allclose(table.d[-2:], 0, atol=1e-12)
        assert table.d[0] == pytest.approx(table.gamma)


OSCILLATOR = """
model m
  x = 2; y = 0; w = 0.5; mu = 5
  a: => x; y; b: => y; mu*(1 - x^2)*y - x + 0.3*sin(w*time)
end"""


@pytest.mark.parametrize("name", METHODS)
def test_the_order_of_the_methods(sbml, name):
    program = compile_program(read_sbml(sbml(OSCILLATOR)))
    table, parameters, start = method(name), program.defaults, np.array([2.0, 0.1])

    def end(steps: int) -> np.ndarray:
        states = start
        for k in range(steps):
            states, _ = reference.trial_step(program, table, states, parameters, k * 0.5 / steps, 0.5 / steps)
        return states

    exact = end(1024)
    errors = [np.abs(end(steps) - exact).max() for steps in (16, 32)]
    assert math.log2(errors[0] / errors[1]) == pytest.approx(table.order, abs=0.4)


@pytest.mark.parametrize("name", METHODS)
def test_the_fast_kernel_takes_the_steps_of_its_twin(sbml, name):
    program = compile_program(read_sbml(sbml(OSCILLATOR)))
    parameters = np.repeat(program.defaults[None], 11, axis=0)
    parameters[:, program.parameter("mu")] = np.linspace(1, 50, 11)
    fast = Population(program, parameters, rtol=1e-5, atol=1e-7, method=name)
    first = fast.memory.copy()
    fast.time[:] = 3.0
    fast.advance(15.0)
    for cell in range(11):
        slow = reference.advance(
            program, method(name), program.initial_states(parameters)[cell], parameters[cell], 3.0, 15.0, first[cell],
            fast.rtol,
            fast.atol,
        )  # fmt: skip
        assert slow.tries == fast.steps[cell]
        np.testing.assert_allclose(fast.states[cell], slow.states, rtol=1e-7)
        assert fast.memory[cell] == pytest.approx(slow.step, rel=1e-4)
        assert fast.opening[cell] == pytest.approx(slow.opening, rel=1e-4)
