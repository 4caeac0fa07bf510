"""Steady states: exact, in the basin where the cell began, with what it conserves; and what has none."""

import numpy as np
import pytest
from scipy.optimize import brentq

from lamella.reactions import compile_program, read_sbml
from lamella.solve import Population, Status, conserved_moieties, steady_state


def program_of(sbml, text, **options):
    return compile_program(read_sbml(sbml(text)), **options)


CYCLE = """model cycle
  compartment c = 2; species E in c, S in c, ES in c, P in c; E = 3; S = 50; ES = 0; P = 0; lone = 4; t = 10
  bind: E + S -> ES; c*(0.1*E*S - 0.2*ES); make: ES => E + P; c*0.5*ES; back: P => S; c*0.05*P
end"""


def test_moieties_are_exact(sbml):
    program = program_of(sbml, """model m
      compartment a = 1, b = 2; species A in a; substanceOnly species B in b, C in b; A = 1; B = 2; C = 3
      x = 1; x' = -x
      f: 3 A -> B; A; g: B -> 2 C; B; h: => ; C
    end""")  # fmt: skip
    moieties = conserved_moieties(program)
    assert program.species == ("A", "B", "C", "x")
    np.testing.assert_array_equal(moieties.laws, [[2, 6, 3, 0]])
    parameters = np.repeat(program.defaults[None], 2, axis=0)
    parameters[1, program.parameter("a")] = 5.0
    np.testing.assert_array_equal(
        moieties.totals(program.initial_states(parameters), parameters), [[2 + 12 + 9], [10 + 12 + 9]]
    )


def test_an_enzyme_cycle_with_two_moieties(sbml):
    program = program_of(sbml, CYCLE)
    parameters = np.repeat(program.defaults[None], 7, axis=0)
    starts = program.initial_states(parameters)
    starts[:, program.index("S")] = np.linspace(1, 200, 7)
    found = steady_state(program, parameters, states=starts)
    assert found.settled.all()
    assert found.exact.all()
    assert (found.growth < -1e-3).all()
    at = dict(zip(program.species, found.states.T))

    def excess(complex_, total):
        """Substrate by its total, less that by the balance of binding."""
        return total - complex_ - 10 * complex_ - 0.7 * complex_ / (0.1 * (3 - complex_))

    for cell, total in enumerate(starts[:, program.index("S")]):
        exact = brentq(excess, 0, min(3 - 1e-9, total), args=(total,), xtol=1e-15, rtol=1e-15)
        assert at["ES"][cell] == pytest.approx(exact, rel=1e-10)
        assert at["P"][cell] == pytest.approx(10 * exact, rel=1e-10)
    np.testing.assert_allclose(at["E"] + at["ES"], 3, rtol=1e-12)
    # the same from far more trajectory
    long = Population(program, parameters, states=starts, rtol=1e-9)
    long.advance(1e4)
    np.testing.assert_allclose(found.states, long.states, rtol=1e-7)


SWITCH = """model switch
  compartment c = 1; substanceOnly species A in c, B in c; A = 10; B = 1
  a: => A; 50/(1 + (B/20)^3); la: A => ; A; b: => B; 50/(1 + (A/20)^3); lb: B => ; B
end"""


def test_each_cell_stays_in_its_basin(sbml):
    program = program_of(sbml, SWITCH)
    parameters = np.repeat(program.defaults[None], 9, axis=0)
    starts = np.column_stack([np.linspace(1, 9, 9), np.linspace(9, 1, 9)])
    found = steady_state(program, parameters, states=starts)
    assert found.settled.all()
    assert found.exact.all()
    up, down = found.states[-1].max(), found.states[-1].min()
    np.testing.assert_allclose(found.states[:4], np.tile([down, up], (4, 1)), rtol=1e-9)
    np.testing.assert_allclose(found.states[5:], np.tile([up, down], (4, 1)), rtol=1e-9)
    assert (found.growth[[0, 8]] < 0).all()
    # on the ridge it comes to rest at the saddle, and says so
    ridge = steady_state(program, program.defaults, states=starts[4:5], first=10.0)
    assert ridge.settled[0]
    assert ridge.states[0, 0] == pytest.approx(ridge.states[0, 1], rel=1e-12)
    assert ridge.growth[0] > 0.1
    assert np.abs(program.derivative(found.states, parameters)).max() < 1e-11


def test_an_oscillator_never_settles(sbml):
    program = program_of(sbml, """model m
      x = 1; y = 1; a = 1; b = 3
      f: => x; a + x^2*y - b*x - x; g: => y; b*x - x^2*y
    end""")  # fmt: skip
    parameters = np.repeat(program.defaults[None], 2, axis=0)
    parameters[1, program.parameter("b")] = 1.5
    found = steady_state(program, parameters, longest=1e5)
    np.testing.assert_array_equal(found.settled, [False, True])
    np.testing.assert_array_equal(found.exact, [False, True])
    np.testing.assert_allclose(found.states[1], [1, 1.5], rtol=1e-12)
    assert np.isnan(found.growth[0])
    assert found.growth[1] == pytest.approx(-0.25)


def test_what_ends_where_it_happens_to_is_the_end_of_the_trajectory(sbml):
    program = program_of(sbml, """model m
      compartment c = 1; substanceOnly species A in c, B in c, E in c; A = 10; B = 0; E = 1
      f: A => B; 0.01*E*A; g: E => ; 0.02*E
    end""")  # fmt: skip
    found = steady_state(program, program.defaults, rtol=1e-8)
    assert found.settled[0]
    # every A is a steady state once E is gone: no root is singled out
    assert not found.exact[0]
    assert found.states[0, program.index("A")] == pytest.approx(10 * np.exp(-0.5), rel=1e-6)
    assert found.growth[0] == pytest.approx(0.0, abs=1e-6)


def test_what_runs_out_is_zero_and_not_below(sbml):
    program = program_of(sbml, """model m
      compartment c = 1; substanceOnly species A in c, B in c; A = 10; B = 3; f: A => B; 0.01*A; g: B => ; 0.1*B
    end""")  # fmt: skip
    found = steady_state(program, program.defaults)
    assert found.exact[0]
    assert (found.states == 0).all()
    assert found.growth[0] == pytest.approx(-0.01)


def test_failures_and_time(sbml):
    program = program_of(sbml, "model m\n x = 1; boom = 0; f: => x; boom*x^2 + 1 - x\nend")
    parameters = np.repeat(program.defaults[None], 3, axis=0)
    parameters[1, program.parameter("boom")] = 5.0
    found = steady_state(program, parameters)
    np.testing.assert_array_equal(found.settled, [True, False, True])
    assert found.status[1] in (Status.STEP_TOO_SMALL, Status.NOT_FINITE)
    assert np.isfinite(found.states).all()
    timed = program_of(sbml, "model m\n x = 0; f: => x; 1 + exp(-time) - x\nend")
    found = steady_state(timed, timed.defaults, longest=1e5)
    assert found.settled[0]
    assert not found.exact[0]
    assert found.states[0, 0] == pytest.approx(1.0, rel=1e-3)
