"""Events, discontinuous rates and changing compartments, against closed forms."""

import math

import numpy as np
import pytest

from lamella.reactions import compile_program, read_sbml
from lamella.solve import Population, Status, trajectories


def run(sbml, text, times, **options):
    program = compile_program(read_sbml(sbml(text)))
    states, status = trajectories(program, program.defaults, times, rtol=1e-8, **options)
    assert (status == Status.OK).all()
    return program, states[:, 0]


def test_a_bouncing_ball(sbml):
    program, states = run(sbml, """model ball
      x = 1; v = 0; g = 10
      x' = v; v' = -g
      bounce: at x < 0, fromTrigger=true: v = -0.8*v, x = 0
    end""", [0.0, 0.4, 0.6, 1.0])  # fmt: skip
    first = math.sqrt(0.2)
    speed = 0.8 * math.sqrt(20)
    x = lambda t: speed * (t - first) - 5 * (t - first) ** 2
    np.testing.assert_allclose(states[:, program.index("x")], [1, 0.2, x(0.6), x(1.0)], rtol=1e-6)


def test_delays_priorities_and_values_at_the_trigger(sbml):
    program, states = run(sbml, """model m
      a = 0; b = 0; c = 0; d = 0; clock = 0; clock' = 1
      late: at 2 after time > 1, fromTrigger=true: a = clock
      late2: at 2 after time > 1, fromTrigger=false: b = clock
      low: at time > 4, priority=1: c = d + 1
      high: at time > 4, priority=2: d = 10
    end""", [0.0, 2.9, 3.1, 5.0])  # fmt: skip
    column = {name: states[:, program.index(name)] for name in "abcd"}
    np.testing.assert_allclose(column["a"], [0, 0, 1, 1], atol=1e-9)
    np.testing.assert_allclose(column["b"], [0, 0, 3, 3], atol=1e-9)
    # with values of the trigger time, 'low' has seen d = 0
    np.testing.assert_allclose(column["c"], [0, 0, 0, 1], atol=1e-9)
    np.testing.assert_allclose(column["d"], [0, 0, 0, 10], atol=1e-9)


def test_an_event_that_does_not_persist_is_dropped(sbml):
    program, states = run(sbml, """model m
      x = 0; hit = 0; stays = 0; x' = 1
      reset: at x > 1: x = 0
      never: at 0.5 after x > 0.9, persistent=false: hit = hit + 1
      always: at 0.5 after x > 0.9, persistent=true: stays = stays + 1
    end""", [0.0, 1.7])  # fmt: skip
    assert states[-1, program.index("hit")] == 0
    assert states[-1, program.index("stays")] == 1


def test_a_short_pulse_is_not_stepped_over(sbml):
    _, states = run(sbml, """model m
      A = 0; feed: => A; piecewise(1000, (time > 500) && (time < 500.001), 0); loss: A => ; 0*A
    end""", [0.0, 10_000.0])  # fmt: skip
    assert states[-1, 0] == pytest.approx(1.0, rel=1e-8)


def test_amounts_stay_when_the_compartment_grows(sbml):
    program, states = run(sbml, """model m
      compartment c = 1; species S in c; S = 8; c' = 0.5
      double: at time > 1: c = 3
      R: S => ; 0*S
    end""", [0.0, 0.5, 2.0])  # fmt: skip
    assert program.species[0] == "S"
    np.testing.assert_allclose(states[:, 0], 8)
    sizes = states[:, program.index("c")]
    np.testing.assert_allclose(sizes, [1, 1.25, 3.5])
    seen = program.observe(states, np.repeat(program.defaults[None], 3, axis=0), names=["S"])[:, 0]
    np.testing.assert_allclose(seen, 8 / sizes)


def test_an_event_storm_is_a_status(sbml):
    program = compile_program(read_sbml(sbml("""model m
      x = 0; y = 0; x' = 1
      up: at (x > 1) && (y < 1): y = 1
      down: at y > 0: y = 0
    end""")))  # fmt: skip
    population = Population(program, np.repeat(program.defaults[None], 2, axis=0))
    population.advance(0.5)
    assert (population.status == Status.OK).all()
    population.advance(1.0)
    assert (population.status == Status.EVENT_STORM).all()
    assert population.time[0] == pytest.approx(1.0)


FIRE = """model m
  x = 1; k = 1; n = 0; x' = -k*x
  refill: at 0.2 after x < 0.5: x = 1, n = n + 1
end"""


def test_cells_with_events_do_not_depend_on_company_or_interruption(sbml):
    program = compile_program(read_sbml(sbml(FIRE)))
    parameters = np.repeat(program.defaults[None], 20, axis=0)
    parameters[:, program.parameter("k")] = np.linspace(0.1, 3, 20)
    whole = Population(program, parameters)
    for _ in range(5):
        whole.advance(1.3)
    assert len(set(whole.states[:, program.index("n")])) > 5
    threaded = Population(program, parameters, threads=2)
    alone = Population(program, parameters[7:8])
    for k in range(5):
        if k == 3:
            saved = threaded.checkpoint()
            threaded = Population(program, parameters[:1])
            threaded.restore(saved)
        threaded.advance(1.3)
        alone.advance(1.3)
    np.testing.assert_array_equal(whole.states, threaded.states)
    np.testing.assert_array_equal(whole.states[7:8], alone.states)


def test_chance_decides_between_equals(sbml):
    program = compile_program(read_sbml(sbml("""model m
      a = 0; b = 0; last = 0; clock = 0; clock' = 1
      first: at time - last > 0.1, persistent=false: a = a + 1, last = time
      second: at time - last > 0.1, persistent=false: b = b + 1, last = time
    end""")))  # fmt: skip
    population = Population(program, np.repeat(program.defaults[None], 8, axis=0), seed=4)
    population.advance(10.0)
    a, b = (population.states[:, program.index(name)] for name in "ab")
    assert (a + b >= 98).all()
    assert (np.abs(a - b) < 45).all()
    assert len(set(a)) > 2
